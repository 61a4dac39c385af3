/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing has looked at these since the FIN came: what was unread then may have been read
 * since. A look comes with each walk, and before a verdict on the live kernel; so it is
 * recordings, whose walks are rare, that have many of these.
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

	rule_task_name(why, finding, name);
	rule_note_flow(why, finding);
	if (finding->group.oldest < JUST_NOW) {
		finding->level = FINDING_OK;
		finding_verdict(finding, "These have just come: nothing has looked at them yet.");
		return;
	}
	finding->level = FINDING_UNCLEAR;
	finding_verdict(
		finding,
		"Cannot tell what %s does with these, because they were not looked at since "
		"the peer closed: it may have read all, or nothing.",
		name);
	finding_next(finding,
	             "judge by a later instant of the recording, after its next walk: --at");
}

const struct rule rule_close_wait_unseen = {
	.id = "close-wait-unseen",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "not looked at since the peer closed",
	.source = "tcp_fin(), net/ipv4/tcp_input.c: the state is told before the process is woken",
	.match = match,
	.judge = judge,
};
