#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A disk that hangs stops neither the recorder's loop nor its end; losses are counted.
# Limit: 300 s
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

shim=$(dirname "$TCPTRAIL")/progs/faults.so
hung=$work/hung
record_by=(env LD_PRELOAD="$shim" HUNG_DISK="$hung")

# More facts than there is room for in memory.
overflow() {
	local i
	for ((i = 0; i < 100; i++)); do
		"$SCENARIO" storm --count 5000 --linger0 --hold 0 </dev/null >/dev/null
		! record_says "what happens now is lost: the disk does not respond" "$1" || return 0
	done
	fail "the recorder does not say that the disk hangs" "$(cat "$work/record.err")"
}

record_start "$work/dir/"
wait_until "a file" record_files "$work/dir" 1
wait_until "facts in it" "$VERIFY" "$work/dir"
touch "$hung"
overflow 1
rm "$hung"
wait_until "the recorder to go on" record_says "recording goes on"
record_stop
assert_equal 4 "$status" "exit status ($err)"
lost=$(sed -nE 's/.*facts in .*; ([0-9]+) were lost$/\1/p' <<<"$err")
assert_between 1 100000000 "${lost:-0}" "facts lost ($err)"
assert_run 0 "$TCPTRAIL" info --json "$work/dir"
assert_between "$lost" 100000000 "$(jq .lost <<<"$out")" "losses that the recording has"
record_equal "$work/dir" "what is there"

# The recorder ends while the disk hangs.
record_start "$work/dir/"
touch "$hung"
overflow 1
record_stop TERM
assert_equal 4 "$status" "exit status ($err)"
assert_contains "$err" "the end of the recording was lost: the disk does not respond" "notices"
rm "$hung"

# A second signal ends it at once.
record_start "$work/dir/"
touch "$hung"
overflow 1
kill -TERM "$record_pid"
wait_until "the first signal to be taken" grep -q '^ShdPnd:[[:space:]]0*$' "/proc/$record_pid/status"
kill -TERM "$record_pid" 2>/dev/null || true
record_end
assert_matches "$status" "^(143|4)$" "exit status ($err)"
rm "$hung"
run "$TCPTRAIL" snapshot -an --from "$work/dir"
assert_matches "$status" "^[04]$" "exit status of what reads it ($err)"
