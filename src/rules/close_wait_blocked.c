/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer has sent its FIN, but it does not receive what we still have to send: its window is
 * closed. After close() the connection stays until these data are sent.
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

	rule_begin_pile(why, finding, name);
	finding_evidence(finding, "%" PRIu64 " bytes of answers are not acknowledged",
	                 group->tally[0]);
	if (trend == TREND_TURNOVER && group->median < WAITS_LONG) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Turnover: the peers receive the answers of %s, but with a delay.",
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
	finding_evidence(finding, "of %u, %" PRIu64 " wait for a window, the others retransmit",
	                 group->count, group->tally[1]);
	if (closed_window) {
		finding_verdict(finding,
		                "The peers have closed and do not read the answers of %s: their "
		                "window is closed.",
		                name);
		finding_next(
			finding,
			"look at the peer's program: it has shut down its side and does not read");
	} else {
		finding_verdict(finding,
		                "The peers have closed, and the answers of %s do not arrive: the "
		                "kernel retransmits them.",
		                name);
		finding_next(finding, "check that the peer and the path to it still work: a "
		                      "firewall or NAT may have forgotten the connection");
	}
	finding_next(finding, "limit the wait for such peers: setsockopt TCP_USER_TIMEOUT in %s",
	             name);
}

const struct rule rule_close_wait_blocked = {
	.id = "close-wait-blocked",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "the answer does not arrive: closed window, or loss",
	.source = "tcp_send_probe0(), net/ipv4/tcp_output.c; RFC 9293, 3.8.6.1",
	.match = match,
	.judge = judge,
};
