#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# connect() and accept() where they are hard to follow: by many threads, through fds of all kinds, and by
# 32-bit programs.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

# --- many threads, and fds of all kinds -----------------------------------------------------------

program_start python3 "$progs/connect_fds.py"
pid=$started
bystander=$(scenario_get cookie role=bystander)
trace_start events --facts --output "$work/facts"
kill -USR1 "$pid"
wait_until "connects to end" has_line "$work/scenario.$scenario" "done"
trace_stop
assert_trace_ok
assert_equal 32 "$(scenario_lines role=high | wc -l)" "threads"
scenario_lines role=ended | grep -q . # its fd belongs to another socket now

# One call of each thread; none with numbers that are no fds.
grep -a " connect sk=.* pid=$pid " "$work/facts" | sed -E 's/.* fd=([0-9-]+) .* tid=([0-9]+) .*/tid=\2 fd=\1/' |
	sort >"$work/connects"
wanted=$(scenario_lines 'role=(high|replaced)' | sed -E 's/.*(tid=[0-9]+ fd=[0-9]+).*/\1/' | sort)
assert_equal "$wanted" "$(cat "$work/connects")" "connects"

assert_run 0 "$TCPTRAIL" snapshot -an --json --from "$work/facts"
rows_ours "$work/run.out"
while read -r line; do
	read -r tid fd cookie < <(sed -E 's/.* tid=([0-9]+) fd=([0-9]+) cookie=([0-9]+)/\1 \2 \3/' <<<"$line")
	assert_row "$cookie" "creator_pid creator_tid creator_by pid fd" "$pid $tid connect $pid $fd" "$line"
done < <(scenario_lines role=high)
# Another process also holds the fd of a connect that fails: the failure is not attributed to it.
assert_run 0 "$TCPTRAIL" snapshot --state close --json --from "$work/facts"
rows_ours "$work/run.out"
assert_row "$bystander" "state pid creator_by" "CLOSE $pid -" "what never connects"
assert_run 0 "$TCPTRAIL" why --json --from "$work/facts"
assert_equal 1 "$(jq -c "select(.rule == \"connect-timed-out\" and .pid == $pid)" "$work/run.out" | wc -l)" \
	"connects that fail"
program_end "$pid"

# --- 32-bit programs (README, Known limits) --------------------------------------------------------

compat=$(dirname "$TCPTRAIL")/progs/compat_calls
status=0
"$compat" check >"$work/compat" || status=$?
[ "$status" != 77 ] || skip "there are no calls of 32-bit programs here"
trace_start --netns "$(own_netns)" --json
program_start "$compat"
pid=$started

# check_ends: checks both ends of each connection: the holders, and the creator of the connecting end.
check_ends() {
	local line cookie fd creator=$1 count=0
	while read -r line; do
		read -r cookie fd < <(sed -E 's/.* cookie=([0-9]+) .* fd=([0-9]+)/\1 \2/' <<<"$line")
		assert_row "$cookie" "state pid owner_holding fd" "ESTABLISHED $pid open $fd" "$line"
		case $line in
		role=client*) assert_row "$cookie" "creator_by owner_source" "$creator" "$line" ;;
		*) assert_row "$cookie" "creator_by owner_source" "- fd-walk" "$line" ;;
		esac
		count=$((count + 1))
	done < <(scenario_lines)
	assert_equal 4 "$count" "ends"
}

rows_look
check_ends "- fd-walk"
for cookie in $(scenario_lines role=client | sed -nE 's/.* cookie=([0-9]+) .*/\1/p'); do
	wait_until "who connects to be told" grep -qE \
		"\"type\":\"event\".*\"cookie\":$cookie,.*\"new_state\":\"ESTABLISHED\"|\"new_state\":\"ESTABLISHED\".*\"cookie\":$cookie," \
		"$work/trace.out"
done
trace_stop
rows_keep
check_ends "connect connect"
# Until the walk, the listener's owner stands for accepted sockets.
for cookie in $(scenario_lines role=accepted | sed -nE 's/.* cookie=([0-9]+) .*/\1/p'); do
	assert_equal "$pid listener" "$(jq -r "select(.type == \"event\" and .cookie == $cookie and
		.new_state == \"ESTABLISHED\") | \"\(.pid) \(.owner_source)\"" "$work/trace.out")" "owner at first"
done
