/* SPDX-License-Identifier: BSD-2-Clause */
/* The peer has closed, then we; it does not acknowledge our FIN. */
#include "rules/unacked.h"

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];
	enum unacked_outcome outcome = unacked_judge(why, finding, name);

	if (outcome == UNACKED_FEW)
		return;
	if (outcome == UNACKED_ON_THE_WAY) {
		finding_verdict(finding,
		                "Both ends have closed; the last FIN, that of %s, is on its way.",
		                name);
		return;
	}
	if (unacked_by_window(&finding->group)) {
		finding_verdict(finding,
		                "Both ends have closed, but the peers do not take what %s sent "
		                "before: their window is closed.",
		                name);
		finding_next(finding, "look at the peer's program: it has shut down its side and "
		                      "reads no more");
		return;
	}
	finding_verdict(finding,
	                "Both ends have closed, and nothing answers the FIN of %s: the peers are "
	                "gone, or segments get lost.",
	                name);
	finding_next(finding, "see what is sent again, and where to: tcptrail events --state "
	                      "last_ack");
	finding_next(finding, "how long were they in CLOSE_WAIT? A peer that waited in vain has "
	                      "often gone: tcptrail why close_wait");
}

const struct rule rule_last_ack_unacked = {
	.id = "last-ack-unacked",
	.states = STATE_BIT(STATE_LAST_ACK),
	.about = "both ends closed, our FIN is not acknowledged: the peer is gone",
	.source = "tcp_write_timeout() and tcp_orphan_retries(), net/ipv4/tcp_timer.c; RFC 9293, "
		  "3.6",
	.match = unacked_match,
	.judge = judge,
};
