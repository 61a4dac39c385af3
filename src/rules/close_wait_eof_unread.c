/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process has read all data, but not the end of stream. It has not called read() since the peer
 * closed. So nobody waits for the fd to become readable.
 */
#include "base/clock.h"
#include "rules/rule.h"

#define WAITS_LONG (5 * NS_PER_SEC)

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	(void)tally;
	return row->flags & ROW_QUEUES && row->rqueue == 1;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	enum trend trend = rule_trend(why, group);
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
	finding_evidence(finding, "Recv-Q is 1: only the FIN is unread");
	switch (trend) {
	case TREND_TURNOVER:
	case TREND_SHRINKING:
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Turnover: %s notices the end of stream, but with a delay.", name);
		return;
	case TREND_IDLE:
		rule_judge_steady(why, finding, "has not read the end of stream of these");
		return;
	case TREND_UNKNOWN:
	case TREND_GROWING:
		break;
	}
	if (trend == TREND_UNKNOWN && group->oldest < WAITS_LONG) {
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding,
		                "%s has not read the end of stream of these yet. Cannot tell "
		                "whether it will: they were not watched.",
		                name);
		finding_next(finding, "watch for a while: tcptrail why close_wait --for 1m");
		return;
	}
	if (rule_too_soon(why, finding) ||
	    (trend == TREND_GROWING && rule_has_grown(why, finding)) || rule_too_few(why, finding))
		return;
	finding->level = trend == TREND_GROWING ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s does not poll or read these: it has not noticed that the peers closed.",
	                name);
	rule_note_maker(why, finding);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "check that the fd is still in the poll set (epoll_ctl, select) of %s, and "
	             "that this loop runs",
	             name);
	finding_next(
		finding,
		"watch a connection that goes back to a pool, or check it before its next use");
}

const struct rule rule_close_wait_eof_unread = {
	.id = "close-wait-eof-unread",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "only the end of stream is unread: nobody polls the fd",
	.source = "tcp_fin(), net/ipv4/tcp_input.c: a FIN takes one sequence number; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
