#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail netstat: -c, signals, readers that leave or stall, other namespaces, formats, users without rights,
# terminals. Each with UNIX sockets, which every kernel has.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_fresh_netns "$@"

title="Active UNIX domain sockets (servers and established)"

# unix_listener NAME COMMAND...: a listener in the namespace that COMMAND enters, until the test ends.
unix_listener() {
	local name=$1
	shift
	start "$work/listener.$name" "$work/listener.err" "$@" python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
print("ready", flush=True)
time.sleep(1e6)' "$work/$name"
	wait_until "the listener $name" has_line "$work/listener.$name" ready
}
unix_listener here env

# --- -c -----------------------------------------------------------------------------------------

# has_rounds FILE COUNT
has_rounds() {
	[ "$(grep -cxF "$title" "$1")" -ge "$2" ]
}

for signal in INT TERM; do
	start "$work/rounds" "$work/rounds.err" "$TCPTRAIL" netstat -axc0.05
	wait_until "three rounds" has_rounds "$work/rounds" 3
	kill -$signal "$started"
	await_end "$started" "$ceiling" || fail "SIG$signal does not end it"
	status=0
	wait "$started" || status=$?
	assert_equal 0 "$status" "status after SIG$signal"
	assert_equal "" "$(cat "$work/rounds.err")"
	assert_equal "$(sed -n '$p' "$work/rounds" | tail -c 1 | od -An -c | tr -d ' ')" '\n' "the last line is whole"
done

# A delay as an operand.
start "$work/rounds" "$work/rounds.err" "$TCPTRAIL" netstat -ax 0.05
wait_until "three rounds" has_rounds "$work/rounds" 3
kill -INT "$started"
await_end "$started" "$ceiling" || fail "SIGINT does not end it"

# The reader leaves.
"$TCPTRAIL" netstat -axc0.05 | sed -n 1q
assert_equal "0 0" "${PIPESTATUS[*]}" "a reader that leaves"
"$TCPTRAIL" netstat -ax | :
assert_equal "0 0" "${PIPESTATUS[*]}" "a reader that never reads"

# The reader stalls: a signal ends it all the same, and the loss is reported.
mkfifo "$work/stalled"
exec {stalled}<>"$work/stalled"
"$TCPTRAIL" netstat -axc0.01 >"$work/stalled" 2>"$work/stalled.err" &
pid=$!
started_pids+=("$pid")
# A pipe takes 64 KiB; when it does not grow any more, the program waits for its reader.
wait_until "a full pipe" timeout 1 sh -c '! dd if=/dev/zero of="$0" bs=4096 count=1 oflag=nonblock status=none' \
	"$work/stalled"
wait_until "a write in vain" sh -c 'cat /proc/"$0"/task/*/wchan | grep -q pipe' "$pid"
kill -TERM "$pid"
await_end "$pid" "$ceiling" || fail "a stalled reader holds it up"
status=0
wait "$pid" || status=$?
assert_equal 4 "$status" "status after a stalled reader"
assert_contains "$(cat "$work/stalled.err")" "netstat: output was lost: its reader has stalled"
exec {stalled}>&-

assert_run 4 sh -c 'exec "$0" netstat -ax >/dev/full' "$TCPTRAIL"
assert_contains "$err" "netstat: output was lost: No space left on device"

# --- namespaces -----------------------------------------------------------------------------------

blue=tt-blue-$$ red=tt-red-$$
netns_make "$blue" "$red"
unix_listener blue ip netns exec "$blue"

assert_run 0 "$TCPTRAIL" netstat -lx --netns "$blue"
assert_contains "$out" "$work/blue"
assert_lacks "$out" "$work/here"
assert_lacks "$out" "Network namespace"
assert_run 0 "$TCPTRAIL" netstat -lx --netns "tt-*-$$"
assert_matches "$out" "Network namespace [0-9]+ \($blue\)"
assert_matches "$out" "Network namespace [0-9]+ \($red\)"
assert_contains "$out" "$work/blue"
assert_lacks "$out" "$work/here"
assert_run 0 "$TCPTRAIL" netstat -lx --netns all --columns path,netns_name
assert_equal "Path                 Netns Name" "$(grep Path <<<"$out")" "one row of headings"
assert_matches "$out" "$work/blue *$blue"
assert_contains "$out" "$work/here"
assert_run 0 "$TCPTRAIL" netstat -lx
assert_contains "$out" "$work/here"
assert_lacks "$out" "$work/blue"

# --- formats --------------------------------------------------------------------------------------

# Every line is an object, objects of one type have the same keys, and CSV has a row for each.
"$TCPTRAIL" netstat -a --json --netns all >"$work/json"
"$TCPTRAIL" netstat -ax --json >"$work/json.unix"
"$TCPTRAIL" netstat -ax --csv >"$work/csv"
python3 - "$work/json" "$work/json.unix" "$work/csv" <<'PYTHON'
import csv, json, sys
keys = {}
for line in open(sys.argv[1], encoding='utf-8'):
    found = json.loads(line)
    assert found['v'] == 2 and found['netns'] and found['netns_name'] and found['time_ns'], line
    assert keys.setdefault(found['type'], list(found)) == list(found), line
assert 'unix' in keys, keys
objects = [json.loads(line) for line in open(sys.argv[2], encoding='utf-8')]
rows = list(csv.reader(open(sys.argv[3], newline='', encoding='utf-8')))
assert len(rows) == len(objects) + 1, (len(rows), len(objects))
assert all(len(row) == len(rows[0]) for row in rows)
path = rows[0].index('path')
assert sorted(row[path] for row in rows[1:]) == sorted(found['path'] or '' for found in objects)
PYTHON

assert_run 0 "$TCPTRAIL" netstat -ax --no-header
assert_lacks "$out" "Proto"
assert_run 0 "$TCPTRAIL" netstat -ax --sort -path --limit 1 --no-header --columns path
assert_equal "$(netstat -ax | awk '{ print $NF }' | grep / | sort -r | head -n 1)" "$out"
assert_run 0 "$TCPTRAIL" netstat -ax --output "$work/output"
assert_equal "" "$out"
assert_contains "$(cat "$work/output")" "$title"

# Filters.
pid=$(pgrep -f "$work/here" | head -n 1)
assert_run 0 "$TCPTRAIL" netstat -ax --pid "$pid" --columns path,pid --no-header
assert_equal "$work/here $pid" "$(awk '{ print $1, $2 }' <<<"$out")"
assert_run 0 "$TCPTRAIL" netstat -ax --state listening --columns path,state --no-header
assert_contains "$out" "$work/here"
assert_equal "LISTENING" "$(awk '{ print $2 }' <<<"$out" | sort -u)"

# --- an ordinary user -----------------------------------------------------------------------------

chmod 755 "$work"
cp "$TCPTRAIL" "$work/tcptrail"
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
assert_run 0 "${nobody[@]}" "$work/tcptrail" netstat -axp
assert_contains "$out" "$work/here"
ours=$err
run "${nobody[@]}" netstat -axp
assert_equal "$err" "$ours" "the notice of -p"
assert_run 3 "${nobody[@]}" "$work/tcptrail" netstat -ax --netns "$blue"
assert_matches "$err" "netstat: --netns: (no namespace|cannot enter) \"?$blue"

# --- terminals ------------------------------------------------------------------------------------

# on_terminal COLUMNS COMMAND...
on_terminal() {
	python3 - "$@" <<'PYTHON'
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if not pid:
    os.read(0, 1) # the size is set
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
os.write(fd, b'\n')
text = b''
try:
    while True:
        part = os.read(fd, 65536)
        if not part:
            break
        text += part
except OSError: # Linux ends a terminal without processes so
    pass
os.waitpid(pid, 0)
sys.stdout.write(text.decode().replace('\r\n', '\n'))
PYTHON
}
program=a-program-with-a-long-name
cp "$(command -v sleep)" "$work/$program" # netstat shows 19 characters of PID and name
start "$work/long" "$work/long.err" python3 -c '
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[2])
s.listen()
os.set_inheritable(s.fileno(), True)
print("ready", flush=True)
os.execv(sys.argv[1], [sys.argv[1], "1000000"])' "$work/$program" "$work/long.socket"
wait_until "the program" has_line "$work/long" ready
wait_until "its name" sh -c 'tr "\0" " " <"/proc/$0/cmdline" | grep -q "1000000"' "$started"
assert_contains "$(on_terminal 80 "$TCPTRAIL" netstat -lxp)" "$(printf '%.18s+' "$started/$program")"
assert_contains "$(on_terminal 300 "$TCPTRAIL" netstat -lxp)" "$started/$program"
assert_contains "$("$TCPTRAIL" netstat -lxp)" "$(printf '%.18s+' "$started/$program")"
assert_contains "$("$TCPTRAIL" netstat -lxpW)" "$started/$program"
