#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A signal ends each command wherever it waits, also for a reader or a writer that never comes, and at any
# stage of a run.
. "$(dirname "$0")/lib.sh"
in_parts INT TERM HUP
in_fresh_netns "$@"
signal=$part

# ends_by SIGNAL: requires that the started program ends by it, wherever it waits.
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
if [ "$signal" != HUP ]; then
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

	# A source of facts that never ends.
	start "$work/stage" "$work/stage.err" "$TCPTRAIL" why --from "$work/from"
	replayer=$started
	start /dev/null "$work/yes.err" sh -c 'exec yes "5 tick" >"$0"' "$work/from"
	feeder=$started
	wait_until "facts to be read" in_syscall "$feeder" "$writes"
	started=$replayer
	ends_by "$signal"
	await_end "$feeder" "$ceiling" || fail "the facts do not end"

	# The reader of the lists does not read: what was written are whole lines.
	scenario_start many --count 1000 # more than a pipe has room for
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
	scenario_stop
fi

# All other commands.
"$TCPTRAIL" record --for 1s "$work/one" 2>/dev/null || [ $? = 4 ]
for command in "info $work/one" "explain" "--help" "events --from $work/one" "why -v --from $work/one"; do
	exec {reader}<>"$work/to"
	dd if=/dev/zero bs=64K count=1 >&"$reader" 2>/dev/null # the pipe is full
	# shellcheck disable=SC2086 # words
	start "$work/stage" "$work/stage.err" sh -c 'to=$0; exec "$@" >"$to"' "$work/to" "$TCPTRAIL" $command
	wait_until "$command to wait for its reader" in_syscall "$started" "$writes"
	ends_by $signal
	exec {reader}>&-
done

# Some supervisors start programs with signals blocked.
start "$work/stage" "$work/stage.err" env --block-signal=INT --block-signal=TERM --block-signal=HUP \
	"$TCPTRAIL" snapshot --from "$work/from"
wait_until "snapshot to wait for a writer" in_syscall "$started" "$polls"
ends_by $signal

# At any stage of a live run: while it loads, walks, or prints. It only must not stay.
for delay in 0 0.02 0.05 0.1 0.2 0.4; do
	for command in "snapshot -an" "events" "why --for 60s" "record $work/stages$delay/" "snapshot -c -an"; do
		# shellcheck disable=SC2086 # words
		start "$work/stage" "$work/stage.err" "$TCPTRAIL" $command
		sleep $delay
		kill -$signal "$started" 2>/dev/null || true
		[ "$signal $command" != "HUP record $work/stages$delay/" ] || kill -TERM "$started"
		await_end "$started" "$ceiling" || fail "$command does not end by SIG$signal after $delay s"
		wait "$started" || true
	done
done

# The reader of the notices does not read either.
exec {reader}<>"$work/to"
dd if=/dev/zero bs=60K count=1 >&"$reader" 2>/dev/null
start /dev/null "$work/stage.err" sh -c 'exec "$0" why --for 600s 2>"$1"' "$TCPTRAIL" "$work/to"
wait_until "why to watch" in_syscall "$started" "$polls"
kill -$signal "$started"
await_end "$started" "$ceiling" || fail "why does not end by SIG$signal"
wait "$started" || true
exec {reader}>&-
