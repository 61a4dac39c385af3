#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# alone: it makes the conntrack tables of the whole host full
# The conntrack table is full: connects get no answer. Its size is one number for the whole host: the test
# restores it, and does nothing where other programs' connections are tracked. Recordings have the kernel's
# counters of conntrack and of TCP's memory.
. "$(dirname "$0")/lib.sh"
limit=/proc/sys/net/netfilter/nf_conntrack_max
if [ -z "${LIVE_NETNS:-}" ]; then
	[ -w "$limit" ] && command -v nft >/dev/null || skip "no connection tracking here (nf_conntrack, nft)"
	for stat in /proc/[0-9]*/net/stat/nf_conntrack; do
		[ "$(awk 'NR == 2 { print $1 }' "$stat" 2>/dev/null || true)" = 00000000 ] ||
			[ ! -e "$stat" ] || skip "connections are tracked on this host"
	done
	CONNTRACK_MAX=$(cat "$limit")
	export CONNTRACK_MAX
	exec 9<>"$limit" # the file of the initial namespace; in others it is read-only
	exec 8</proc/self/ns/net # the initial namespace; /proc/1/ns may be out of reach
fi
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
# cleanup() ends with the exit status that it finds.
trap 'status=$?; trap - ERR; set +e; echo "$CONNTRACK_MAX" >&9; (exit $status); cleanup' EXIT

nft add table ip track
nft add chain ip track out '{ type filter hook output priority 0; }'
nft add rule ip track out ct state new counter
full() {
	jq -r 'select(.rule == "conntrack-full") | "\(.verdict) \(.mover)"' "$work/why"
}

# A healthy twin has as many connections, and room for them.
program_start python3 "$progs/causes.py" tracked 8301
program=$started
assert_equal 0 "$(scenario_get failed)" "connects that fail where there is room"
why_start --for 1s
why_end
assert_equal "" "$(full)" "a table with room"
program_end "$program"

ip link set lo down # this removes its entries
conntrack_entries() {
	cat /proc/sys/net/netfilter/nf_conntrack_count
}
ip link set lo up
before=$(conntrack_entries)
echo $((before + 40)) >&9
why_start --for 10m -v
program_start python3 "$progs/causes.py" dropped 8302
assert_equal 5 "$(scenario_get failed)" "connects that fail where there is none"
tracked=$started
program_start python3 "$progs/field.py" pending 127.0.0.1 8302 12
pending=$started
sent_again() {
	[ "$(ss -Htno state syn-sent '( dport = :8302 )' | grep -cE 'timer:\(on,[^,]*,[2-9]')" -ge 12 ]
}
wait_until "SYNs to be sent again" sent_again
kill -INT "$why_pid"
why_end
assert_equal "bad kernel" "$(full)" "a full table: $(cat "$work/why")"
text=$(jq -r 'select(.rule == "conntrack-full").evidence[]' "$work/why")
assert_contains "$text" "this blocks: 12 SYN_SENT to 127.0.0.1:8302 in $pending/pending" "who waits"
assert_contains "$text" "this blocks: 5 SYN_SENT to 127.0.0.1:8302 in $tracked/python3" "who no longer waits for its sockets"
assert_equal "" "$(jq -r 'select(.rule != "conntrack-full" and
	(.verdict == "bad" or .verdict == "warning")) | .rule' "$work/why")" "one cause: $(cat "$work/why")"
run "$TCPTRAIL" why syn_sent -n --for 1s --netns "$(own_netns)"
assert_contains "$out" "SYN_SENT to 127.0.0.1:8302" "asked by state"
assert_matches "$(jq -r 'select(.rule == "conntrack-full").evidence[]' "$work/why")" "[0-9]+ packets were dropped while watched"
echo "$CONNTRACK_MAX" >&9
program_end "$pending"
program_end "$tracked"

# --- in a recording -----------------------------------------------------------------------------------

# Settings of the initial namespace are reported if it has a socket.
first=$(stat -Lc %i /proc/self/fd/8)
mem=$(nsenter --net=/proc/self/fd/8 cat /proc/sys/net/ipv4/tcp_mem | tr '\t' ' ')
start "$work/listen" "$work/listen.err" nsenter --net=/proc/self/fd/8 python3 -c '
import socket, time
sock = socket.socket()
sock.bind(("127.0.0.1", 0))
sock.listen()
print("ready", flush=True)
time.sleep(1000)'
wait_until "a listener" has_line "$work/listen" ready
record_start "$work/recording"
record_stop
record_ok
assert_run "$ok_status" "$TCPTRAIL" events --facts --from "$work/recording" --output "$work/facts"
assert_matches "$(grep -E " name kind=setting key=[0-9]+/$first " "$work/facts")" "name=\"$mem\"" "net.ipv4.tcp_mem"
for counter in TcpMemoryPages TcpExtTCPMemoryPressures TcpExtTCPAbortOnMemory; do
	assert_matches "$(grep -E " counter netns=$first " "$work/facts")" "counter=$counter" "counters"
done
for counter in NfConntrackCount NfConntrackDrop NfConntrackEarlyDrop; do
	assert_matches "$(grep -E " counter netns=$(own_netns) " "$work/facts")" "counter=$counter" "counters"
done
