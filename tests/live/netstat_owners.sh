#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Who has sockets of every family open: by BPF, by /proc where the kernel refuses that, in a pid namespace, and for an
# ordinary user.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_fresh_netns "$@"

cat >"$work/holder.py" <<-'EOF'
	import os, socket, sys
	held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET, socket.SOCK_STREAM),
	        socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET),
	        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300),
	        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)]
	held[0].bind(("127.0.0.1", 5353))
	held[1].bind(("127.0.0.1", 5353))
	held[1].listen()
	held[3].bind("\0holder")
	held[5].bind((0, 1))
	held.append(os.dup(held[3].fileno()))
	child = os.fork()
	if child:
	    print("ready", flush=True)
	sys.stdin.read()
EOF
held python3 "$work/holder.py"
families=inet,inet6,unix,packet,netlink

# holders OUT COMMAND...: inode, first pid, and all holders of each socket that processes of the test have.
holders() {
	assert_run 0 "${@:2}" netstat -a --protocol $families --json
	jq -c 'select(.holders != [] and .comm == "python3") | [.proto, .inode, .pid, .fd, .program, .holders]' \
		"$work/run.out" | sort >"$1"
}
holders "$work/by_bpf" "$TCPTRAIL"
assert_equal "netlink packet raw6 tcp udp unix" "$(jq -r '.[0]' "$work/by_bpf" | sort -u | xargs)" "kinds of sockets"
jq -e -s 'all((.[5] | length) == (if .[0] == "unix" then 4 else 2 end) and (.[4] | endswith("/python3+1")))' \
	"$work/by_bpf" >"$work/ok" || fail "holders" "$(cat "$work/by_bpf")"

# --- where the kernel refuses the program ------------------------------------------------------

python3 "$tree/tests/live/progs/refused.py" "$TCPTRAIL" walk_fds "$work/refused"
holders "$work/by_proc" "$work/refused"
assert_equal "$(cat "$work/by_bpf")" "$(cat "$work/by_proc")" "holders from /proc"

# --- in a pid namespace pids are others --------------------------------------------------------

cat >"$work/inside.py" <<-'EOF'
	import json, os, socket, subprocess, sys
	held = socket.socketpair(socket.AF_UNIX)
	out = subprocess.run([sys.argv[1], "netstat", "-xap", "--json"], stdout=subprocess.PIPE).stdout
	rows = {row["inode"]: row for row in map(json.loads, out.splitlines())}
	for end in held:
	    row = rows[os.fstat(end.fileno()).st_ino]
	    assert (row["pid"], row["fd"], row["program"]) == (os.getpid(), end.fileno(), "%d/python3" % os.getpid()), row
	    assert row["peer_program"] == row["program"], row
EOF
unshare -pf --mount-proc python3 "$work/inside.py" "$TCPTRAIL"

# --- for an ordinary user ------------------------------------------------------------------------

cp "$TCPTRAIL" "$work/tcptrail"
chmod 755 "$work"
TCPTRAIL=$work/tcptrail
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all)
"${as_nobody[@]}" "$TCPTRAIL" --version >/dev/null 2>&1 || skip "the user nobody cannot run the program"
netstat_in=("${as_nobody[@]}")
netstat_equal -xap # no process of the user has a socket
assert_contains "$err" '(No info could be read for "-p": geteuid()=65534 but you should be root.)'
command -v perl >/dev/null || skip "perl is missing"
start "$work/own.out" "$work/own.err" "${as_nobody[@]}" perl -MSocket -e '
	socketpair(my $one, my $two, AF_UNIX, SOCK_STREAM, 0) or die;
	$| = 1;
	print "ready\n";
	sleep 600'
wait_until "the sockets of nobody" has_line "$work/own.out" ready
netstat_equal -xap
assert_contains "$err" "(Not all processes could be identified, non-owned process info"
assert_contains "$out" "$started/perl"
kill "$started"
