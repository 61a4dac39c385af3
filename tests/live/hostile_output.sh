#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whatever happens to the output, tracing goes on, memory is bounded, and lines that are left out are counted.
[ -n "${LIVE_MOUNTS:-}" ] || LIVE_MOUNTS=1 exec unshare -m -- bash "$0" "$@"
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
here=$(own_netns)

# --- a reader that stalls -----------------------------------------------------------------------

# stall_start COMMAND...: runs tcptrail COMMAND into a pipe that is not read yet; $reader is its end.
stall_start() {
	rm -f "$work/pipe"
	mkfifo "$work/pipe"
	start /dev/null "$work/trace.err" sh -c 'exec "$@" >"$0"' "$work/pipe" "$TCPTRAIL" "$@"
	trace_pid=$started
	exec {reader}<"$work/pipe"
	wait_until "tcptrail $* to attach" tracing "$work/trace.err" "$trace_pid"
}

# stall_read: reads the pipe into trace.out.
stall_read() {
	start /dev/null "$work/cat.err" bash -c 'exec cat >"$0" <&"$1"' "$work/trace.out" "$reader"
	cat_pid=$started
	exec {reader}<&-
}

# storm CONNECTIONS: pipe and buffer hold 32 MiB, which is the JSON of 5,000 connections, or the CSV or facts
# of 13,000.
storm() {
	local i
	for ((i = 0; i < $1; i += 5000)); do
		"$SCENARIO" storm --count 5000 --linger0 --hold 0 </dev/null >/dev/null
	done
	wait_until "the namespace to be quiet" is_quiet
}

lost_output() {
	sed -nE 's/.*facts were lost on the way \((.*, )?output ([0-9]+)[,)].*/\2/p' "$work/trace.err"
}

: >"$work/trace.out"
stall_start --json -an --netns "$here"
storm 10000
assert_between 1000 400000 "$(sed -nE 's/^VmHWM:\s*([0-9]+) kB/\1/p' "/proc/$trace_pid/status")" \
	"kB of memory, the reader stalled"
scenario_start close_wait # the table must have it, even if its lines are left out
stall_read
wait_until "the reader to be told" grep -q '"event":"loss".*output' "$work/trace.out"
trace_stop
wait "$cat_pid"
assert_equal 4 "$status" "exit status ($err)"
assert_equal "" "$(tail -c 1 "$work/trace.out" | tr -d '\n')" "end of the last line"
told=$(jq -s '[.[] | select(.event == "loss")] | length' <"$work/trace.out") ||
	fail "what came through is not JSON"
assert_between 1 100 "$told" "losses told"
lost=$(lost_output)
assert_between 1 2000000 "${lost:-0}" "events left out ($err)"
assert_equal "$lost" "$(tail -n 1 "$work/trace.out" | jq .lost_by_place.output)" "of the totals"
connects=$(grep -c '"old_state":"SYN_SENT","new_state":"ESTABLISHED"' "$work/trace.out")
assert_between 1 9999 "$connects" "connects that came through, of 10000"
assert_equal "$(ss_states)" "$(jq -r 'select(.type == "socket") | "\(.state) \(.local) \(.foreign)"' \
	<"$work/trace.out" | sed 's/:0$/:*/' | sort)" "sockets at the end"
scenario_stop

# The facts that were written make a table and report the loss of the others. A file never stalls.
: >"$work/trace.out"
stall_start events --facts
storm 20000
stall_read
wait_until "the loss among the facts" grep -q ' loss where=output' "$work/trace.out"
trace_stop
wait "$cat_pid"
assert_equal 4 "$status" "exit status ($err)"
assert_equal "$(lost_output)" "$(sed -nE 's/.* loss where=output count=([0-9]+)$/\1/p' \
	"$work/trace.out" | awk '{ sum += $1 } END { print sum }')" "facts left out"
assert_run 4 "$TCPTRAIL" snapshot -an --from "$work/trace.out"
assert_contains "$err" "output $(sed -nE 's/.*output ([0-9]+).*/\1/p' "$work/trace.err")" "replay"

# After a signal tcptrail does not wait for a reader that never reads; what was written are whole lines. All
# readers stall in the same storm.
cases=(INT:--json INT:--csv INT:--facts TERM:--json TERM:--csv TERM:--facts)
pids=() readers=()
for case in "${cases[@]}"; do
	stall_start events "${case#*:}"
	mv "$work/trace.err" "$work/err.$case"
	pids+=("$trace_pid")
	readers+=("$reader")
done
storm 20000
for ((i = 0; i < ${#cases[@]}; i++)); do
	trace_pid=${pids[i]} reader=${readers[i]} case=${cases[i]}
	mv "$work/err.$case" "$work/trace.err"
	trace_stop "${case%:*}"
	dd bs=1M count=1 <&"$reader" >"$work/got" 2>/dev/null
	exec {reader}<&-
	assert_equal 4 "$status" "exit status of $case ($err)"
	assert_contains "$err" "output was lost: its reader has stalled" "notices of $case"
	assert_equal "" "$(tail -c 1 "$work/got" | tr -d '\n')" "the end of what $case wrote"
	[ "${case#*:}" != --json ] || assert_run 0 jq -e . "$work/got"
done

# turned COUNT: has its loop woken up so often since $turns? For wait_until.
turned() {
	[ "$(turns)" -ge $((before + $1)) ]
}

turns() {
	sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$trace_pid/status"
}

# Snapshots are skipped while the reader is not ready; those that are written are complete.
scenario_start many --count 300
: >"$work/trace.out"
rm "$work/pipe"
mkfifo "$work/pipe"
start /dev/null "$work/trace.err" sh -c 'exec "$@" >"$0"' "$work/pipe" "$TCPTRAIL" snapshot -an \
	-c0.05 --csv --netns "$here" --columns state,local,foreign
trace_pid=$started
exec {reader}<"$work/pipe"
wait_until "the first snapshot" read -r -n 1 -u "$reader"
before=$(turns)
wait_until "more of them" turned 60
stall_read
wait_until "a later one" sh -c '[ "$(grep -c ^state, "$0")" -ge 3 ]' "$work/trace.out"
trace_stop
wait "$cat_pid"
assert_equal 4 "$status" "exit status ($err)"
assert_between 1 1000 "$(lost_output)" "snapshots left out ($err)"
assert_equal "$(ss_states)" "$(rows_states "$work/trace.out")" "the last of them"
assert_equal 601 "$(awk '/^state,/ { if (n++) exit; next } n { rows++ } END { print rows }' \
	"$work/trace.out")" "rows of the second"
scenario_stop

# --- a disk that is full ------------------------------------------------------------------------

status=0
"$TCPTRAIL" events --json >/dev/full 2>"$work/run.err" </dev/null &
full=$!
wait_until "events to attach" grep -q '^tcptrail: ' "$work/run.err"
"$SCENARIO" storm --count 20 --hold 0 </dev/null >/dev/null
wait "$full" || status=$?
assert_equal "4 tcptrail: output was lost: No space left on device" \
	"$status $(grep -v 'tracing' "$work/run.err")" "events to /dev/full"

mkdir "$work/disk"
mount -t tmpfs -o size=256k tmpfs "$work/disk"
made_mounts+=("$work/disk")
for format in --json --csv --facts; do
	start /dev/null "$work/trace.err" "$TCPTRAIL" events $format --output "$work/disk/out"
	trace_pid=$started
	wait_until "events to attach" tracing "$work/trace.err" "$trace_pid"
	"$SCENARIO" storm --count 2000 --hold 0 </dev/null >/dev/null
	: >"$work/trace.out"
	trace_end # it ends by itself
	assert_equal 4 "$status" "exit status of events $format ($err)"
	assert_contains "$err" "output was lost: No space left on device" "events $format"
	assert_between 200000 262144 "$(stat -c %s "$work/disk/out")" "bytes that found room"
	rm "$work/disk/out"
done
