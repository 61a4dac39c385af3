#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recording has the counters and settings of the namespaces with sockets, as nstat and sysctl print them
# there.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
export NSTAT_HISTORY=$work/nstat
netns=$(own_netns)

# How often has this kernel counted a full accept queue?
overflows() {
	nstat -asz TcpExtListenOverflows | awk '$1 == "TcpExtListenOverflows" { print $2 }'
}

# overflow COUNT: connects to a full accept queue, and waits until that is over.
overflow() {
	scenario_start syn_sent --full-queue --count "$1"
	scenario_stop
}

# counted NETNS NAME, set_to NETNS KEY: all values, one in a line. A value that is left out is 0.
counted() {
	sed -nE "s/^[0-9]+ counter netns=$1 counter=$2(\$| value=([0-9]+)\$)/0\2/p" "$work/trace.out" |
		sed -E 's/^0+([0-9])/\1/'
}

set_to() {
	sed -nE "s/^[0-9]+ name kind=setting key=$2\/$1 name=\"(.*)\"\$/\1/p" "$work/trace.out"
}

# Sockets of another namespace, ...
cat >"$work/elsewhere" <<EOF
#!/bin/sh
exec unshare -n sh -c 'ip link set lo up; sysctl -qw net.ipv4.tcp_fin_timeout=19; exec "\$@"' sh "$SCENARIO" "\$@"
EOF
chmod +x "$work/elsewhere"
real=$SCENARIO
SCENARIO=$work/elsewhere
scenario_start established
there=$(scenario_get netns role=subject)
SCENARIO=$real
[ "$there" != "$netns" ] || fail "not in a namespace of its own"

# ... and of this one; they are idle while the recording runs.
sysctl -qw net.ipv4.tcp_fin_timeout=17 net.ipv4.ip_local_port_range="20000 30000"
overflow 2
scenario_start established
first=$(overflows)
assert_between 2 100 "$first" "overflows"

# The recorder walks at its start and at its end.
record_start "$work/recording"
overflow 3
last=$(overflows)
assert_between $((first + 3)) $((first + 100)) "$last" "overflows"
sysctl -qw net.core.somaxconn=77
record_stop
record_ok
assert_run "$ok_status" "$TCPTRAIL" events --facts --from "$work/recording" --output "$work/facts"
# The checkpoint at the end, after the last walk, repeats all values.
awk '{ lines[NR] = $0 } / walk_end / { last = NR } END { for (i = 1; i <= last; i++) print lines[i] }' \
	"$work/facts" >"$work/trace.out"

assert_equal "$first" "$(counted "$netns" TcpExtListenOverflows | sed -n 1p)" "overflows at first"
assert_equal "$last" "$(counted "$netns" TcpExtListenOverflows | tail -n 1)" "overflows at last"
assert_equal 0 "$(counted "$there" TcpExtListenOverflows | tail -n 1)" "overflows elsewhere"

# All counters that nstat prints under the same name. Those of sockstat have names of our own.
nstat -asz >"$work/nstat.out"
checked=0
while read -r name; do
	value=$(awk -v n="$name" '$1 == n { print $2 }' "$work/nstat.out")
	[ -n "$value" ] || continue
	assert_equal "$value" "$(counted "$netns" "$name" | tail -n 1)" "$name"
	checked=$((checked + 1))
done < <(sed -nE "s/^[0-9]+ counter netns=$netns counter=([A-Za-z0-9]+).*/\1/p" "$work/trace.out" | sort -u)
assert_between 9 100 "$checked" "counters that nstat knows"
assert_equal "$(awk '$1 == "TCP:" { print $7 }' /proc/net/sockstat)" \
	"$(counted "$netns" TcpTimeWaits | tail -n 1)" "TIME_WAITs"

# Keys are values of enum setting: port range 1, somaxconn 2, fin_timeout 10. Each is reported once, and again
# after a change.
assert_equal "20000 30000" "$(set_to "$netns" 1)" "port range"
assert_equal "$(sysctl -n net.ipv4.tcp_fin_timeout)" "$(set_to "$netns" 10)" "fin_timeout"
assert_equal 17 "$(set_to "$netns" 10)" "fin_timeout"
assert_equal 19 "$(set_to "$there" 10)" "fin_timeout elsewhere"
assert_equal 77 "$(set_to "$netns" 2 | tail -n 1)" "somaxconn"
assert_equal 2 "$(set_to "$netns" 2 | wc -l)" "times that somaxconn was told"

# The recording can be read.
assert_run "$ok_status" "$TCPTRAIL" why --from "$work/facts"
