#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# If the verifier refuses a program, only that program and what it serves are missing. Refuses each one in
# turn, in two halves.
. "$(dirname "$0")/lib.sh"
in_parts 0 1
in_fresh_netns "$@"
whole=$TCPTRAIL
refused=$(dirname "$0")/progs/refused.py
reason='invalid (read from )?stack'
names=$(python3 "$refused" "$whole" | awk -v part="$part" 'NR % 2 == part')

# refuse FUNCTION: sets TCPTRAIL to a program whose function of that name the kernel refuses.
refuse() {
	TCPTRAIL=$work/tcptrail
	python3 "$refused" "$whole" "$1" "$TCPTRAIL"
}

# --- what is given up -------------------------------------------------------------------------

# Prints the probe that is active in one list and not in the other; all other lines must be equal.
given_up() {
	diff "$work/probes" "$work/run.out" >"$work/diff" || true
	assert_equal "1 1" "$(grep -c '^<' "$work/diff") $(grep -c '^>' "$work/diff")" \
		"probes that change without $1: $(cat "$work/diff")"
	assert_matches "$(grep '^>' "$work/diff")" " no +$reason" "why there is no $1"
	sed -nE 's/^> (.*[^ ]) +(optional|required) .*/\1/p' "$work/diff"
}

# Does the program require it?
is_required() {
	[ "$1" = on_state ] || [ "$1" = on_destroy ]
}

# wanted NAME: the probe that is given up without the program
wanted() {
	case $1 in
	on_state_nested) echo tp_btf/inet_sock_set_state ;;
	on_retransmit) echo tp_btf/tcp_retransmit_skb ;;
	on_synack) echo tp_btf/tcp_retransmit_synack ;;
	on_send_reset) echo raw_tp/tcp_send_reset ;;
	on_receive_reset) echo tp_btf/tcp_receive_reset ;;
	on_accept | on_accept4 | on_connect) echo "tp/syscalls/sys_exit_${1#on_}" ;;
	on_exit) echo tp_btf/sched_process_exit ;;
	walk_sockets) echo iter/tcp ;;
	walk_holders) echo iter/task_file ;;
	peek_socket | peek_queue) echo "raw_tp (run on demand, 5.10)" ;;
	stack_*) echo "stack_id()" ;;
	esac
}

assert_run 0 "$TCPTRAIL" --probes
cp "$work/run.out" "$work/probes"
for name in $names; do
	refuse "$name"
	run "$TCPTRAIL" --probes
	if is_required "$name"; then
		assert_equal 3 "$status" "exit status without $name ($err)"
		assert_matches "$err" "^tcptrail: required probe tp_btf/.* the kernel refused it: $reason" "stderr"
		continue
	fi
	assert_equal 0 "$status" "exit status without $name ($err)"
	grep -F "$(wanted "$name")" "$work/probes" | grep -q ' yes ' || continue # not on this kernel
	assert_equal "$(wanted "$name")" "$(given_up "$name")" "what is given up without $name"
done

# --- what goes on -----------------------------------------------------------------------------

# One notice, of one line, for each refusal.
check_notices() {
	assert_equal "$refusals" "$(grep -cE "^tcptrail: the kernel refused .*: $reason" <<<"$err" || true)" \
		"notices without $name ($err)"
}

scenario_start fork
holders=$(scenario_lines role=holder | sed -nE 's/.* pid=([0-9]+) fd=([0-9]+) .*/\1:\2/p' | sort)
cookie=$(scenario_get cookie role=holder)

# Existing sockets are listed with all holders.
check_snapshot() {
	rows_look
	check_notices
	assert_equal "$holders" "$(row_holders "$cookie")" "holders without $name"
	assert_row "$cookie" "owner_source owner_holding" "fd-walk open" "without $name"
}

# The lives of a connection that exists already and of a new one.
check_events() {
	scenario_start established
	local stands=$scenario cookie
	cookie=$(scenario_get cookie role=subject)
	trace_start events --netns "$(own_netns)" --csv --no-header --columns \
		old_state,new_state,cookie,comm "$@"
	scenario_start lifecycle --count 1
	wait_until "one end to be closed" trace_has LAST_ACK,CLOSE,
	wait_until "the other end to be closed" trace_has ,TIME_WAIT,
	scenario_stop
	scenario_stop "$stands"
	wait_until "what stood to end" grep -qE "^ESTABLISHED,[A-Z0-9_]+,$cookie,scenario" "$work/trace.out"
	trace_stop
	# Without it a few facts are lost and counted.
	[ "$name" = on_state_nested ] && [ "$status" = 4 ] || assert_trace_ok "without $name"
	check_notices
	[ "$name" = nothing ] || assert_equal "$lives" "$(lives)" "lives without $name"
}

# The transitions of the new connection. Some kernels also report one of its request socket.
lives() {
	csv_words <"$work/trace.out" | awk '$1 != "-" { print $1, $2 }' | grep -v LISTEN | sort -u
}

TCPTRAIL=$whole
name=nothing
refusals=0
check_events
lives=$(lives)
for name in $names; do
	refuse "$name"
	case $name in
	on_state | on_destroy)
		assert_run 3 "$TCPTRAIL" events
		assert_matches "$err" "^tcptrail: required probe tp_btf/.* the kernel refused it: $reason" "stderr"
		refusals=0
		check_snapshot # without events
		;;
	stack_w*) ;; # as stack_id
	*)
		grep -F "$(wanted "$name")" "$work/probes" | grep -q ' yes ' || continue
		refusals=1
		options=()
		[ "$name" != stack_id ] || options=(--stacks)
		check_events "${options[@]}"
		;;
	esac
	[[ $name != walk_* ]] || check_snapshot
done
