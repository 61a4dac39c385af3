#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# MPTCP sockets: listed as by ss -M, with their subflows; counted once. A program that leaks them is named
# while the subflows are ESTABLISHED; its healthy twin is not.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
[ "$(sysctl -n net.mptcp.enabled 2>/dev/null)" = 1 ] ||
	skip "no MPTCP here: the kernel has no net.mptcp.enabled, or it is 0"
# A peer gives up after a minute, which a slow host may need for this test.
sysctl -qw net.mptcp.close_timeout=3600 2>/dev/null || true
program=$(dirname "$0")/progs/mptcp.py

# serve MODE PORT COUNT [KIND]: sets $pid, and $in to write to its stdin.
serve() {
	held python3 "$program" "$@"
	pid=$started
	in=$held
	mv "$work/held.in" "$work/in.$2"
	mv "$work/held.out" "$work/out.$2"
}

# round PORT FD NUMBER: connects again, and waits until that was done NUMBER times.
round() {
	echo >&"$2"
	wait_until "round $3 of port $1" rounds_done "$1" "$3"
}

rounds_done() {
	[ "$(grep -cx done "$work/out.$1")" -ge "$2" ]
}

look() {
	csv "$1" snapshot -an --netns "$(own_netns)" "${@:2}"
}

# "STATE TOKEN LOCAL FOREIGN PID" from both; a listener has no token, an orphan no process.
by_ss() {
	ss -HManpi | paste -d ' ' - - |
		sed -nE 's/^([^ ]+) +[0-9]+ +[0-9]+ +([^ ]+) +([^ ]+) +(.*)/\1 \2 \3 \4/p' |
		awk '{
			token = match($0, /token:[0-9a-f]+/) ? substr($0, RSTART + 6, RLENGTH - 6) : ""
			while (token != "" && length(token) < 8) token = "0" token
			pid = match($0, /pid=[0-9]+/) ? substr($0, RSTART + 4, RLENGTH - 4) : "-"
			state = $1
			sub(/^ESTAB$/, "ESTABLISHED", state); gsub(/-/, "_", state)
			sub(/FIN_WAIT_/, "FIN_WAIT", state)
			print state, token == "" ? "-" : token, $2, $3, pid
		}' | sort
}

by_us() {
	look proto,state,mptcp_token,local,foreign,pid | sed -n 's/^mptcp //p' | sort
}

# "LOCAL FOREIGN TOKEN" of subflows: ss prints the token of this host second, and an endpoint's interface
# with its address.
subflows_by_ss() {
	ss -Htani | paste -d ' ' - - | sed -nE 's/%lo:/:/; s/.* ([0-9.]+:[0-9]+) +([0-9.]+:[0-9]+) .*token:[0-9a-f]+\(id:[0-9]+\)\/([0-9a-f]+)\(.*/\1 \2 \3/p' |
		awk '{ while (length($3) < 8) $3 = "0" $3; print }' | sort
}

subflows_by_us() {
	look proto,local,foreign,mptcp_token | sed -n 's/^tcp6* //p' | awk '$3 != "-" && $2 !~ /\*$/' | sort
}

# counts STATE PORT NUMBER [OPTION]: --fail-if counts exactly so many.
counts() {
	local args=("$TCPTRAIL" snapshot --netns "$(own_netns)" "${4:---lport}" "$2" --fail-if)
	[ "$3" = 0 ] || assert_run 1 "${args[@]}" "$1>$(($3 - 1))"
	assert_run 0 "${args[@]}" "$1>$3"
}

# --- one look ---------------------------------------------------------------------------------------

serve keep 7001 6
leaker=$pid leaker_in=$in
round 7001 "$leaker_in" 1
serve keep 7004 3 fallback
fallback=$pid fallback_in=$in
round 7004 "$fallback_in" 1
serve keep 7005 2 queue
queue=$pid queue_in=$in
round 7005 "$queue_in" 1
assert_equal "$(by_ss | sed 's/ [^ ]*$//')" "$(by_us | sed 's/ [^ ]*$//')" "MPTCP sockets"
assert_equal "$(by_ss | sed '/ -$/d')" "$(by_us | grep -Fx "$(by_ss | sed '/ -$/d')")" "whose they are"
assert_equal "$(subflows_by_ss)" "$(subflows_by_us)" "subflows"
assert_equal 6 "$(look proto,state --lport 7001 | grep -cx 'mptcp CLOSE_WAIT')" "in CLOSE_WAIT"
assert_equal "ESTABLISHED CLOSE_WAIT" "$(look proto,state,mptcp_state --lport 7001 |
	sed -n '/LISTEN/d; s/^tcp //p' | sort -u)" "the states of their subflows"
# The subflows of an orphan have no holder, although subflows in an accept queue look the same.
assert_equal "mptcp - 6 tcp - 6" "$(look proto,pid --rport 7001 | sort | uniq -c | awk '{ print $2, $3, $1 }' | xargs)" \
	"who has the other ends"
assert_equal "mptcp CLOSE_WAIT $queue queue" "$(look proto,state,pid,owner_holding --lport 7005 --state close_wait |
	sed "s/ open$/ queue/" | sort -u)" "not accepted"
run "$TCPTRAIL" snapshot -an --netns "$(own_netns)" --lport 7001
assert_matches "$out" 'mptcp +0 +0 127\.0\.0\.1:7001 .* CLOSE_WAIT .* [0-9a-f]{8}$' "rows"

# One connection counts as one socket; after a fallback to TCP both sockets are in CLOSE_WAIT.
counts close_wait 7001 6
counts close_wait 7004 3 --rport

# --- who leaks, while it is watched --------------------------------------------------------------------

serve close 7002 6
closer_in=$in
# With clients of plain TCP the TCP socket itself is in CLOSE_WAIT, and is judged as any other.
serve keep 7003 6 tcp
plain=$pid plain_in=$in
why_start --for 10m -v
for n in 2 3 4; do
	# Most are older than a second when they are judged, and the last have just come.
	[ $n != 4 ] || sleep 2
	round 7001 "$leaker_in" "$n"
	round 7002 "$closer_in" $((n - 1))
	round 7003 "$plain_in" $((n - 1))
	round 7004 "$fallback_in" "$n"
done
kill -INT "$why_pid"
why_end
assert_finding 7001 "rule verdict count pid mover" "mptcp-close-wait bad 24 $leaker application"
assert_finding 7003 "rule count pid" "close-wait-leak 18 $plain"
assert_healthy 7002
assert_equal "mptcp-close-wait 12" "$(jq -r "select(.pid == $fallback and .state == \"CLOSE_WAIT\") | \"\(.rule) \(.count)\"" "$work/why")" \
	"of those that fell back"

# The same question for the state that they are in.
why_start close_wait --for 2s
why_end
assert_finding 7001 "rule count pid" "mptcp-close-wait 24 $leaker"

# --- more than one subflow ------------------------------------------------------------------------------

# It is still one connection; subflows that the kernel fails to add are not attributed to a program.
if ip mptcp limits set subflows 4 add_addr_accepted 4 2>"$work/ip.err" &&
	ip mptcp endpoint add 127.0.0.2 dev lo subflow 2>"$work/ip.err"; then
	serve keep 7007 6 joined
	two=$pid two_in=$in
	serve keep 7008 6 # closed at once: some joins come too late, and are reset
	one=$pid
	why_start --for 10m
	round 7008 "$in" 1
	round 7007 "$two_in" 1
	assert_equal "$(subflows_by_ss)" "$(subflows_by_us)" "subflows"
	assert_equal 6 "$(subflows_by_us | grep -c ':7007 127\.0\.0\.2:')" "second subflows"
	counts close_wait 7007 6
	counts established 7007 0
	kill -INT "$why_pid"
	why_end
	assert_equal "" "$(jq -r "select(.failed != null and (.pid == $one or .pid == $two))" "$work/why")" "failed connects"
	ip mptcp endpoint flush
else
	echo "skipped: more than one subflow: $(cat "$work/ip.err")"
fi

# --- the peer gives up ---------------------------------------------------------------------------------

# In CLOSE they are in no table of the kernel, but the fds are leaked.
if sysctl -qw net.mptcp.close_timeout=1 2>"$work/sysctl.err"; then
	serve keep 7006 5
	late=$pid
	round 7006 "$in" 1
	given_up() {
		[ "$(look proto --state close --pid "$late" | grep -cx mptcp)" = 5 ]
	}
	wait_until "peers to give up" given_up
	counts close 7006 5
else
	echo "skipped: peers that give up: $(cat "$work/sysctl.err")"
fi
