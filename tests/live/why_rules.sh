#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Causes that look like others: a stopped server, a queue that waits but is not full, deferred ACKs, connects
# that the program gives up, localhost tried by ::1 first, a socket that is connected to itself.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

declare -A pid
# situation NAME PORT [AS]
situation() {
	program_start python3 "$progs/rules.py" "$1" "$2"
	pid[${3:-$1}]=$(scenario_get pid)
}

ip link add hole type veth peer name drain # which drops everything
ip link set drain up
ip addr add 10.99.0.1/24 dev hole
ip link set hole up
ip neigh add 10.99.0.9 lladdr 02:00:00:00:00:09 dev hole

situation patient 8001 stopped
kill -STOP "${pid[stopped]}"
situation waiting 8001
situation patient 8002
situation waiting 8002
situation defer 8003
sleep 3 # timers of half-open connections expire meanwhile
why_start --for 10m -v
situation give_up 8004
situation localhost 8005
situation itself 8006
sleep 6 # a connection that has waited this long gives a finding
kill -INT "$why_pid"
why_end
kill -CONT "${pid[stopped]}"

# of JQ-CONDITION: rule, level and process of the findings for which it is true.
of() {
	jq -r "select($1) | \"\(.rule) \(.verdict) \(.pid)\"" "$work/why"
}

# verdict JQ-CONDITION
verdict() {
	jq -r "select($1) | .summary" "$work/why"
}

assert_equal "listen-queue-waiting bad ${pid[stopped]}" \
	"$(of '.state == "LISTEN" and .local_port == 8001')" "a stopped server"
assert_contains "$(verdict '.state == "LISTEN" and .local_port == 8001')" "is stopped (SIGSTOP"
assert_equal "listen-queue-waiting bad ${pid[patient]}" \
	"$(of '.state == "LISTEN" and .local_port == 8002')" "a server that does not accept"
assert_lacks "$(verdict '.state == "LISTEN" and .local_port == 8002')" "is stopped"
assert_equal "syn-recv-pile fine ${pid[defer]}" \
	"$(of '.state == "SYN_RECV" and .local_port == 8003')" "TCP_DEFER_ACCEPT"
assert_contains "$(verdict '.state == "SYN_RECV" and .local_port == 8003')" "TCP_DEFER_ACCEPT"
assert_equal "connect-given-up bad ${pid[give_up]}" \
	"$(of '.rule == "connect-given-up"')" "connects that the program gives up"
assert_equal "connect-refused fine ${pid[localhost]}" \
	"$(of '.rule == "connect-refused" and .foreign == "[::1]:8005"')" "localhost"
assert_equal "self-connect bad ${pid[itself]}" "$(of '.rule == "self-connect"')" "itself"
