/* SPDX-License-Identifier: BSD-2-Clause */
/* The first steps that several rules have in common. */
#include "rules/rule.h"

void rule_begin_pile(const struct why *why, struct finding *finding, char name[RULE_NAME_SIZE])
{
	rule_task_name(why, finding, name);
	rule_note_flow(why, finding);
}

void rule_begin_storm(const struct why *why, struct finding *finding, char name[RULE_NAME_SIZE])
{
	rule_task_name(why, finding, name);
	rule_note_storm(finding);
}

void rule_judge_closing_late(struct finding *finding, const char *name)
{
	finding->level = FINDING_OK;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding, "Turnover: %s closes them, but with a delay.", name);
}

bool rule_judge_silent(const struct why *why, struct finding *finding)
{
	if (rule_judge_untracked(why, finding))
		return true;
	if (!rule_on_host(why, finding))
		return false;
	rule_judge_host(why, finding);
	return true;
}
