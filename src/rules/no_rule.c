/* SPDX-License-Identifier: BSD-2-Clause */
/* What no other rule is about. It comes last, and says no more than how many there are. */
#include "rules/rule.h"

/* In CLOSE only what a process has open is there to stay: the others are about to go. */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	struct owner owner;

	(void)tally;
	if (row->state != STATE_CLOSE)
		return true;
	table_owner(table, row, &owner);
	return row->flags & ROW_SOCKET && owner.holding == HOLDING_OPEN;
}

/* Such sockets are there to be: how many there are is the program's business. */
static bool is_at_work(const struct group *group)
{
	return group->key.state == STATE_ESTABLISHED || group->key.state == STATE_LISTEN;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	enum trend trend = rule_trend(why, group);
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_flow(why, finding);
	finding_verdict(finding, "No rule is about these sockets of %s.", name);
	if (is_at_work(group) || trend == TREND_TURNOVER || trend == TREND_SHRINKING ||
	    group->count < PILE_LEAST) {
		finding->level = FINDING_OK;
		return;
	}
	if (trend == TREND_IDLE) {
		rule_judge_steady(why, finding, "keeps these");
		return;
	}
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding, trend == TREND_GROWING
	                                 ? "They become more. Cannot tell why."
	                                 : "Cannot tell whether they become more: they were not "
	                                   "watched.");
	finding_next(finding, "see each of them: tcptrail snapshot -anpo --state %s",
	             state_name(group->key.state));
}

const struct rule rule_no_rule = {
	.id = "no-rule",
	.states = STATE_BIT(STATE_COUNT) - 2,
	.about = "what no other rule is about: counted, not judged",
	.source = "RFC 9293, 3.3.2",
	.match = match,
	.judge = judge,
};
