#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recorder under churn, with files that begin meanwhile and with facts that are lost: a replay comes
# to the recorder's table at each checkpoint and at the end, and every command works on it.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
dir=$work/recording

# --- churn, and files that begin in it --------------------------------------------------------------

record_start --stacks "$dir/"
scenario_start close_wait
cookie=$(scenario_get cookie role=subject)
for n in 2 3 4; do
	"$SCENARIO" storm --count 500 </dev/null >"$work/storm"
	kill -HUP "$record_pid"
	wait_until "file $n" record_files "$dir" "$n"
done
rows_look
alive=$(row_words "$cookie" state local foreign uid)
record_stop
record_fine
assert_contains "$err" "tcptrail: recorded "
record_equal "$dir" churn
assert_between 4 1000 "${out%% *}" "checkpoints: three files and the end at least"
assert_equal "700 600" "$(stat -c %a "$dir" "$dir"/*.tcptrail | sort -ru | paste -sd ' ')" "modes"

# What was seen live is what the recording tells, on whatever day.
assert_run "$fine" "$TCPTRAIL" snapshot -an --json --from "$dir"
rows_ours "$work/run.out"
assert_equal "$alive" "$(row_words "$cookie" state local foreign uid)" "the row"
assert_run "$fine" "$TCPTRAIL" events -n --from "$dir" --since start --until end
