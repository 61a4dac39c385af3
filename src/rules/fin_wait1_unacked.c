/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * We have closed, and the peer does not acknowledge our FIN, or even the data before it: segments
 * are lost, or the peer's window is closed.
 */
#include "rules/unacked.h"

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];
	enum unacked_outcome outcome = unacked_judge(why, finding, name);

	if (outcome == UNACKED_FEW)
		return;
	if (outcome == UNACKED_ON_THE_WAY) {
		finding_verdict(finding,
		                "%s has closed, and its last data and FIN are in flight: none was "
		                "retransmitted repeatedly, and no window is closed.",
		                name);
		return;
	}
	if (unacked_by_window(&finding->group)) {
		finding_verdict(finding,
		                "%s has closed, but the peers do not read the data that it sent "
		                "before: their window is closed.",
		                name);
		finding_next(finding, "look at the peer's program: it does not read");
		finding_next(finding, "limit the wait for such peers: setsockopt TCP_USER_TIMEOUT "
		                      "before close()");
		return;
	}
	finding_verdict(finding,
	                "%s has closed, and nothing answers its FIN: the peers are gone, or "
	                "segments are lost.",
	                name);
	finding_next(finding, "see what the kernel retransmits, and to which peers: tcptrail "
	                      "events --state fin_wait1");
	finding_next(finding,
	             "check whether a firewall or NAT on the path forgets idle connections");
}

const struct rule rule_fin_wait1_unacked = {
	.id = "fin-wait1-unacked",
	.states = STATE_BIT(STATE_FIN_WAIT1),
	.about = "our FIN is not acknowledged: loss, or a closed window",
	.source = "tcp_write_timeout() and tcp_probe_timer(), net/ipv4/tcp_timer.c; RFC 9293, 3.6",
	.match = unacked_match,
	.judge = judge,
};
