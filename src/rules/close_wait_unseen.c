/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * These sockets were not sampled since the FIN came, so the process may have read their data since.
 * Each walk samples all sockets, and the live kernel is sampled before a verdict. So this happens
 * mostly in recordings, because these have few walks.
 */
#include "base/clock.h"
#include "rules/rule.h"

#define JUST_NOW (5 * NS_PER_SEC) /* on the live kernel: since the last walk began */

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	(void)tally;
	return row->flags & ROW_SINCE_EXACT && row->touched <= row->since;
}

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
	if (finding->group.oldest < JUST_NOW) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "These have just entered the state: they were not sampled yet.");
		return;
	}
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "Cannot tell what %s does with these, because they were not sampled since "
	                "the peers closed: it may have read everything or nothing.",
	                name);
	finding_next(finding, "use a later instant of the recording, after its next walk: --at");
}

const struct rule rule_close_wait_unseen = {
	.id = "close-wait-unseen",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "not sampled since the peer closed",
	.source = "tcp_fin(), net/ipv4/tcp_input.c: the state changes before the process is woken",
	.match = match,
	.judge = judge,
};
