#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Losses are counted and reported, and one walk later the table shows what ss shows, in each namespace: after
# an overflow of the ring, a paused drain, and a full table.
# alone: the cap of its table counts all sockets of the host
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# Three namespaces: ours and those of two processes, with all kinds of lasting sockets.
scenario_start established --count 5
scenario_start close_wait --netns
others=("$(scenario_get pid state=CLOSE_WAIT)")
scenario_start fin_wait2_orphan --netns
others+=("$(scenario_get pid role=peer)")

# everywhere COMMAND...: runs it in each of them.
everywhere() {
	local pid
	"$@"
	for pid in "${others[@]}"; do
		nsenter -t "$pid" -n "$@"
	done
}

# The sockets of all three namespaces as "NETNS STATE LOCAL FOREIGN", from ss.
all_of_ss() {
	local pid
	ss_states | sed "s/^/$(own_netns) /"
	for pid in "${others[@]}"; do
		ss_states nsenter -t "$pid" -n | sed "s/^/$(stat -L -c %i "/proc/$pid/ns/net") /"
	done
}

# rows_last FILE: the same, from the last list in FILE.
rows_last() {
	local ours
	ours=$(all_of_ss | cut -d ' ' -f 1 | sort -u | paste -sd '|')
	tr -d '\r' <"$1" | awk '/^netns,/ { n = 0; next } { rows[n++] = $0 }
		END { for (i = 0; i < n; i++) print rows[i] }' | { grep -E "^($ours)," || true; } |
		sed -e 's/[][]//g; s/::ffff://g; s/:0$/:*/' | tr ',' ' '
}

# is_reported REGEX: does a fact of the recording so far match?
is_reported() {
	"$TCPTRAIL" events --facts --from "$work/recording" 2>/dev/null | grep -E -- "$1"
}

storm() {
	everywhere "$SCENARIO" storm --count "$1" --hold 0 </dev/null >/dev/null
}

follow() {
	trace_start -an --csv --columns netns,state,local,foreign "$@"
}

# Leaves out sockets that existed only in between: timers run on.
assert_healed() {
	local before after
	before=$(all_of_ss | sort)
	trace_stop
	after=$(all_of_ss | sort)
	assert_equal 4 "$status" "exit status, $1 ($err)"
	assert_matches "$err" "facts were lost on the way \(.*$2 [0-9]+" "notices, $1"
	rows_last "$work/trace.out" | sort >"$work/rows"
	assert_equal "" "$(comm -12 <(echo "$before") <(echo "$after") | comm -23 - "$work/rows" |
		head)" "sockets of ss that are missing, $1"
	assert_equal "" "$(sort -u <(echo "$before") <(echo "$after") | comm -13 - "$work/rows" |
		head)" "rows that ss does not have, $1"
	assert_between 10 1000000 "$(wc -l <"$work/rows")" "rows, $1"
}

# --- a ring of one page -------------------------------------------------------------------------

follow --ring 4K
storm 3000
assert_healed "a ring of 4 KiB" ring-buffer

trace_start events --ring 4K --facts
storm 1000
trace_stop
assert_equal 4 "$status" "exit status ($err)"
told=$(sed -nE 's/.* loss where=ring-buffer count=([0-9]+)$/\1/p' "$work/trace.out" |
	awk '{ sum += $1 } END { print sum }')
assert_equal "$(sed -nE 's/.*ring-buffer ([0-9]+).*/\1/p' <<<"$err")" "$told" \
	"facts lost as the stream tells, of those counted"

# --- a drain that stands still ------------------------------------------------------------------

# The facts of about 4000 connections more than the ring has room for.
follow --ring 1M
kill -STOP "$trace_pid"
storm 5000
scenario_start established --count 3 # tcptrail misses all of these: it is stopped
kill -CONT "$trace_pid"
assert_healed "a drain that stood still" ring-buffer
scenario_stop

# The table of a running tracer is right after a walk too, not only at its end.
start "$work/list" "$work/list.err" "$TCPTRAIL" snapshot -anc1 --csv --columns netns,state,local,foreign \
	--ring 64K
list=$started
wait_until "a list" grep -q '^netns,' "$work/list"
kill -STOP "$list"
storm 2000
kill -CONT "$list"
is_healed() {
	[ -z "$(comm -3 <(all_of_ss | sort) <(rows_last "$work/list" | sort))" ]
}
wait_until "the list to be that of ss" is_healed
kill -INT "$list"
status=0
wait "$list" || status=$?
assert_equal "4 1" "$status $(grep -c 'ring-buffer [0-9]' "$work/list.err")" "exit status and notices"

# A namespace ends with its sockets while the tracer is stopped.
start "$work/list" "$work/list.err" "$TCPTRAIL" snapshot -anc1 --csv --columns netns,state,local,foreign \
	--ring 64K
list=$started
scenario_start established --netns --count 20
netns=$(scenario_get netns)
rows_of_netns() {
	tr -d '\r' <"$work/list" | awk '/^netns,/ { rows = n; n = 0 } END { print rows }
		/^'"$netns"',/ { n++ }'
}
has_rows() {
	[ "$(rows_of_netns)" -eq "$1" ]
}
wait_until "its rows" has_rows 41
kill -STOP "$list"
storm 2000
scenario_stop
kill -CONT "$list"
wait_until "no row of it" has_rows 0
kill -INT "$list"
wait "$list" || true

# The end of a namespace is a fact after its last socket is gone: from the recorder's last walk.
record_start "$work/recording"
scenario_start established --netns
netns=$(scenario_get netns)
wait_until "its counters or name" is_reported "(counter netns|name kind=netns key)=$netns( |$)"
scenario_stop
record_stop
record_ok
is_reported " netns_gone netns=$netns$" || fail "the end of $netns is not told"

# --- a table that is full -----------------------------------------------------------------------

assert_run 4 "$TCPTRAIL" snapshot -an --max-sockets 5
assert_matches "$err" '\(table [0-9]+\)' "a snapshot of more"
assert_equal 5 "$(grep -c '^tcp' "$work/run.out")" "rows"

# More sockets come than the table holds, then end with their namespace: now it finds those that it had no
# room for.
there=$("$TCPTRAIL" snapshot -an --csv --no-header --columns netns | wc -l)
start "$work/list" "$work/list.err" "$TCPTRAIL" snapshot -anc1 --csv --columns netns,state,local,foreign \
	--max-sockets $((there + 10000))
list=$started
wait_until "a list" grep -q '^netns,' "$work/list"
scenario_start many --count 12000 --netns
crowd=$scenario
scenario_start established --count 4
new=$scenario
is_missing() {
	[ -n "$(comm -23 <(all_of_ss | sort) <(rows_last "$work/list" | sort))" ]
}
wait_until "a full table" is_missing
scenario_stop "$crowd"
wait_until "the list to be that of ss" is_healed
kill -INT "$list"
status=0
wait "$list" || status=$?
assert_equal "4 1" "$status $(grep -c 'table [0-9]' "$work/list.err")" "exit status and notices"
scenario_stop "$new"
