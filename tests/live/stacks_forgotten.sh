#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The table forgets stacks that no socket has any more, except the latest 4,096; a forgotten stack is captured
# again with the next socket that has it.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
here=$(own_netns)
progs=$(dirname "$TCPTRAIL")/progs

trace_start events --facts --stacks --output "$work/facts"
mkfifo "$work/ways.in"
start "$work/ways.out" "$work/ways.err" sh -c 'exec "$@" <"$0"' "$work/ways.in" "$progs/pie" ways
exec 8>"$work/ways.in"
held_fds+=(8)
wait_until "the ways" has_line "$work/ways.out" ready

# go FIRST LAST: makes a socket by each of these call paths
go() {
	local before
	before=$(grep -c "^done $2$" "$work/ways.out" || true)
	echo "$1 $2" >&8
	wait_until "ways $1 to $2" went_again "$before" "$2"
}

went_again() {
	[ "$(grep -c "^done $2$" "$work/ways.out")" -gt "$1" ]
}

# The id of path 0, once it is stable: the kernel side must learn some unwind rules first. A socket whose dump
# was lost has no id.
first_stack() {
	go 0 0
	go 0 0
	grep -a ' state .* new=SYN_SENT .* comm="pie"' "$work/facts" | grep -a " netns=$here " |
		grep -ao ' stack=[0-9a-f]*' | tail -n 2 | sort | uniq -d >"$work/id"
	[ -s "$work/id" ] && [ "$(times_told)" -ge 1 ]
}

times_told() {
	grep -ac " stack id=$(cut -d= -f2 "$work/id") " "$work/facts" || true
}

# Uses more other paths than are kept: some dumps may be lost in a rush; they are counted and come in the next
# round.
told_again() {
	local way
	for ((way = 1; way < 5000; way += 100)); do
		go "$way" $((way + 99))
	done
	go 0 0
	[ "$(times_told)" -ge 2 ]
}

wait_until "the stack of way 0" first_stack
assert_equal 1 "$(times_told)" "facts with the stack of way 0"
wait_until "the stack of way 0 once more" told_again
exec 8>&-
trace_stop

# Its frames have the names of this stack again.
"$TCPTRAIL" events -n --netns "$here" --stacks --json --columns comm,new_state,stack \
	--from "$work/facts" >"$work/events" || assert_equal 4 $? "exit code where stacks were lost"
jq -r 'select(.comm == "pie" and .new_state == "SYN_SENT" and .stack) |
	[.stack[].function] | map(select(. == "way")) | length' "$work/events" | tail -n 1 >"$work/frames"
assert_equal 14 "$(cat "$work/frames")" "frames of way() in the last stack"
