#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The creator and the holders of sockets: from one walk, and traced from the start.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# stand NAME OPTION.., of NAME OPTION..: all situations exist at the same time, so that one walk sees them.
declare -A standing
stand() {
	scenario_start "$@"
	standing[$*]=$scenario
}

of() {
	scenario=${standing[$*]}
	what=$*
}

# The cookie of each socket that the scenario prints with these words, once.
cookies() {
	scenario_lines "$@" | sed -nE 's/.* cookie=([0-9]+).*/\1/p' | sort -u
}

# Exactly the pids and fds that the scenario names hold the socket; the text shows how many.
check_holders() {
	local want count more=
	want=$(scenario_lines "cookie=$1" 'pid=[0-9]+' |
		sed -nE 's/.* pid=([0-9]+) fd=([0-9]+) .*/\1:\2/p' | sort)
	assert_equal "$want" "$(row_holders "$1")" "holders of: $(scenario_lines "cookie=$1")"
	count=$(wc -l <<<"$want")
	[ "$count" = 1 ] || more=+$((count - 1))
	assert_contains "$want" "$(row "$1" '"\(.pid):\(.fd)"')" "its holders, one of which is shown"
	assert_row "$1" program "$(row "$1" '"\(.pid)/\(.comm)"')$more" "$what"
	assert_row "$1" "owner_holding" open "$what"
}

check_each_holder() {
	local cookie
	for cookie in $(cookies role=holder); do
		check_holders "$cookie"
	done
}

# Nobody has accepted it: the listener's owner stands for it, and it has no creator.
check_queued() {
	local cookie pid
	cookie=$(scenario_get cookie "$1")
	pid=$(scenario_get pid side=listen)
	assert_row "$cookie" "program pid comm owner_source owner_holding fd" \
		"($pid/scenario) $pid scenario listener queue -" "$what"
	assert_row "$cookie" "creator_pid creator_by" "- -" "$what"
}

# --- by a walk alone --------------------------------------------------------------------------

stand fork --count 2
stand fork --parent-closes
stand scm_rights --count 2
stand prefork --count 2
stand accept_queue
stand accept_queue --peer-closed
stand syn_recv
stand time_wait
rows_look

for words in "fork --count 2" "fork --parent-closes" "scm_rights --count 2" "prefork --count 2"; do
	# shellcheck disable=SC2086 # they are words
	of $words
	check_each_holder
	for cookie in $(cookies role=holder); do
		assert_row "$cookie" owner_source fd-walk "$what"
	done
done

of prefork --count 2
for cookie in $(cookies side=passive); do
	check_holders "$cookie"
done
listener=$(scenario_get cookie side=listen)
assert_matches "$(row "$listener" .program)" '^[0-9]+/scenario\+4$' "a listener that five hold"
check_holders "$listener"

of accept_queue
check_queued side=passive
of accept_queue --peer-closed
check_queued side=passive
of syn_recv
check_queued state=SYN_RECV

# Closed before the walk: the process is unknown, and none is named.
of time_wait
assert_row "$(scenario_get cookie role=subject)" "state program pid creator_pid owner_holding" \
	"TIME_WAIT - - - -" "a socket closed before we came"

# --- followed ---------------------------------------------------------------------------------

for number in "${standing[@]}"; do
	scenario_stop "$number"
done
standing=()
trace_start --netns "$(own_netns)" --json
stand threads
stand fork --parent-closes
stand scm_rights
stand prefork --count 3
stand vanish
stand vanish --kill
stand leave
stand leave --kill
stand leave --peer-closed
stand leave --peer-closed --kill
stand leave --passive
stand leave --passive --peer-closed --kill
stand fin_wait2_orphan
stand time_wait
stand last_ack
stand accept_queue
stand accept_queue --peer-closed
stand syn_recv
trace_stop
assert_trace_ok
rows_keep

# The ends of a connection, and the call that made each.
sides() {
	printf '%s\n' "listen listen" "active connect" "passive accept"
}

# Made by threads with names, all of one process.
of threads
args=$(process_args "$(scenario_get pid side=listen)")
while read -r side by; do
	cookie=$(scenario_get cookie "side=$side")
	pid=$(scenario_get pid "side=$side")
	assert_row "$cookie" "creator_pid creator_tid creator_comm creator_thread creator_by" "$pid \
$(scenario_get tid "side=$side") scenario $(scenario_get thread "side=$side") $by" "$side by a thread"
	assert_row "$cookie" "creator_uid creator_exited creator_program program fd" \
		"0 false $pid/scenario $pid/scenario $(scenario_get fd "side=$side")" "$side by a thread"
	assert_equal "$args" "$(row "$cookie" '.creator_args // [] | join(" ")')" "command line of the creator of $side"
done < <(sides)

# The parent made it, the child holds it.
of fork --parent-closes
check_each_holder
parent=$(scenario_get pid side=listen)
assert_row "$(scenario_get cookie role=holder)" "pid creator_pid creator_by creator_exited" \
	"$(scenario_get pid role=holder) $parent accept false" "what the parent has closed"
assert_row "$(scenario_get cookie side=active)" "creator_pid creator_by" "$parent connect" "$what"

# One process accepted it and passed it to the other.
of scm_rights
check_each_holder
assert_row "$(scenario_get cookie role=holder)" "pid creator_pid creator_by" \
	"$(scenario_get pid role=holder) $(scenario_get pid side=listen) accept" "$what"

# The creator is the worker that accepted, not the first holder of the listener.
of prefork --count 3
assert_equal 12 "$(cookies side=passive | wc -l)" "accepted by workers"
for cookie in $(cookies side=passive); do
	pid=$(scenario_get pid "cookie=$cookie")
	assert_row "$cookie" "program pid creator_pid creator_by creator_exited" \
		"$pid/scenario $pid $pid accept false" "accepted by a worker"
done
listener=$(scenario_get cookie side=listen)
check_holders "$listener"
assert_row "$listener" "creator_pid creator_by" "$(scenario_get pid side=listen) listen" "$what"

# --- processes that are gone --------------------------------------------------------------------

# A process that has exited made it, its child holds it.
check_vanished() {
	local side by cookie made
	made=$(scenario_get made_by role=subject)
	while read -r side by; do
		cookie=$(scenario_get cookie "side=$side")
		assert_row "$cookie" "creator_program creator_pid creator_comm creator_by creator_exited" \
			"$made/scenario[exited] $made scenario $by true" "$side of $what"
		assert_row "$cookie" "program comm owner_holding" \
			"$(scenario_get pid "side=$side")/heir heir open" "$side of $what"
		assert_contains "$(row "$cookie" '.creator_args // [] | join(" ")')" "scenario $what" \
			"command line of a process that is gone"
	done < <(sides)
}

# check_left BY: its process is gone, and the kernel still has the connection.
check_left() {
	local cookie made
	made=$(scenario_get made_by role=subject)
	cookie=$(scenario_get cookie role=subject)
	assert_row "$cookie" "state program pid comm owner_holding fd" \
		"$(scenario_get state role=subject) $made/scenario[exited] $made scenario exited -" "$what"
	assert_row "$cookie" "creator_pid creator_by creator_exited" "$made $1 true" "$what"
	assert_contains "$(row "$cookie" '.creator_args // [] | join(" ")')" "scenario $what" "its command line"
}

# Its process lives, but has closed it.
check_closed() {
	local cookie pid
	cookie=$(scenario_get cookie role=subject)
	pid=$(scenario_get pid side=listen)
	assert_row "$cookie" "state program pid owner_holding creator_pid creator_exited" \
		"$(scenario_get state role=subject) $pid/scenario $pid closed $pid false" "$what"
}

of vanish
check_vanished
of vanish --kill
check_vanished
of leave
check_left connect
of leave --kill
check_left connect
of leave --peer-closed
check_left connect
of leave --peer-closed --kill
check_left connect
of leave --passive
check_left accept
of leave --passive --peer-closed --kill
check_left accept
of fin_wait2_orphan
check_closed
of time_wait
check_closed
of last_ack
check_closed

# --- nobody has accepted --------------------------------------------------------------------------

of accept_queue
check_queued side=passive
of accept_queue --peer-closed
check_queued side=passive
of syn_recv
check_queued state=SYN_RECV
