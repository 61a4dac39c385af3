#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recorder under churn, with files that begin meanwhile and with facts that are lost: a replay comes
# to the recorder's table at each checkpoint and at the end, and every command works on it.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
verify=$(dirname "$TCPTRAIL")/verify_recording
dir=$work/recording

# files COUNT: has the directory so many? For wait_until.
files() {
	[ "$(find "$dir" -name '*.tcptrail' | wc -l)" -ge "$1" ]
}

# equal WHAT: all checkpoints of the recording are those of its replay.
equal() {
	assert_run 0 "$verify" "$dir"
	assert_matches "$out" "^[1-9][0-9]* checkpoints equal, [1-9]" "$1"
}

recording() {
	grep -q '^tcptrail: recording to' "$work/record.err" || ! kill -0 "$record_pid" 2>/dev/null
}

record_start() {
	start "$work/record.out" "$work/record.err" "$TCPTRAIL" record "$@"
	record_pid=$started
	wait_until "the recorder to record" recording
}

record_stop() {
	kill -INT "$record_pid"
	await_end "$record_pid" 100 || fail "the recorder did not end in 10 s"
	status=0
	wait "$record_pid" || status=$?
	err=$(cat "$work/record.err")
}

# --- churn, and files that begin in it --------------------------------------------------------------

record_start --stacks "$dir/"
scenario_start close_wait
cookie=$(scenario_get cookie role=subject)
for n in 2 3 4; do
	"$SCENARIO" storm --count 500 </dev/null >"$work/storm"
	kill -HUP "$record_pid"
	wait_until "file $n" files "$n"
done
rows_look
alive=$(row_words "$cookie" state local foreign uid)
record_stop
assert_equal 0 "$status" "$err"
assert_contains "$err" "tcptrail: recorded "
equal churn
assert_between 4 1000 "${out%% *}" "checkpoints: three files and the end at least"
assert_equal "700 600" "$(stat -c %a "$dir" "$dir"/*.tcptrail | sort -ru | paste -sd ' ')" "modes"

# What was seen live is what the recording tells, on whatever day.
assert_run 0 "$TCPTRAIL" snapshot -an --json --from "$dir"
rows_ours "$work/run.out"
assert_equal "$alive" "$(row_words "$cookie" state local foreign uid)" "the row"
assert_run 0 "$TCPTRAIL" events -n --from "$dir" --since -1h --until end
