#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Piles in states other than CLOSE_WAIT, and RSTs, made on purpose by programs and by lost packets; and their
# healthy twins, NAME.ok, about which no rule has a finding.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
command -v nft >/dev/null || skip "no nft"
progs=$(dirname "$0")/progs
c=$(dirname "$TCPTRAIL")/progs/close_wait

# So few ports that a program runs out of them; situations.py listens below this range.
sysctl -qw net.ipv4.ip_local_port_range="20000 20499" net.ipv4.tcp_tw_reuse=0
nft -f - <<-END
	table inet loss {
		chain input {
			type filter hook input priority 0;
			tcp dport 7001 tcp flags syn drop
			tcp dport 7002 reject with icmpx type host-unreachable
			tcp sport 7004 tcp flags syn drop
			tcp dport 7009 tcp flags psh drop
			tcp sport { 7010, 7011, 7012 } tcp flags fin drop
		}
	}
END

# --- the kernel, asked ----------------------------------------------------------------------------

# retried STATE FILTER COUNT TIMES: have so many sockets retransmitted so often?
retried() {
	[ "$(ss -Htno state "$1" "$2" | sed -nE 's/.*timer:\(on,[^,]*,([0-9]+)\).*/\1/p' |
		awk -v times="$4" '$1 >= times { n++ } END { print n + 0 }')" -ge "$3" ]
}

# Are the next window probes so far off that the windows were closed for seconds?
probes_seldom() { # FILTER COUNT
	local far='timer:\(persist,([4-9]|[1-9][0-9])(\.[0-9]+)?sec'
	[ "$(ss -Htno state established "$1" | grep -cE "$far")" -ge "$2" ]
}

unread_for_long() { # FILTER COUNT
	[ "$(ss -HtniO state established "$1" | sed -nE 's/^([1-9][0-9]*) .* lastrcv:([0-9]+).*/\2/p' |
		awk '$1 > 5000 { n++ } END { print n + 0 }')" -ge "$2" ]
}

# Sometimes one is missing: the kernel may have dropped it.
waits_to() { # PORT COUNT
	[ "$(ss -Htn state time-wait "( dport = :$1 )" | wc -l)" -ge "$2" ]
}

queue_has() { # PORT COUNT
	[ "$(ss -Htln "( sport = :$1 )" | awk '{ print $2 }')" = "$2" ]
}

has_fds() { # PID COUNT: what it has inherited may be above its limit
	local fds=("/proc/$1/fd/"*)
	[ ${#fds[@]} -ge "$2" ]
}

# done_with NAME FAILED: has the client made all its connects, of which so many failed?
done_with() {
	has_line "$work/scenario.$situations" "done=$1 failed=$2"
}

# --- what happens ---------------------------------------------------------------------------------

declare -A pid_of
# Some connections exist before the watch.
program_start python3 "$progs/situations.py" \
	pool.ok=serve:8002 slow.ok=slow:8003 pour.ok=pour:8004 limited.ok=limited:8006:64 \
	chat.ok=chat:3:8002:5 idle.ok=hold:3:8002:20 slowly.ok=chat:3:8003:5 drink.ok=drink:3:8004:3 \
	few.ok=hold:3:8006:20
wait_until "a pool" in_state established 8002 25
wait_until "another pool" in_state established 8006 20
wait_until "a slow server" in_state established 8003 5
wait_until "a stream" in_state established 8004 3

why_start --for 10m --stacks
program_start "$c" stuck
c_port=$(scenario_get port)
pid_of=([close_wait]=$(scenario_get pid))
program_start "$c" leak 0
c_ok=$(scenario_get port)
more=("c.client=send:1:$c_port:5" "c.ok=send:1:$c_ok:1")
if command -v node >/dev/null; then
	program_start node "$progs/close_wait.js" stuck
	node_port=$(scenario_get port)
	pid_of[node]=$(scenario_get pid)
	program_start node "$progs/close_wait.js" leak 0
	node_finding="established-unread bad application 5 node $node_port"
	more+=("node.client=send:1:$node_port:5" "node.ok=send:1:$(scenario_get port):5")
fi
program_start python3 "$progs/situations.py" \
	silent=serve:7001 unreachable=serve:7002 backend=stuck:7003 half_open=serve:7004 \
	asleep=asleep:7005:4 sleepy=asleep:7006:9 stuck=stuck:7007 pour=pour:7008 lossy=serve:7009 \
	closer=first:7010 late=serve:7011 both=first:7012 keeper=stuck:7013 served=serve:7014 \
	ignorer=ignore:7015 aborter=abort:7016 limited=limited:7017:64 \
	serve.ok=serve:8001 first.ok=first:8005 served.ok=serve:8007 \
	refused=knock:1:7000:15 unanswered=dial:4:7001:12 lost=knock:1:7002:3 exhausted=hold:1:7003:510 \
	opening=dial:1:7004:12 crowd=dial:1:7005:8 queue=hold:1:7006:8 sender=send:1:7007:5 \
	deaf=deaf:1:7008:3 resender=send:2:7009:3 left=send:1:7010:5 half=half:1:7011:5 \
	crossing=send:1:7012:5 patient=half:1:7013:110 ignored=ask:1:7015:15 \
	aborted=ask:1:7016:15 many=send:1:7017:70 \
	polite.ok=polite:3:8001:0 ask.ok=ask:3:8005:0 \
	"${more[@]}"
situations=$scenario
learn_pids() {
	local name pid
	while read -r name pid; do
		pid_of[$name]=$pid
	done < <(scenario_lines name=.* | sed -E 's/name=(.*) pid=(.*)/\1 \2/')
}
learn_pids

wait_until "both ends to close" in_state fin-wait-1 7012 5
kill -USR1 "${pid_of[crossing]}"
wait_until "refused connects" done_with refused 15
wait_until "unreachable connects" done_with lost 3
wait_until "a lack of ports" grep -q '^done=exhausted failed=[1-9]' "$work/scenario.$situations"
wait_until "unread data at close" done_with ignored 15
wait_until "aborts" done_with aborted 15
wait_until "a full queue" queue_has 7005 5
wait_until "a queue that is nearly full" queue_has 7006 8
wait_until "half-closed connections" in_state close-wait 7013 110
wait_until "the limit" has_fds "${pid_of[limited]}" 64
wait_until "SYNs to be sent again" retried syn-sent "dport = :7001" 12 2
wait_until "SYN+ACKs to be sent again" retried syn-recv "sport = :7004" 12 1
wait_until "FINs to be sent again" retried fin-wait-1 "sport = :7010" 5 3
wait_until "last FINs to be sent again" retried last-ack "sport = :7011" 5 3
wait_until "FINs that crossed to be sent again" retried closing "sport = :7012" 5 3
wait_until "data to be sent again" retried established "dport = :7009" 3 4
wait_until "data to be old" unread_for_long "sport = :7007" 5
wait_until "windows to be closed for long" probes_seldom "sport = :7008" 3

# TIME_WAIT lasts only a minute, so make it last.
program_start python3 "$progs/situations.py" churn=churn:1:7014:385 churn.ok=churn:3:8007:42
learn_pids
wait_until "TIME_WAIT" waits_to 7014 380
wait_until "a little TIME_WAIT" waits_to 8007 40
kill -INT "$why_pid"
why_end

# --- what is told of it -----------------------------------------------------------------------------

# Counts are of sockets, failed connects or RSTs. When each connection began decides whose earlier requests
# were answered. Other things also decide how many ports and fds are left. Left out are losses with many
# causes, and the connections that keeper holds: their age decides whether they are called a leak. Whether
# retransmits are a storm depends on their share of all segments, so on how many others are sent meanwhile.
told=$(jq -r 'select(.verdict != "fine" and .verdict != "steady" and .rule != "established-unanswered" and
		(.event != "retransmit" or (.foreign != "127.0.0.1" and .retrans_kind != "RTO"))) |
	(if .event == "retransmit" or .comm == "limited" or
		([.rule] | inside(["ports-exhausted", "time-wait-churn"]))
	then "-" else .failed // .count // .events end) as $count |
	[.rule, .verdict, .mover, $count, .comm // "-", .local_port // .foreign, .retrans_kind // .reason // empty] |
	map(tostring) | join(" ")' "$work/why" | grep -v "^close-wait-eof-unread .* keeper 7013$" | sort)
# Everything is on this host: no finding blames the network, and waiting ends belong to the finding about the
# end that must act.
assert_equal "$(
	sort <<-END | grep .
		connect-refused bad peer 15 refused 127.0.0.1:7000
		syn-sent-no-answer bad kernel 12 unanswered 127.0.0.4:7001
		connect-unreachable bad kernel 3 lost 127.0.0.1:7002
		ports-exhausted warning kernel - exhausted 127.0.0.1:7003
		syn-sent-no-answer bad kernel 12 opening 127.0.0.1:7004
		listen-queue-full bad application 1 asleep 7005
		listen-queue-filling bad application 1 sleepy 7006
		established-unread bad application 5 stuck 7007
		established-unread bad application 5 close_wait $c_port
		${node_finding:-}
		established-unread bad application 3 deaf 127.0.0.1:7008
		established-send-blocked bad kernel 3 resender 127.0.0.2:7009
		fin-wait1-unacked bad kernel 5 closer 7010
		last-ack-unacked bad kernel 5 late 7011
		closing-pile bad kernel 5 both 7012
		time-wait-churn warning application - churn 127.0.0.1:7014
		rst-unread bad application 15 ignorer 7015 TCP_ABORT_ON_CLOSE
		rst-linger warning application 15 aborter 7016 TCP_STATE
		fd-limit bad application - limited 7017
		established-unread bad application - limited 7017
	END
)" "$told" "all findings, which twins have none of"

while read -r comm pid; do
	assert_equal "${pid_of[$comm]}" "$pid" "pid of $comm"
done < <(jq -r 'select(.verdict != "fine" and .verdict != "steady" and .rule != "established-unanswered" and .comm) | "\(.comm) \(.pid)"' "$work/why")

# says RULE COMM FILTER REGEX: the finding of this rule about this program, filtered by jq's FILTER, matches
# REGEX
says() {
	assert_matches "$(jq -r "select(.rule == \"$1\" and .comm == \"$2\") | $3" "$work/why")" "$4" \
		"$1 of $2"
}
says connect-refused refused '.evidence[]' "15 of 15 connects failed this way in "
says connect-refused refused '.evidence[]' "this causes: 15 RSTs sent .*of port 7000"
says syn-sent-no-answer unanswered '.evidence[]' "this causes: [0-9]+ SYN retransmits to 127.0.0.4"
says syn-sent-no-answer opening '.evidence[]' "this blocks: 12 SYN_RECV of port 7004 in ${pid_of[half_open]}/half_open"
says syn-sent-no-answer opening '.evidence[]' "this causes: [0-9]+ SYN\\+ACK retransmits of port 7004"
says rst-unread ignorer '.evidence[]' "this causes: 15 RSTs received from 127.0.0.1:7015 by ${pid_of[ignored]}/ignored"
says rst-linger aborter '.evidence[]' "this causes: 15 RSTs received from 127.0.0.1:7016 by ${pid_of[aborted]}/aborted"
says ports-exhausted exhausted '.evidence[]' ", 0 of them in TIME_WAIT: 9[89] % of the 500 local"
says listen-queue-full asleep '.evidence[]' "5 waiting for accept\(\); backlog 4"
says listen-queue-full asleep '.evidence[]' "ListenOverflows of its namespace grew by [0-9]+ meanwhile"
says listen-queue-filling sleepy '.evidence[]' "8 waiting for accept\(\); backlog 9"
says listen-queue-full asleep '.evidence[]' "this blocks: 3 SYN_SENT to 127.0.0.1:7005 in ${pid_of[crowd]}/crowd"
says established-unread deaf '.evidence[]' "this blocks: 3 ESTABLISHED of port 7008 in ${pid_of[pour]}/pour"
says established-send-blocked resender '.evidence[]' "of 3, 0 wait for a window, 3 retransmit; 3 of them for"
says close-wait-eof-unread keeper '.evidence[]' "this blocks: 110 FIN_WAIT2 to 127.0.0.1:7013 in ${pid_of[patient]}/patient"
says last-ack-unacked late '.evidence[]' "of 5, 5 have sent at least three times"
says time-wait-churn churn '.evidence[]' "38[0-5] of 500 local ports \(7[67] %\)"
says rst-unread ignorer '.evidence[]' "1500 bytes of the peers' data were thrown away"
says fd-limit limited '.summary' "has reached its limit"

# The creator of the sockets.
rule_of() {
	awk -v comm="$1" '$5 == comm { print $1 }' <<<"$told"
}
for comm in stuck closer late both close_wait ${node_finding:+node}; do
	says "$(rule_of "$comm")" "$comm" '.stack[0].function' '^accept4?$'
done
for comm in unanswered resender churn; do
	says "$(rule_of "$comm")" "$comm" '.stack[0].function' '^(__)?connect$'
done
says established-unread close_wait '[.stack[].function] | join("<")' "^accept4?<accept_one<serve_all"

# Healthy churn is reported as healthy, whichever end closes first.
says time-wait-churn churn.ok '"\(.verdict) \(.count) \(.foreign)"' "^fine 4[0-2] 127.0.0.3:8007$"
says time-wait-churn churn.ok .summary "^Healthy churn: [0-9]+/churn.ok closes first"
says time-wait-churn first.ok '"\(.verdict) \(.local_port)"' "^fine 8005$"
says time-wait-churn polite.ok '"\(.verdict) \(.foreign)"' "^fine 127.0.0.3:8001$"
