#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Failures of connects and resets that users have reported: a firewall answers although a process listens, a
# program gives up after 300 ms, a client is connected to itself, a NAT forgets its connections, a server
# keeps connections that its clients have reset. All run at the same time, each in network namespaces of its
# own.
. "$(dirname "$0")/progs/field.sh"
in_fresh_netns "$@"
command -v nft >/dev/null || skip "no nft"

# link NETNS ADDRESS NETNS ADDRESS: a pair of interfaces between the two; /24.
links=0
link() {
	links=$((links + 1))
	ip -n "$1" link add "a$links" type veth peer name "b$links" netns "$3"
	ip -n "$1" addr add "$2/24" dev "a$links"
	ip -n "$1" link set "a$links" up
	ip -n "$3" addr add "$4/24" dev "b$links"
	ip -n "$3" link set "b$links" up
}

spaces reject given_up itself client router server kept
netns_make "$prefix.hole"

in_space reject nft -f - <<-END
	table inet filter {
		chain input {
			type filter hook input priority 0;
			tcp dport 8001 tcp flags & (syn | ack) == syn reject with tcp reset
			tcp dport 8002 tcp flags & (syn | ack) == syn reject with icmpx type port-unreachable
			tcp dport 8003 tcp flags & (syn | ack) == syn reject with icmpx type admin-prohibited
		}
		chain output {
			type filter hook output priority 0;
			tcp dport 8004 tcp flags & (syn | ack) == syn drop
		}
	}
END
link "${space[given_up]}" 10.8.0.1 "$prefix.hole" 10.8.0.2
ip -n "${space[given_up]}" neigh add 10.8.0.9 lladdr 02:00:00:00:00:09 dev a1
in_space itself sysctl -qw net.ipv4.ip_local_port_range="45670 45690"

# Clients connect to the router, which forwards to the server.
link "${space[client]}" 10.12.1.2 "${space[router]}" 10.12.1.1
link "${space[server]}" 10.12.2.2 "${space[router]}" 10.12.2.1
ip -n "${space[client]}" route add default via 10.12.1.1
ip -n "${space[server]}" route add default via 10.12.2.1
in_space router sysctl -qw net.ipv4.ip_forward=1
in_space router nft -f - <<-END
	table ip nat {
		chain pre {
			type nat hook prerouting priority -100;
			tcp dport 8080 dnat to 10.12.2.2:80
		}
		chain post {
			type nat hook postrouting priority 100;
			ip daddr 10.12.2.2 masquerade
		}
	}
END
forgets=1 # without conntrack's settings the NAT cannot forget
in_space router sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=1 \
	net.netfilter.nf_conntrack_tcp_loose=0 2>"$work/conntrack.err" || forgets=0

field reject asleep_at 8001 8002 8003 8004
pid[reject]=$started
field server leaking 80
field kept leaking 8001
pid[kept]=$started

watch_spaces
tries=()
for port in 8001 8002 8003; do
	for address in 127.0.0.1 ::1; do
		field reject trying "$address" "$port" 4 30
		tries+=("$scenario")
	done
done
field reject trying 127.0.0.1 8004 4 0.5
tries+=("$scenario")
for n in 1 2 3 4 5 6; do
	field given_up trying 10.8.0.9 81 10 0.3
	gives_up[n]=$scenario
done
killed=()
for n in 1 2 3 4; do
	field given_up connecting 10.8.0.9 81
	killed+=("$started")
done
field itself itself 127.0.0.1 45678
pid[itself4]=$started itself4=$scenario
field itself itself ::1 45680
pid[itself6]=$started itself6=$scenario
if [ "$forgets" = 1 ]; then
	field client writing 10.12.1.1 8080 12
	writer=$started written=$scenario
fi
field kept half_closing 127.0.0.1 8001 60 40
resetting=$started
all_are_read() {
	[ "$(in_space kept ss -Htn state close-wait '( sport = :8001 )' | grep -c '^0 ')" = 60 ]
}
wait_until "ends of stream to be read" all_are_read
kill -USR1 "$resetting"

connects_hang() {
	[ "$(in_space given_up ss -Htn state syn-sent | wc -l)" -ge 4 ]
}
for n in "${gives_up[@]}"; do
	wait_until "clients to give up" has_line "$work/scenario.$n" failed=10
done
wait_until "connects that wait" connects_hang
for one in "${killed[@]}"; do
	kill -KILL "$one"
done
for n in "${tries[@]}"; do
	wait_until "connects to fail" has_line "$work/scenario.$n" failed=4
done
nat_is_empty() {
	[ "$(in_space router sysctl -n net.netfilter.nf_conntrack_count)" = 0 ]
}
if [ "$forgets" = 1 ]; then
	wait_until "the router to forget" nat_is_empty
	kill -USR1 "$writer"
	wait_until "RSTs" has_line "$work/scenario.$written" reset=12
fi
resets_came() {
	[ "$(in_space kept ss -Htn state close-wait '( sport = :8001 )' | wc -l)" = 20 ]
}
wait_until "the rest in CLOSE_WAIT" resets_came
end_watch

# Each port's finding names a firewall, not the network; no finding says "nobody listens".
for port in 8001 8002 8003; do
	for address in "127.0.0.1" "[::1]"; do
		found=$(jq -r "select(.foreign == \"$address:$port\" and .verdict != \"fine\") |
			\"\(.verdict) \(.mover) \(.failed) \(.summary)\"" "$work/why")
		assert_matches "$found" "^bad kernel 4 Connects of .* refused although a process listens there: a firewall" \
			"port $port of $address"
	done
done
found=$(jq -r 'select(.foreign == "127.0.0.1:8004" and .verdict != "fine") |
	"\(.verdict) \(.mover) \(.failed) \(.summary)"' "$work/why")
assert_matches "$found" "^bad kernel 4 .*its accept queue has room: a firewall on this host drops" "SYNs that do not get out"
assert_equal 7 "$(findings_in reject | wc -l)" "findings: $(findings_in reject)"

assert_equal "connect-given-up bad network" "$(findings_in given_up | cut -d ' ' -f 1-3 | sort -u)" "given up"
# Connects to one place have one cause: those of other programs are evidence of the first finding.
assert_equal 64 "$(jq -s 'map(select(.foreign == "10.8.0.9:81" and .rule == "connect-given-up") |
	.failed, (.evidence[] | capture("^this causes: (?<count>[0-9]+) failed connects to 10.8.0.9:81 ").count | tonumber)) | add' \
	"$work/why")" "connects that were given up"

assert_equal "self-connect bad application itself 127.0.0.1:45678
self-connect bad application itself [::1]:45680" "$(findings_in itself)" "connected to itself"
assert_equal "$(printf '%s\n' "${pid[itself4]}" "${pid[itself6]}" | sort)" \
	"$(jq -r 'select(.rule == "self-connect") | .pid' "$work/why" | sort)" "who is"
for n in "$itself4" "$itself6"; do
	assert_equal taken "$(sed -n 's/^port=//p' "$work/scenario.$n")" "the port"
done

if [ "$forgets" = 1 ]; then
	assert_equal "rst-no-socket warning network - 8080" "$(findings_in router)" "a NAT that forgot"
	assert_contains "$(text_in router)" "Segments arrive for connections that this host does not know" "the router"
	assert_contains "$(text_in router)" "0 were SYNs and 12 were not" "the router"
	assert_lacks "$(findings_in client)" "rst-received" "the same, seen by the client"
	assert_equal "" "$(findings_in server)" "the server"
else
	echo "skipped: a NAT that forgets: $(cat "$work/conntrack.err")"
fi

# 60 fds are leaked, 40 of them in CLOSE; the client has waited for that before it reset.
assert_equal "${pid[kept]}" "$(jq -r "select(.local_port == 8001 and .verdict == \"bad\") | .pid" "$work/why" | sort -u)" \
	"who keeps them"
text=$(text_in kept)
assert_contains "$text" "40 more were reset by their peers in this state; the process still has them open" "in CLOSE"
# Which end of the RSTs is in the evidence depends on which was seen first.
assert_matches "$text" "this causes: 40 RSTs (received of port 8001|sent [^ ]* *to 127.0.0.1:8001)" "the RSTs"
assert_lacks "$text" "wrote to them" "the server, which sent nothing"
assert_lacks "$text" "Turnover" "the server"
assert_lacks "$(findings_in kept)" "rst-" "findings about the RSTs"
