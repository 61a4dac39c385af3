#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Lists of one walk while connections come and go and a walk over fds takes its time: a process that is named
# holds the socket, and no socket is called hidden. A socket that was made after the walk had passed its
# process is "not known yet", which is no error.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
. "$(dirname "$0")/progs/churn.sh"
wanted=10000 # rows to check

# Checks sockets that are open or wait to be accepted; only a trace would know the others.
judge() {
	awk '
		$2 != "ESTABLISHED" && $2 != "CLOSE_WAIT" { next }
		{ all++; named += $3 != "-" }
		$3 != "-" && $3 != $1 { wrong++; print "wrong:", $0 >"/dev/stderr" }
		$4 == "hidden" { hidden++; print "hidden:", $0 >"/dev/stderr" }
		END { printf "%d rows, %d named, %d wrong, %d hidden\n", all, named, wrong, hidden }
	' "$work/rows" 2>"$work/faults" >"$work/judged"
	echo "$1: $(cat "$work/judged")"
	[ ! -s "$work/faults" ] || fail "$1: $(cat "$work/judged")" "$(head -n 20 "$work/faults")"
	assert_matches "$(cat "$work/judged")" ' [1-9][0-9]* named' "$1"
}

# lists WHAT ROWS: repeats until it has checked so many rows.
lists() {
	: >"$work/rows"
	while [ "$(grep -cE ' (ESTABLISHED|CLOSE_WAIT) ' "$work/rows")" -lt "$2" ]; do
		churn_list "$work/rows"
	done
	judge "$1"
}

churn 100 100
lists "few fds" $((wanted / 4))
program_end "$started"
churn 400 19000
lists "beside 19,000 fds" "$wanted"
program_end "$started"
