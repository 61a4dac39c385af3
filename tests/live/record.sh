#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recorder under churn, while files begin and facts are lost: a replay has the recorder's table at each
# checkpoint and at the end, and every command works on it.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
dir=$work/recording

# --- churn, and files that begin in it --------------------------------------------------------------

record_start --stacks "$dir/"
scenario_start close_wait
cookie=$(scenario_get cookie role=subject)
times=()
for n in 2 3 4; do
	times+=("$(date +%s.%N)")
	"$SCENARIO" storm --count 500 </dev/null >"$work/storm"
	kill -HUP "$record_pid"
	wait_until "file $n" record_files "$dir" "$n"
done
rows_look
alive=$(row_words "$cookie" state local foreign uid)
record_stop
record_ok
assert_contains "$err" "tcptrail: recorded "
record_equal "$dir" churn
assert_between 4 1000 "${out%% *}" "checkpoints: three files and the end at least"
assert_equal "700 600" "$(stat -c %a "$dir" "$dir"/*.tcptrail | sort -ru | paste -sd ' ')" "modes"

# read_until COMMAND...: reads a part of the recording, in which nothing may be lost yet.
read_until() {
	run "$@"
	[ "$status" = 0 ] || [ "$status" = "$ok_status" ] || fail "exit status $status: $*" "$err"
}

# The recording shows what was seen live, on any day.
assert_run "$ok_status" "$TCPTRAIL" snapshot -an --json --from "$dir"
rows_ours "$work/run.out"
assert_equal "$alive" "$(row_words "$cookie" state local foreign uid)" "the row"
assert_run "$ok_status" "$TCPTRAIL" events -n --from "$dir" --since -1h --until end
assert_contains "$err" "is not in $dir, which is from "
assert_contains "$out" "ESTABLISHED -> CLOSE_WAIT"
run "$TCPTRAIL" snapshot -an --from "$dir" --at 1999-12-31
assert_equal 2 "$status"
assert_contains "$err" "1999-12-31 00:00:00.000000 is not in $dir, which is from "

# events OPTION...: the events of the recording, with the time in seconds since 1970 in front.
events() {
	{ "$TCPTRAIL" events --json --utc --netns "$(own_netns)" --from "$dir" "$@" || [ $? = "$ok_status" ]; } |
		jq -c '[(.time | sub("\\.[0-9]+Z$"; "Z") | fromdate), .time, .transition, .cookie]'
}

# --since and --until select exactly the events between them.
events >"$work/all"
between=$(jq -c --arg a "${times[1]}" --arg b "${times[2]}" '
	select((.[0] + (.[1] | capture("\\.(?<f>[0-9]+)Z$").f | "0." + . | tonumber)) as $t |
		$t > ($a | tonumber) and $t <= ($b | tonumber))' "$work/all")
assert_between 4000 6000 "$(wc -l <<<"$between")" "events of the second storm"
assert_equal "$between" "$(events --since "@${times[1]}" --until "@${times[2]}")" "between two instants"

# --at shows the sockets of that instant, and how long they were in their state then.
read_until "$TCPTRAIL" snapshot -an --json --from "$dir" --at "@${times[0]}"
rows_ours "$work/run.out"
# Its cookie may not be known yet; its addresses identify it.
read -r _ local foreign _ <<<"$alive"

assert_equal CLOSE_WAIT "$(jq -r --arg l "$local" --arg f "$foreign" \
	'select(.local == $l and .foreign == $f) | .state' "$work/rows")" "the row, before the storms"
assert_lacks "$(cat "$work/rows")" TIME_WAIT "before the storms"
read_until "$TCPTRAIL" trail --from "$dir" "sk:$(printf %x "$cookie")"
assert_contains "$out" "CLOSE_WAIT"
read_until "$TCPTRAIL" why --from "$dir" --at "@${times[1]}"

# --- facts that are lost --------------------------------------------------------------------------

rm -r "$dir"
record_start --ring 1M "$dir/"
kill -STOP "$record_pid"
"$SCENARIO" storm --count 5000 --pairs 2 </dev/null >"$work/storm"
kill -CONT "$record_pid"
"$SCENARIO" storm --count 500 </dev/null >"$work/storm"
kill -HUP "$record_pid"
wait_until "the second file" record_files "$dir" 2
record_stop
assert_equal 4 "$status" "exit status: facts were lost"
record_equal "$dir" "after losses"
run "$TCPTRAIL" snapshot -an --from "$dir"
assert_equal 4 "$status" "exit status of a replay that has the losses"
assert_contains "$err" "facts were lost on the way (ring-buffer "
