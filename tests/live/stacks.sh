#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# --stacks names the functions that listened, connected and accepted, in programs as distributions build them;
# so does a recording.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
here=$(own_netns)
progs=$(dirname "$TCPTRAIL")/progs

# functions JSON...: "accept<accept_one<...<main", numbers for frames without a name. Functions of the C
# library above main() have names only if its debug information is installed.
functions='[.stack[]? | .function // ((.module // "" | sub(".*/"; "")) + "+")] | join("<") | sub("<main<.*"; "<main")'

# --- two ways of the same depth into one function, a thousand times -----------------------------

start "$work/live.out" "$work/live.err" "$TCPTRAIL" --netns "$here" -n --stacks --json \
	--columns cookie,local_port,foreign_port,stack
live=$started
wait_until "the second tracer" tracing "$work/live.err" "$live"
trace_start events --facts --stacks --output "$work/facts"
# The kernel side learns unwind rules from the first sockets, which may have more ids; there is not one id for
# each connection.
held "$progs/pie" sites 10
wait_until "the ways to be learned" grep -qa 'name="library_inner\|name="accept_one' "$work/facts"
release
held "$progs/pie" sites 1000
trace_stop
assert_trace_ok
kill -INT "$live"
await_end "$live" "$ceiling" || fail "the second tracer does not end"

"$TCPTRAIL" snapshot -an --netns "$here" --json --columns cookie,local_port,foreign_port,stack \
	--from "$work/facts" >"$work/recorded"
jq -r "select(.stack) | \"\(.foreign_port) \($functions)\"" "$work/recorded" | sort >"$work/got"
sed -n 's/^site_\(.\) \(.*\)/\2 accept<accept_one<site_\1<main/p' \
	"$work/held.out" | sort >"$work/want"
assert_equal 1000 "$(wc -l <"$work/want")" "accepted"
assert_equal "" "$(comm -23 "$work/want" "$work/got")" "accepted connections with another stack"
assert_between 999 1000 "$(grep -c " connect<connect_here<main$" "$work/got")" "connects"
ids=$(grep -aE " accept .* netns=$here( |\$)" "$work/facts" | grep -ao ' stack=[0-9a-f]*' | sort -u)
assert_between 2 20 "$(wc -l <<<"$ids")" "ids of two ways: $ids"
assert_lacks "$ids" " stack=0"

# The recording has the same stacks as the live trace printed at its end.
jq -c 'select(.type == "socket" and .stack)' "$work/live.out" | sort >"$work/live"
jq -c 'select(.stack)' "$work/recorded" | sort >"$work/recorded.sorted"
assert_between 2000 2100 "$(wc -l <"$work/live")" "sockets with a stack"
assert_equal "" "$(comm -3 "$work/live" "$work/recorded.sorted" | head -n 3)" "live and recorded"
release

# --- as distributions build programs --------------------------------------------------------------

# stack_of COMM STATE: the stacks of events in $work/trace.out
stack_of() {
	jq -r "select(.comm == \"$1\" and .new_state == \"$2\" and .stack) | $functions" \
		"$work/trace.out" | sort | uniq -c | sort -rn | sed 's/^ *[0-9]* //;1q'
}

# A program is read while it lives: once one of its stacks is there, what its other stacks need has been read.
await_stack() {
	wait_until "a stack of $1" grep -q "\"comm\":\"$1\".*\"function\":\"connect\",.*\"module\":.*\"module\":" \
		"$work/trace.out"
}

trace_start events --netns "$here" -n --stacks --json --columns comm,new_state,stack
held "$progs/library" sites 2
await_stack library
release
held "$progs/stripped" sites 2
await_stack stripped
release
# The functions of the interpreter. In a stripped program only exported functions have a name.
held python3 -c '
import socket, sys
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()
client = socket.create_connection(server.getsockname())
served = server.accept()[0]
print("ready", flush=True)
sys.stdin.read()
served.close(); client.close()'
await_stack python3
release
trace_stop
assert_trace_ok

end=main
assert_equal "listen<listen_here<$end" "$(stack_of library LISTEN)"
assert_equal "connect<connect_here<$end" "$(stack_of library SYN_SENT)"
assert_matches "$(stack_of library CLOSE_WAIT | tr '\n' ' ')" "accept|connect"
assert_contains "$(jq -r "select(.comm == \"library\" and .stack) | $functions" "$work/trace.out")" \
	"accept<library_inner<library_accept<accept_one<site_b<$end"
stripped=$(stack_of stripped LISTEN)
assert_matches "$stripped" '^listen<stripped\+<stripped\+<(__libc|libc)' "stripped: functions it has no names of"
python=$(stack_of python3 LISTEN)
assert_matches "$python" '^listen<(sock_listen|[^<]*(_socket|python)[^<]*\+)<' "python: who called listen"
assert_matches "$python" '<_?PyEval_[A-Za-z]*<' "python: the interpreter"
accepted=$(jq -r "select(.comm == \"python3\" and .stack) | $functions" "$work/trace.out")
assert_matches "$accepted" '(^|
)accept4?<(sock_accept|[^<]*(_socket|python)[^<]*\+)<' "python: who called accept"
assert_contains "$(jq -r 'select(.comm == "library") | .stack[]? | .source // empty' \
	"$work/trace.out")" "stack_prog.c:" "source lines"

# --- without it, nothing is captured --------------------------------------------------------------

trace_start events --facts --output "$work/facts"
held "$progs/pie" sites 2
release
trace_stop
assert_trace_ok
assert_equal "" "$(grep -aE ' stack=[1-9a-f]| stack id=|kind=frame' "$work/facts" || true)" "stacks"
