#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A full accept queue is reported at the start of the watch; with -c reports repeat, each based on all that
# was seen since the start.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# judged COUNT: are there so many JSON reports? Each names the listener once.
judged() {
	[ "$(grep -c '"rule":"listen-queue-full"' "$work/trace.out")" -ge "$1" ]
}

named_at_once() {
	grep -q "^first look: BAD .* LISTEN of port $port" "$work/trace.err"
}

scenario_start syn_sent --count 2 --full-queue
full=$(scenario_get local role=listener)
port=${full#*:}

start "$work/trace.out" "$work/trace.err" "$TCPTRAIL" why -n --netns "$(own_netns)" --for 10m
trace_pid=$started
wait_until "the headline" named_at_once
assert_equal "" "$(cat "$work/trace.out")" "stdout, before it has watched"
trace_stop
assert_trace_ok
assert_matches "$out" "LISTEN +1 +[^ ]+ +of port $port +[^ ]+ +- +- +BAD listen-queue-full"
assert_contains "$out" "BAD     1 LISTEN of port $port"

start "$work/trace.out" "$work/trace.err" "$TCPTRAIL" why -n --netns "$(own_netns)" --json -c0.2
trace_pid=$started
wait_until "two reports" judged 2
trace_stop
assert_trace_ok
assert_lacks "$err" "first look: "
windows=$(jq -s '[.[] | select(.rule == "listen-queue-full") | .window_ns] |
	(length >= 3) and (. == (sort | unique))' <<<"$out")
assert_equal true "$windows" "windows that begin with the command, the last report at its end"
assert_equal true "$(jq -s '[.[].time] | . == sort and all(endswith("Z"))' <<<"$out")" "times"
