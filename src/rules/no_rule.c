/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that no other rule matches. This rule comes last, and only counts them. */
#include "rules/rule.h"

/* In CLOSE only sockets that a process has open will stay: the others are about to be destroyed. */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	struct owner owner;

	(void)tally;
	if (row->state != STATE_CLOSE)
		return true;
	table_owner(table, row, &owner);
	return row->flags & ROW_SOCKET && owner.holding == HOLDING_OPEN;
}

/* Such sockets are normal: their number depends on the program. */
static bool is_at_work(const struct group *group)
{
	return group->key.state == STATE_ESTABLISHED || group->key.state == STATE_LISTEN;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	enum trend trend = rule_trend(why, group);
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
	finding_verdict(finding, "No rule applies to these sockets of %s.", name);
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
	finding_verdict(
		finding,
		trend == TREND_GROWING
			? "They grow in number. Cannot tell why."
			: "Cannot tell whether they grow in number: they were not watched.");
	finding_next(finding, "see each of them: tcptrail snapshot -anpo --state %s",
	             state_name(group->key.state));
}

const struct rule rule_no_rule = {
	.id = "no-rule",
	.states = STATE_BIT(STATE_COUNT) - 2,
	.about = "sockets that no other rule matches: counted, not judged",
	.source = "RFC 9293, 3.3.2",
	.match = match,
	.judge = judge,
};
