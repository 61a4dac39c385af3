#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The same link-local addresses and ports on two links: lists, events and trails tell them apart by interface
# alone, and join each with its own peer.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"
in_fresh_netns "$@"

ends=(tt18-$$a tt18-$$b) # namespaces at the other ends of the links
links=(near-1 far_2)
netns_make "${ends[@]}"

for i in 0 1; do
	ip link add "${links[i]}" type veth peer name peer netns "${ends[i]}"
	sysctl -qw "net.ipv6.conf.${links[i]}.addr_gen_mode=1"
	ip netns exec "${ends[i]}" sysctl -qw net.ipv6.conf.peer.addr_gen_mode=1
	ip -n "${ends[i]}" link set peer up
	ip link set "${links[i]}" up
	ip -n "${ends[i]}" -6 addr add fe80::2/64 dev peer nodad
	ip -6 addr add fe80::1/64 dev "${links[i]}" nodad
done

cat >"$work/server.py" <<'END'
import socket
s = socket.socket(socket.AF_INET6)
s.bind(('::', 19801))
s.listen(16)
print('ready', flush=True)
kept = []
while True:
	kept.append(s.accept()[0])
END
cat >"$work/client.py" <<'END'
import socket, sys, time
kept = []
for link in sys.argv[1:]:
	s, scope = socket.socket(socket.AF_INET6), socket.if_nametoindex(link)
	s.bind(('fe80::1', 45555, 0, scope))
	while s.connect_ex(('fe80::2', 19801, 0, scope)): # until the link is up
		s.close()
		time.sleep(0.1)
		s = socket.socket(socket.AF_INET6)
		s.bind(('fe80::1', 45555, 0, scope))
	kept.append(s)
print('ready', flush=True)
time.sleep(1000)
END
servers=()
for i in 0 1; do
	start "$work/server.$i" "$work/server.$i.err" ip netns exec "${ends[i]}" python3 "$work/server.py"
	servers+=("$started")
	wait_until "a server" has_line "$work/server.$i" ready
done

here=$(own_netns)
trace_start events -n --netns "$here"
start "$work/client" "$work/client.err" python3 "$work/client.py" "${links[@]}"
client=$started
wait_until "the client" has_line "$work/client" ready
for link in "${links[@]}"; do
	wait_until "events of $link" trace_has "fe80::1%$link:45555"
done
trace_stop

for i in 0 1; do
	link=${links[i]} other=${links[1 - i]}
	index=$(ip -o link show dev "$link" | cut -d : -f 1)
	for zone in "$link" "$index"; do
		assert_run 0 "$TCPTRAIL" snapshot -anp --no-header --netns "$here" --addr "fe80::2%$zone"
		assert_equal 1 "$(wc -l <<<"$out")" "rows of fe80::2%$zone"
		assert_contains "$out" " fe80::1%$link:45555 " "local end, without -W"
		assert_contains "$out" " fe80::2%$link:19801 " "foreign end"
	done
	assert_run 0 "$TCPTRAIL" snapshot -an --netns "$here" --json --addr "fe80::%$link/64"
	assert_equal "[fe80::1%$link]:45555 [fe80::2%$link]:19801 fe80::2%$link ${servers[i]}" \
		"$(jq -r '"\(.local) \(.foreign) \(.foreign_addr) \(.peer_pid)"' <<<"$out")" "JSON of $link"
	assert_traces "$TCPTRAIL" trail -n "fe80::1%$link:45555" "fe80::2%$link:19801"
	assert_contains "$out" "fe80::2%$link:19801" "trail"
	assert_lacks "$out" "%$other" "trail"
	# ss shows the same sockets
	assert_traces "$TCPTRAIL" trail -n "$(ss -Htn dev "$link" | awk '{ print $4 "-" $5 }')"
done
assert_equal 2 "$("$TCPTRAIL" snapshot -an --no-header --netns "$here" --addr fe80::2 | wc -l)" "rows of fe80::2"
assert_equal 0 "$("$TCPTRAIL" snapshot -an --no-header --netns "$here" --addr fe80::2%lo | wc -l)" "rows of lo"

# A renamed interface is another zone.
ip link set "${links[1]}" down
ip link set "${links[1]}" name renamed
ip link set renamed up
assert_equal 1 "$("$TCPTRAIL" snapshot -an --no-header --netns "$here" --addr fe80::2%renamed | wc -l)" "rows of renamed"
kill "$client"
