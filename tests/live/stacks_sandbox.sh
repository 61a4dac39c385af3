#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The process that reads other users' binaries runs in a sandbox. If it is killed or hangs, the stack that it
# was reading is lost and counted, and another process reads the next.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$TCPTRAIL")/progs

# field PID KEY: of /proc/PID/status
field() {
	sed -n "s/^$2:\t//p" "/proc/$1/status" 2>/dev/null
}

# find_reader: sets $reader to the reader of $trace_pid once it is in its sandbox; not $1, which has ended.
find_reader() {
	local opener
	opener=$(pgrep -P "$trace_pid" -x tcptrail-opener) || return 1
	reader=$(pgrep -P "$opener" -x tcptrail-stacks) || return 1
	[ "$reader" != "${1:-}" ] && [ "$(field "$reader" Seccomp)" = 2 ]
}

# expect_sandbox: $reader has no privilege that it does not need.
expect_sandbox() {
	local key
	for key in CapInh CapPrm CapEff CapAmb; do
		assert_equal 0000000000000000 "$(field "$reader" $key)" "$key of the reader"
	done
	assert_equal 1 "$(field "$reader" NoNewPrivs)" "no_new_privs of the reader"
	assert_equal 2 "$(field "$reader" Seccomp)" "seccomp of the reader"
	assert_equal 1000 "$(cat "/proc/$reader/oom_score_adj")" "oom_score_adj of the reader"
	for key in 'Max address space' 'Max cpu time' 'Max open files' 'Max core file size'; do
		assert_lacks "$(grep "^$key" "/proc/$reader/limits")" unlimited "limits of the reader"
	done
}

# stacks_of PROGRAM: prints how many of its lines name the function that connects.
stacks_of() {
	grep -c "\"comm\":\"$1\".*\"function\":\"connect_here\"" "$work/trace.out" || true
}

has_more_stacks() {
	[ "$(stacks_of "$1")" -gt "$2" ]
}

# makes_stacks PROGRAM COUNT: runs it until there are more of its stacks than COUNT.
makes_stacks() {
	local i
	held "$progs/$1" sites 2
	for ((i = 0; i < 50; i++)); do
		! has_more_stacks "$@" || break
		sleep 0.1
	done
	release
	has_more_stacks "$@"
}

# expect_stacks_of PROGRAM: waits until more of its stacks are read. Stacks of all processes of the host are
# read, so the program runs again if others wait in front.
expect_stacks_of() {
	local before
	before=$(stacks_of "$1")
	wait_until "stacks of $1" makes_stacks "$1" "$before"
}

events=(events --netns "$(own_netns)" -n --stacks --json --columns comm,new_state,stack)
trace_start "${events[@]}"
wait_until "the reader" find_reader
expect_sandbox
assert_lacks "$(ls -l "/proc/$reader/fd")" "bpf" "what the reader has open"
assert_equal "" "$(grep -E '^[^ ]+ ...s ' "/proc/$reader/maps" || true)" "what the reader shares"
expect_stacks_of library
expect_sandbox

# The reader is stopped with stacks to read, then killed.
first=$reader
kill -STOP "$first"
held "$progs/pie" sites 2
kill -KILL "$first"
wait_until "another reader" find_reader "$first"
expect_sandbox
release
expect_stacks_of nopie

# The reader hangs for good.
second=$reader
kill -STOP "$second"
held "$progs/pie" sites 2
wait_until "another reader" find_reader "$second"
release
expect_stacks_of nopie
opener=$(pgrep -P "$trace_pid" -x tcptrail-opener)
trace_stop
assert_equal 4 "$status" "exit status"
assert_matches "$err" 'stack [0-9]+' "what was lost"
await_end "$opener" "$ceiling" || fail "the opener outlives tcptrail"
wait_until "the reader to end" test ! -e "/proc/$reader"

# Where the kernel cannot filter system calls, no stack is read, with one notice; everything else works.
expect_no_stacks() {
	start "$work/trace.out" "$work/trace.err" "$progs/refuse_call" "$1" "$TCPTRAIL" "${events[@]}"
	trace_pid=$started
	wait_until "tcptrail to attach" tracing "$work/trace.err" "$trace_pid"
	held "$progs/pie" sites 2
	wait_until "its events" grep -q '"comm":"pie".*ESTABLISHED' "$work/trace.out"
	release
	trace_stop
	assert_trace_ok
	assert_equal 1 "$(grep -c 'stack' "$work/trace.err")" "how often it is said ($err)"
	assert_contains "$err" "cannot set up a sandbox" "what is said"
	assert_lacks "$(cat "$work/trace.out")" '"function"' "stacks"
}
expect_no_stacks seccomp

# A program with file capabilities, run by another user.
install -m 755 "$TCPTRAIL" "$work/capable"
chmod 755 "$work"
setcap cap_sys_admin,cap_sys_ptrace,cap_dac_read_search=ep "$work/capable"
start "$work/trace.out" "$work/trace.err" setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$work/capable" "${events[@]}"
trace_pid=$started
wait_until "tcptrail to attach" tracing "$work/trace.err" "$trace_pid"
wait_until "the reader" find_reader
expect_sandbox
expect_stacks_of library
trace_stop
assert_trace_ok
