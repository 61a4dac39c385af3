#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Floods, and crowds of sockets without a holder: afterwards the table shows what ss shows, and no more was
# lost than reported.
# alone: other tests would have to walk over its 100,000 sockets
. "$(dirname "$0")/lib.sh"
in_parts syn_floods time_wait namespaces
in_fresh_netns "$@"
here=$(own_netns)
progs=$(dirname "$0")/progs

set_sysctl() {
	echo "$2" >"/proc/sys/net/ipv4/$1"
}

counter() {
	nstat -asz "$1" | awk -v key="$1" '$1 == key { print $2 }'
}

follow() {
	trace_start -an --csv --netns "$here" --columns state,local,foreign
}

# followed WHAT: ends the trace and requires that its last rows are those of ss.
followed() {
	local before after
	before=$(ss_states)
	trace_stop
	after=$(ss_states)
	assert_matches "$status" '^[04]$' "exit status ($err)"
	rows_states "$work/trace.out" >"$work/rows"
	# Timers run on: requires the sockets that ss shows before and after, and allows those of either list.
	assert_equal "" "$(comm -12 <(echo "$before") <(echo "$after") | comm -23 - "$work/rows" |
		head)" "sockets of ss that are missing, $1"
	assert_equal "" "$(sort -u <(echo "$before") <(echo "$after") | comm -13 - "$work/rows" |
		head)" "rows that ss does not have, $1"
}

syn_floods() {
	# Answers to these packets go nowhere.
	ip link add sink0 type veth peer name sink1
	ip link set sink0 arp off
	ip link set sink1 up
	ip addr add 198.51.100.1/24 dev sink0
	ip link set sink0 up
	ip route add 198.18.0.0/15 dev sink0
	for file in /proc/sys/net/ipv4/conf/*/rp_filter; do
		echo 0 >"$file"
	done
	set_sysctl tcp_max_syn_backlog 4096

	# flood COOKIES: sends 20,000 SYNs; ss and the kernel's counters say what became of them.
	flood() {
		set_sysctl tcp_syncookies "$1"
		scenario_start listen --any --count 1
		port=$(scenario_get local | sed 's/.*://')
		follow
		python3 "$progs/syn_flood.py" 198.51.100.1 "$port" 20000
		assert_between 1 20000 "$(ss -Htan state syn-recv | wc -l)" "half-open sockets"
	}

	flood 0
	assert_equal 0 "$(counter TcpExtSyncookiesSent)" "cookies sent"
	assert_between 1 20000 "$(counter TcpExtListenDrops)" "SYNs dropped"
	followed "SYN flood without cookies"
	assert_between 1 20000 "$(grep -c '^SYN_RECV 198.51.100.1:' "$work/rows")" "half-open rows"
	run "$TCPTRAIL" snapshot -an --netns "$here" --fail-if 'syn_recv>10'
	assert_equal 1 "$status" "status of a threshold during a flood ($err)"
	scenario_stop

	flood 1
	assert_between 1 20000 "$(counter TcpExtSyncookiesSent)" "cookies sent"
	# A real client gets in by a SYN cookie, even if the queue has room again by now.
	set_sysctl tcp_syncookies 2
	before=$(counter TcpExtSyncookiesRecv)
	exec {client}<>"/dev/tcp/127.0.0.1/$port"
	assert_equal $((before + 1)) "$(counter TcpExtSyncookiesRecv)" "cookies that came back"
	followed "SYN flood with cookies"
	assert_equal 2 "$(grep -c '^ESTABLISHED 127' "$work/rows")" "ends of a connection by cookie"
	exec {client}>&-
	scenario_stop
	ip link del sink0
}

time_wait() {
	# There is no room for more TIME_WAIT sockets: they end at once, and the kernel counts that.
	set_sysctl tcp_tw_reuse 0
	set_sysctl tcp_max_tw_buckets 10
	follow
	"$SCENARIO" storm --count 2000 --hold 0 </dev/null >/dev/null
	assert_between 1900 4000 "$(counter TcpExtTCPTimeWaitOverflow)" "of them without room"
	followed "no room for TIME_WAIT"
	assert_between 0 20 "$(grep -c '^TIME_WAIT ' "$work/rows" || true)" "rows in TIME_WAIT"

	set_sysctl tcp_max_tw_buckets 300000
	set_sysctl ip_local_port_range "1024 65535"
	follow
	"$SCENARIO" storm --count 100000 --pairs 4 --hold 0 </dev/null >"$work/storm"
	assert_matches "$(cat "$work/storm")" "no_port=0" "storm"
	# Connections closed by both sides at once leave two TIME_WAIT sockets, the others one; a few are
	# reused, and on a slow host the first ones end after a minute.
	assert_between 10000 200100 "$(ss -Htan state time-wait | wc -l)" "sockets in TIME_WAIT"
	followed "100,000 in TIME_WAIT"
	assert_between 10000 200100 "$(grep -c '^TIME_WAIT ' "$work/rows")" "rows in TIME_WAIT"
}

namespaces() {
	trace_start -an --csv --columns netns,state,local,foreign
	for ((i = 0; i < 60; i += 4)); do
		makers=()
		for ((k = 0; k < 4; k++)); do
			unshare -n sh -c 'stat -L -c %i /proc/self/ns/net; ip link set lo up
				exec "$0" storm --count 50 --hold 0 </dev/null >/dev/null' "$SCENARIO" \
				>>"$work/made" &
			makers+=($!)
		done
		wait "${makers[@]}"
	done
	trace_stop
	assert_matches "$status" '^[04]$' "exit status ($err)"
	assert_between 4 60 "$(sort -u "$work/made" | wc -l)" "namespaces made, some of them with the same inode"
	lsns -t net -no NS | tr -d ' ' | sort >"$work/there"
	sort -u "$work/made" | comm -23 - "$work/there" >"$work/gone"
	assert_equal "" "$(awk '/^netns,/ { n = 0; next } { rows[n++] = $0 }
		END { for (i = 0; i < n; i++) print rows[i] }' "$work/trace.out" | grep -wFf "$work/gone" || true)" \
		"rows of namespaces that are gone"
}

"$part"
