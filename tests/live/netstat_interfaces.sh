#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail netstat -i and -g beside net-tools' netstat and ip -s link, ip maddr.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_fresh_netns "$@"

# No packet may go between two runs: no IPv6 on links, no bridge that looks for routers.
sysctl -wq net.ipv6.conf.default.disable_ipv6=1
ip link add v0 type veth peer name v1
ip link add v10 type veth peer name v9
ip link add br0 type bridge mcast_snooping 0
ip link set v1 master br0
for link in v0 v1 v10 v9 br0; do ip link set $link up; done
ip link add longname0.12345 type veth peer name down0
ip link set longname0.12345 up
ip link property add dev v0 altname a-name-of-more-than-15-letters 2>/dev/null || true
ip link set v0 alias 'to the "lab"'
ip link set v0 promisc on allmulticast on mtu 9000 txqueuelen 77
ip addr add 192.168.1.1/24 broadcast 192.168.1.255 dev v0
ip addr add 192.168.1.2/24 dev v0 label v0:1
ip addr add 192.168.1.3/24 dev v0 label v0:10
ip addr add 10.0.0.1 peer 10.0.0.2 dev v10
sysctl -wq net.ipv6.conf.lo.disable_ipv6=0
for address in 2001:db8::1/128 fec0::1/64 ::1.2.3.4/128; do ip addr add $address dev lo nodad; done
has_tun=false
if ip tuntap add tun2 mode tun 2>/dev/null; then
	has_tun=true
	ip tuntap add tun10 mode tun
	ip link set tun2 up
	ip link set tun10 up
	ip addr add 10.9.0.1 peer 10.9.0.2 dev tun2
fi
ip link add link v0 name v0.100 type vlan id 100 2>/dev/null && ip link set v0.100 up
is_running() { ip link show v0 | grep -q LOWER_UP && ip link show br0 | grep -q LOWER_UP; }
wait_until "the links are up" is_running
# Some packets of lo, for the counters.
python3 -c '
import socket
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
for size in range(0, 1200):
    receiver.sendto(b"x" * size, receiver.getsockname())'

# --- the forms of netstat, to the byte --------------------------------------------------------------

for form in -i -in -ia -ie -iee -iea --interfaces -i4 -i6; do
	netstat_equal $form
done
# In the same order, too.
netstat_both -ia
diff "$work/want" "$work/got" >&2 || fail "netstat -ia has another order"

# --- what netstat does not show, or shows wrongly ---------------------------------------------------

ip addr add 192.168.1.4/24 dev v0
assert_run 0 "$TCPTRAIL" netstat -ie
assert_contains "$out" '        inet 192.168.1.4  netmask 255.255.255.0  broadcast 0.0.0.0'
if $has_tun; then
	ip link set tun10 dynamic on
	assert_run 0 "$TCPTRAIL" netstat -ie
	assert_contains "$out" 'tun10: flags=37009<UP,POINTOPOINT,NOARP,MULTICAST,DYNAMIC>' # netstat: -28527
fi

# Every interface with every counter that ip shows.
ours() {
	"$TCPTRAIL" netstat -ia --json | jq -r 'select(.label_of == null) |
		[.iface, .mtu, .rx_packets, .rx_bytes, .rx_errors, .rx_dropped, .tx_packets, .tx_bytes, .tx_errors,
		 .tx_drops, .collisions, .link_kind // "", .master // "", (.altnames // [] | join(",")), .alias // ""] |
		map(tostring) | join(" ")' | sort
}
theirs() {
	ip -j -d -s link | jq -r '.[] | .stats64 as $s |
		[.ifname, .mtu, $s.rx.packets, $s.rx.bytes, $s.rx.errors, $s.rx.dropped, $s.tx.packets, $s.tx.bytes,
		 $s.tx.errors, $s.tx.dropped, $s.tx.collisions, .linkinfo.info_kind // "", .master // "",
		 (.altnames // [] | join(",")), .ifalias // ""] | map(tostring) | join(" ")' | sort
}
ours >"$work/ours"
theirs >"$work/theirs"
diff "$work/theirs" "$work/ours" >&2 || fail "ip -s link shows something else"
assert_equal "$(ip -j addr | jq -r '.[].addr_info[] | "\(.local)/\(.prefixlen)"' | sort)" \
	"$("$TCPTRAIL" netstat -ia --json | jq -r 'select(.label_of == null) | .addresses // [] | .[] | "\(.address)/\(.prefix)"' |
		sort)" "addresses"
assert_equal v0 "$("$TCPTRAIL" netstat -i --json | jq -r 'select(.iface == "v0:1").label_of')" "a label"

# Interfaces that come and go end nothing.
(for ((i = 0; i < 60; i++)); do
	ip link add gone$i type veth peer name gonepeer$i && ip link del gone$i
done) &
churn=$!
started_pids+=($churn)
runs=0
until has_ended $churn && [ $runs -ge 20 ]; do
	assert_run 0 "$TCPTRAIL" netstat -iae
	assert_contains "$out" "lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536"
	runs=$((runs + 1))
done

# With -c the title comes once, the headings each time.
start "$work/rounds" "$work/rounds.err" "$TCPTRAIL" netstat -ic0.1
has_rounds() { [ "$(grep -c '^Iface ' "$work/rounds")" -ge 3 ]; }
wait_until "three rounds" has_rounds
kill -INT "$started"
await_end "$started" 600 || fail "netstat -ic does not end"
assert_equal 1 "$(grep -c '^Kernel Interface table' "$work/rounds")" "titles"

# --- groups -----------------------------------------------------------------------------------------

sysctl -wq net.ipv6.conf.br0.disable_ipv6=0
ip maddr add 33:33:00:00:00:99 dev v0
# The last one: /proc/net/mcfilter looks at the sources of the newest group alone, and goes on only from there.
held python3 -c '
import socket, sys
others = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
for other in others:
    other.setsockopt(0, 35, socket.inet_aton("239.1.1.1") + socket.inet_aton("192.168.1.1"))
source = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
source.setsockopt(0, 39, socket.inet_aton("232.1.1.1") + socket.inet_aton("192.168.1.1") + socket.inet_aton("192.168.1.77"))
print("ready", flush=True)
sys.stdin.read()'
netstat_equal -gn
netstat_equal --groups -n
assert_run 0 "$TCPTRAIL" netstat -gn
assert_contains "$out" 'v0              1      232.1.1.1'
assert_run 0 "$TCPTRAIL" netstat -g4n
assert_lacks "$out" ff02::1
assert_lacks "$out" "Active Internet"
assert_run 0 "$TCPTRAIL" netstat -g6n
assert_contains "$out" ff02::1
assert_lacks "$out" 224.0.0.1
ours() {
	"$TCPTRAIL" netstat -gn --json | jq -r '[.iface, .group, .group_users] | map(tostring) | join(" ")' | sort
}
theirs() {
	ip -j maddr | jq -r '.[] | .ifname as $name | .maddr[] |
		[$name, .address // .link, .users // 1] | map(tostring) | join(" ")' | sort
}
ours >"$work/ours"
theirs >"$work/theirs"
diff "$work/theirs" "$work/ours" >&2 || fail "ip maddr shows other groups"
assert_equal 192.168.1.77 \
	"$("$TCPTRAIL" netstat -gn --json | jq -r 'select(.group == "232.1.1.1").group_sources[0].address')" "its source"
release
