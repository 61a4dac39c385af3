/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends have closed at the same time, and the peer has not acknowledged our FIN. */
#include "rules/unacked.h"

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];
	enum unacked_outcome outcome = unacked_judge(why, finding, name);

	if (outcome == UNACKED_FEW)
		return;
	if (outcome == UNACKED_ON_THE_WAY) {
		finding_verdict(
			finding,
			"%s and the peer have closed at the same time; our FIN is in flight.",
			name);
		return;
	}
	finding_verdict(
		finding, "%s and the peer have closed at the same time, and %s.", name,
		unacked_by_window(&finding->group)
			? "the peer does not read: its window is closed"
			: "our FIN is not acknowledged: the peer is gone, or segments are lost");
	finding_next(finding, "see what the kernel retransmits, and to which peers: tcptrail "
	                      "events --state closing");
}

const struct rule rule_closing_pile = {
	.id = "closing-pile",
	.states = STATE_BIT(STATE_CLOSING),
	.about = "both ends closed at the same time, our FIN is not acknowledged",
	.source = "tcp_fin(), net/ipv4/tcp_input.c; RFC 9293, 3.6, case 3",
	.match = unacked_match,
	.judge = judge,
};
