#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Among thousands of transitions none is attributed to a wrong process, neither the peer's nor a bystander's.
#
# Softirqs run in the context of any current process. Two processes that only burn CPU time make that a
# stranger; in the second round RPS makes the other CPU handle loopback's packets, which interrupts these
# processes.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
. "$progs/churn.sh"
lives=2000 # by exchange: each side closes first in one half of them
others=1000
sharing=400 # connections of workers that share a port

for n in 1 2; do
	start /dev/null "$work/bystander.$n" nice -n 5 sh -c 'while :; do :; done'
done

trace() {
	: >"$truth"
	trace_start events --netns "$(own_netns)" --csv --no-header \
		--columns cookie,old_state,new_state,pid,owner_source,actor_pid,local_port,foreign_port,proto,local,foreign
}

# --- what is true ---------------------------------------------------------------------------------

# A line of $work/truth: LABEL COOKIE OWNERS ACTORS LISTENER-OWNER, the middle ones with commas.
#
#   exchange.active 154896 29054 29054 0
#
# An MPTCP socket has no cookie: LOCAL>FOREIGN stands in its place.
#
# tcptrail may name the OWNERS; before accept() it may name LISTENER-OWNER as the listener's owner. ACTORS may
# have caused a transition.
truth=$work/truth

truth_of_exchange() {
	scenario_lines kind=connection | sed -nE \
		's/.* client_pid=([0-9]+) .* client_cookie=([0-9]+) .* server_pid=([0-9]+) .* server_cookie=([0-9]+) .*/\1 \2 \3 \4/p' |
		awk -v l="$1" '{ print l ".active", $2, $1, $1, 0; print l ".passive", $4, $3, $3, $3 }' >>"$truth"
}

# The same for the MPTCP sockets of these subflows.
truth_of_mptcp() {
	scenario_lines kind=connection | sed -nE \
		's/.* client=([^ ]+) server=([^ ]+) client_pid=([0-9]+) .* server_pid=([0-9]+) .*/\1 \2 \3 \4/p' |
		awk -v l="$1" '{ print l ".active", $1 ">" $2, $3, $3, 0; print l ".passive", $2 ">" $1, $4, $4, $4 }' >>"$truth"
}

# truth_of LABEL OWNERS ACTORS LISTENER-OWNER WORD...: of the lines that contain all these words.
truth_of() {
	local label=$1 owners=$2 actors=$3 listener=$4
	shift 4
	scenario_lines "$@" | sed -nE 's/.* cookie=([0-9]+).*/\1/p' | sort -u |
		awk -v l="$label" -v o="$owners" -v a="$actors" -v q="$listener" '{ print l, $1, o, a, q }' >>"$truth"
}

# --- what is done ---------------------------------------------------------------------------------

exchange() {
	local label=$1
	shift
	scenario_start exchange "$@"
	truth_of_exchange "$label"
	[[ " $* " != *" --mptcp "* ]] || truth_of_mptcp "$label-socket"
	scenario_stop
}

# One process ends by exit or SIGKILL with all its connections; then the other closes.
leave() {
	local label=$1 here
	shift
	scenario_start leave --count "$others" --peer-closed "$@"
	here=$(scenario_get pid side=listen)
	left=$(scenario_get made_by role=subject)
	truth_of "$label.left" "$left" "$left" "$here" role=subject
	truth_of "$label.stayed" "$here" "$here" "$here" role=peer
	scenario_stop
}

# Two workers share a port, and one of them never accepts. A connection that waits belongs to the worker in
# whose queue it waits, although that worker has no fd of it.
reuseport() { # LABEL STUCK
	program_start python3 "$progs/reuseport.py" 2 "$2" "$sharing"
	port=$(scenario_get port)
	good=$(scenario_get pid stuck=0) stuck=$(scenario_get pid stuck=1)
	wait_until "the good one to have accepted" all_are_accepted
	scenario_lines 'accepted=.*' | sed -nE 's/accepted=([0-9]+) .*/\1/p' >"$work/accepted"
	echo "$1 $port $good $stuck $(paste -sd , "$work/accepted")" >>"$work/shared"
	kill -USR1 "$started"
	wait_until "the clients' ends" in_state close-wait "$port" "$sharing"
	program_end "$started"
}

all_are_accepted() {
	[ "$(ss -Htn state established "( sport = :$port )" | wc -l)" = "$sharing" ] &&
		[ "$(($(ss -Hltnp "( sport = :$port )" | awk -v pid="pid=$stuck," 'index($0, pid) { print $2 }') +
			$(scenario_lines 'accepted=.*' | grep -c .)))" = "$sharing" ]
}

# Finds them by the ports of their peers, after the trace.
truth_of_reuseport() {
	csv_words <"$work/trace.out" | awk '
		NR == FNR { label[$2] = $1; good[$2] = $3; stuck[$2] = $4; ports[$2] = "," $5 ","; next }
		!($7 in label) || $8 == "-" || $1 in seen { next }
		{
			seen[$1] = 1
			if (index(ports[$7], "," $8 ","))
				print label[$7] ".accepted", $1, good[$7], good[$7], good[$7]
			else
				print label[$7] ".waiting", $1, 0, stuck[$7], stuck[$7]
		}' "$work/shared" - >>"$truth"
}

# --- what is said -----------------------------------------------------------------------------------

# Makes and prints $work/table, LABEL TRANSITION WRONG TOTAL OWNED ACTED, and requires that WRONG is 0.
judge() {
	csv_words <"$work/trace.out" | awk '
		function among(pid, pids) { return index("," pids ",", "," pid ",") }
		NR == FNR { label[$2] = $1; owners[$2] = $3; actors[$2] = $4; listener[$2] = $5; next }
		$9 == "mptcp" { $1 = $10 ">" $11 }
		!($1 in label) || $2 == $3 { next }
		{
			key = label[$1] " " $2 ">" $3
			bad = $4 != "-" && !among($4, owners[$1]) &&
				!($5 == "listener" && $4 == listener[$1])
			bad = bad || ($6 != "-" && !among($6, actors[$1]))
			total[key]++
			wrong[key] += bad
			owned[key] += $4 != "-"
			acted[key] += $6 != "-"
			if (bad)
				print $0, "is", label[$1], "of", owners[$1], "by", actors[$1] >"/dev/stderr"
		}
		END { for (key in total) print key, wrong[key], total[key], owned[key], acted[key] }
	' "$truth" - 2>"$work/wrong" | sort >"$work/table"
	printf '%-20s %-24s %5s %6s %6s %6s\n' socket transition wrong total owner actor
	awk '{ printf "%-20s %-24s %5d %6d %6d %6d\n", $1, $2, $3, $4, $5, $6 }' "$work/table"
	[ ! -s "$work/wrong" ] || fail "transitions put down to a wrong process: $(wc -l <"$work/wrong")" \
		"COOKIE OLD NEW OWNER SOURCE ACTOR" "$(head -n 20 "$work/wrong")"
}

# often LABEL TRANSITION TIMES [named]: the transition was seen so often. named: it has an actor and an owner,
# because the kernel reports both for certain.
often() {
	local row
	row=$(awk -v l="$1" -v t="$2" '$1 == l && $2 == t { print $4, $5, $6 }' "$work/table")
	case ${4:-} in
	named) assert_equal "$3 $3 $3" "$row" "count, owners and actors of $2 of $1" ;;
	owned) assert_equal "$3 $3" "${row% *}" "count and owners of $2 of $1" ;;
	*) assert_equal "$3" "${row%% *}" "count of $2 of $1" ;;
	esac
}

check_exchange() {
	local label=$1 all=$2 half=$(($2 / 2)) side
	often "$label.active" "CLOSE>SYN_SENT" "$all" named
	often "$label.active" "SYN_SENT>ESTABLISHED" "$all" owned
	often "$label.passive" "SYN_RECV>ESTABLISHED" "$all"
	for side in active passive; do
		often "$label.$side" "ESTABLISHED>FIN_WAIT1" "$half" "$3"
		often "$label.$side" "CLOSE_WAIT>LAST_ACK" "$half" "$3"
		often "$label.$side" "ESTABLISHED>CLOSE_WAIT" "$half"
		often "$label.$side" "LAST_ACK>CLOSE" "$half" owned
	done
}

check_leave() {
	often "$1.left" "ESTABLISHED>FIN_WAIT1" "$others" named
	often "$1.stayed" "ESTABLISHED>CLOSE_WAIT" "$others" owned
	often "$1.stayed" "CLOSE_WAIT>LAST_ACK" "$others" named
	often "$1.stayed" "LAST_ACK>CLOSE" "$others" owned
}

# --- every way, and nothing is lost -------------------------------------------------------------------

trace
exchange tcp --count "$lives"
exchange tcp6 --count "$others" --ipv6
exchange mptcp --mptcp --count "$lives"
exchange mptcp-plain --mptcp --plain-client --count "$lives"
leave exit-client
leave kill-client --kill
leave exit-server --passive
leave kill-server --passive --kill

# Only the child has the socket when it ends: the child causes a reset.
scenario_start fork --parent-closes --count "$others"
parent=$(scenario_get pid side=listen)
child=$(scenario_get pid role=holder)
truth_of fork.active "$parent,$child" "$parent,$child" 0 side=active
truth_of fork.passive "$parent,$child" "$child" "$parent" side=passive
scenario_stop

# One process accepts and passes the socket to another, which has it when it ends.
scenario_start scm_rights --count "$others"
sender=$(scenario_get pid side=listen)
receiver=$(scenario_get pid role=holder)
truth_of scm_rights.active "$sender" "$sender" 0 side=active
truth_of scm_rights.passive "$sender,$receiver" "$receiver" "$sender" side=passive
scenario_stop

# The owner is the worker that accepted.
scenario_start prefork --workers 4 --count $((others / 4))
parent=$(scenario_get pid side=listen)
truth_of prefork.active "$parent" "$parent" 0 side=active
for pid in $(scenario_lines side=listen holder=worker | sed -nE 's/.* pid=([0-9]+) .*/\1/p'); do
	truth_of prefork.passive "$pid" "$pid" "$parent" side=passive "pid=$pid"
done
scenario_stop

reuseport stuck-first 0
reuseport stuck-last 1

wait_until "all to be over" is_quiet
trace_stop
truth_of_reuseport
judge
assert_trace_ok
check_exchange tcp "$lives" named
check_exchange tcp6 "$others" named
check_exchange mptcp-plain "$lives" named
check_exchange mptcp "$lives" owned
check_exchange mptcp-socket "$lives" named
for label in exit-client kill-client exit-server kill-server; do
	check_leave "$label"
done
often fork.passive "ESTABLISHED>CLOSE" "$others" named
often scm_rights.passive "ESTABLISHED>CLOSE" "$others" named
often prefork.passive "SYN_RECV>ESTABLISHED" "$others"
often prefork.passive "ESTABLISHED>CLOSE" "$others" named
while read -r label _ _ _ accepted; do
	count=$(tr ',' '\n' <<<"$accepted" | grep -c .)
	often "$label.accepted" "ESTABLISHED>CLOSE_WAIT" "$count" owned
	often "$label.waiting" "ESTABLISHED>CLOSE_WAIT" $((sharing - count))
done <"$work/shared"

# --- lists of one walk, while connections come and go ---------------------------------------------------

# Checks the owners of open sockets; only a trace would know those of others.
churn 100 2000
: >"$work/rows"
while [ "$(grep -cE ' (ESTABLISHED|CLOSE_WAIT) ' "$work/rows")" -lt "$lives" ]; do
	churn_list "$work/rows"
done
program_end "$started"
awk '
	$2 != "ESTABLISHED" && $2 != "CLOSE_WAIT" { next }
	{
		key = "list." $5 " " $2
		bad = ($3 != "-" && $3 != $1) || $4 == "hidden"
		total[key]++
		wrong[key] += bad
		owned[key] += $3 != "-"
		if (bad)
			print >"/dev/stderr"
	}
	END { for (key in total) { split(key, of); printf "%-20s %-24s %5d %6d %6d %6s\n", of[1], of[2], wrong[key], total[key], owned[key], "-" } }
' "$work/rows" 2>"$work/wrong" | sort
[ ! -s "$work/wrong" ] || fail "lists name a wrong process: $(wc -l <"$work/wrong")" \
	"OWNER STATE PID HOLDING ROLE" "$(head -n 20 "$work/wrong")"

# --- softirqs that interrupt anybody ------------------------------------------------------------------

# A softirq that interrupts a BPF program finds that the kernel refuses to run it again: the loss is counted
# and reported. So the counts are not certain here, but the processes are.
spread_softirqs() {
	local cpus
	cpus=$(nproc)
	[ "$cpus" -gt 1 ] || return 1
	[ "$cpus" -lt 31 ] || cpus=31
	unshare -m sh -c 'mount -t sysfs sysfs /sys && echo "$1" >/sys/class/net/lo/queues/rx-0/rps_cpus' \
		sh "$(printf %x $(((1 << cpus) - 1)))"
}

if ! spread_softirqs 2>"$work/rps.err"; then
	echo "skipped: softirqs on the other CPU: $(cat "$work/rps.err")"
	exit 0
fi
trace
exchange spread --count "$lives"
leave spread-kill --kill
wait_until "all to be over" is_quiet
trace_stop
judge
[ "$status" = 0 ] || assert_matches "$err" 'lost on the way \((recursion|chain)' "stderr"
for side in active passive; do
	for change in "ESTABLISHED>FIN_WAIT1" "ESTABLISHED>CLOSE_WAIT"; do
		assert_between $((lives * 9 / 20)) "$lives" "$(awk -v l="spread.$side" -v t="$change" \
			'$1 == l && $2 == t { print $4 }' "$work/table")" "count of $change of $side"
	done
done
