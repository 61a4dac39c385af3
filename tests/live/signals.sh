#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# However a stream is ended, it ends cleanly and with every line written.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
here=$(own_netns)

# The storm is over when the signal comes, the drain timer not: nothing may be left in the ring.
check_signal() {
	trace_start events --netns "$here" --csv --no-header --columns event,old_state,new_state,duration
	scenario_start storm --count 300
	trace_stop "$1"
	assert_trace_fine "after SIG$1"
	assert_equal "" "$(grep -v '^tcptrail: ' <<<"$err" || true)" "stderr after SIG$1"
	assert_lacks "$err" lost "stderr after SIG$1"
	# Each cycle, and one more a pair to say that it was the last.
	assert_equal 302 "$(grep -c '^state,SYN_SENT,ESTABLISHED,' "$work/trace.out")" "connects"
	# The last one of a pair may close on both sides at once.
	assert_equal 604 "$(($(grep -c '^state,LAST_ACK,CLOSE,' "$work/trace.out") * 2 +
		$(grep -c '^state,CLOSING,TIME_WAIT,' "$work/trace.out" || true)))" "ends, two a connection"
	assert_equal "" "$(grep -Ev '^[a-z_]+,[A-Z_12]*,[A-Z_12]*,[0-9]*,(true|false)?.$' \
		"$work/trace.out" || true)" "torn lines"
	scenario_stop
}

check_signal INT
check_signal TERM

# While lines are being written as fast as two cores can: the last one is whole. The kernel may
# well lose facts under such a load, but not in silence.
trace_start events --netns "$here"
start /dev/null "$work/storm.err" "$SCENARIO" storm --count 20000 --no-stdin --hold 0
storm=$started
wait_until "lines" trace_has "ESTABLISHED"
trace_stop TERM
[ "$status" = 4 ] && grep -q "facts were lost" <<<"$err" || assert_trace_fine "in full stream"
assert_equal "" "$(tail -c 1 "$work/trace.out" | tr -d '\n')" "end of the last line"
kill -TERM "$storm" 2>/dev/null || true
await_end "$storm" "$ceiling" || fail "storm does not end"
wait_until "the namespace to be quiet" is_quiet

# The reader has had enough.
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
assert_trace_fine "by SIGPIPE"
assert_equal "" "$(grep -v '^tcptrail: ' <<<"$err" || true)" "stderr by SIGPIPE"
scenario_stop

# A snapshot into a closed pipe.
scenario_start many --count 3000
{
	"$TCPTRAIL" snapshot -ant 2>"$work/head.err" || echo $? >"$work/head.status"
} | head -n 1 >/dev/null
[ ! -e "$work/head.status" ] || fail "snapshot: exit status $(cat "$work/head.status")"
assert_equal "" "$(cat "$work/head.err")" "stderr of a snapshot by SIGPIPE"

# Whoever reads that it runs may send the signal, though its loop has not begun yet.
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

# --- where nobody reads signals -----------------------------------------------------------------

# ends_by SIGNAL: the program that was started ends by it, wherever it waits.
ends_by() {
	local pid=$started result=0
	kill -"$1" "$pid"
	await_end "$pid" "$ceiling" || fail "it does not end by SIG$1: $(cat "/proc/$pid/wchan")"
	wait "$pid" || result=$?
	assert_equal "$((128 + $(kill -l "$1")))" "$result" "exit status by SIG$1"
}

in_syscall() {
	grep -qE "^($2) " "/proc/$1/syscall"
}

case $(uname -m) in
x86_64) reads=0 writes=1 polls='7|232|281' ;;
*) reads=63 writes=64 polls='22|73' ;;
esac

mkfifo "$work/from" "$work/to"
for signal in INT TERM; do
	for command in "snapshot -an" "events -n" why; do
		# shellcheck disable=SC2086 # words
		start "$work/stage" "$work/stage.err" "$TCPTRAIL" $command --from "$work/from"
		wait_until "$command to wait for a writer" in_syscall "$started" "$polls"
		ends_by "$signal"
	done
	for command in "snapshot -an" "events -n" why; do
		# shellcheck disable=SC2086 # words
		start "$work/stage" "$work/stage.err" "$TCPTRAIL" $command --from "$work/from"
		exec {fifo}>"$work/from"
		echo '5 tick' >&"$fifo"
		wait_until "$command to read a pipe" in_syscall "$started" "$reads"
		ends_by "$signal"
		exec {fifo}>&-
	done

	# One that has facts without end.
	start "$work/stage" "$work/stage.err" "$TCPTRAIL" why --from "$work/from"
	replayer=$started
	start /dev/null "$work/yes.err" sh -c 'exec yes "5 tick" >"$0"' "$work/from"
	feeder=$started
	wait_until "facts to be read" in_syscall "$feeder" "$writes"
	started=$replayer
	ends_by "$signal"
	await_end "$feeder" "$ceiling" || fail "the facts do not end"

	# Lists for a reader that does not read: what there is are whole lines.
	for format in --json --csv -W; do
		exec {reader}<>"$work/to"
		start "$work/stage" "$work/stage.err" \
			sh -c 'exec "$0" snapshot -an "$2" >"$1"' "$TCPTRAIL" "$work/to" "$format"
		wait_until "a pipe to be full" in_syscall "$started" "$writes"
		ends_by "$signal"
		dd iflag=nonblock bs=1M <&"$reader" >"$work/got" 2>/dev/null || true
		exec {reader}>&-
		assert_equal "" "$(tail -c 1 "$work/got" | tr -d '\n')" "the end of what was written"
		assert_between 5 1000000 "$(wc -l <"$work/got")" "lines"
		[ $format != --json ] || assert_run 0 jq -e . "$work/got"
	done
done

# Other commands, whatever they print.
"$TCPTRAIL" record --for 1s "$work/one" 2>/dev/null || [ $? = 4 ]
for signal in INT TERM HUP; do
	for command in "info $work/one" "explain" "--help" "events --from $work/one" "why -v --from $work/one"; do
		exec {reader}<>"$work/to"
		dd if=/dev/zero bs=64K count=1 >&"$reader" 2>/dev/null # it is full
		# shellcheck disable=SC2086 # words
		start "$work/stage" "$work/stage.err" sh -c 'to=$0; exec "$@" >"$to"' "$work/to" "$TCPTRAIL" $command
		wait_until "$command to wait for its reader" in_syscall "$started" "$writes"
		ends_by $signal
		exec {reader}>&-
	done

	# It was started with signals blocked, as some supervisors do.
	start "$work/stage" "$work/stage.err" env --block-signal=INT --block-signal=TERM --block-signal=HUP \
		"$TCPTRAIL" snapshot --from "$work/from"
	wait_until "snapshot to wait for a writer" in_syscall "$started" "$polls"
	ends_by $signal

	# At whatever stage of a live run: while it loads, walks, or prints. Only nothing may stay.
	for delay in 0 0.02 0.05 0.1 0.2 0.4; do
		for command in "snapshot -an" "events" "why --for 60s" "record $work/stages$signal$delay/" "snapshot -c -an"; do
			# shellcheck disable=SC2086 # words
			start "$work/stage" "$work/stage.err" "$TCPTRAIL" $command
			sleep $delay
			kill -$signal "$started" 2>/dev/null || true
			[ "$signal $command" != "HUP record $work/stages$signal$delay/" ] || kill -TERM "$started"
			await_end "$started" "$ceiling" || fail "$command does not end by SIG$signal after $delay s"
			wait "$started" || true
		done
	done

	# The notices' reader does not read either.
	exec {reader}<>"$work/to"
	dd if=/dev/zero bs=60K count=1 >&"$reader" 2>/dev/null
	start /dev/null "$work/stage.err" sh -c 'exec "$0" why --for 600s 2>"$1"' "$TCPTRAIL" "$work/to"
	wait_until "why to watch" in_syscall "$started" "$polls"
	kill -$signal "$started"
	await_end "$started" "$ceiling" || fail "why does not end by SIG$signal"
	wait "$started" || true
	exec {reader}>&-
done
