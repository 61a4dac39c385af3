#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Resources that run out: fds in CLOSE, connections that nobody uses, local ports, a path with a small MTU.
# Each has a healthy twin.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs

declare -A pid file
# situation NAME PORT [AS]
situation() {
	program_start python3 "$progs/causes.py" "$1" "$2"
	pid[${3:-$1}]=$(scenario_get pid)
	file[${3:-$1}]=$work/scenario.$scenario
}

# has_done AS COUNT: has it done so many steps? For wait_until.
has_done() {
	grep -q "^done=$2\$" "${file[$1]}"
}

watch_until() { # COUNT AS...
	local count=$1 as
	shift
	why_start --for 10m -v
	for as; do
		wait_until "$as to go on" has_done "$as" $(($(grep -c ^done= "${file[$as]}" || true) + count))
	done
	kill -INT "$why_pid"
	why_end
}

# of AS: rule and level of findings about sockets of the process, the worst first.
of() {
	jq -r "select(.pid == ${pid[$1]} and .event == null and .failed == null) | \"\(.rule) \(.verdict)\"" "$work/why"
}

# of_close AS: number of its sockets in CLOSE in the lists of the process.
listed() {
	"$TCPTRAIL" snapshot -n "$@" --csv --no-header --columns state | tr -d '\r' | grep -c '^CLOSE$' || true
}

# --- fds in CLOSE -----------------------------------------------------------------------------------

situation resetting 8101
situation leak_reset 8101
situation close_reset 8101
situation leak_refused 8102
watch_until 60 leak_reset close_reset leak_refused
assert_equal "close-leak bad" "$(of leak_reset | sed -n 1p)" "what peers have reset: $(cat "$work/why")"
assert_equal "close-leak bad" "$(of leak_refused | sed -n 1p)" "what was refused: $(cat "$work/why")"
assert_lacks "$(of close_reset)" " bad" "closed at once"
assert_lacks "$(of close_reset)" "unclear" "closed at once"
for as in leak_reset leak_refused; do
	kill -STOP "${pid[$as]}"
	fds=$(find "/proc/${pid[$as]}/fd" -lname 'socket:*' | wc -l)
	for option in -p -a -ap; do
		assert_between $((fds - 1)) "$fds" "$(listed "$option" --pid "${pid[$as]}")" "$as by pid, $option"
	done
	assert_between $((fds - 1)) 10000 "$(listed -p --comm "$(cat "/proc/${pid[$as]}/comm")")" "by name"
	assert_equal 0 "$(listed -l --pid "${pid[$as]}")" "listeners only"
	# The list of all sockets has none.
	assert_equal 0 "$(listed -a)" "all"
	kill -CONT "${pid[$as]}"
	why_start close --for 1s
	why_end
	assert_matches "$(jq -r "select(.pid == ${pid[$as]} and .state == \"CLOSE\") | \"\(.rule) \(.count) \(.summary)\"" "$work/why")" \
		"^close-leak [0-9]{2,}" "$as, asked by state"
	program_end "${pid[$as]}"
done
program_end "${pid[close_reset]}"
program_end "${pid[resetting]}"

# --- connections ------------------------------------------------------------------------------------

situation echoing 8151 leaked_to
situation echoing 8152 pooled_to
situation leak_client 8151
situation pool_client 8152
watch_until 90 leak_client pool_client
assert_equal "established-growing bad" "$(of leak_client | sed -n 1p)" "a connection each: $(cat "$work/why")"
assert_lacks "$(of pool_client)$(of pooled_to)" bad "a pool"
assert_lacks "$(of pool_client)$(of pooled_to)" warning "a pool"
# The ends of its server belong to the same finding.
assert_lacks "$(of leaked_to)" "established-growing" "the other ends"
assert_matches "$(jq -r 'select(.rule == "established-growing").evidence[]' "$work/why")" \
	"this blocks: [0-9]+ ESTABLISHED of port 8151 in ${pid[leaked_to]}/"
for as in leak_client pool_client leaked_to pooled_to; do
	program_end "${pid[$as]}"
done

# Programs in Go that do not close the bodies of the answers: small ones have been read with the head, of large ones
# the rest waits. The twin closes them.
. "$progs/servers.sh"
if serve_go 8153; then
	for as in leak:small leak:large use:large; do
		program_start "$work/http_go" "${as%:*}" "http://127.0.0.1:8153/${as#*:}"
		pid[go_$as]=$(scenario_get pid)
		file[go_$as]=$work/scenario.$scenario
	done
	watch_until 60 go_leak:small go_leak:large go_use:large
	assert_equal "established-growing bad" "$(of go_leak:small | sed -n 1p)" "small bodies: $(cat "$work/why")"
	assert_equal "established-unread bad" "$(of go_leak:large | sed -n 1p)" "large bodies: $(cat "$work/why")"
	assert_equal "" "$(of go_use:large | grep -E ' (bad|warning|unclear)$' || true)" "bodies that are closed"
	for as in leak:small leak:large; do
		assert_contains "$(jq -r "select(.pid == ${pid[go_$as]}).next[]" "$work/why")" \
			"a response body that is not read and closed" "what to look for"
		program_end "${pid[go_$as]}"
	done
	program_end "${pid[go_use:large]}"
fi

# --- local ports that were bound --------------------------------------------------------------------

# The ports of the listeners are outside of the range; each address has its own ports.
sysctl -qw net.ipv4.ip_local_port_range="20000 20049"
bound() {
	jq -r 'select(.rule == "ports-bound") | "\(.verdict) \(.summary)"' "$work/why"
}

situation bind_late 8201
assert_equal 99 "$(scenario_get error)" "connect() without a port of its own: EADDRNOTAVAIL"
why_start --for 1s
why_end
assert_equal "" "$(bound)" "ports that connect() chose"
why_start --for 10m -v
situation bind_first 8203
assert_equal 98 "$(scenario_get error)" "bind(): EADDRINUSE"
kill -INT "$why_pid"
why_end
assert_matches "$(bound)" "^bad All local ports of 127\.0\.0\.2 " "bound before connect()"
assert_contains "$(jq -r 'select(.rule == "ports-bound").evidence[]' "$work/why")" \
	"50 of them were seen to be bound before connect()"
assert_contains "$(jq -r 'select(.rule == "ports-bound").evidence[]' "$work/why")" \
	"50 of these sockets: ${pid[bind_first]}/"
why_start --for 1s
why_end
assert_matches "$(bound)" "^bad All local ports of 127\.0\.0\.2 " "of which nobody saw the beginning"
program_end "${pid[bind_first]}"
program_end "${pid[bind_late]}"

command -v nft >/dev/null || { echo "skipped: a narrow way: no nft"; exit 0; }

# --- a way that is too narrow -------------------------------------------------------------------------

# The other end drops large packets silently.
sysctl -qw net.ipv4.ip_local_port_range="20000 30000"
held unshare -n sh -c 'echo ready; read -r line'
there=$started
ip link add wide type veth peer name narrow netns "$there"
ip addr add 10.98.0.1/24 dev wide
ip link set wide gso_max_segs 1 up
nsenter -t "$there" -n sh -ec 'ip link set lo up; ip addr add 10.98.0.2/24 dev narrow; ip link set narrow up
	nft add table ip hole; nft add chain ip hole in "{ type filter hook prerouting priority -300; }"
	nft add rule ip hole in meta length \> 1000 drop'
start "$work/anywhere" "$work/anywhere.err" nsenter -t "$there" -n python3 "$progs/causes.py" anywhere 8401
wait_until "a server" has_line "$work/anywhere" ready
pmtu() {
	jq -r 'select(.rule == "pmtu-black-hole") | "\(.verdict) \(.mover) \(.foreign)"' "$work/why"
}

# The twin knows the MTU.
ip route replace 10.98.0.0/24 dev wide src 10.98.0.1 mtu 1000
why_start --for 10m -v
situation large 8401
wait_until "small ones to get through" has_done large 100
kill -INT "$why_pid"
why_end
assert_equal "" "$(pmtu)" "a way of which the MTU is known: $(cat "$work/why")"
program_end "${pid[large]}"
ip route replace 10.98.0.0/24 dev wide src 10.98.0.1
why_start --for 10m -v
situation large 8401
wait_until "small ones to get through" has_done large 100
kill -INT "$why_pid"
why_end
assert_equal "bad kernel 10.98.0.2" "$(pmtu)" "a black hole: $(cat "$work/why")"
program_end "${pid[large]}"
