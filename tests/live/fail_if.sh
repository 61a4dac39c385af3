#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Thresholds for monitoring: one line and an exit status, about counts now and about growth.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# assert_answer STATUS LINE ARGUMENT...: checks a snapshot; LINE is a regex.
assert_answer() {
	local want=$1 line=$2
	shift 2
	assert_run "$want" "$TCPTRAIL" snapshot "$@"
	assert_equal 1 "$(wc -l <"$work/run.out")" "lines of: $*"
	assert_matches "$out" "^$line\$" "answer to: $*"
}

scenario_start close_wait --unread 100 --count 3
pid=$(scenario_get pid role=subject)
port=$(scenario_get local role=subject | sed 's/.*://')
who="$pid/scenario, port $port"
age='(, oldest >=[0-9a-z.]+)?'

assert_answer 1 "CRITICAL: 3 CLOSE_WAIT \(limit 2\) of $who$age \| close_wait=3;;2" \
	--pid "$pid" --fail-if 'close_wait>2'
assert_answer 0 "OK: at most 3 CLOSE_WAIT of one process \(limit 3\) \| close_wait=3;;3" \
	--pid "$pid" --fail-if 'close_wait>3'
assert_answer 0 'OK: at most 0 CLOSE_WAIT .*' --pid "$pid" --fail-if 'close_wait>2,age>1h'
assert_answer 0 'OK: 0 CLOSE_WAIT of this host .*' --lport 1 --fail-if 'close_wait>2,per=host'
assert_answer 1 'CRITICAL: 1 LISTEN .*' --pid "$pid" --fail-if 'syn_sent>2' --fail-if 'listen>=1'

assert_run 1 "$TCPTRAIL" snapshot --json --pid "$pid" --fail-if 'close_wait>2'
assert_equal "threshold true 3 $pid $port" \
	"$(jq -r '"\(.type) \(.met) \(.count) \(.pid) \(.local_port)"' <<<"$out")"

# The old sockets do not grow in number; the new ones do, and --lport selects them.
watching() {
	grep -q '^tcptrail: watching' "$work/trace.err"
}

why_start() {
	start "$work/trace.out" "$work/trace.err" "$TCPTRAIL" why close_wait --for 10m \
		--netns "$(own_netns)" "$@"
	trace_pid=$started
	wait_until "tcptrail to watch" watching
}

why_start --lport "$port" --fail-if 'close_wait>2,growth>2'
scenario_start close_wait --unread 100 --count 4
trace_stop
assert_equal 0 "$status" "exit status of why: $err"
assert_contains "$out" "OK: at most 3 CLOSE_WAIT of one process (limit 2), grew by 0 (limit 2) |"

why_start --fail-if 'close_wait>3,growth>4'
scenario_start close_wait --unread 100 --count 5
pid=$(scenario_get pid role=subject)
trace_stop
assert_equal 1 "$status" "exit status of why: $err"
assert_matches "$(tail -n 1 <<<"$out")" \
	"^CRITICAL: 5 CLOSE_WAIT \(limit 3\) of $pid/scenario, port .*, grew by 5 \(limit 4\) \|"
