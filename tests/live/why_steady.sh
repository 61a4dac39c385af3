#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A leak that existed before the watch and does not grow meanwhile: with its state given it is reported in
# full; without, in one line; and no report says that there is no pile.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

why() {
	assert_traces "$TCPTRAIL" why --netns "$(own_netns)" -n --for 2s "$@"
}

program_start python3 "$progs/close_wait.py" leak
port=$(scenario_get port) pid=$(scenario_get pid)
program_start python3 "$progs/close_wait_clients.py" 120 0 "close:$port"
wait_until "120 in CLOSE_WAIT" in_state close-wait "$port" 120

why close_wait
assert_contains "$out" "STEADY  120 CLOSE_WAIT of port $port, $pid/python3" "by its state"
assert_contains "$out" "Recv-Q is 0: everything was read, the FIN too"
assert_contains "$out" "They do not grow in number in "
assert_lacks "$out" "No pile grew"
assert_lacks "$out" " old: " "younger than 5 minutes"

why
assert_matches "$out" "CLOSE_WAIT +120 +$pid/python3 +of port $port +>=[^ ]+ +0\\.0 +0\\.0 +STEADY close-wait-leak" \
	"a line of it"
assert_lacks "$out" "No pile grew"

# --older decides what is old.
why --old 1s --pid "$pid" close_wait
assert_contains "$out" "Steady, and old: $pid/python3 has read the end of stream of these and keeps them" "old"
assert_contains "$out" "120 of 120 are older than 1.00s"
assert_contains "$out" "the application must act"

# No socket is in the state: the report says so of this state only.
why last_ack
assert_equal "No matching socket is in LAST_ACK, watched for" "${out%% [0-9]*}" "no such socket"

# A few sockets are not a pile.
program_start python3 "$progs/close_wait.py" leak
few=$(scenario_get port) few_pid=$(scenario_get pid)
program_start python3 "$progs/close_wait_clients.py" 3 0 "close:$few"
wait_until "3 in CLOSE_WAIT" in_state close-wait "$few" 3
why --pid "$few_pid"
assert_matches "$out" "^No pile grew in [^;]*; 3 CLOSE_WAIT stay" "a few"
why --pid "$few_pid" close_wait
assert_contains "$out" "STEADY  3 CLOSE_WAIT of port $few, $few_pid/python3" "a few, by their state"
