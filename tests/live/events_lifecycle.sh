#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The whole lives of sockets of two processes: each transition in order, by the right process, at the right
# time.
. "$(dirname "$0")/lib.sh"

connections=5
keys=cookie,old_state,new_state,local,foreign,pid,comm,actor_pid,inferred,time

in_fresh_netns "$@"
before=$(date +%s.%N)
trace_start events --netns "$(own_netns)" --csv --no-header --columns "$keys,duration"
scenario_start lifecycle --count $connections
wait_until "$((2 * connections)) lives to end" \
	sh -c "[ \$(grep -Ec 'LAST_ACK,CLOSE|,TIME_WAIT,' '$work/trace.out') -ge $((2 * connections)) ]"
trace_stop
after=$(date +%s.%N)
assert_trace_ok
assert_lacks "$err" lost "stderr"
csv_words <"$work/trace.out" >"$work/events"

# life COOKIE: its transitions, one a word
life() {
	awk -v c="$1" '$1 == c { printf "%s%s>%s", sep, $2, $3; sep = " " }' "$work/events"
}

# column N COOKIE NEW_STATE: column N of the transition into the state
column() {
	awk -v n="$1" -v c="$2" -v s="$3" '$1 == c && $3 == s { print $n; exit }' "$work/events"
}

check_client() {
	assert_equal "CLOSE>SYN_SENT SYN_SENT>ESTABLISHED ESTABLISHED>FIN_WAIT1 \
FIN_WAIT1>FIN_WAIT2 FIN_WAIT2>TIME_WAIT" "$(life "$client_cookie")" "life of the client's socket"
	local state
	for state in ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT; do
		assert_equal "$client $server" "$(column 4 "$client_cookie" $state) $(column 5 \
			"$client_cookie" $state)" "addresses at $state"
	done
	for state in SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT; do
		assert_equal "$client_pid scenario" "$(column 6 "$client_cookie" $state) $(column 7 \
			"$client_cookie" $state)" "owner at $state"
	done
	assert_equal "$client_pid" "$(column 8 "$client_cookie" SYN_SENT)" "who connected"
	assert_equal "$client_pid" "$(column 8 "$client_cookie" FIN_WAIT1)" "who closed"
}

check_server() {
	assert_equal "SYN_RECV>ESTABLISHED ESTABLISHED>CLOSE_WAIT CLOSE_WAIT>LAST_ACK LAST_ACK>CLOSE" \
		"$(life "$server_cookie" | sed 's/^LISTEN>SYN_RECV //')" "life of the server's socket"
	local state
	for state in ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE; do
		assert_equal "$server $client" "$(column 4 "$server_cookie" $state) $(column 5 \
			"$server_cookie" $state)" "addresses at $state"
	done
	# It is accepted by then; before, the listener's owner stands for it, which is the same process.
	for state in ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE; do
		assert_equal "$server_pid scenario" "$(column 6 "$server_cookie" $state) $(column 7 \
			"$server_cookie" $state)" "owner at $state"
	done
	assert_equal "$server_pid" "$(column 8 "$server_cookie" LAST_ACK)" "who closed"
}

# A transition in softirq has no actor, whichever process is current.
check_bystanders() {
	local cookie
	for cookie in "$client_cookie" "$server_cookie"; do
		awk -v c="$cookie" -v a="$client_pid" -v b="$server_pid" '$1 == c && $8 != "-" &&
			$8 != a && $8 != b { print; bad = 1 } END { exit bad }' "$work/events" ||
			fail "a stranger acted"
	done
}

# Times are within the run and ascend, and each time in a state is the difference of two events.
check_times() {
	local cookie
	for cookie in "$client_cookie" "$server_cookie"; do
		awk -v c="$cookie" '$1 == c { print $11, $12, $13 }' "$work/events" >"$work/times"
		sed -E 's/^([0-9]{10})/\1./' "$work/times" | awk -v low="$before" -v high="$after" -v c="$cookie" '
			$1 < low - 0.001 || $1 > high + 0.001 { print c, "time out of the run:", $0; bad = 1 }
			NR > 1 && $1 < last - 0.000002 { print c, "time goes back:", $0; bad = 1 }
			NR > 1 && ($3 != "true" || $2 == "-") { print c, "not exact:", $0; bad = 1 }
			NR > 1 && ($2 / 1e9 - ($1 - last)) ^ 2 > 1e-10 {
				print c, "duration", $2, "but", ($1 - last) * 1e9; bad = 1 }
			{ last = $1 }
			END { exit bad || NR < 4 }' || fail "times of $cookie" "$(cat "$work/times")"
	done
}

client="" server="" client_pid="" server_pid="" client_cookie="" server_cookie=""
for n in $(seq $connections); do
	for key in client server client_pid server_pid client_cookie server_cookie; do
		declare "$key=$(scenario_get $key n="$n")"
	done
	check_client
	check_server
	check_bystanders
	check_times
done
