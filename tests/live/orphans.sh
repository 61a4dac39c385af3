#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The client closes first, its peer later: the kernel has no event for FIN_WAIT2 -> TIME_WAIT, but tcptrail
# reports it with the time of its cause. The peer may be in this namespace, in another one, or on no host.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
program=$(dirname "$0")/progs/orphans.py
ours=$(own_netns)

# orphans_of PORT...: was each found in FIN_WAIT2 as a mini-socket?
orphans_of() {
	local port
	for port in "$@"; do
		grep -E "seen .*state=FIN_WAIT2 flags=mini.*local=[0-9.]*:$port .*netns=$ours " "$work/trace.out" ||
			return
	done
}

# ended REGEX NETNS PORT...: does a fact of each port match?
ended() {
	local what=$1 netns=$2 port
	shift 2
	for port in "$@"; do
		grep -E "$what=[0-9.]*:$port .*netns=$netns " "$work/trace.out" || return
	done
}

# connections ROLE ADDRESS END NETNS [COMMAND...]: makes four at a time; END: the fact, of namespace NETNS,
# that ends each.
connections() {
	local role=$1 address=$2 end=$3 round ports
	theirs=$4
	shift 4
	: >"$work/ports"
	trace_start events --facts
	held "$@" python3 "$program" "$role" "$address" 9000
	for round in 1 2 3; do
		ports=$(python3 "$program" client "$address" 9000 4)
		# shellcheck disable=SC2086 # ports are words
		wait_until "orphans" orphans_of $ports
		echo >&"$held"
		# shellcheck disable=SC2086
		wait_until "FINs of round $round" ended "$end" "$theirs" $ports
		printf '%s\n' "$ports" >>"$work/ports"
	done
	release
	trace_stop
	assert_trace_ok
	mv "$work/trace.out" "$work/facts"
}

# lines TRANSITION KEY OPTION...: "PORT NS", from the column KEY.
lines() {
	local transition=$1 key=$2
	shift 2
	csv transition,"$key",time events -n --from "$work/facts" "$@" | sed -n "s/^$transition //p" |
		cut -d ' ' -f 1,3 | sort
}

# The other ends are not selected, but are still followed.
orphan_lines() {
	lines 'FIN_WAIT2 -> TIME_WAIT (inferred)' local_port --rport 9000 --netns "$ours"
}

# Each transition is one line. Rarely the regular walk is the first to see it.
check_near() {
	local port time closed by_event=0
	lines 'LAST_ACK -> CLOSE' foreign_port --lport 9000 --netns "$theirs" >"$work/closed"
	orphan_lines >"$work/orphans"
	assert_equal "$(sort "$work/ports")" "$(cut -d ' ' -f 1 "$work/orphans")" "orphans told"
	while read -r port time; do
		closed=$(sed -n "s/^$port //p" "$work/closed")
		[ "$time" != "$closed" ] || by_event=$((by_event + 1))
		[ "$time" -le "$closed" ] || fail "TIME_WAIT of $port at $time, after its peer's end at $closed"
	done <"$work/orphans"
	[ "$by_event" -gt 0 ] || fail "no peer's event has told" "$(cat "$work/orphans" "$work/closed")"
}

# boot_time WALL: converts to ns as in facts.
boot_time() {
	local boot wall
	read -r boot wall < <(sed -n 's/ clock wall=/ /p' "$work/facts" | sed -n '$p')
	echo $(($1 - wall + boot))
}

# The kernel's timer gives the time, in ticks of at most 10 ms; no walk was needed.
check_far() {
	local port time fin seen flags looked=0
	orphan_lines >"$work/orphans"
	assert_equal "$(sort "$work/ports")" "$(cut -d ' ' -f 1 "$work/orphans")" "orphans told"
	while read -r port time; do
		fin=$(sed -n "s/^closed $port //p" "$work/held.out")
		read -r seen flags < <(sed -nE "s/^([0-9]+) seen .*state=TIME_WAIT (flags=[^ ]*) .*local=[0-9.]*:$port .*netns=$ours .*/\1 \2/p" \
			"$work/facts" | sed -n 1p)
		[[ $flags != *point* ]] || looked=$((looked + 1))
		assert_between $((fin - 20000000)) "$seen" "$(boot_time "$time")" "time of the FIN to $port"
	done <"$work/orphans"
	[ "$looked" -gt 0 ] || fail "no look-up has told" "$(cat "$work/orphans")"
}

closed='old=LAST_ACK new=CLOSE.*remote'
connections near 127.0.0.1 "$closed" "$ours"
check_near

start "$work/other" "$work/other.err" unshare -n -- sh -c 'ip link set lo up; echo up; exec sleep 600'
other=$started
wait_until "another namespace" grep -qx up "$work/other"
ip link add here type veth peer name there netns "$other"
ip addr add 10.9.0.1/24 dev here
ip link set here up
nsenter -t "$other" -n ip addr add 10.9.0.2/24 dev there
nsenter -t "$other" -n ip link set there up
connections near 10.9.0.2 "$closed" "$(stat -L -c %i "/proc/$other/ns/net")" nsenter -t "$other" -n
check_near

[ -c /dev/net/tun ] || skip "no TUN device here: a peer on no host was not tried"
ip addr add 198.51.100.1/32 dev lo
connections far 192.0.2.7 'seen .*state=TIME_WAIT flags=mini.*local' "$ours"
check_far
