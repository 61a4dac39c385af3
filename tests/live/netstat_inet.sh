#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Internet sockets: net-tools' netstat and tcptrail netstat print the same rows, but for the listed differences.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_parts live names proc columns sctp
progs=$(dirname "$TCPTRAIL")/progs
long=2001:db8:2222:111:222:333:444:555

make_sockets() {
	ip address add "$long/128" dev lo nodad
	ip link add x0 type veth peer name x1
	ip link set x1 up
	ip link set x0 up addrgenmode none
	ip address add fe80::1/64 dev x0 nodad
	echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range
	held python3 "$tree/tests/live/progs/inet_sockets.py" "$long" x0
}

# --- differences ------------------------------------------------------------------------------

# netstat reads users as signed numbers.
big_users() {
	sed -E 's/ -2         / 4294967294 /; s/ -1294967296/ 3000000000/'
}

# The last character of a cut address is a "+".
marks() {
	sed -E 's/2001:db8:2222:111:(54[0-9]{3}) /2001:db8:2222:11+:\1 /g; s/(2001:db8:2222:111:2)2:89/\1+:89/
		s/(2001:db8:2222:111:22)2:\*/\1+:*/'
}

# netstat looks up no names of IPv4 addresses on IPv6 sockets.
mapped_names() {
	sed -E '/^udpl?6 .*localhost:50002/s/localhost/127.0.0.1/g'
}

# The time that is left of a timer.
no_times() {
	sed -E 's/\([0-9]+\.[0-9]+\//(T\//'
}

# How many other processes have the socket open.
no_counts() {
	sed -E 's/(\/[^ +]+)\+([0-9])/\1  /'
}

# The kernel counts how often a request's timer expired, and inet_diag how often it sent again.
no_requests() {
	sed -E '/SYN_RECV/s/on \(T\/[0-9]+/on (T\/N/'
}

# --- rows -------------------------------------------------------------------------------------

# settled ARGUMENT...: as netstat_rows, but netstat runs before and behind: nothing has changed meanwhile if
# it prints the same.
settled() {
	local before i
	for ((i = 0; i < 50; i++)); do
		netstat_both "$@"
		before=$(filtered "$work/want" "${want_as[@]}")
		"${netstat_in[@]}" "$NETSTAT" "$@" >"$work/want" 2>/dev/null </dev/null
		[ "$before" = "$(filtered "$work/want" "${want_as[@]}")" ] && break
	done
	netstat_compare "$*"
	[ "$want_status" = "$status" ] || fail "netstat $*: exit status $status, of netstat $want_status"
}

case $part in
live)
	in_fresh_netns "$@"
	make_sockets
	scenario_start_states
	want_as=(big_users no_times no_requests marks)
	got_as=(no_times no_requests no_counts)
	for arguments in -antuwU -ntuwU -lntuwU -alntu -antW -anuW -antuwUW -4antuwU -6antuwU -46antuwU -4n -6n \
		-4an -6aln -ant -ntl -anu -lnw -anU -antuwUe -antuwUo -antuwUp -antuwUeop -antuwUeopW \
		-4antpe -6anupo -lnUe -anwop -antuwU\ --inet -A\ inet\ -an -A\ inet,inet6\ -ln \
		"--tcp --all --numeric" "--udp --raw --numeric --extend --extend"; do
		# shellcheck disable=SC2086
		settled $arguments
	done
	netstat_both -antu
	assert_contains "$(cat "$work/got")" "2001:db8:2222:11+:54321" "a cut with its mark"
	assert_lacks "$(cat "$work/got")" ":50010 " "a socket that is bound alone"

	# ss prints the same sockets. It has no UDP-Lite and no raw sockets on this kernel without raw_diag.
	ss_rows() {
		ss -Htuan | awk '{ print $1, $3, $5, $6 }' | sed -e 's/[][]//g; s/::ffff://g; s/%[a-z0-9]*//g' \
			-e 's/ \*:/ :::/g' | sort
	}
	our_rows() {
		"$TCPTRAIL" netstat -antuW | awk '/^(tcp|udp)/ { sub("6", "", $1); print $1, $2, $4, $5 }' | sort
	}
	assert_equal "$(ss_rows)" "$(our_rows)" "ss -tuan"
	release
	;;
names)
	in_fresh_netns "$@"
	make_sockets
	want_as=(big_users differ_marks)
	got_as=(mapped_names)
	# No server answers here: addresses that /etc/hosts does not have stay numbers.
	for arguments in -atuwU "-atuwU --numeric-hosts" "-atuwU --numeric-ports" "-atuwUe --numeric-users" \
		"-awe --numeric-hosts --numeric-ports"; do
		# shellcheck disable=SC2086
		settled $arguments
	done
	release
	;;
proc)
	# Where the sandbox refuses netlink, /proc/net has the sockets.
	in_fresh_netns "$@"
	make_sockets
	scenario_start_states
	want_as=(big_users no_times marks)
	got_as=(no_times no_counts)
	real=$TCPTRAIL
	cat >"$work/tcptrail" <<-EOF
		#!/bin/sh
		exec "$progs/refuse_call" socket "$real" "\$@"
	EOF
	chmod +x "$work/tcptrail"
	TCPTRAIL=$work/tcptrail
	for arguments in -antuwU -ntuwU -lntuwU -antuwUeopW -4antuwUe -6antuwUo; do
		settled $arguments
	done
	release
	;;
columns)
	in_fresh_netns "$@"
	make_sockets
	row() {
		"$TCPTRAIL" netstat -antuwU --protocol ping --json | jq -c "select($1)"
	}
	udp=$(row '.proto == "udp" and .local == "127.0.0.1:50003"')
	assert_equal true "$(jq '.drops > 0 and .recv_memory > 0 and .recv_q == .recv_memory' <<<"$udp")" "$udp"
	assert_equal 8192 "$(jq .recv_limit <<<"$udp")" "SO_RCVBUF, which the kernel doubles"
	assert_equal true "$(jq '.cookie > 0 and .netns > 0' <<<"$udp")" "$udp"
	assert_equal "$(awk '$2 == "0100007F:C353" { print $13 }' /proc/net/udp)" "$(jq .drops <<<"$udp")" drops
	marked=$(row '.local == "127.0.0.1:50020"')
	assert_equal '"lo" 4294967280' "$(jq -r '"\(.interface|tojson) \(.mark)"' <<<"$marked")" "$marked"
	assert_equal 4294967294 "$(row '.local == "127.0.0.1:50030" and .proto == "udp"' | jq .uid)" uid
	assert_equal '["inet","LISTEN"]' \
		"$(row '.local == "127.0.0.1:50030" and .proto == "tcp"' | jq -c '[.family, .state]')"
	assert_equal "[$long]:54321" "$(row '.proto == "udp6" and .local_port == 54321' | jq -r .local)"
	assert_equal 47 "$(row '.proto == "raw" and .foreign_addr == "127.0.0.2"' | jq .ip_protocol)"
	assert_equal "127.0.0.1:4711 CLOSE" "$(row '.proto == "ping"' | jq -r '"\(.local) \(.state)"')"
	assert_equal "[::1]:4712 ESTABLISHED" "$(row '.proto == "ping6"' | jq -r '"\(.local) \(.state)"')"

	# A link-local address is one of an interface.
	assert_equal "[fe80::1%x0]:50040 fe80::1%x0 x0" \
		"$(row '.local_port == 50040' | jq -r '"\(.local) \(.local_addr) \(.interface)"')"
	assert_equal 3 "$(row '.interface == "x0" and .proto == "tcp6"' | wc -l)" "sockets on x0"
	assert_equal 4 "$("$TCPTRAIL" netstat -antu --no-header --addr fe80::1%x0 | wc -l)" "--addr with a zone"
	assert_equal 0 "$("$TCPTRAIL" netstat -antu --no-header --addr fe80::1%x1 | wc -l)" "--addr with another zone"

	# Ping sockets appear only if they are named, and fields of the same names match the filters.
	assert_lacks "$("$TCPTRAIL" netstat -an)" "ping "
	assert_equal 2 "$("$TCPTRAIL" netstat --protocol ping -an --no-header | wc -l)" "ping sockets"
	rows() {
		"$TCPTRAIL" netstat -antuwU --no-header "$@" | wc -l
	}
	assert_equal 2 "$(rows --lport 50003)"
	assert_equal 2 "$(rows --rport 50003 --addr 127.0.0.1)"
	assert_equal 2 "$(rows --addr 127.0.0.0/8 --port 50032)"
	assert_equal "$(rows)" "$(($(rows --state CLOSE) + $(rows --state established,listen)))" "all states"
	assert_equal 2 "$(rows --pid "$(pgrep -P "$started" | head -n 1)" --port 50030)" "--pid"
	release
	;;
sctp)
	# No kernel here has SCTP. Both programs read the same files.
	mkdir "$work/proc" "$work/proc/sctp"
	cat >"$work/proc/sctp/eps" <<-'EOF'
		 ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
		ffff88017e0a0200 ffff880299f7fa00 2   10  29   11165     0 22001 10.15.1.1 10.15.1.2 
		ffff88017e0a0400 ffff880299f7fb00 2   7   30   11166  1000 22002 0.0.0.0 
		ffff88017e0a0600 ffff880299f7fc00 1   10  31   11167  1000 22003 2001:0db8:2222:0111:0222:0333:0444:0555 
	EOF
	cat >"$work/proc/sctp/assocs" <<-'EOF'
		 ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf
		ffff880045ac7e00 ffff88062077aa00 2   1   4  0       2       12       34     200 273361167 11567 11166  *10.35.82.11 10.35.82.12 <-> *10.35.82.21 10.35.82.22 	    7500    10    10   10    0    0        0        1        0   212992   212992
		ffff880045ac7f00 ffff88062077ab00 2   2   1  0       3        0        0       0 273361168 22    11166  2001:0db8:0000:0000:0000:0000:0000:0001 <-> 2001:0db8:2222:0111:0222:0333:0444:0555 *2001:0db8:0000:0000:0000:0000:0000:0003 	    7500    10    10   10    0    0        0        1        0   212992   212992
		ffff880045ac8000 ffff88062077ac00 1   8   5  0       4        0        1  100000 273361169 80    40000  *10.35.82.11 <-> *10.35.82.21 	    7500    10    10   10    0    0        0        1        0   212992   212992
	EOF
	in_fixture "$work/proc"
	for arguments in -Sn -San -Sln -Sane -Sanp -Sano -Saneop -SanW "-S --all --numeric"; do
		# shellcheck disable=SC2086
		netstat_equal $arguments
	done
	# A file that is damaged in each place is no reason to crash.
	cp "$work/proc/sctp/assocs" "$work/whole"
	for at in 1 100 171 250 300 360; do
		head -c "$at" "$work/whole" >"$work/proc/sctp/assocs"
		assert_run 0 "${netstat_in[@]}" "$TCPTRAIL" netstat -San
	done
	;;
esac
