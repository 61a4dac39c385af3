#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# However a stream is ended, it ends cleanly and all lines are written.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
here=$(own_netns)

# The signal comes after the storm but before the drain timer: nothing may be left in the ring.
check_signal() {
	trace_start events --netns "$here" --csv --no-header --columns event,old_state,new_state,duration
	scenario_start storm --count 300
	trace_stop "$1"
	assert_trace_ok "after SIG$1"
	assert_equal "" "$(grep -v '^tcptrail: ' <<<"$err" || true)" "stderr after SIG$1"
	assert_lacks "$err" lost "stderr after SIG$1"
	# One for each cycle, and one more for each pair, which says that it was the last.
	assert_equal 302 "$(grep -c '^state,SYN_SENT,ESTABLISHED,' "$work/trace.out")" "connects"
	# The last connection of a pair may be closed by both sides at once.
	assert_equal 604 "$(($(grep -c '^state,LAST_ACK,CLOSE,' "$work/trace.out") * 2 +
		$(grep -c '^state,CLOSING,TIME_WAIT,' "$work/trace.out" || true)))" "ends, two a connection"
	assert_equal "" "$(grep -Ev '^[a-z_]+,[A-Z_12]*,[A-Z_12]*,[0-9]*,(true|false)?.$' \
		"$work/trace.out" || true)" "torn lines"
	scenario_stop
}

check_signal INT
check_signal TERM

# The signal comes while lines are written as fast as two cores can: the last line is whole. The kernel may
# lose facts under such a load, but reports it.
trace_start events --netns "$here"
start /dev/null "$work/storm.err" "$SCENARIO" storm --count 20000 --no-stdin --hold 0
storm=$started
wait_until "lines" trace_has "ESTABLISHED"
trace_stop TERM
[ "$status" = 4 ] && grep -q "facts were lost" <<<"$err" || assert_trace_ok "in full stream"
assert_equal "" "$(tail -c 1 "$work/trace.out" | tr -d '\n')" "end of the last line"
kill -TERM "$storm" 2>/dev/null || true
await_end "$storm" "$ceiling" || fail "storm does not end"
wait_until "the namespace to be quiet" is_quiet

# The reader closes the pipe.
{
	"$TCPTRAIL" events --netns "$here" 2>"$work/head.err" || echo $? >"$work/head.status"
	: >"$work/head.done"
} | head -n 1 >"$work/head.out" &
pipe=$!
wait_until "events to attach" grep -q '^tcptrail: tracing' "$work/head.err"
scenario_start storm --count 200
wait_until "end by a closed pipe" test -e "$work/head.done"
wait "$pipe"
assert_equal 1 "$(wc -l <"$work/head.out")" "lines that head printed"
status=$(cat "$work/head.status" 2>/dev/null || echo 0) err=$(cat "$work/head.err")
assert_trace_ok "by SIGPIPE"
assert_equal "" "$(grep -v '^tcptrail: ' <<<"$err" || true)" "stderr by SIGPIPE"
scenario_stop

# A snapshot into a closed pipe.
scenario_start many --count 3000
{
	"$TCPTRAIL" snapshot -ant 2>"$work/head.err" || echo $? >"$work/head.status"
} | head -n 1 >/dev/null
[ ! -e "$work/head.status" ] || fail "snapshot: exit status $(cat "$work/head.status")"
assert_equal "" "$(cat "$work/head.err")" "stderr of a snapshot by SIGPIPE"

# A signal may come as soon as the notice is printed, before the loop begins.
for command in events "why --for 10m" "record $work/late"; do
	touch "$work/gate"
	# shellcheck disable=SC2086 # words
	start "$work/trace.out" "$work/trace.err" env LD_PRELOAD="$(dirname "$TCPTRAIL")/progs/faults.so" \
		LATE_LOOP="$work/gate" "$TCPTRAIL" $command
	trace_pid=$started
	wait_until "$command" grep -qE '^tcptrail: (tracing|watching|recording)' "$work/trace.err"
	kill -TERM "$trace_pid"
	rm "$work/gate"
	trace_end
	assert_matches "$status" '^[014]$' "exit status of $command by SIGTERM at its beginning ($err)"
done
