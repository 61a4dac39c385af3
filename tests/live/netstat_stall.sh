#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail netstat: a name server that never answers holds up no list. Its patience is longer than any test,
# so the list ends only if it does not wait for the server.
. "$(dirname "$0")/lib.sh"
[ -n "${LIVE_MOUNTS:-}" ] || {
	rm -rf "$work"
	trap - EXIT ERR
	LIVE_MOUNTS=1 exec unshare -m --propagation private -- bash "$0" "$@"
}
in_fresh_netns "$@"

printf 'nameserver 127.0.0.1\noptions timeout:30 attempts:5\n' >"$work/resolv.conf"
printf 'hosts: files dns\nservices: files\npasswd: files\n' >"$work/nsswitch.conf"
printf '127.0.0.1 localhost\n127.0.0.2 known.example\n' >"$work/hosts"
for file in resolv.conf nsswitch.conf hosts; do
	mount --bind "$work/$file" /etc/$file
done
start "$work/server" "$work/server.err" python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    s.recvfrom(4096)
    print("asked", flush=True)'
wait_until "the name server" has_line "$work/server" ready

# Connected UDP sockets: to two addresses that only the server might know, and to one of /etc/hosts.
ip addr add 2001:db8::1/128 dev lo
start "$work/sockets" "$work/sockets.err" python3 -c '
import socket, time
held = []
for family, to in ((socket.AF_INET, "127.0.0.99"), (socket.AF_INET6, "2001:db8::1"), (socket.AF_INET, "127.0.0.2")):
    for i in range(20):
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.connect((to, 4242))
        held.append(s)
print("ready", flush=True)
time.sleep(1e6)'
wait_until "sockets" has_line "$work/sockets" ready

assert_run 0 "$TCPTRAIL" netstat -u --numeric-ports
assert_equal 20 "$(grep -c '127.0.0.99:4242' <<<"$out")" "rows without a name, IPv4"
assert_equal 20 "$(grep -c '2001:db8::1:4242' <<<"$out")" "rows without a name, IPv6"
assert_equal 20 "$(grep -c 'known.example:4242' <<<"$out")" "rows with a name"
assert_contains "$(cat "$work/server")" asked

# -n asks nobody.
: >"$work/server"
assert_run 0 "$TCPTRAIL" netstat -un
assert_contains "$out" "127.0.0.2:4242"
assert_lacks "$(cat "$work/server")" asked

# A signal ends -c while names stall.
start "$work/rounds" "$work/rounds.err" "$TCPTRAIL" netstat -uc0.05
wait_until "a question" has_line "$work/server" asked
kill -INT "$started"
await_end "$started" "$ceiling" || fail "names hold up a signal"
status=0
wait "$started" || status=$?
assert_equal 0 "$status"
