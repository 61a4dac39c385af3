#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The first six columns of a snapshot are netstat's, and ss prints the same sockets.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
here=$(own_netns)

scenario_start listen
scenario_start established --ipv6
scenario_start_states

netstat_rows() {
	netstat "$@" | awk '$1 ~ /^tcp/ { print $1, $2, $3, $4, $5, $6 }' | sort
}

# tcptrail_rows OPTIONS: all options in one word
tcptrail_rows() {
	# shellcheck disable=SC2086
	"$TCPTRAIL" snapshot $1 --netns "$here" --no-header | awk '$1 ~ /^tcp/ { print $1, $2, $3, $4, $5, $6 }' | sort
}

# Converts what ss prints to netstat's form: states, v4-mapped addresses, the any address of both families.
ss_rows() {
	ss -Htan | awk '{ print $2, $3, $4, $5, $1 }' | sed -e 's/[][]//g; s/::ffff://g' \
		-e 's/ \*:/ :::/g; s/ESTAB$/ESTABLISHED/; s/-\([12]\)$/\1/; y/-/_/' | sort
}

tcptrail_ss_rows() {
	tcptrail_rows "-antW" | awk '{ print $2, $3, $4, $5, $6 }' | sort
}

# netstat prints 0 where ss and tcptrail print the limit of the accept queue.
no_limit() {
	awk '$6 == "LISTEN" { $3 = 0 } { print }' | sort
}

assert_equal "$(netstat_rows -ant)" "$(tcptrail_rows -ant | no_limit)" "netstat -ant"
assert_equal "$(netstat_rows -antW)" "$(tcptrail_rows -antW | no_limit)" "netstat -antW"
assert_equal "$(netstat_rows -nt)" "$(tcptrail_rows -nt)" "netstat -nt"
assert_equal "$(netstat_rows -lnt)" "$(tcptrail_rows -lnt | no_limit)" "netstat -lnt"
assert_equal "$(netstat_rows -4 -ant)" "$(tcptrail_rows "-4 -ant" | no_limit)" "netstat -4"
assert_equal "$(netstat_rows -6 -ant)" "$(tcptrail_rows "-6 -ant" | no_limit)" "netstat -6"
assert_equal "$(ss_rows)" "$(tcptrail_ss_rows)" "ss -tan"

# Holder, user and inode: as netstat -ep, with the columns in another order. For sockets without an inode
# netstat prints user 0, which is not known; tcptrail prints nothing that is not known.
netstat -antpe | awk '$1 ~ /^tcp/ { sub("/.*", "", $9); print $4, $5, $7, $8, $9 }' | sort \
	>"$work/netstat"
csv local,foreign,uid,inode,pid,fd snapshot -a --netns "$here" |
	awk '{ gsub(/[][]/, ""); if (!$4 && $3 == "-") $3 = 0; if ($6 == "-") $5 = "-"
		print $1, $2, $3, $4, $5 }' | sort \
	>"$work/tcptrail"
assert_equal "$(cat "$work/netstat")" "$(cat "$work/tcptrail")" "netstat -antpe"
