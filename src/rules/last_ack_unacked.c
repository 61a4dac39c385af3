/* SPDX-License-Identifier: BSD-2-Clause */
/* The peer has closed first, then we. The peer does not acknowledge our FIN. */
#include "rules/unacked.h"

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];
	enum unacked_outcome outcome = unacked_judge(why, finding, name);

	if (outcome == UNACKED_FEW)
		return;
	if (outcome == UNACKED_ON_THE_WAY) {
		finding_verdict(finding,
		                "Both ends have closed; the FIN of %s, the last one, is in flight.",
		                name);
		return;
	}
	if (unacked_by_window(&finding->group)) {
		finding_verdict(finding,
		                "Both ends have closed, but the peers do not read the data that %s "
		                "sent before: their window is closed.",
		                name);
		finding_next(
			finding,
			"look at the peer's program: it has shut down its side and does not read");
		return;
	}
	finding_verdict(finding,
	                "Both ends have closed, and nothing answers the FIN of %s: the peers are "
	                "gone, or segments are lost.",
	                name);
	finding_next(finding, "see what the kernel retransmits, and to which peers: tcptrail "
	                      "events --state last_ack");
	finding_next(finding, "check how long they were in CLOSE_WAIT: a peer may have given up "
	                      "meanwhile: tcptrail why close_wait");
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
