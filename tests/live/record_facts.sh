#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recording and the same recording as text give the same output, to the byte: rows, events and lives.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

record_start "$work/recording"
scenario_start close_wait --count 3
"$SCENARIO" storm --count 200 </dev/null >"$work/storm"
trail=$(scenario_get local role=subject)-$(scenario_get remote role=subject)
record_stop
record_ok
assert_run "$ok_status" "$TCPTRAIL" events --facts --from "$work/recording" --output "$work/text"
for command in "snapshot -antp --utc" "events -n --utc" "snapshot -an --json --utc" "events --json --utc" \
	"events --csv --utc" "why -n --utc" "trail -n --utc $trail" "events --facts"; do
	# shellcheck disable=SC2086 # words
	run "$TCPTRAIL" $command --from "$work/recording"
	told=${out//"$work/recording"/"$work/text"} # "next" steps name the file
	[ -n "$told" ] || fail "$command tells nothing"
	# shellcheck disable=SC2086
	run "$TCPTRAIL" $command --from "$work/text"
	assert_equal "$told" "$out" "$command"
done
