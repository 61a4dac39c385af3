#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail netstat -s: numbers as netstat's, nstat's and the kernel's, which sections, sentences, changes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_fresh_netns "$@"

corpus=$(dirname "$0")/../fuzz/corpus/mib

# --- every counter has a number of its own ------------------------------------------------------------
mkdir -p "$work/net/sctp"
cp "$corpus/snmp-6.18" "$work/net/snmp"
cp "$corpus/netstat-6.18" "$work/net/netstat"
cp "$corpus/snmp6-6.18" "$work/net/snmp6"
cp "$corpus/sctp-7.2" "$work/net/sctp/snmp"
in_fixture "$work/net"

# The numbers of a file, and which of them are in the section of a line: "Tcp 1000055".
numbers() {
	awk '/^[A-Za-z0-9]+:$/ { section = $1; next }
		/^ *ICMP (in|out)put histogram:$/ { next }
		{ gsub(/[^0-9]/, " "); for (i = 1; i <= NF; i++) if ($i >= 1000000) print section, $i }' "$1" | sort
}

same_numbers() { # ARGUMENT...
	netstat_both "$@"
	assert_equal 0 "$want_status" "netstat $*"
	assert_equal 0 "$status" "tcptrail netstat $*: $err"
	assert_equal "$(numbers "$work/want")" "$(numbers "$work/got")" "numbers of netstat $*"
	assert_equal "$(grep -E ':$' "$work/want" | sed 's/^ *//')" "$(grep -E ':$' "$work/got" | sed 's/^ *//')" \
		"sections of netstat $*"
}
same_numbers -s
assert_equal 339 "$(numbers "$work/got" | wc -l)" "numbers of -s"

# -6: netstat indents the titles behind the first histogram by 8.
netstat_both -s -6
assert_equal "$(numbers "$work/want" | cut -d' ' -f2)" "$(numbers "$work/got" | cut -d' ' -f2)" "numbers of -s -6"
assert_equal "Ip6: Icmp6: Udp6: UdpLite6: Tcp:" "$(grep -E '^[A-Z]' "$work/got" | xargs)"

# Each counter's line has the number that the file has, beside the kernel's name.
run "${netstat_in[@]}" "$TCPTRAIL" netstat -s46v
assert_equal 0 "$status" "$err"
for file in snmp6 sctp/snmp; do
	while read -r name value; do
		assert_matches "$out" "(^|[^0-9])$value[^0-9].* \[$name\]"
	done <"$work/net/$file"
done
sections() { # ARGUMENT...: "Ip Icmp ..."
	run "${netstat_in[@]}" "$TCPTRAIL" netstat "$@"
	assert_equal 0 "$status" "$err"
	grep -E '^[A-Z]' <<<"$out" | tr -d ':' | xargs
}
assert_equal "Tcp TcpExt MPTcpExt" "$(sections -st)"
assert_equal "Udp" "$(sections -su)"
assert_equal "UdpLite" "$(sections -sU)"
assert_equal "Ip Icmp IcmpMsg IpExt" "$(sections -sw)"
assert_equal "Sctp" "$(sections -sS)"
assert_equal "Tcp Udp TcpExt MPTcpExt" "$(sections -stu)"
assert_equal "Udp6 Tcp" "$(sections -stu6)"
assert_equal "Tcp Udp TcpExt MPTcpExt Udp6" "$(sections -stu46)"

# --- damaged files: nothing is printed that the kernel did not say ------------------------------------------
printf 'Tcp: InSegs\nUdp: 5\n' >"$work/net/snmp"
run "${netstat_in[@]}" "$TCPTRAIL" netstat -s
assert_equal 1 "$status" "of a damaged file"
assert_contains "$err" "/proc/net/snmp: Protocol error"
cp "$corpus/snmp-6.18" "$work/net/snmp"
rm "$work/net/sctp/snmp"
netstat_both -sS
assert_equal 1 "$status" "without SCTP"
assert_contains "$err" "netstat: no support for \`AF INET (sctp)' on this system."
netstat_in=()

# --- the kernel itself: equal to nstat, and to itself -------------------------------------------------------
ip link set lo up
"$TCPTRAIL" netstat -s46v >"$work/one"
if command -v nstat >/dev/null; then
	# IpForwarding and others are no counters for nstat; reading changes none of the others.
	NSTAT_HISTORY=$work/history nstat -az | awk '/^[A-Z]/ { print $1, $2 }' >"$work/nstat"
	"$TCPTRAIL" netstat -s46 --columns counter,value --no-header |
		awk '$2 != "-" { print $1, $2 }' >"$work/ours"
	grep -E '^(Tcp|Udp|Icmp)' "$work/nstat" | while read -r name value; do
		assert_matches "$(cat "$work/ours")" "(^|
)$name $value(
|\$)"
	done
fi

# JSON is keyed by the kernel's names.
run "$TCPTRAIL" netstat -s46 --json
assert_equal 0 "$status" "$err"
assert_equal 1 "$(wc -l <<<"$out")" "objects of one namespace"
columns() { # FILE: name and value of each counter that has a section
	awk '{ sub(":", "", $1); section = $1; for (i = 2; i <= NF; i++) name[i] = section $i
		getline; for (i = 2; i <= NF; i++) print name[i] "=" $i }' "$1"
}
assert_equal "$(sort <(columns /proc/net/netstat))" \
	"$(jq -r '.counters | to_entries[] | "\(.key)=\(.value)"' <<<"$out" | grep -E '^(TcpExt|IpExt|MPTcpExt)' | sort)" \
	"counters of /proc/net/netstat"

# --- changes ------------------------------------------------------------------------------------------------
start "$work/changes" "$work/changes.err" "$TCPTRAIL" netstat -s -c0.2
netstat_pid=$started
wait_until "the first round" grep -q '^    [0-9]* connections were opened by this host' "$work/changes"
scenario_start close_wait
wait_until "what changed" grep -q '/s  TcpActiveOpens ' "$work/changes"
scenario_stop
kill -INT "$netstat_pid"
await_end "$netstat_pid" "$ceiling" || fail "it does not end"
assert_matches "$(cat "$work/changes")" \
	' [0-9.]+/s  TcpOutSegs +[0-9]+ segments? (was|were) sent; .* \(why: retransmit-storm\)'
assert_lacks "$(cat "$work/changes")" ' 0.0/s  TcpActiveOpens '
