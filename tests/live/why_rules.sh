#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Causes that look like others: a server that is stopped, a queue that is not full and waits, ACKs
# that are set aside, connects that the program gives up, localhost tried by ::1 first, a socket
# that is connected to itself.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

declare -A pid
# situation NAME PORT [AS]
situation() {
	program_start python3 "$progs/rules.py" "$1" "$2"
	pid[${3:-$1}]=$(scenario_get pid)
}

ip link add hole type dummy
ip addr add 10.99.0.1/24 dev hole
ip link set hole up
ip neigh add 10.99.0.9 lladdr 02:00:00:00:00:09 dev hole

situation patient 8001 stopped
kill -STOP "${pid[stopped]}"
situation waiting 8001
situation patient 8002
situation waiting 8002
situation defer 8003
sleep 3 # the timers of half-open connections expire meanwhile
why_start --for 10m -v
situation give_up 8004
situation localhost 8005
situation itself 8006
sleep 6 # so long connections wait before that is a finding
kill -INT "$why_pid"
wait "$why_pid" || [ $? -le 1 ]
kill -CONT "${pid[stopped]}"

assert_finding 8001 "select(.state == \"LISTEN\") | .rule level pid" "" 2>/dev/null || true
