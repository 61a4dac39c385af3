#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recorder is killed 200 times at any moment, always in the same directories: what it left can be read each
# time, replays are exact, and nothing is missing that could be read before.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

skip_among_sockets 10000 # each file contains them, and is read

workers=4 kills=50 # each
columns=time,inferred,cookie,new_state # time is two cells

# Short connections while the test runs: so few that facts are written because of their age and not because a
# block is full; and an observer that sees all of them and is not killed.
start "$work/churn" "$work/churn.err" sh -c \
	'while "$0" storm --count 4 </dev/null >/dev/null; do sleep 0.1; done' "$SCENARIO"
trace_start events -n --csv --no-header --netns "$(own_netns)" --columns "$columns"

now() {
	date -u +%FT%T.%6N
}

# Sleeps for LOW..HIGH ms.
some_time() {
	sleep "$(awk -v l="$1" -v h="$2" -v r="$RANDOM" 'BEGIN { print (l + r % (h - l)) / 1000 }')"
}

# verified FILE|DIR: verifies what the kill left, if there is anything.
verified() {
	run "$VERIFY" "$1"
	[[ $err == *"the recording is empty" ]] && return 0
	assert_equal 0 "$status" "exit status of verify_recording of $1 ($err)"
}

# readable NUMBER: reads the files since the last kill; after each tenth kill, all files.
readable() {
	local file
	if [ $(($1 % 10)) = 0 ]; then
		verified "$dir"
	else
		for file in "$dir"/*.tcptrail; do
			[ ! "$file" -nt "$work/read" ] || verified "$file"
		done
	fi
	touch "$work/read"
	run "$TCPTRAIL" events -n --from "$dir" --limit 1000
	[[ $err == *"the recording is empty" ]] && return 0
	assert_matches "$status" '^[04]$' "exit status of events ($err)"
}

# If another file has begun between SIGHUP and the kill, all facts from before the signal are written.
rotate() {
	local files=$1 signalled
	signalled=$(now)
	kill -HUP "$record_pid"
	wait_until "another file" record_files "$dir" $((files + 1))
	whole=$signalled
}

# written_since TIME: sets $last to the time of the last event after TIME that can be read.
written_since() {
	last=$("$TCPTRAIL" events -n --utc --csv --no-header --columns time --from "$dir" --since "$1" |
		tail -n 1 | cut -d , -f 1)
	[ -n "$last" ]
}

# One recorder of ten lives until facts are written because they are a second old.
live_and_die() {
	local begun whole files last
	files=$(find "$dir" -name '*.tcptrail' | wc -l)
	record_start "$dir/"
	begun=$(now)
	if [ $(($1 % 10)) = 0 ]; then
		wait_until "facts to be written for their age" written_since "$begun"
		whole=$last
	elif [ $(($1 % 4)) = 0 ]; then
		# Its first file may come late, and must not be taken for the one that the signal begins.
		wait_until "its first file" record_files "$dir" $((files + 1))
		some_time 20 100
		rotate $((files + 1))
		some_time 0 100
	else
		some_time 50 400
		whole=$begun
	fi
	kill -KILL "$record_pid"
	wait "$record_pid" 2>/dev/null || true
	# On a busy host a recorder may pause, and says so.
	grep -q "recording is paused" "$work/record.err" || echo "$begun,$whole" >>"$work/windows"
}

# worker NUMBER: works in a directory of its own.
worker() {
	local n
	work=$work/$1 dir=$work/recording
	mkdir -p "$work" "$dir"
	started_pids=()
	RANDOM=$1
	for ((n = 1; n <= kills; n++)); do
		live_and_die "$n"
		readable "$n"
	done
	record_start "$dir/" # resumes once more, and ends normally
	record_stop
	assert_matches "$status" '^[04]$' "exit status ($err)"
	record_equal "$dir" "at the end"
}

pids=()
for ((w = 1; w <= workers; w++)); do
	worker "$w" &
	pids+=($!)
	started_pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid" || fail "a worker failed"
done
trace_stop
assert_matches "$status" '^[04]$' "exit status of the observer ($err)"

# The recording has what the observer saw within the windows, and no transition twice.
for ((w = 1; w <= workers; w++)); do
	dir=$work/$w
	"$TCPTRAIL" events -n --csv --no-header --netns "$(own_netns)" --columns "$columns" \
		--from "$dir/recording" >"$dir/recorded" 2>"$dir/replay.err" || assert_equal 4 $?
	awk -F , '
		FILENAME ~ /windows$/ { from[windows + 0] = $1; to[windows++] = $2; next }
		FILENAME ~ /recorded$/ { recorded[$4 $5] = 1; next }
		$3 == "false" {
			for (i = 0; i < windows; i++)
				if ($1 > from[i] && $1 < to[i]) {
					seen++
					missing += !($4 $5 in recorded)
				}
		}
		END { print seen + 0, missing + 0 }
	' "$dir/windows" "$dir/recorded" "$work/trace.out" >"$dir/compared"
	assert_matches "$(cat "$dir/compared")" '^[1-9][0-9]* 0$' "transitions seen, and missing"
done
