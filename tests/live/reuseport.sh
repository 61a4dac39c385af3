#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Several processes listen on one port (SO_REUSEPORT), and some of them hang: each waiting connection is
# attributed to the one in whose queue it waits, in any order of listen(), in lists of one walk, in the stream
# and in diagnoses.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
clients=60

# queue PID: how many connections wait in the queue of its listener, as ss prints it.
queue() {
	ss -Hltnp "( sport = :$port )" | awk -v pid="pid=$1," 'index($0, pid) { print $2 }'
}

worker_pids() { # 0|1: stuck?
	scenario_lines "stuck=$1" | sed -nE 's/.* pid=([0-9]+) .*/\1/p'
}

all_are_accepted() {
	local pid
	for pid in $(worker_pids 0); do
		[ "$(queue "$pid")" = 0 ] || return 1
	done
}

# workers ARGUMENT...: starts reuseport.py and waits until the workers that accept have accepted theirs.
workers() {
	program_start python3 "$progs/reuseport.py" "$@"
	program=$started
	port=$(scenario_get port)
	wait_until "the good ones to have accepted" all_are_accepted
}

# Makes $work/expected: "PID COUNT" of all waiting connections.
expect() {
	local pid
	for pid in $(worker_pids 1); do
		echo "$pid $(queue "$pid")"
	done | grep -v ' 0$' | sort >"$work/expected"
}

# said: the same from tcptrail's lines "PID HOLDING" in $work/said. Others may be named for none.
check_said() {
	sort "$work/said" | uniq -c | awk '$3 == "queue" { print $2, $1 }' | sort >"$work/queued"
	assert_equal "$(cat "$work/expected")" "$(cat "$work/queued")" "PID and count of those that wait, $1"
}

# A list of one walk, without a trace.
check_list() {
	csv pid,owner_holding snapshot --netns "$(own_netns)" -an --lport "$port" \
		--state established,close_wait,syn_recv >"$work/said"
	check_said "$1"
}

check() {
	local what=$1
	shift
	workers "$@"
	expect
	assert_matches "$(cat "$work/expected")" '[0-9] [1-9]' "$what: somebody waits"
	check_list "$what"
	program_end "$program"
}

for stuck in 0 2 4; do
	check "worker $stuck of 5 hangs" 5 "$stuck" "$clients"
done
check "two hang" 5 1,3 "$clients"
check "all hang" 3 0,1,2 "$clients"
check "one longer than a look at its queue" 2 0 600 --steer 0
check "all come to the first" 3 0,1,2 "$clients" --steer 0
check "all come to the last" 3 0,1,2 "$clients" --steer 2

# Two listeners, one of them bound to an interface, in both orders.
check "bound to lo" 2 0,1 "$clients" --devices=lo,-
check "bound to lo, last" 2 0,1 "$clients" --devices=-,lo
if ip link add twin0 type veth peer name twin1 2>"$work/veth.err"; then
	ip link set twin0 up
	check "bound to another" 2 0,1 "$clients" --devices=twin0,-
	check "bound to another, last" 2 0,1 "$clients" --devices=-,twin0
else
	echo "skipped: twins on another interface: $(cat "$work/veth.err")"
fi
check "an address and all of them" 2 0,1 "$clients" --addresses 127.0.0.1,0.0.0.0
check "all addresses and one" 2 0,1 "$clients" --addresses 0.0.0.0,127.0.0.1
check "IPv4 and IPv6" 2 0,1 "$clients" --addresses 0.0.0.0,::
check "IPv6 and IPv4" 2 0,1 "$clients" --addresses ::,0.0.0.0

# --- half-open ------------------------------------------------------------------------------------

are_half_open() {
	[ "$(ss -Htn state syn-recv "( sport = :$port )" | wc -l)" = 8 ]
}
for one in 0 2; do
	workers 3 0,1,2 0 --steer "$one"
	ip route replace 198.18.0.0/15 dev lo
	python3 "$progs/syn_flood.py" 127.0.0.1 "$port" 8
	wait_until "half-open connections" are_half_open
	pid=$(scenario_get pid "worker=$one")
	echo "$pid 8" >"$work/expected"
	check_list "half-open, worker $one"
	program_end "$program"
done

# --- traced -----------------------------------------------------------------------------------------

for stuck in 0 1; do
	trace_start events --netns "$(own_netns)" --csv --no-header \
		--columns cookie,old_state,new_state,pid
	workers 2 "$stuck" "$clients"
	expect
	pid=$(worker_pids 1)
	waiting=$(queue "$pid")
	kill -USR1 "$program"
	wait_until "the clients' ends" in_state close-wait "$port" "$clients"
	# The waiting connections are now in CLOSE_WAIT, with or without a walk in between.
	check_list "traced, worker $stuck hangs"
	trace_stop
	assert_trace_ok
	csv_words <"$work/trace.out" | awk '$2 == "ESTABLISHED" && $3 == "CLOSE_WAIT"' >"$work/moved"
	assert_equal "$clients" "$(wc -l <"$work/moved")" "transitions to CLOSE_WAIT"
	named=$(awk -v pid="$pid" '$4 == pid' "$work/moved" | wc -l)
	unknown=$(awk '$4 == "-"' "$work/moved" | wc -l)
	assert_between 0 "$waiting" "$named" "those that are named as the stuck one's"
	assert_equal "$waiting" $((named + unknown)) "those of the stuck one, named or not"
	program_end "$program"
done

# --- why --------------------------------------------------------------------------------------------

for stuck in 0 4; do
	workers 5 "$stuck" "$clients"
	expect
	pid=$(worker_pids 1)
	waiting=$(queue "$pid")
	why_start close_wait --for 10m -v
	kill -USR1 "$program"
	wait_until "the clients' ends" in_state close-wait "$port" "$clients"
	sleep 1 # what is watched for less has no rate
	kill -INT "$why_pid"
	why_end
	assert_equal "$pid $waiting close-wait-queued" \
		"$(findings_of "$port" 'select(.rule == "close-wait-queued") | "\(.pid) \(.count) \(.rule)"')" \
		"findings about the queue: $(findings_of "$port" .)"
	assert_contains "$(findings_of "$port" 'select(.rule == "close-wait-queued") | .evidence[]')" \
		"$waiting waiting" "evidence about its queue"
	program_end "$program"
done

# --- a dead member ------------------------------------------------------------------------------------

dead_of() {
	findings_of "$port" 'select(.rule == "listen-member-dead" and .verdict != "fine") | "\(.pid) \(.verdict)"'
}

for stuck in 0 2; do
	workers 3 "$stuck" "$clients"
	why_start listen --for 6s
	why_end
	assert_equal "$(worker_pids 1) bad" "$(dead_of)" "the dead one: $(findings_of "$port" .)"
	program_end "$program"
done
workers 3 "" "$clients"
why_start listen --for 6s
why_end
assert_healthy "$port"
program_end "$program"
