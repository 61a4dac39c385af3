#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail netstat -r beside net-tools' netstat -r and ip route: routes of every kind.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_fresh_netns "$@"

# Nothing may change between two runs: no duplicate address detection, no routers.
sysctl -wq net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.all.forwarding=1
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip link add eth0.1234567890 type veth peer name w1
ip link set eth0.1234567890 up
ip addr add 192.168.1.1/24 dev v0
ip addr add 2001:db8::1/64 dev v0
routes() { # FAMILY: each line is a route
	while read -r line; do
		# shellcheck disable=SC2086
		[ -z "$line" ] || ip "$1" route add $line || fail "ip $1 route add $line"
	done
}
routes -4 <<'EOF'
default via 192.168.1.254 metric 100
10.1.0.0/16 via 192.168.1.9 mtu 1400 advmss 1360 window 32768 rtt 120ms
unreachable 10.2.0.0/16
unreachable 10.2.3.4
prohibit 10.4.0.0/16
192.168.99.0/24 dev eth0.1234567890
10.30.0.1 dev v0
10.20.0.0/16 via 192.168.1.12 table 100
10.21.0.0/16 via 192.168.1.12 table 4294967294
EOF
routes -6 <<'EOF'
default via 2001:db8::fe
2001:db8:1::/48 via fe80::1 dev v0 metric 77
unreachable 2001:db8:2::/48
prohibit 2001:db8:4::/48
2001:db8:6::/48 nexthop via 2001:db8::10 nexthop via 2001:db8::11
2001:db8:7::/48 via 2001:db8::12 table 100 expires 3000
EOF
link_locals() { ! ip -6 addr show tentative | grep -q inet6; }
wait_until "the addresses are there" link_locals

# --- the forms of netstat, to the byte --------------------------------------------------------------

# Null routes of the kernel itself: nobody made them, and ip route does not show them.
no_null_routes() { grep -v '^\(::\|\[::\]\)/0  .* !n  *-1 ' || true; }
# Users of an IPv6 route come and go with packets.
no_users() { sed -E 's/^([^ ]*:[^ ]* +[^ ]+ +[^ ]+ +-?[0-9]+ ) *[0-9]+( +[0-9]+ [^ ]*)$/\1N\2/'; }
# -ee cuts the interface to 6 characters.
whole_interface() { sed 's|eth0\.1   |eth0.+   |'; }
want_as=(no_null_routes no_users whole_interface)
got_as=(no_users)
for form in -rn -ren -reen -rnF -rn4 -rn6 -ren6 -rn46 -rnC -reenC -renC -rnC6 -rnFC --route\ -n "-rn -A inet6" "-rn -A inet,inet6"; do
	# shellcheck disable=SC2086
	netstat_equal $form
done

# --- what netstat does not show, or shows wrongly ---------------------------------------------------

routes -4 <<'EOF'
default via 192.168.1.253 metric 4294967295
blackhole 10.3.0.0/16
throw 10.5.0.0/16
10.6.0.0/16 nexthop via 192.168.1.10 weight 2 nexthop via 192.168.1.11
10.7.0.0/16 via inet6 2001:db8:0:1:2:3:4:99 dev v0 onlink
EOF
routes -6 <<'EOF'
blackhole 2001:db8:3::/48
throw 2001:db8:5::/48
2001:db8:9::/48 via fe80::1 dev v0 metric 4294967295
EOF
has_route() { # LINE
	printf '%s\n' "$out" | grep -qxF -- "$1" || fail "there is no such line: $1" "$out"
}
assert_run 0 "$TCPTRAIL" netstat -rn
has_route '10.3.0.0        -               255.255.0.0     !         - -          - blackhole'
has_route '10.5.0.0        -               255.255.0.0     !         - -          - throw'
has_route '10.6.0.0        192.168.1.10    255.255.0.0     UG        0 0          0 v0'
has_route '10.6.0.0        192.168.1.11    255.255.0.0     UG        0 0          0 v0'
has_route '10.7.0.0        2001:db8:0:1:2+ 255.255.0.0     UG        0 0          0 v0'
assert_lacks "$out" 10.20.0.0
assert_run 0 "$TCPTRAIL" netstat -rnW
has_route '10.7.0.0        2001:db8:0:1:2:3:4:99 255.255.0.0     UG        0 0          0 v0'
assert_run 0 "$TCPTRAIL" netstat -rnee
has_route '0.0.0.0         192.168.1.253   0.0.0.0         UG    4294967295 0        0 v0       0     0      0'
ee=$out
assert_run 0 "$TCPTRAIL" netstat -rneee
assert_equal "$ee" "$out" "-eee is as -ee"
assert_run 0 "$TCPTRAIL" netstat -r6n
assert_matches "$out" '2001:db8:3::/48                ::                         !n   1024 [0-9]+ +0 blackhole'
assert_matches "$out" '2001:db8:5::/48                ::                         !n   1024 [0-9]+ +0 throw'
assert_matches "$out" '2001:db8:9::/48                fe80::1                    UG   4294967295 [0-9]+ +0 v0'

# --- tables -----------------------------------------------------------------------------------------

assert_run 0 "$TCPTRAIL" netstat -rn --table 100
has_route '10.20.0.0       192.168.1.12    255.255.0.0     UG        0 0          0 v0 table 100'
assert_equal 3 "$(wc -l <<<"$out")" "table 100 has one route"
assert_run 0 "$TCPTRAIL" netstat -rn --table 4294967294
has_route '10.21.0.0       192.168.1.12    255.255.0.0     UG        0 0          0 v0 table 4294967294'
assert_run 0 "$TCPTRAIL" netstat -rn --table local
has_route '192.168.1.1     0.0.0.0         255.255.255.255 UH        0 0          0 v0 table local'
assert_run 0 "$TCPTRAIL" netstat -rn --table 77
assert_equal 2 "$(wc -l <<<"$out")" "a table without routes"
assert_run 1 "$TCPTRAIL" netstat -rn --table nonesuch
assert_contains "$err" '--table: unknown routing table "nonesuch"'

# Every route and every next hop that ip shows, and no other.
ours() {
	"$TCPTRAIL" netstat "$1" -rn --table all --json | jq -r '
		[.destination + "/" + (.prefix | tostring), .gateway, .iface, .metric, .route_table, .route_kind,
		 .installed_by] | map(. // "" | tostring) | join(" ")' | sort
}
theirs() { # blackholes of IPv4 have no device
	ip "$1" -j -d route show table all | jq -r '
		.[] | . as $route | (.nexthops // [.])[] |
		[($route.dst | if . == "default" then "0/0" else . end),
		 (.gateway // .via.host), .dev, $route.metric // 0, $route.table // "main", $route.type,
		 $route.protocol] | map(. // "" | tostring) | join(" ")' | sort
}
same_word() { sed -E 's|^(0\.0\.0\.0/0\|::/0) |0/0 |; s|/(32\|128) | |'; }
for family in -4 -6; do
	ours $family | same_word | sort >"$work/ours"
	theirs $family | same_word | sort >"$work/theirs"
	diff "$work/theirs" "$work/ours" >&2 || fail "ip $family route shows other routes"
done

# --- next hop objects -------------------------------------------------------------------------------

if ip nexthop add id 1 via 192.168.1.20 dev v0 2>/dev/null; then
	ip nexthop add id 2 via 192.168.1.21 dev v0
	ip nexthop add id 3 group 1,1/2,9
	ip nexthop add id 4 blackhole
	ip nexthop add id 11 via 2001:db8::20 dev v0
	ip route add 10.10.0.0/16 nhid 1
	ip route add 10.11.0.0/16 nhid 3
	ip route add 10.12.0.0/16 nhid 4
	ip -6 route add 2001:db8:8::/48 nhid 11
	for compatible in 1 0; do # 0: the kernel tells the number of the object alone
		sysctl -wq net.ipv4.nexthop_compat_mode=$compatible
		assert_run 0 "$TCPTRAIL" netstat -rn46
		has_route '10.10.0.0       192.168.1.20    255.255.0.0     UG        0 0          0 v0'
		has_route '10.11.0.0       192.168.1.20    255.255.0.0     UG        0 0          0 v0'
		has_route '10.11.0.0       192.168.1.21    255.255.0.0     UG        0 0          0 v0'
		has_route '10.12.0.0       -               255.255.0.0     !         - -          - blackhole'
		assert_matches "$out" '2001:db8:8::/48                2001:db8::20               UG '
	done
fi

# --- the cache --------------------------------------------------------------------------------------

# An ICMP message about a smaller MTU makes an entry. v1 answers in its own namespace.
netns_make "tcptrail-r$$"
ip link add p0 type veth peer name p1 netns "tcptrail-r$$"
ip addr add 10.77.0.1/24 dev p0
ip link set p0 up
ip -n "tcptrail-r$$" addr add 10.77.0.2/24 dev p1
ip -n "tcptrail-r$$" link set p1 up
ip route add 10.78.0.0/16 via 10.77.0.2
too_big=$(
	cat <<'EOF'
import socket, struct, subprocess, sys

def checksum(data):
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind(('10.77.0.1', 4000))
client.connect(('10.78.0.9', 5000))
inner = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 1400, 0, 0x4000, 64, 17, 0, socket.inet_aton('10.77.0.1'),
                    socket.inet_aton('10.78.0.9')) + struct.pack('>HHHH', 4000, 5000, 1380, 0)
icmp = struct.pack('>BBHHH', 3, 4, 0, 0, 1200) + inner
icmp = icmp[:2] + struct.pack('>H', checksum(icmp)) + icmp[4:]
sender = ('import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); '
          's.sendto(bytes.fromhex(sys.argv[1]), ("10.77.0.1", 0))')
subprocess.run(['ip', 'netns', 'exec', sys.argv[1], sys.executable, '-c', sender, icmp.hex()], check=True)
EOF
)
python3 -c "$too_big" "tcptrail-r$$"
in_cache() { ip route show cache | grep -q 10.78.0.9; }
wait_until "the entry is in the cache" in_cache
assert_run 0 "$TCPTRAIL" netstat -rnC
has_route '0.0.0.0         10.78.0.9       10.77.0.2       UGH       0 0          0 p0'
assert_equal 1200 "$("$TCPTRAIL" netstat -rnC --json | jq -r 'select(.destination == "10.78.0.9").mtu')" "its MTU"

# --- other namespaces -------------------------------------------------------------------------------

assert_run 0 "$TCPTRAIL" netstat -rn --netns "tcptrail-r$$"
has_route '10.77.0.0       0.0.0.0         255.255.255.0   U         0 0          0 p1'
assert_lacks "$out" 192.168.1.9

# --- names ------------------------------------------------------------------------------------------

# Only names of files, so that no name server is asked.
no_routes() { # a flush fails where one route goes with another one
	ip route flush table main
	ip -6 route flush table main
	[ -z "$(ip route)$(ip -6 route)" ]
}
ip nexthop flush >/dev/null 2>&1 || true
wait_until "no route is left" no_routes
ip route add 127.0.0.1 dev v0
ip route add 169.254.0.0/16 dev v0
ip route add unreachable default
printf 'hosts: files\nnetworks: files\n' >"$work/nsswitch.conf"
printf 'link-local 169.254.0.0\n' >"$work/networks"
netstat_in=(unshare -m --propagation private sh -ec "mount --bind $work/nsswitch.conf /etc/nsswitch.conf
	[ ! -e /etc/networks ] || mount --bind $work/networks /etc/networks; exec \"\$@\"" sh)
want_as=(no_null_routes no_users)
netstat_equal -r
netstat_equal -re
netstat_equal -r6
netstat_in=()

# --- families that few kernels have -----------------------------------------------------------------

for family in ax25 netrom rose ipx ddp x25; do
	netstat_both -r -A $family
	[ "$want_status" != 1 ] || assert_equal 1 "$status" "netstat -r -A $family"
	[ "$want_status" != 1 ] || assert_contains "$err" "not configured in this system."
done
netstat_both -r -A unix
assert_equal "3 $want_err" "$status $err" "netstat -r -A unix"

files=$work/net
mkdir -p "$files/ipx" "$files/x25"
corpus=$tree/tests/fuzz/corpus/netfiles
cp "$corpus"/{ax25_route,nr_nodes,nr_neigh,rose_nodes,rose_neigh,atalk_route} "$files"
cp "$corpus/ipx_route" "$files/ipx/route"
cp "$corpus/x25_route" "$files/x25/route"
in_fixture "$files"
# netstat cuts names of interfaces to 4 and 10 characters, ends a line of NET/ROM half-way if its neighbour is not
# known, and reads "Directly Connected" of IPX as numbers.
comparable() { grep -v -e long -e GONE -e NONE -e '^00000001 ' || true; }
want_as=(comparable)
got_as=(comparable)
for family in ax25 netrom rose ipx ddp x25; do
	netstat_equal -r -A $family
done
"${netstat_in[@]}" "$TCPTRAIL" netstat -r -A netrom >"$work/netrom"
assert_contains "$(cat "$work/netrom")" 'SM0ABC-1     TEST      192      SM0NEI-15  longax1'
assert_contains "$(cat "$work/netrom")" 'SM0ABC-13    NONE        -      -          -   '
