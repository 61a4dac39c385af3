#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail netstat -M: a router that masquerades a client, and the kernel's connection tracking.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
command -v nft >/dev/null || skip "nft is missing"
in_fresh_netns "$@"
nft add table inet nat 2>/dev/null &&
	nft 'add chain inet nat post { type nat hook postrouting priority 100; }' 2>/dev/null &&
	nft add rule inet nat post oifname s0 masquerade 2>/dev/null || skip "this kernel cannot masquerade"
[ -e /proc/net/nf_conntrack ] || skip "this kernel has no /proc/net/nf_conntrack"

client=tcptrail-mc$$
server=tcptrail-ms$$
netns_make $client $server
sysctl -wq net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_acct=1
sysctl -wq net.ipv6.conf.all.forwarding=1
ip link add c0 type veth peer name c1 netns $client
ip link add s0 type veth peer name s1 netns $server
ip addr add 10.1.0.1/24 dev c0
ip addr add 10.2.0.1/24 dev s0
ip addr add fd01::1/64 dev c0 nodad
ip addr add fd02::1/64 dev s0 nodad
ip link set c0 up
ip link set s0 up
side() { # NETNS DEVICE NETWORK
	ip -n "$1" addr add "10.$3.0.2/24" dev "$2"
	ip -n "$1" addr add "fd0$3::2/64" dev "$2" nodad
	ip -n "$1" link set "$2" up
	ip -n "$1" route add default via "10.$3.0.1"
	ip -n "$1" -6 route add default via "fd0$3::1"
}
side $client c1 1
side $server s1 2

# Nothing is translated yet: netstat prints nothing at all.
assert_run 0 "$TCPTRAIL" netstat -M
assert_equal "" "$out" "no entries"

start "$work/server.out" "$work/server.err" ip netns exec $server python3 -c '
import signal, socket
tcp = socket.socket(socket.AF_INET6)
tcp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
tcp.bind(("::", 8080))
tcp.listen(5)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("0.0.0.0", 5353))
print("ready", flush=True)
signal.pause()'
wait_until "the server" has_line "$work/server.out" ready
held ip netns exec $client python3 -c '
import socket, sys
kept = []
for address in ("10.2.0.2", 61001), ("fd02::2", 61002):
    connection = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    connection.bind(("", address[1]))
    connection.connect((address[0], 8080))
    kept.append(connection)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("", 61003))
udp.sendto(b"x", ("10.2.0.2", 5353))
print("ready", flush=True)
sys.stdin.read()'

assert_run 0 "$TCPTRAIL" netstat -Mn
assert_matches "$out" '^IP masquerading entries
prot   expire source               destination          ports
'
assert_matches "$out" 'tcp [ 0-9]*:[0-9]{2}\.00 10\.1\.0\.2             10\.2\.0\.2             61001 -> 8080 \(61001\)'
assert_matches "$out" 'tcp [ 0-9]*:[0-9]{2}\.00 fd01::2              fd02::2              61002 -> 8080 \(61002\)'
assert_matches "$out" 'udp [ 0-9]*:[0-9]{2}\.00 10\.1\.0\.2             10\.2\.0\.2             61003 -> 5353 \(61003\)'
assert_run 0 "$TCPTRAIL" netstat -Mne
assert_contains "$out" 'prot   expire    initseq delta prevd source               destination          ports'
assert_matches "$out" 'tcp [ 0-9]*:[0-9]{2}\.00          0     0     0 10\.1\.0\.2             10\.2\.0\.2  '

# The same entries as in the kernel's own list.
kernel() {
	sed -nE 's/^ipv4 .* (tcp|udp) .* src=([0-9.]+) dst=([0-9.]+) sport=([0-9]+) dport=([0-9]+) .* src=[0-9.]+ dst=([0-9.]+) .*dport=([0-9]+) .*/\1 \2:\4 \3:\5 \6:\7/p' \
		/proc/net/nf_conntrack | grep ' 10.2.0.1:' | sort
}
assert_equal "$(kernel)" \
	"$("$TCPTRAIL" netstat -M --json | jq -r 'select(.family == "inet") | "\(.transport) \(.local) \(.foreign) \(.translated)"' | sort)" \
	"entries"
assert_run 0 "$TCPTRAIL" netstat -Mn --state ESTABLISHED --addr 10.1.0.2
assert_contains "$out" 61001
assert_lacks "$out" 61003
assert_run 0 "$TCPTRAIL" netstat -Mn --rport 1
assert_equal "" "$out" "no entry"

# Without the privilege.
assert_run 1 setpriv --reuid 65534 --clear-groups --bounding-set -all "$TCPTRAIL" netstat -M
assert_contains "$err" 'ip_masquerade: only root (CAP_NET_ADMIN) may read the kernel'
release
