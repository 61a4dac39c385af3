#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# One socket's life, by each of its names, live and from a recording, with what its holder is doing.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# --- found by each name ------------------------------------------------------------------------

scenario_start close_wait --unread 100
cookie=$(scenario_get cookie role=subject)
pid=$(scenario_get pid role=subject)
fd=$(scenario_get fd role=subject)
local=$(scenario_get local role=subject)
remote=$(scenario_get remote role=subject)

for name in "$cookie" "sk:$(printf %x "$cookie")" "$pid:$fd" "$local-$remote" "$local $remote"; do
	# shellcheck disable=SC2086 # the last one is two words
	assert_traces "$TCPTRAIL" trail -n $name
	assert_matches "$out" "^Socket +$local $remote, cookie $cookie, " "trail $name"
	assert_matches "$out" "State +CLOSE_WAIT for >=[^,]+, closed by peer"
	assert_matches "$out" "Held by +$pid/scenario fd $fd"
	assert_contains "$out" "received 100, sent 0; Recv-Q 101, Send-Q 0" "bytes"
done
# It is in poll() until its stdin ends.
assert_matches "$out" "Threads +1 poll"
open=$(find "/proc/$pid/fd" -mindepth 1 | wc -l)
limit=$(awk '/^Max open files/ { print $4 }' "/proc/$pid/limits")
assert_matches "$out" "Open fds +$open of $limit"

assert_traces "$TCPTRAIL" trail --json "$cookie"
assert_equal "socket $cookie $pid" "$(jq -r '"\(.type) \(.cookie) \(.holders[0].pid)"' <<<"$out")"
assert_equal '[{"syscall":"poll","fd":null,"threads":1}]' "$(jq -c .doing <<<"$out")"

assert_run 1 "$TCPTRAIL" trail "$pid:9999"
assert_contains "$err" "no socket matches fd 9999 of pid $pid"
assert_run 2 "$TCPTRAIL" trail nonsense
assert_contains "$err" "trail: \"nonsense\" is not understood: expected PID:FD"
assert_run 1 "$TCPTRAIL" trail --netns host "$cookie" # filters apply here too

# --- neither a SYN nor a FIN is a byte -----------------------------------------------------------

scenario_stop
for what in established "fin_wait2 --active" "fin_wait2 --passive" "close_wait --active --shutdown" syn_sent; do
	# shellcheck disable=SC2086 # the words of a scenario
	scenario_start $what
	for cookie in $("$TCPTRAIL" snapshot -n --netns "$(own_netns)" --json | jq .cookie); do
		assert_traces "$TCPTRAIL" trail -n "$cookie"
		assert_matches "$out" "Bytes +received 0, sent 0; " "$what"
	done
	scenario_stop
done
scenario_start close_wait --unread 100
cookie=$(scenario_get cookie role=subject)

# --- followed to its end -----------------------------------------------------------------------

start "$work/trace.out" "$work/trace.err" "$TCPTRAIL" trail -n -f "$cookie"
trace_pid=$started
wait_until "trail to print what there is" trace_has "CLOSE_WAIT (or earlier)"
scenario_stop # it closes with unread bytes
trace_end
[ "$status" = 0 ] || fail "exit status $status" "$err"
assert_contains "$out" "CLOSE_WAIT -> CLOSE"
assert_contains "$out" "RST sent"
assert_contains "$out" "ended after at least"

# --- one fd that connects twice ----------------------------------------------------------------

# The first connect is refused, the second succeeds; before each step it waits for a line.
cat >"$work/again.py" <<-'END'
	import socket, sys
	server = socket.create_server(("127.0.0.1", 0))
	closed = socket.socket() # a port without a listener
	closed.bind(("127.0.0.1", 0))
	client = socket.socket()
	print("cookie", int.from_bytes(client.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder),
	      flush=True)
	sys.stdin.readline()
	try:
	    client.connect(closed.getsockname())
	except ConnectionRefusedError:
	    pass
	client.connect(server.getsockname())
	sys.stdin.readline()
	client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
	client.close() # with an RST: no mini-socket stays
	sys.stdin.readline()
END
mkfifo "$work/again.in"
# shellcheck disable=SC2016 # for the inner shell
start "$work/again.out" "$work/again.err" \
	sh -c 'exec python3 "$1" <"$0"' "$work/again.in" "$work/again.py"
exec {again}>"$work/again.in"
held_fds+=("$again")
wait_until "the program to stand" grep -q ^cookie "$work/again.out"
cookie=$(sed -n 's/^cookie //p' "$work/again.out")
start "$work/trace.out" "$work/trace.err" "$TCPTRAIL" trail -n -f "$cookie"
trace_pid=$started
wait_until "trail to print what there is" trace_has "CLOSE"
echo >&"$again"
wait_until "trail to print the second connection" trace_has "SYN_SENT -> ESTABLISHED"
echo >&"$again"
trace_end # it ends by itself with the socket
[ "$status" = 0 ] || fail "exit status $status" "$err"
assert_contains "$out" "SYN_SENT -> CLOSE"
assert_contains "$out" "ESTABLISHED -> CLOSE"
assert_contains "$out" "ended after"
echo >&"$again"

# --- a recorded life ---------------------------------------------------------------------------

start "$work/facts" "$work/trace.err" "$TCPTRAIL" events --facts
trace_pid=$started
wait_until "tcptrail to attach" tracing "$work/trace.err" "$trace_pid"
scenario_start lifecycle --count 1
ended() { # CLIENT'S COOKIE: is its mini-socket's beginning recorded?
	grep -q " old=FIN_WAIT2 new=CLOSE .*cookie=$1 " "$work/facts"
}
client=$(scenario_get client_cookie kind=connection)
server=$(scenario_get server_cookie kind=connection)
server_pid=$(scenario_get server_pid kind=connection)
client_pid=$(scenario_get client_pid kind=connection)
wait_until "the client's life to end" ended "$client"
scenario_stop
kill -INT "$trace_pid"
await_end "$trace_pid" "$ceiling" || fail "tcptrail did not end"

assert_run 0 "$TCPTRAIL" trail -n --from "$work/facts" "$server"
assert_matches "$out" "Made by +accept of $server_pid/scenario, thread [0-9]+ scenario, uid 0"
assert_matches "$out" "Command +.*scenario lifecycle --count 1"
steps=$(grep -oE '^[0-9-]+ [0-9:.]+ +[A-Z].*' <<<"$out" | sed -E 's/^[^ ]+ [^ ]+ +//; s/ +(>=)?[0-9.]+(ns|us|ms|s)$//; s/ +$//')
assert_equal "SYN_RECV (or earlier)
SYN_RECV -> ESTABLISHED
ESTABLISHED -> CLOSE_WAIT
CLOSE_WAIT -> LAST_ACK
LAST_ACK -> CLOSE" "$steps" "the server's steps"
assert_matches "$out" "ended after [0-9.]+[a-z]+, closed by peer"

assert_run 0 "$TCPTRAIL" trail -n --from "$work/facts" "$client"
assert_matches "$out" "Made by +connect of $client_pid/scenario"
assert_contains "$out" "FIN_WAIT2 -> TIME_WAIT"
# Two runs print the same bytes.
cp "$work/run.out" "$work/first"
assert_run 0 "$TCPTRAIL" trail -n --from "$work/facts" "$client"
cmp "$work/first" "$work/run.out"
