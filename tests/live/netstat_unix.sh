#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# UNIX sockets of every type, state and kind of name: tcptrail netstat -x beside net-tools' netstat and ss.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_parts plain odd holders
in_fresh_netns "$@"
mkdir "$work/sockets"
cd "$work/sockets"
sockets() {
	held python3 "$tree/tests/live/progs/unix_sockets.py" "$@"
}

# --- rows to the byte -------------------------------------------------------------------------

if [ "$part" = plain ]; then
	netstat_equal -xa # no socket
	sockets plain
	for arguments in -x -xa -xl -xp -xap -xlp -xn -xae -xaeo -xaW -xapW -xv "-A unix -a" "--unix -l" \
		"--protocol=unix -ap" "-xla"; do
		# shellcheck disable=SC2086
		netstat_equal $arguments
	done
	netstat_rows -xa
	for word in STREAM DGRAM SEQPACKET LISTENING CONNECTING CONNECTED '[ ACC ]' '[ ]'; do
		assert_contains "$out" "$word"
	done
	exit 0
fi

# --- names --------------------------------------------------------------------------------------

if [ "$part" = odd ]; then
	sockets odd
	assert_run 0 "$TCPTRAIL" netstat -xa
	# The path begins one blank behind the inode, which has at least eight columns.
	awk 'NR > 2 { inode = index(substr($0, 52), " ") - 1
		print substr($0, 52 + (inode > 8 ? inode : 8) + 1) }' "$work/run.out" >"$work/paths"
	forged='\x0a0000000012345678: 00000002 00000000 00010000 0001 01'
	for path in "two words" " " 'new\x0aline' "forged$forged 777 @forged" "@forged$forged 778 @forged\\x0a" \
		"listens$forged 779 @forged" "@nul@in@side@" '\x1b[31mred\xff'; do
		grep -qxF -- "$path" "$work/paths" || fail "no socket has the path \"$path\"" "$(cat -A "$work/run.out")"
	done
	! grep -q "^@forged$" "$work/paths" || fail "a name has become a socket" "$out"

	# The number of rows is the kernel's, by another interface. It leaves out the five that nobody has accepted.
	assert_run 0 ss -xaH
	known=$(grep -c "^u_" "$work/run.out")
	assert_run 0 "$TCPTRAIL" netstat -xa --json
	assert_equal $((known + 5)) "$(wc -l <"$work/run.out")" "number of sockets"
	python3 - "$work/run.out" <<-'EOF'
		import json, sys
		rows = [json.loads(line) for line in open(sys.argv[1])]
		of = {row["path"]: row for row in rows if row["inode"]}
		assert (of["two words"]["abstract"], of["two words"]["name_hex"]) == (False, None)
		assert of["@abstract"]["abstract"] is True
		assert of["new\nline"]["name_hex"] == b"new\nline\0".hex()
		assert of["@nul@in@side@"]["name_hex"] == b"\0nul\0in\0side\0".hex()
		assert not {row["inode"] for row in rows} & {777, 778, 779}
		waiting = [row["path"] for row in rows if row["state"] == "CONNECTING"]
		assert len(waiting) == 5 and "new\nline" in waiting and not any(row["inode"] for row in rows
		    if row["state"] == "CONNECTING"), waiting
	EOF
	exit 0
fi

# --- who has it open, who is at the other end, what waits: beside ss --------------------------

sockets plain children
assert_run 0 ss -xapH
cp "$work/run.out" "$work/ss"
assert_run 0 "$TCPTRAIL" netstat -xap --json
cp "$work/run.out" "$work/json"
python3 - "$work/ss" "$work/json" <<-'EOF'
	import json, re, sys
	ours = {row["inode"]: row for row in map(json.loads, open(sys.argv[2])) if row["inode"]}
	seen = 0
	for line in open(sys.argv[1]):
	    netid, state, recv_q, send_q, *names = line.split()
	    local, peer = [int(word) for word in names if re.fullmatch(r"[0-9]+", word)][:2]
	    users = sorted((int(pid), int(fd)) for pid, fd in re.findall(r"pid=([0-9]+),fd=([0-9]+)", line))
	    row = ours.pop(local)
	    assert row["recv_q"] == int(recv_q) and row["send_q"] == int(send_q), (line, row)
	    assert (row["peer_inode"] or 0) == peer, (line, row)
	    assert [(holder["pid"], holder["fd"]) for holder in row["holders"]] == users, (line, row)
	    assert len(users) == 3 and row["program"] == "%d/python3+2" % users[0][0], (line, row)
	    assert bool(row["peer_program"]) == bool(peer), row
	    assert (row["pid"], row["fd"]) == users[0] and row["uid"] == 0 and row["cookie"], row
	    seen += 1
	assert not ours and seen > 20, ours
EOF
assert_run 0 "$TCPTRAIL" netstat -xlp
grep -qE ' [0-9]+/python3\+2 +listener$' <<<"$out" || fail "no program with a count" "$out"

# Filters look at all holders, not only at the first.
last=$(grep -o 'pid=[0-9]*' "$work/ss" | sort -t= -k2n | tail -n 1)
assert_run 0 "$TCPTRAIL" netstat -xa --pid "${last#pid=}" --json
assert_equal "$(wc -l <"$work/ss")" "$(wc -l <"$work/run.out")" "sockets of the last holder"
assert_run 0 "$TCPTRAIL" netstat -xa --comm nobody --json
assert_equal "" "$out"
