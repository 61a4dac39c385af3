#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Accept queue problems that users have reported: clients are reset when a queue overflows, the server is
# stopped, it pauses now and then, clients connect but send nothing. All run at the same time, each in network
# namespaces of its own.
. "$(dirname "$0")/progs/field.sh"
in_fresh_netns "$@"
command -v nft >/dev/null || skip "no nft"

# overflows SPACE COUNT: has the kernel counted so many overflows of accept queues?
overflows() {
	[ "$(in_space "$1" nstat -asz TcpExtListenOverflows | awk 'NR == 2 { print $2 }')" -ge "$2" ]
}

states() { # SPACE STATE PORT COUNT
	[ "$(in_space "$1" ss -Htn state "$2" "( sport = :$3 )" | wc -l)" = "$4" ]
}

queue_has() { # SPACE PORT COUNT
	[ "$(in_space "$1" ss -Htln "( sport = :$2 )" | awk '{ print $2 }')" = "$3" ]
}

# The kernel has retried them at least twice: 4 s lie between.
are_deferred() { # SPACE PORT COUNT
	[ "$(in_space "$1" ss -Htno state syn-recv "( sport = :$2 )" |
		grep -cE 'timer:\(on,([2-9]|[1-9][0-9])(\.[0-9]+)?sec')" = "$3" ]
}

spaces abort4 abort6 stopped pauses defer
netns_make "$prefix.far" # this namespace is not watched
ip -n "${space[pauses]}" link add near type veth peer name far netns "$prefix.far"
ip -n "${space[pauses]}" addr add 10.26.0.1/24 dev near
ip -n "${space[pauses]}" link set near up
ip -n "$prefix.far" addr add 10.26.0.2/24 dev far
ip -n "$prefix.far" link set far up

# More clients connect than the queue has room for: their ACKs come late and all at once.
abort_begin() { # SPACE ADDRESS
	field "$1" patient "$2" 8001 31
	in_space "$1" nft -f - <<-END
		table inet late {
			chain input {
				type filter hook input priority 0;
				tcp dport 8001 tcp flags & (syn | ack | fin | rst) == ack drop
			}
		}
	END
	field "$1" patient "$2" 8001 45
}
for name in abort4 abort6; do
	in_space "$name" sysctl -qw net.ipv4.tcp_abort_on_overflow=1 net.ipv4.tcp_syncookies=0
	field "$name" asleep 8001 50
done
field defer asleep 8001 100 60
pid[roomy]=$started
field defer asleep 8002 16 60
pid[small]=$started
field stopped asleep 8001 20
pid[stopped]=$started
kill -STOP "$started"
field pauses answering 8001 8
pid[pauses]=$started

watch_spaces
field defer pending 127.0.0.1 8001 20
field defer pending ::1 8001 5
field defer pending ::1 8002 16
abort_begin abort4 127.0.0.1
abort_begin abort6 ::1
for name in abort4 abort6; do
	in_space "$name" nft delete table inet late
done

field stopped trying 127.0.0.1 8001 28 0.4
knocks=$scenario
field_at "$prefix.far" asking 10.26.0.1 8001 20
far=$started asked=$scenario
for pause in 1 2; do
	kill -STOP "${pid[pauses]}"
	kill -USR1 "$far"
	wait_until "overflow $pause" overflows pauses $((11 * pause))
	kill -CONT "${pid[pauses]}"
	wait_until "answers" has_line "$work/scenario.$asked" "answered=$((20 * pause))"
done
wait_until "clients to give up" grep -q '^failed=7$' "$work/scenario.$knocks"
field stopped pending 127.0.0.1 8001 6
for name in abort4 abort6; do
	wait_until "ACKs that find no room" overflows "$name" 25
	wait_until "a full queue" queue_has "$name" 8001 51
	wait_until "RSTs" states "$name" syn-recv 8001 0
done
wait_until "a full queue" queue_has stopped 8001 21
wait_until "patience" are_deferred defer 8001 25
wait_until "patience" are_deferred defer 8002 16
end_watch
kill -CONT "${pid[stopped]}"

# One cause gives one finding, about the process that does not accept.
for name in abort4 abort6; do
	assert_equal "listen-queue-full bad application asleep 8001" "$(findings_in "$name")" "$name"
	text=$(text_in "$name")
	assert_matches "$text" "ListenOverflows of its namespace grew by (2[5-9]|[3-9][0-9]|1[0-9][0-9]) meanwhile" "$name"
	assert_contains "$text" "net.ipv4.tcp_abort_on_overflow is 1: clients get an RST" "$name"
	assert_matches "$text" "this causes: 25 RSTs sent .*of port 8001" "$name"
	assert_lacks "$text" "SYNs arrived during" "$name"
done

assert_equal "listen-queue-full bad application asleep 8001" "$(findings_in stopped)" "a stopped server"
text=$(text_in stopped)
assert_contains "$text" "${pid[stopped]}/asleep is stopped (SIGSTOP" "a stopped server"
assert_contains "$text" "21 waiting for accept(); backlog 20" "a stopped server"
assert_contains "$text" "this causes: 7 failed connects to 127.0.0.1:8001" "who waits"
assert_contains "$text" "this blocks: 6 SYN_SENT to 127.0.0.1:8001" "who waits"

assert_equal "listen-queue-overflowed bad application answering 8001" "$(findings_in pauses)" "a pause"
assert_matches "$(text_in pauses)" "ListenOverflows of its namespace grew by (2[2-9]|[3-9][0-9]) meanwhile" "a pause"

# The finding names only the clients, which send nothing: no SYN+ACK was retransmitted.
assert_equal "syn-recv-pile warning peer asleep 8002" "$(findings_in defer)" "TCP_DEFER_ACCEPT"
for port in 8001 8002; do
	text=$(jq -r "select(.local_port == $port and .rule == \"syn-recv-pile\") | .summary, .evidence[]" "$work/why")
	assert_contains "$text" "The clients have connected and send no data" "port $port"
	assert_contains "$text" "SYN+ACKs sent again: 0, for 0 of the " "port $port"
	assert_contains "$text" "41 ACKs without data were ignored" "port $port"
done
