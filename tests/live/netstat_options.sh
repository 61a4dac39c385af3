#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail netstat: options, sections, exit codes, and the program's name.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_netstat.sh"
need_netstat
in_fresh_netns "$@"

# netstat prints its usage in another form.
no_usage() {
	grep -v -e '^usage: netstat' -e '^ ' -e '^$' -e '^<Socket>' -e '^  ' || true
}

# same_refusal ARGUMENT...: the same exit status, the same first message, and nothing on stdout.
same_refusal() {
	netstat_both "$@"
	assert_equal "" "$out" "stdout of netstat $*"
	[ "$want_status" = "$status" ] || fail "netstat $*: exit status $status, of netstat $want_status" "$err"
	assert_equal "$(no_usage <<<"$want_err")" "$(no_usage <<<"$err")" "netstat $*"
}

for arguments in -q -qt --bogus --bogus=3 --num -A --protocol --all=1 "-A foo" "-A ax25,foo" --protocol=foo,inet \
	"-r -A unix" "-rx" --x --ta; do
	[ "$arguments" != --ta ] || continue # --table is tcptrail's
	# shellcheck disable=SC2086
	same_refusal $arguments
done

# More than one mode: netstat prints its usage alone.
for arguments in -ir -iM -rs -Ms -iMrs; do
	netstat_both $arguments
	assert_equal 3 "$want_status" "netstat $arguments"
	assert_equal 3 "$status" "tcptrail netstat $arguments"
	assert_contains "$err" "netstat: -i, -M, -r and -s exclude each other"
done

# What tcptrail adds has messages of tcptrail: the option, the fault, what is expected.
assert_run 3 "$TCPTRAIL" netstat --sort bogus
assert_contains "$err" 'netstat: --sort: unknown column "bogus"; did you mean'
assert_run 3 "$TCPTRAIL" netstat --netns no-such-namespace
assert_contains "$err" 'netstat: --netns: no namespace "no-such-namespace" here'
assert_run 3 "$TCPTRAIL" netstat -x --port 80
assert_contains "$err" 'netstat: --port has no effect here'

# A protocol that a kernel does not have is no reason to hide the others.
if [ ! -e /proc/net/sctp ]; then
	netstat_both -tuS
	assert_equal 1 "$want_status" "netstat -tuS"
	assert_equal 1 "$status" "tcptrail netstat -tuS"
	assert_contains "$err" "netstat: no support for \`AF INET (sctp)' on this system."
fi
for family in econet ash; do
	assert_run 1 "$TCPTRAIL" netstat -A $family
	assert_contains "$err" "netstat: no support for \`AF ${family^^}' on this system."
	assert_equal "" "$out"
done

# Titles alone: a namespace without sockets.
for arguments in "" -t -tu -4 -6 -46 -x -tx -g -gx -a -l -al -tl -te -tep -teo -teeop -xp -w -U; do
	# shellcheck disable=SC2086
	netstat_rows -n $arguments
done

# The same, and modes, in a namespace that is in use.
scenario_start listen
scenario_start listen --ipv6 --any
scenario_start established
scenario_start close_wait --unread 10
ip route add blackhole 192.0.2.0/24
ip link add tt0 type veth peer name tt1
ip addr add 198.51.100.1/24 dev tt0
ip link set tt0 up
ip route add 203.0.113.0/24 via 198.51.100.7 dev tt0

# no_blackhole: netstat shows a blackhole as a route without an interface (docs/netstat.md, "Routes").
no_blackhole() {
	grep -v '^192.0.2.0 ' || true
}
# no_time: the two do not look at the timers at the same moment.
no_time() {
	sed -E 's,\([0-9.]+/,(T/,'
}
for arguments in -a "-a -4" "-a -6" -at -lt -lnt4 -an46 -ate -ato -ateo -gtx -gxa -l -al -aW -atWn "--tcp --all" \
	"--protocol=inet --listening" "-A inet6 -A inet -a" "-A unix,inet -a" -nr -nrF "-n -i" -nia; do
	want_as=(no_blackhole no_time) got_as=(no_blackhole no_time)
	# shellcheck disable=SC2086
	netstat_rows $arguments
done

# -g with -4 or -6 are groups alone; netstat prints connections as well.
for family in 4 6; do
	want=$(netstat -gn$family | sed -n '/Group Memberships/,$p' | sort)
	assert_equal "$want" "$("$TCPTRAIL" netstat -gn$family | sort)" "groups of one family"
done
# -eee is -ee, -s46 are both, -N changes nothing.
assert_equal "$("$TCPTRAIL" netstat -rnee)" "$("$TCPTRAIL" netstat -rneee)" "-eee"
assert_equal "$("$TCPTRAIL" netstat -r)" "$("$TCPTRAIL" netstat -rN)" "-N"
assert_run 0 "$TCPTRAIL" netstat -s46
assert_matches "$out" "(^|"$'\n'")Ip:"
assert_matches "$out" "(^|"$'\n'")Ip6:"
assert_run 0 "$TCPTRAIL" netstat --tcpip -an
assert_equal "$(netstat --inet -an | sort)" "$(sort <<<"$out")" "--tcpip"

# --- the name of the program ------------------------------------------------------------------

ln -s "$TCPTRAIL" "$work/netstat"
ln -s "$TCPTRAIL" "$work/netstat.tcptrail"
for name in netstat netstat.tcptrail; do
	assert_equal "$("$TCPTRAIL" netstat -nx)" "$("$work/$name" -nx)" "$name -nx"
done
assert_run 0 "$work/netstat" --help
assert_contains "$out" "tcptrail netstat"
assert_contains "$out" "--symbolic"
assert_run 0 "$TCPTRAIL" netstat --version
assert_equal "$("$TCPTRAIL" --version)" "$out"
assert_run 0 "$TCPTRAIL" netstat --columns help
assert_contains "$out" "netns_name"
assert_run 2 "$TCPTRAIL" -n netstat
assert_contains "$err" "netstat: expected it as the first word"
assert_run 2 "$TCPTRAIL" snapshot -r
assert_equal "tcptrail: -r: only TCP sockets are shown here; use tcptrail netstat -r" "$err"
