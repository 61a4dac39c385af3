#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# MPTCP sockets that wait in CLOSE_WAIT while their subflows are ESTABLISHED: each subflow has the
# state and token that ss tells of its socket, and who leaks them is named; a healthy twin is not.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
[ "$(sysctl -n net.mptcp.enabled 2>/dev/null)" = 1 ] || skip "no MPTCP here"
program=$(dirname "$0")/progs/mptcp.py

# server MODE PORT COUNT...: sets $pid, and $in to write to it.
serve() {
	held python3 "$program" "$@"
	pid=$started
	in=$held
	mv "$work/held.in" "$work/in.$2"
	mv "$work/held.out" "$work/out.$2"
}

# round PORT FD NUMBER: connects once more, until that is done for the n-th time.
round() {
	echo >&"$2"
	wait_until "round $3 of port $1" rounds_done "$1" "$3"
}

rounds_done() {
	[ "$(grep -cx done "$work/out.$1")" -ge "$2" ]
}

# What programs have open, as ss and as we tell it: "STATE TOKEN LOCAL FOREIGN".
by_ss() {
	ss -HManpi | paste -d ' ' - - | grep 'users:' | grep -v '^LISTEN' |
		sed -nE 's/^([^ ]+) +[0-9]+ +[0-9]+ +([^ ]+) +([^ ]+) .*token:([0-9a-f]+).*/\1 \4 \2 \3/p' |
		sed -e 's/^CLOSE-WAIT/CLOSE_WAIT/; s/^ESTAB /ESTABLISHED /' | sort
}

by_us() {
	csv mptcp_state,mptcp_token,local,foreign,state snapshot -an --netns "$(own_netns)" |
		awk '$1 != "-" && $1 != "LISTEN" { print $1, $2, $3, $4 }' | sort
}

# --- one look ---------------------------------------------------------------------------------------

serve keep 7001 6
leaker=$pid leaker_in=$in
round 7001 "$leaker_in" 1
assert_equal "$(by_ss)" "$(by_us)" "MPTCP sockets that programs have"
assert_equal 6 "$(by_us | grep -c '^CLOSE_WAIT ')" "in CLOSE_WAIT"
assert_equal ESTABLISHED "$(csv state,mptcp snapshot -an --lport 7001 --netns "$(own_netns)" |
	sed -n 's/ CLOSE_WAIT//p' | sort -u)" "the states of their subflows"

# --- who leaks, while it is watched --------------------------------------------------------------------

serve close 7002 6
closer_in=$in
# Clients of plain TCP: the TCP socket is in CLOSE_WAIT itself, and judged as any other.
serve keep 7003 6 tcp
plain=$pid plain_in=$in
why_start --for 8s -v
for n in 2 3 4; do
	round 7001 "$leaker_in" "$n"
	round 7002 "$closer_in" $((n - 1))
	round 7003 "$plain_in" $((n - 1))
	sleep 1
done
why_end
assert_finding 7001 "rule verdict count pid mover" "mptcp-close-wait bad 24 $leaker application"
assert_finding 7003 "rule count pid" "close-wait-leak 18 $plain"
assert_healthy 7002

# Asked by name for the state that they are in.
why_start close_wait --for 2s
why_end
assert_finding 7001 "rule count pid" "mptcp-close-wait 24 $leaker"
