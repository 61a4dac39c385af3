#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Failures before a connection is established: refused, no port, no answer, no ACK, nobody accepts.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

watching() {
	grep -q '^tcptrail: watching' "$work/trace.err" || ! kill -0 "$trace_pid" 2>/dev/null
}

# found FILTER: applies jq's FILTER to the findings of this namespace.
found() {
	jq -r "select(.netns == $(own_netns)) | $1" <<<"$out"
}

# resent STATE COUNT: have so many sockets in the state retransmitted? From ss's timer:(on,1.2sec,RETRIES).
resent() {
	[ "$(ss -Htno state "$1" | grep -cE 'timer:\(on,[^,]*,[1-9]')" -ge "$2" ]
}

knock() { # PORT
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

start "$work/trace.out" "$work/trace.err" "$TCPTRAIL" why -v --json --for 10m
trace_pid=$started
wait_until "tcptrail to watch" watching

for _ in 1 2 3 4; do
	! knock 9 || fail "somebody listens on port 9"
done

scenario_start syn_sent --count 2 --full-queue
full=$(scenario_get local role=listener)
full_pid=$(scenario_get pid role=listener)
scenario_start syn_recv --count 12 --ack-lost
half=$(scenario_get local role=listener)
scenario_start accept_queue --count 3
short=$(scenario_get local role=listener)

# There is one local port, and one connection has it: no other to the same endpoint gets a port.
range=$(cat /proc/sys/net/ipv4/ip_local_port_range)
echo 20000 20000 >/proc/sys/net/ipv4/ip_local_port_range
exec 4<>"/dev/tcp/${short%:*}/${short#*:}"
for _ in 1 2 3; do
	! knock "${short#*:}" || fail "there was a second port"
done
echo "$range" >/proc/sys/net/ipv4/ip_local_port_range

wait_until "SYNs to be sent again" resent syn-sent 2
wait_until "SYN+ACKs to be sent again" resent syn-recv 12
trace_stop
assert_trace_ok

assert_equal "peer bad 4 4 bash null" "$(found 'select(.rule == "connect-refused") |
	"\(.mover) \(.verdict) \(.failed) \(.entered) \(.comm) \(.pid)"')" "refused"
assert_equal "127.0.0.1:9" "$(found 'select(.rule == "connect-refused") | .foreign')"
assert_equal "kernel 3 $short" "$(found 'select(.rule == "ports-exhausted") |
	"\(.mover) \(.failed) \(.foreign)"')" "no port"
# Client and server are on this host: one finding, which does not blame the network.
assert_contains "$(found "select(.rule == \"listen-queue-full\" and .pid == $full_pid) | .evidence[]")" \
	"this blocks: 2 SYN_SENT to $full in $full_pid/scenario" "no answer"
assert_equal "" "$(found 'select(.mover == "network") | .rule')" "the network's move"
assert_lacks "$(found '.next[]')" tcptraceroute "next steps"
assert_equal "kernel 12 warning" "$(found "select(.rule == \"syn-recv-pile\" and
	.local_port == ${half#*:}) | \"\(.mover) \(.count) \(.verdict)\"")" "no ACK"
assert_equal "${full#*:}" "$(found 'select(.rule == "listen-queue-full") | .local_port')" \
	"the only full queue; that of port ${short#*:} is short"
