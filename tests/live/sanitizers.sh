#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Under a storm AddressSanitizer, UBSan, ThreadSanitizer and Valgrind report nothing. `make live-sanitizers`
# builds the programs in $SANITIZED.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
[ -n "${SANITIZED:-}" ] || skip "make live-sanitizers builds the programs"

# libbpf passes more bytes to bpf() than the command reads, and Valgrind does not know that.
for field in expected_attach_type prog_ifindex; do
	printf '{\n\tnot read\n\tMemcheck:Param\n\tbpf(attr->%s)\n\t...\n\tobj:*/libbpf.so*\n}\n' $field
done >"$work/suppress"

report=$work/report
export ASAN_OPTIONS="log_path=$report exitcode=99 detect_stack_use_after_return=1"
export UBSAN_OPTIONS="log_path=$report print_stacktrace=1"
export LSAN_OPTIONS="exitcode=99" TSAN_OPTIONS="log_path=$report exitcode=99"

# no_reports WHAT
no_reports() {
	local file
	for file in "$report"*; do # Valgrind begins mere remarks with two dashes
		[ -e "$file" ] && grep -qvE '^--|^$' "$file" && fail "$1" "$(head -n 60 "$file")"
	done
	return 0
}

at_work() {
	grep -qE '^tcptrail: (tracing|recording|watching)' "$1" || ! kill -0 "$2" 2>/dev/null
}

# storm_at COUNT COMMAND...: runs it into a pipe while sockets come and go, then requires that it ends
# normally; by itself, if $signal is empty.
storm_at() {
	local count=$1
	shift
	rm -f "$work/pipe"
	mkfifo "$work/pipe"
	start "$work/out" "$work/cat.err" cat "$work/pipe"
	start /dev/null "$work/err" sh -c 'exec "$@" >"$0"' "$work/pipe" "$@"
	until at_work "$work/err" "$started"; do # loading is slow, so wait as long as the test may take
		sleep 0.1
	done
	"$SCENARIO" storm --count "$count" --hold 0 </dev/null >/dev/null
	"$SCENARIO" prefork --count 5 </dev/null >/dev/null
	[ -z "$signal" ] || kill -"$signal" "$started"
	await_end "$started" "$ceiling" || fail "$* does not end"
	status=0
	wait "$started" || status=$?
	no_reports "report of $*"
	assert_matches "$status" '^[04]$' "exit status of $* ($(cat "$work/err"))"
}

# looks TOOL...: commands that do not trace.
looks() {
	for look in "snapshot -atpe" "snapshot -an --json" "why --for 0s" "--probes" \
		"events --from $recording" "info $recording" "diff --from $recording start end"; do
		# shellcheck disable=SC2086 # words
		run "$@" $look
		no_reports "report of $* $look"
		assert_matches "$status" '^[014]$' "exit status of $* $look ($err)"
	done
}

signal=INT
for program in $SANITIZED; do
	recording=$work/$(basename "$(dirname "$program")")
	storm_at 3000 "$program" events
	storm_at 3000 "$program" events --json --stacks
	storm_at 3000 "$program" events --facts
	storm_at 3000 "$program" -anp
	storm_at 3000 "$program" record --stacks "$recording/"
	storm_at 3000 "$program" why --for 10m --stacks
	looks "$program"
done

# Valgrind takes signals before signalfd does. Tell it not to free libc's memory at the end: detached threads
# may still look up names, and their memory would seem lost.
command -v valgrind >/dev/null || skip "Valgrind is not there; the sanitizers had nothing to report"
valgrind=(valgrind -q --error-exitcode=99 --run-libc-freeres=no "--suppressions=$work/suppress" --leak-check=full
	--show-leak-kinds=definite --errors-for-leak-kinds=definite "--log-file=$report.valgrind.%p" "$TCPTRAIL")
signal=
recording=$work/valgrind
# Without --stacks: Valgrind does not support seccomp, without which no stack is read.
storm_at 200 "${valgrind[@]}" events --json --limit 500
storm_at 200 "${valgrind[@]}" record --for 3s "$recording/"
storm_at 200 "${valgrind[@]}" why --for 3s
looks "${valgrind[@]}"
