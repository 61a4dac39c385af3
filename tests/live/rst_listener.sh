#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An RST with which a listener refuses a client names the client, and filters match what is shown.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"
in_fresh_netns "$@"

# A listener, and segments to it without a connection: ACKs, each from a port that is printed.
cat >"$work/stray.py" <<'END'
import socket, struct, sys, time
to = sys.argv[2]
family = socket.AF_INET6 if ':' in to else socket.AF_INET
server = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
server.bind((sys.argv[1], 0))
server.listen(5)
port = server.getsockname()[1]
print(port, flush=True)

def checksum(data):
	total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
	while total >> 16:
		total = (total & 0xffff) + (total >> 16)
	return ~total & 0xffff

raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
raw.bind((to, 0))
for source in (40001, 40002, 40003):
	head = struct.pack('!HHIIBBH', source, port, 1, 1, 5 << 4, 0x10, 1024)
	address = socket.inet_pton(family, to)
	length = struct.pack('!I', 20) if family == socket.AF_INET6 else b''
	pseudo = address * 2 + (length + struct.pack('!I', 6) if length else struct.pack('!HH', 6, 20))
	raw.sendto(head + struct.pack('!HH', checksum(pseudo + head + bytes(4)), 0), (to, 0))
print('ready', flush=True)
time.sleep(1000)
END

for what in "127.0.0.1 127.0.0.1" "::1 ::1" ":: 127.0.0.1"; do
	trace_start events --netns "$(own_netns)" -n --json
	# shellcheck disable=SC2086 # two words
	start "$work/stray" "$work/stray.err" python3 "$work/stray.py" $what
	server=$started
	wait_until "the segments to be sent" has_line "$work/stray" ready
	port=$(head -n 1 "$work/stray")
	wait_until "the last RST" trace_has 40003
	trace_stop
	assert_equal "40001 ${what#* } $server LISTEN
40002 ${what#* } $server LISTEN
40003 ${what#* } $server LISTEN" "$(jq -r "select(.event == \"rst_sent\" and .local_port == $port) |
		\"\(.foreign_port) \(.foreign_addr) \(.pid) \(.state)\"" "$work/trace.out")" \
		"who was refused, by whom"
	kill "$server"
done
