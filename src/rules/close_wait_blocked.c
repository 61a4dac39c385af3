/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer has sent its FIN, but takes none of what we still have to send: its
 * window is closed. Not before that is sent will a close() end the connection.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "rules/rule.h"

#define WAITS_LONG (5 * NS_PER_SEC) /* a slow reader opens its window sooner */

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	tally[0] += row->wqueue;
	tally[1] += row->timer == TIMER_PROBE;
	return row->flags & ROW_QUEUES && row->wqueue && row->flags & ROW_TIMER &&
	       (row->timer == TIMER_PROBE || row->retrans > 1);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	bool closed_window = group->tally[1] * 2 >= group->count;
	enum trend trend = rule_trend(why, group);
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_flow(why, finding);
	finding_evidence(finding, "%" PRIu64 " bytes of answers to them are not acknowledged",
	                 group->tally[0]);
	if (trend == TREND_TURNOVER && group->median < WAITS_LONG) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Turnover: the peers take the answers of %s, only not at once.",
		                name);
		return;
	}
	if (rule_too_soon(why, finding))
		return;
	finding->level = trend == TREND_SHRINKING ? FINDING_WARNING : FINDING_BAD;
	if (closed_window)
		finding->mover = MOVER_PEER;
	else
		rule_blame_path(why, finding);
	finding_evidence(finding, "of %u, %" PRIu64 " wait for a window, others retransmit",
	                 group->count, group->tally[1]);
	if (closed_window) {
		finding_verdict(
			finding,
			"The peers have closed and do not take the answers of %s: their window "
			"is closed.",
			name);
		finding_next(finding, "look at the peer's program: it has shut down its side and "
		                      "reads no more");
	} else {
		finding_verdict(
			finding,
			"The peers have closed and what %s answers does not arrive: it is sent "
			"again and again.",
			name);
		finding_next(finding,
		             "is the peer, or the way to it, still there? A firewall or NAT "
		             "may have forgotten the connection");
	}
	finding_next(finding, "a limit for such peers: setsockopt TCP_USER_TIMEOUT in %s", name);
}

const struct rule rule_close_wait_blocked = {
	.id = "close-wait-blocked",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "the answer cannot be sent: closed window, or it gets lost",
	.source = "tcp_send_probe0(), net/ipv4/tcp_output.c; RFC 9293, 3.8.6.1",
	.match = match,
	.judge = judge,
};
