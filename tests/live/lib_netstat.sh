#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Sourced behind lib.sh by the differential tests: net-tools' netstat 2.10 and tcptrail netstat with the same
# arguments, in the same namespace.
#
# Outputs are compared as sorted lines, to the byte: the kernel's order differs between its interfaces. Each
# difference that docs/netstat.md lists is a function that makes one output look like the other one; a test
# names it in $want_as (it converts what netstat printed) or in $got_as (what tcptrail printed).
# shellcheck shell=bash

NETSTAT=${NETSTAT:-netstat} # its messages begin with the name that it is called by

# Skips the test without net-tools 2.10.
need_netstat() {
	command -v "$NETSTAT" >/dev/null || skip "netstat is missing"
	case $("$NETSTAT" --version) in *"net-tools 2.10"*) ;; *) skip "netstat is not net-tools 2.10" ;; esac
}

want_as=() # filters of netstat's output
got_as=()  # filters of ours

# filtered FILE FILTER...: the file through all of the filters, sorted.
filtered() {
	local text filter
	text=$(cat "$1" && echo x) && text=${text%x} # $() would eat empty lines at the end
	shift
	for filter; do
		text=$(printf '%s' "$text" | "$filter" && echo x) && text=${text%x}
	done
	printf '%s' "$text" | sort
}

# netstat_both ARGUMENT...: runs both. Sets $status, $out, $err of tcptrail as `run` does, $want_status and
# $want_err of netstat; outputs stay in $work/want and $work/got.
netstat_both() {
	want_status=0
	"${netstat_in[@]}" "$NETSTAT" "$@" >"$work/want" 2>"$work/want.err" </dev/null || want_status=$?
	want_err=$(cat "$work/want.err")
	run "${netstat_in[@]}" "$TCPTRAIL" netstat "$@"
	cp "$work/run.out" "$work/got"
}
netstat_in=() # a command that runs both

# netstat_equal ARGUMENT...: requires the same rows, the same messages and the same exit status.
netstat_equal() {
	netstat_both "$@"
	netstat_compare "$*"
	[ "$want_err" = "$err" ] || fail "netstat $*: messages differ" "netstat:" "$want_err" "tcptrail:" "$err"
	[ "$want_status" = "$status" ] || fail "netstat $*: exit status $status, of netstat $want_status"
}

# netstat_rows ARGUMENT...: requires the same rows.
netstat_rows() {
	netstat_both "$@"
	netstat_compare "$*"
}

netstat_compare() {
	local got
	filtered "$work/want" "${want_as[@]}" >"$work/want.sorted"
	filtered "$work/got" "${got_as[@]}" >"$work/got.sorted"
	cmp -s "$work/want.sorted" "$work/got.sorted" && return 0
	got=$(diff -U 2 --label netstat --label tcptrail "$work/want.sorted" "$work/got.sorted" | cat -A |
		head -n 60 || true)
	fail "netstat $1: rows differ" "$got" "tcptrail's messages:" "$err"
}

# differ_marks: a cut address or name ends in "+" (docs/netstat.md, "Cuts"). Where a line of ours has a mark,
# netstat's line at the same place loses the letter that stands there. It reads both outputs.
differ_marks() {
	awk -v other="$work/got" '
		BEGIN {
			while ((getline line < other) > 0)
				if (line ~ /[^ ]\+/)
					marked[++count] = line
		}
		function same(want, got,   i) {
			if (length(want) != length(got))
				return 0
			for (i = 1; i <= length(got); i++)
				if (substr(got, i, 1) != substr(want, i, 1) && substr(got, i, 1) != "+")
					return 0
			return 1
		}
		{
			for (i = 1; i <= count; i++)
				if (same($0, marked[i])) {
					$0 = marked[i]
					break
				}
			print
		}'
}

# --- a /proc of files ---------------------------------------------------------------------------

# in_fixture DIR: from now on both programs see DIR as /proc/net and nothing else of /proc. netstat and
# tcptrail open these files by the same paths.
in_fixture() {
	fixture=$1
	# shellcheck disable=SC2016 # for the inner shell
	netstat_in=(unshare -mn --propagation private sh -ec
		'mount -t tmpfs fixture /proc && mkdir /proc/net && cp -r "$0"/. /proc/net && exec "$@"' "$1")
}
