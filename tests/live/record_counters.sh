#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Counters of protocols and interfaces in a recording: those of the kernel at the end, and what they did; an
# interface that goes and one that comes; a namespace that goes.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

netns=$(stat -Lc %i /proc/self/ns/net)
counter() { # FILE SECTION NAME
	awk -v section="$2:" -v name="$3" '$1 == section && !found { for (i = 2; i <= NF; i++) if ($i == name) found = i; next }
		$1 == section && found { print $found; exit }' "$1"
}
recorded() { # ARGUMENT... : netstat of the recording
	run "$TCPTRAIL" netstat --from "$work/rec" --netns "$netns" "$@"
	[ "$status" = 0 ] || [ "$status" = "$ok_status" ] || fail "netstat $*: exit status $status" "$err"
}

ip link add before type veth peer name before2
ip link set before up
ip link set before2 up
ip netns add "counted-$$"
made_netns+=("counted-$$")
opens=$(counter /proc/net/snmp Tcp ActiveOpens)

mkdir "$work/rec"
record_start "$work/rec"
for _ in 1 2 3; do
	scenario_start close_wait
	scenario_stop
done
ip netns delete "counted-$$"
ip link delete before
ip link add after type veth peer name after2
ip link set after up
record_stop
record_ok

# What happened while no recorder ran is in the difference, too.
scenario_start close_wait
scenario_stop
record_start "$work/rec"
record_stop
record_ok

# At the end the recording has what the kernel has.
cp /proc/net/snmp "$work/snmp"
recorded -s --json
assert_equal "$(counter "$work/snmp" Tcp ActiveOpens)" "$(jq .counters.TcpActiveOpens <<<"$out")" "TcpActiveOpens"
assert_equal "$(counter "$work/snmp" Tcp OutRsts)" "$(jq .counters.TcpOutRsts <<<"$out")" "TcpOutRsts"
recorded -i -a --columns iface --no-header
assert_matches "$out" '(^|
)after *(
|$)'
assert_matches "$out" '(^|
)lo *(
|$)'
assert_lacks "$out" before

# What it did: as many connects as the kernel counted meanwhile.
recorded -s --since start --json
assert_equal $(($(counter "$work/snmp" Tcp ActiveOpens) - opens)) "$(jq '.changes.TcpActiveOpens // 0' <<<"$out")" \
	"connects meanwhile"
assert_equal 0 "$(jq '[.changes[] | select(. < 0)] | length' <<<"$out")" "changes below 0"
recorded -s --since start
assert_matches "$out" '/s  TcpActiveOpens +[0-9]+ connections? (was|were) opened'
recorded -i --since start
assert_matches "$out" '
    in [0-9.]+[a-z]+, a second: [0-9.]+ packets and [0-9.]+ bytes received'
