#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Sockets bound to different interfaces (or to VRF devices) may have the same addresses and ports: tcptrail
# keeps them apart from their start to their mini-sockets.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# Two links to another namespace, with the same addresses on both.
start "$work/other" "$work/other.err" unshare -n -- sh -c 'ip link set lo up; echo up; exec sleep 600'
other=$started
wait_until "another namespace" grep -qx up "$work/other"
for i in 1 2; do
	ip link add "near$i" type veth peer name "far$i" netns "$other"
	ip addr add 10.9.0.1/24 dev "near$i"
	ip link set "near$i" up
	nsenter -t "$other" -n ip addr add 10.9.0.2/24 dev "far$i"
	nsenter -t "$other" -n ip link set "far$i" up
done
for where in "" "nsenter -t $other -n"; do
	$where sysctl -qw net.ipv4.conf.all.rp_filter=0
done

# Listens on both links, accepts one connection from each, and closes after its peer.
cat >"$work/server.py" <<-'END'
	import socket
	listeners = []
	for name in ("far1", "far2"):
	    s = socket.socket()
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name.encode())
	    s.bind(("10.9.0.2", 80))
	    s.listen()
	    listeners.append(s)
	print("ready", flush=True)
	children = [s.accept()[0] for s in listeners]
	for s in children:
	    s.recv(1)
	    s.close()
	print("closed", flush=True)
END
# Connects from the same port on both links; closes at the first line of its input.
cat >"$work/client.py" <<-'END'
	import socket, sys
	clients = []
	for name in ("near1", "near2"):
	    s = socket.socket()
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name.encode())
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	    s.bind(("10.9.0.1", 5000))
	    s.connect(("10.9.0.2", 80))
	    clients.append(s)
	print("ready", flush=True)
	sys.stdin.readline()
	for s in clients:
	    s.close()
END
start "$work/server" "$work/server.err" nsenter -t "$other" -n python3 "$work/server.py"
wait_until "the server to listen" grep -qx ready "$work/server"
trace_start events --facts
mkfifo "$work/in"
# shellcheck disable=SC2016 # for the inner shell
start "$work/client" "$work/client.err" sh -c 'exec python3 "$1" <"$0"' "$work/in" "$work/client.py"
exec {in}>"$work/in"
held_fds+=("$in")
wait_until "the clients to connect" grep -qx ready "$work/client"

count() { # STATE
	assert_run 0 "$TCPTRAIL" snapshot -an --json --columns local,foreign,state --state "$1" \
		--addr 10.9.0.0/24 --lport 5000
	grep -c '"10.9.0.1' <<<"$out" || true
}
assert_equal 2 "$(count ESTABLISHED)" "connections of one pair of addresses"
echo >&"$in"
wait_until "the server to close" grep -qx closed "$work/server"
assert_equal 2 "$(count TIME_WAIT)" "mini-sockets of one pair of addresses"

trace_stop
assert_trace_ok
cp "$work/trace.out" "$work/facts"
assert_run 0 "$TCPTRAIL" snapshot -an --from "$work/facts" --addr 10.9.0.0/24 --lport 5000
assert_equal 2 "$(grep -c '10.9.0.1:5000 .*TIME_WAIT' <<<"$out")" "replayed"
assert_run 0 "$TCPTRAIL" events -n --from "$work/facts" --addr 10.9.0.0/24 --lport 5000
assert_equal 2 "$(grep -c 'FIN_WAIT2 -> TIME_WAIT' <<<"$out")" "events"
