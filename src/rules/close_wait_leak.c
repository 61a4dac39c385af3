/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer has closed. The process has read everything, the end of stream too, and keeps the
 * socket. Only its close() ends this state.
 */
#include "rules/rule.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	(void)tally;
	return row->flags & ROW_QUEUES && !row->rqueue;
}

static void judge(const struct why *why, struct finding *finding)
{
	uint64_t closed = survey_closed(why->survey, &finding->group.key);
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
	finding->mover = MOVER_APPLICATION;
	switch (rule_trend_open(why, finding, closed, "reset")) {
	case TREND_GROWING:
		if (rule_may_be_passing(why, finding, closed))
			return;
		finding->level = FINDING_BAD;
		finding_verdict(
			finding,
			"%s leaks sockets: it has read the end of stream and does not close "
			"them.",
			name);
		break;
	case TREND_UNKNOWN:
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding,
		                "%s has read the end of stream of these and has not closed them. "
		                "Cannot tell whether they grow in number: they were not watched.",
		                name);
		rule_note_old(why, finding);
		finding_next(finding, "watch for a while: tcptrail why close_wait --for 1m");
		return;
	case TREND_IDLE:
		finding_evidence(finding, "Recv-Q is 0: everything was read, the FIN too");
		rule_judge_steady(why, finding,
		                  "has read the end of stream of these and keeps them");
		return;
	case TREND_TURNOVER:
	case TREND_SHRINKING:
		rule_judge_closing_late(finding, name);
		return;
	}
	finding_evidence(finding, "Recv-Q is 0: everything was read, the FIN too");
	rule_note_old(why, finding);
	rule_note_maker(why, finding);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "find the path in %s that returns without close() after read() returned 0 or "
	             "an error",
	             name);
	if (finding->group.key.pid)
		finding_next(finding,
		             "if it still needs them, like a proxy that waits for its upstream: "
		             "see what else it has open: tcptrail snapshot -anp --pid %u",
		             finding->group.key.pid);
	if (!finding->group.stack)
		finding_next(finding, "see which code accepts or connects: tcptrail why close_wait "
		                      "--stacks --for 1m");
}

const struct rule rule_close_wait_leak = {
	.id = "close-wait-leak",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "the end of stream was read, the fd is never closed",
	.source = "RFC 9293, 3.6: CLOSE-WAIT waits for the local user; tcp_fin(), "
		  "net/ipv4/tcp_input.c",
	.match = match,
	.judge = judge,
};
