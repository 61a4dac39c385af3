#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail shows as many RSTs and retransmits as the kernel counts, in a namespace that loses packets.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
command -v nft >/dev/null || skip "no nft"

counter() {
	nstat -asz "$1" | awk -v k="$1" '$1 == k { print $2 }'
}

# events KIND [RETRANSMIT-KIND]: how many were printed
events() {
	csv_words <"$work/trace.out" | awk -v e="$1" -v k="${2:-}" \
		'$1 == e && (k == "" || $2 == k) { n++ } END { print n + 0 }'
}

counters="TcpRetransSegs TcpExtTCPSynRetrans TcpOutRsts TcpExtTCPRetransFail TcpExtTCPFastRetrans"
declare -A begin
for key in $counters; do
	begin[$key]=$(counter "$key")
done
delta() {
	echo $(($(counter "$1") - ${begin[$1]}))
}

# Drop packets on input: the kernel counts those dropped on output as failed, not as sent.
nft -f - <<-END
	table inet loss {
		chain input {
			type filter hook input priority 0;
			tcp flags syn / syn,ack numgen inc mod 9 == 8 drop
			tcp flags syn,ack / syn,ack numgen inc mod 9 == 8 drop
			tcp flags & (syn | rst) == 0 numgen inc mod 31 == 30 drop
		}
	}
END

trace_start events --netns "$(own_netns)" --csv --no-header --columns event,retrans_kind,reason,cookie
scenario_start storm --count 60 --pairs 16
scenario_stop
scenario_start refused --count 3
scenario_stop
scenario_start reset_linger0 --count 4
scenario_stop
scenario_start reset_unread --count 5
scenario_stop
nft delete table inet loss

wait_until "the namespace to be quiet" is_quiet
trace_stop
assert_trace_ok

[ "$(delta TcpRetransSegs)" -gt 10 ] || fail "too few retransmits to tell: $(delta TcpRetransSegs)"
assert_equal "$(($(delta TcpRetransSegs) - $(delta TcpExtTCPRetransFail)))" \
	"$(events retransmit)" "retransmits"
assert_equal "$(delta TcpExtTCPSynRetrans)" \
	"$(($(events retransmit SYN) + $(events retransmit SYN+ACK)))" "retransmits of SYN, SYN+ACK"
assert_equal "$(delta TcpExtTCPFastRetrans)" "$(events retransmit fast)" "fast retransmits"
assert_equal "$(delta TcpOutRsts)" "$(events rst_sent)" "RSTs sent"
assert_between 9 12 "$(events rst_received)" "RSTs received"

# One of each kind, in a namespace of its own with its own counters.
trace_start events --csv --no-header --columns event,retrans_kind,netns
scenario_start retransmit
netns=$(scenario_get netns)
# Counted as a segment but never sent: rare, when memory is short.
unsent=$(nsenter -t "$(scenario_get pid)" -n nstat -asz TcpExtTCPRetransFail | awk '/Fail/ { print $2 }')
scenario_stop
trace_stop
grep ",$netns" "$work/trace.out" >"$work/one" && mv "$work/one" "$work/trace.out"
cat "$work/trace.out"
assert_equal "$(($(scenario_get RetransSegs) - unsent))" "$(events retransmit)" \
	"retransmits of the scenario"
assert_equal "$(scenario_get TCPSynRetrans)" \
	"$(($(events retransmit SYN) + $(events retransmit SYN+ACK)))" "its SYN and SYN+ACK"
assert_equal "$(scenario_get TCPLossProbes)" "$(events retransmit TLP)" "its TLPs"
assert_equal "$(scenario_get TCPFastRetrans)" "$(events retransmit fast)" "its fast retransmits"
