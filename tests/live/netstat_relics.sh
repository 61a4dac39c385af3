#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Families that few kernels have: the files of a kernel that has them, read by net-tools' netstat and by tcptrail.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
files=$work/net
mkdir -p "$files/ipx" "$files/atalk"

cat >"$files/ax25" <<'EOF'
0000000012345678 ax0 OH7LZB-1 OH7RBE,OH7RBA*,OH7RBB 3 1 2 0 0 10 0 2 250 300 0 20 0 10 4 7 256 12 34 4711
00000000abcdef01 ??? OH7LZB* * 0 0 0 0 0 10 0 3 0 300 0 20 0 10 5 7 256 * * *
00000000abcdef02 bpq0 G8BPQ-15 VK2XYZ-12 4 0 0 0 0 10 0 3 0 300 0 20 0 10 5 7 256 1000000 2000000 99999
00000000abcdef03 bpq0 G8BPQ-15 VK2XYZ-12 1 7 7 7 0 10 0 3 0 300 0 20 0 10 5 7 256 0 0 99998
EOF
cat >"$files/nr" <<'EOF'
user_addr dest_node src_node  dev    my  your  st  vs  vr  va    t1     t2     t4      idle   n2  wnd Snd-Q Rcv-Q inode
OH7LZB-10 OH7RBE-11 OH7RBA-12 nr0  01/02 03/04  3   5   6   7   0/120  0/05   0/180   0/020  0/03   4    10    20 12345
*         *         OH7RBA    nr0  00/00 00/00  0   0   0   0   0/120  0/05   0/180   0/020  0/03   4     0     0 12346
G8BPQ     G8BPQ-1   G8BPQ-2   nr12  00/00 00/00  1   0   0   0   0/120  0/05   0/180   0/020  0/03   4     0     0 12347
G8BPQ     G8BPQ-1   G8BPQ-2   nr12  00/00 00/00  2   0   0   0   0/120  0/05   0/180   0/020  0/03   4     0     0 12347
EOF
rose_head='dest_addr  dest_call src_addr   src_call  dev   lci neigh st vs vr va   t  t1  t2  t3  hb    idle Snd-Q Rcv-Q inode'
cat >"$files/rose" <<EOF
$rose_head
*          *         208017552  F6FBB-0   rose0 000 00000  0  0  0  0   0 200 180 180   5   0/000     0     0 12348
208017599  F6ABC-1   208017552  F6FBB-10  rose0 009 00012  1  1  2  3   0 200 180 180   5   0/000    12    13 12349
208017599  F6ABC-1   208017552  F6FBB     ???   005 99999  2  1  2  3   0 200 180 180   5   0/000    12    13 12350
208017599  F6ABC-1   208017552  ??????-?  rose0 005 00012  3  1  2  3   0 200 180 180   5   0/000    12    13 12351
EOF
cat >"$files/x25" <<'EOF'
dest_addr  src_addr   dev   lci st vs vr va   t  t1  t2  t3  hb  Snd-Q Rcv-Q inode
1234567890 123456     x25p0 000  0  1  2  3   0   3 200 180 180     5     6 12352
1234567890 123456     x25p0 001  1  1  2  3   0   3 200 180 180     5     6 12353
1234567890 123456     x25p0 001  2  1  2  3   0   3 200 180 180     5     6 12354
1234567890 123456     x25p0 001  3  1  2  3   0   3 200 180 180     5     6 12355
1234567890 123456     x25p0 009  4  1  2  3   0   3 200 180 180     5     6 12356
EOF
cat >"$files/ipx/socket" <<'EOF'
Local_Address  Remote_Address              Tx_Queue  Rx_Queue  State  Uid
12345678:4003  Not_Connected               00000000  00000000  07     000
12345678:0451  87654321:0102030405FF:0453  000000FF  00000010  01     99999
00000000:4008  87654321:000000000001:0000  00000000  00000000  02     77777
EOF
cat >"$files/atalk/socket" <<'EOF'
Type Local_addr  Remote_addr Tx_queue Rx_queue St UID
02   FF00:34:80  FF01:12:04  00000002:00000010 01 99999
02   FF00:34:81  0000:00:00  00000000:00000000 07 77777
EOF
in_fixture "$files"

# --- the same rows ----------------------------------------------------------------------------

for arguments in --ax25 "-A ax25 -ae" --netrom "-A netrom -lW" --rose "--rose -p" --x25 "--x25 -a" "-A ax25,netrom,rose,x25"; do
	# shellcheck disable=SC2086
	netstat_rows $arguments
done

# The queues of IPX are exchanged in netstat, and the bytes of its ports.
exchange() {
	awk '/^IPX/ {
		$0 = substr($0, 1, 6) substr($0, 14, 6) " " substr($0, 7, 6) " " substr($0, 21)
		out = ""
		while (match($0, /:[0-9A-F]{4} /)) {
			port = substr($0, RSTART + 1, 4)
			out = out substr($0, 1, RSTART) substr(port, 3) substr(port, 1, 2) " "
			$0 = substr($0, RSTART + 6)
		}
		$0 = out $0
	} { print }'
}
want_as=(exchange)
netstat_rows --ipx
netstat_rows --ipx -ae
want_as=()

# --- what netstat cannot read -----------------------------------------------------------------

# Logical channels are hexadecimal; addresses have ten digits.
cat >"$files/rose" <<EOF
$rose_head
2080175999 F6ABC-1   2080175524 F6FBB-10  rose0 A0F 00002  4  1  2  3   0 200 180 180   5   0/000    12    13 12349
EOF
sed -i '$s/ 009 / 0FF /' "$files/x25"
assert_run 0 "${netstat_in[@]}" "$TCPTRAIL" netstat --rose
assert_contains "$out" "2080175999  F6ABC-1    2080175524  F6FBB-10  rose0 2575     2   RESET SENT"
assert_run 0 "${netstat_in[@]}" "$TCPTRAIL" netstat --x25
assert_contains "$out" "x25p0   255  RECOVERY     02/01  5       6     "

# Since Linux 2.6 the file of X.25 lies in a directory.
mv "$files/x25" "$files/socket"
mkdir "$files/x25"
mv "$files/socket" "$files/x25"
before=$out
assert_run 0 "${netstat_in[@]}" "$TCPTRAIL" netstat --x25
assert_equal "$before" "$out"

# netstat has no list of AppleTalk sockets.
assert_run 0 "${netstat_in[@]}" "$TCPTRAIL" netstat -A ddp -en
assert_equal "Active DDP sockets
Proto Recv-Q Send-Q Local Address Foreign Address State User
ddp       16      2 FF00:34:80    FF01:12:04      ESTAB 99999
ddp        0      0 FF00:34:81    -                     77777" "$(sed 's/ *$//' "$work/run.out")"

# --- fields -------------------------------------------------------------------------------------

assert_run 0 "${netstat_in[@]}" "$TCPTRAIL" netstat --ax25 --json
assert_contains "$out" '"digipeaters":"OH7RBA*,OH7RBB"'
assert_contains "$out" '"vr_vs":"002/001","send_q":12,"recv_q":34'
assert_contains "$out" '"send_q":null,"recv_q":null'
assert_run 0 "${netstat_in[@]}" "$TCPTRAIL" netstat --rose --json
assert_contains "$out" '"lci":2575,"neighbour":2,"state":"RESET SENT"'

# --- kernels without them -----------------------------------------------------------------------

rm -r "$files"/*
for family in ax25 netrom rose ipx x25; do
	netstat_both -A $family
	assert_equal "1 1" "$want_status $status" "exit statuses of -A $family"
	assert_equal "$want_err" "$err"
	assert_equal "" "$out"
done
assert_run 1 "${netstat_in[@]}" "$TCPTRAIL" netstat -A ddp
assert_equal 'netstat: no support for `AF DDP'"' on this system." "$err"
assert_run 1 "${netstat_in[@]}" "$TCPTRAIL" netstat -A packet,netlink
assert_contains "$err" 'netstat: no support for `AF PACKET'"' on this system."
assert_contains "$err" 'netstat: no support for `AF NETLINK'"' on this system."
