/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * We have closed, and the peer acknowledges neither our FIN nor, maybe, what we
 * sent before it: it gets lost, or the peer's window is closed.
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
		                "%s has closed, and what it sent is on its way: none of it was "
		                "sent again and again, no window is closed.",
		                name);
		return;
	}
	if (unacked_by_window(&finding->group)) {
		finding_verdict(finding,
		                "%s has closed, but the peers do not take what it sent before: "
		                "their window is closed.",
		                name);
		finding_next(finding, "look at the peer's program: it does not read");
		finding_next(finding,
		             "a limit for such peers: setsockopt TCP_USER_TIMEOUT before close()");
		return;
	}
	finding_verdict(finding,
	                "%s has closed, and nothing answers its FIN: the peers are gone, or "
	                "segments get lost.",
	                name);
	finding_next(finding, "see what is sent again, and where to: tcptrail events --state "
	                      "fin_wait1");
	finding_next(finding,
	             "does a firewall or NAT on the way forget connections that are idle?");
}

const struct rule rule_fin_wait1_unacked = {
	.id = "fin-wait1-unacked",
	.states = STATE_BIT(STATE_FIN_WAIT1),
	.about = "our FIN is not acknowledged: loss, or a closed window",
	.source = "tcp_write_timeout() and tcp_probe_timer(), net/ipv4/tcp_timer.c; RFC 9293, 3.6",
	.match = unacked_match,
	.judge = judge,
};
