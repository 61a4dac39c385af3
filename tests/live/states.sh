#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The snapshot has every state that a scenario can make, and the events show how it came.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
trace_start events --csv --no-header --columns netns,local,foreign,new_state,event

# Sockets without a row: they are in no hash table.
listed() {
	scenario_lines 'local=.*' | grep -Ev 'state=(GONE|CLOSE)( |$)'
}

word() {
	sed -nE "s/^(.* )?$1=([^ ]*).*/\2/p" <<<"$line"
}

# last_event_is SOCKET STATE
last_event_is() {
	local last
	last=$(csv_words <"$work/trace.out" | awk -v s="$1" \
		'$1 " " $2 " " $3 == s && $5 == "state" { last = $4 } END { print last }')
	[ "$last" = "$2" ]
}

check_socket() {
	local socket state row
	socket="$(word netns) $(word local | csv_endpoint) $(word remote | csv_endpoint)"
	state=$(word state)
	row=$(awk -v s="$socket" '$1 " " $2 " " $3 == s' "$work/rows")
	[ "$row" = "$socket $state" ] || fail "\"$row\" is the row of: $line" "all:" \
		"$(head -n 60 "$work/rows")"
	# A request socket makes no event; a child (TFO) does when it is cloned, before its addresses are
	# known.
	[ "$(word side)/$state" = passive/SYN_RECV ] && return
	wait_until "an event into $state of $socket" last_event_is "$socket" "$state"
}

check() {
	local line
	scenario_start "$@"
	csv netns,local,foreign,state snapshot -a | sort -u >"$work/rows"
	while read -r line; do
		check_socket
	done < <(listed)
	scenario_stop
}

check listen --count 2
check listen --ipv6
check syn_sent
check syn_sent --full-queue
check syn_recv
check syn_recv --ack-lost
check established --count 2
check established --mapped
check established --ipv6
check accept_queue
check accept_queue --peer-closed
check self_connect
check simultaneous_open
check tfo --half-open
check close_wait
check close_wait --active
check last_ack
check fin_wait1 --passive
check fin_wait2
check fin_wait2_orphan
check closing
check time_wait --ipv6
check two_netns
check simultaneous_close
check simultaneous_close --in-closing

trace_stop
assert_trace_ok
