#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recorder whose disk is full pauses with one notice, keeps what is written, and goes on when there is room;
# its recording reports what was lost. Recordings stay within their bounds.
[ -n "${LIVE_MOUNTS:-}" ] || LIVE_MOUNTS=1 exec unshare -m -- bash "$0" "$@"
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

skip_among_sockets 10000 # files are small here

disk=$work/disk
mkdir "$disk"
mount -t tmpfs -o size=16m tmpfs "$disk"
made_mounts+=("$disk")

# Short connections while the test runs.
start "$work/churn" "$work/churn.err" sh -c \
	'while "$0" storm --count 300 --linger0 </dev/null >/dev/null; do sleep 0.05; done' "$SCENARIO"

# feed_until WHAT COMMAND...: makes facts as fast as possible until COMMAND succeeds.
feed_until() {
	local what=$1
	shift
	wait_until "$what" fed "$@"
}

fed() {
	"$@" || { "$SCENARIO" storm --count 2000 --linger0 --hold 0 </dev/null && "$@"; }
}

# has_connects FILE|DIR: are connects of the churn on the disk? For wait_until.
has_connects() {
	"$TCPTRAIL" events -n --from "$1" --limit 1000 2>/dev/null | grep "CLOSE -> SYN_SENT"
}

# A slow disk on a busy host is another reason to pause.
fill() {
	head -c 100M /dev/zero >"$disk/filler" 2>/dev/null || true
	wait_until "a recorder that is paused" record_says "now is lost: No space left" "${1:-1}"
}

# went_on REASON [COUNT]: has the recorder gone on after so many pauses for this reason? For wait_until.
went_on() {
	awk -v reason="is lost: $1" -v count="${2:-1}" 'index($0, reason) { n++ }
		n >= count && /recording goes on/ { hit = 1 } END { exit !hit }' "$work/record.err"
}

# readable FILE|DIR: every command can read it; facts may be lost.
readable() {
	record_equal "$1" "what is there"
	run "$TCPTRAIL" snapshot -an --from "$1"
	assert_matches "$status" '^[04]$' "exit status of snapshot ($err)"
	run "$TCPTRAIL" events -n --from "$1"
	assert_matches "$status" '^[04]$' "exit status of events ($err)"
	assert_contains "$out" "CLOSE -> SYN_SENT" "events"
}

# reports_loss FILE|DIR: the recorder has counted its losses, and the recording reports as many.
reports_loss() {
	local lost all
	all=$(sed -nE 's/.*lost on the way \(([^)]*)\).*/\1/p' <<<"$err" | grep -o '[0-9]*' | paste -sd +)
	assert_equal 4 "$status" "exit status ($err)"
	lost=$(sed -nE 's/.*facts in .*; ([0-9]+) were lost$/\1/p' <<<"$err")
	assert_between 1 100000000 "${lost:-0}" "facts lost"
	assert_matches "$err" "facts were lost on the way \(.*output $lost[,)]" "notices"
	assert_run 4 "$TCPTRAIL" snapshot -an --from "$1"
	assert_matches "$err" "facts were lost on the way \(.*output $lost[,)]" "replay"
	assert_equal "$((all))" "$("$TCPTRAIL" info --json "$1" | jq .lost)" "info"
}

notices() {
	grep -c "$1" "$work/record.err" || true
}
slow="is paused, and what happens now is lost: the disk does not respond"

bytes() {
	find "$1" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }'
}

# --- a disk that is full ----------------------------------------------------------------------------

record_start "$disk/dir/"
wait_until "a file" record_files "$disk/dir" 1
wait_until "connects in it" has_connects "$disk/dir"
fill
readable "$disk/dir"
kept=$(sha256sum "$disk"/dir/*)
kill -HUP "$record_pid" # a try that fails
wait_until "the signal to be taken" grep -q '^ShdPnd:[[:space:]]0*$' "/proc/$record_pid/status"
rm "$disk/filler"
wait_until "a recorder that goes on" went_on "No space left"
events=$(($(notices .) - 2 * $(notices "$slow")))
wait_until "what comes then" record_files "$disk/dir" 2
record_stop
slow_times=$(notices "$slow")
assert_equal "1 $((1 + slow_times))" "$(notices 'is paused, and what happens now is lost: No space left') $(notices \
	'continues in')" "notices: $err"
assert_equal 3 "$events" "notices while it ran: $err"
assert_equal "$kept" "$(sha256sum "$disk"/dir/* | sed -n 1p)" "what was there"
assert_equal $((2 + slow_times)) "$(record_sessions "$disk/dir" | wc -l)" "sessions"
reports_loss "$disk/dir"
readable "$disk/dir"

# The recorder ends while the disk is full, and the next one continues in the directory.
record_start "$disk/dir/"
wait_until "a third file" record_files "$disk/dir" 3
fill
record_stop
assert_equal 4 "$status" "exit status ($err)"
assert_contains "$err" "the end of the recording was lost: No space left on device" "notices"
assert_matches "$err" "; [0-9]+ were lost" "notices"
readable "$disk/dir"
rm -r "$disk/filler" "$disk/dir"

# A recording in one file, and a disk that is full twice.
record_start "$disk/one"
wait_until "connects in it" has_connects "$disk/one"
for time in 1 2; do
	fill $time
	readable "$disk/one"
	rm "$disk/filler"
	wait_until "a recorder that goes on" went_on "No space left" $time
done
record_stop
pauses=$((2 + $(notices "$slow")))
assert_equal "$pauses $pauses" "$(notices 'is paused') $(notices 'continues in')" "notices: $err"
assert_equal $((1 + pauses)) "$("$TCPTRAIL" info --json "$disk/one" | jq ".sessions | length")" "sessions"
reports_loss "$disk/one"
readable "$disk/one"

# RLIMIT_FSIZE sends a signal that ends a process by default.
record_by=(prlimit --fsize=3000000)
record_start "$work/limited/"
record_by=()
feed_until "to go on" went_on "File too large"
record_stop
assert_equal 4 "$status" "exit status ($err)"
readable "$work/limited"

# --- bounds -----------------------------------------------------------------------------------------

gone() {
	! test -e "$1"
}

record_start --max-size 1M "$work/small/"
wait_until "a file" record_files "$work/small" 1
first=$(find "$work/small" -type f | head -n 1)
looks=0
is_bounded() {
	kill -STOP "$record_pid" # files of one instant
	assert_between 0 1048576 "$(bytes "$work/small")" "bytes of a recording that is bounded"
	kill -CONT "$record_pid"
	looks=$((looks + 1))
}
bounded_and_gone() {
	is_bounded
	fed gone "$first"
}
until [ $looks -ge 50 ]; do
	is_bounded
done
wait_until "the first file to be gone" bounded_and_gone
record_stop
assert_between 262144 1048576 "$(bytes "$work/small")" "bytes of what it has become"
# On a host with many sockets there may be room for the last checkpoint only.
assert_run 0 "$VERIFY" "$work/small"
assert_matches "$out" "^[1-9][0-9]* checkpoints equal" "what is there"

record_start --max-age 2s "$work/young/"
wait_until "a file" record_files "$work/young" 1
first=$(find "$work/young" -type f | head -n 1)
wait_until "the first file to be too old" gone "$first"
record_stop
readable "$work/young"

record_start --max-size 1M "$work/full"
feed_until "the file to be full" has_ended "$record_pid"
record_end # it ends by itself
record_ok
assert_contains "$err" "$work/full has reached --max-size" "notices"
assert_between 524288 1048576 "$(stat -c %s "$work/full")" "bytes of a file that is full"
readable "$work/full"

record_start --for 1s "$work/short"
record_end
record_ok
record_equal "$work/short" "what there was in a second"

# --- what is refused --------------------------------------------------------------------------------

record_start "$work/dir/"
assert_run 3 "$TCPTRAIL" record "$work/dir"
assert_equal "tcptrail: $work/dir: another tcptrail is recording to it" "$err" "a second recorder"
record_stop
record_ok
before=$(sha256sum "$work/short")
assert_run 3 "$TCPTRAIL" record "$work/short"
assert_equal "tcptrail: $work/short already exists: choose another name" \
	"$err" "a file that is there"
assert_equal "$before" "$(sha256sum "$work/short")" "the file that was there"
mkdir "$work/theirs"
chown 65534 "$work/theirs"
assert_run 3 "$TCPTRAIL" record "$work/theirs"
assert_contains "$err" "files cannot be made in $work/theirs" "a directory of another user"

# Files that cannot be read are skipped with a notice; the bounds hold.
ln -s loop.tcptrail "$work/dir/loop.tcptrail"
assert_run 0 "$TCPTRAIL" info "$work/dir"
assert_equal "tcptrail: $work/dir: 1 files cannot be read and are left out" "$err" "a link in a loop"
run "$TCPTRAIL" snapshot -an --from "$work/dir"
assert_matches "$status" '^[04]$' "exit status of snapshot ($err)"
assert_contains "$err" "1 files cannot be read and are left out" "a link in a loop"
rm "$work/dir/loop.tcptrail"
mkdir "$work/dir/dir.tcptrail"
head -c 100 /dev/zero >"$work/dir/garbage.tcptrail"
: >"$work/dir/begun.tcptrail"
assert_run 0 "$TCPTRAIL" info "$work/dir"
assert_equal "tcptrail: $work/dir: 2 files cannot be read and are left out" "$err" "what is no recording"
rm -r "$work/dir/"{dir,garbage,begun}.tcptrail

# --output must not truncate what --from reads, under any name.
ln "$work/short" "$work/hard"
ln -s short "$work/soft"
member=$(find "$work/dir" -name '*.tcptrail' | head -n 1)
before=$(sha256sum "$work/short" "$member")
for name in short hard soft; do
	assert_run 2 "$TCPTRAIL" snapshot -an --from "$work/short" --output "$work/$name"
	assert_contains "$err" "is what --from reads" "$name"
done
assert_run 2 "$TCPTRAIL" snapshot -an --from "$work/dir" --output "$member"
assert_equal "$before" "$(sha256sum "$work/short" "$member")" "what was recorded"
