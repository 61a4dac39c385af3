/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups that do not grow: a pool, a leak that has ended, or a leak too slow to see. Their age, or
 * a longer watch, shows which.
 */
#include <ctype.h>

#include "base/format.h"
#include "rules/rule.h"

void rule_note_old(const struct why *why, struct finding *finding)
{
	char time[FORMAT_SIZE];

	if (!finding->old)
		return;
	format_duration(time, why->old);
	finding_evidence(finding, "%u of %u are older than %s", finding->old, finding->group.count,
	                 time);
}

const char *rule_state_word(const struct finding *finding, char buf[16])
{
	const char *name = state_name(finding->group.key.state);
	size_t i = 0;

	for (; i < 15 && name[i]; i++)
		buf[i] = (char)tolower(name[i]);
	buf[i] = '\0';
	return buf;
}

static void next_steps(struct finding *finding)
{
	const struct group_key *key = &finding->group.key;
	char state[16];

	rule_state_word(finding, state);
	finding_next(finding, "to find a slow leak, watch longer: tcptrail why %s --for 10m",
	             state);
	if (key->pid)
		finding_next(
			finding,
			"a pool stays below its limit and reuses its sockets, a leak does neither: "
			"run this now and later, and compare cookies and ages: tcptrail snapshot "
			"-anp --state %s --pid %u --columns cookie,age,foreign",
			state, key->pid);
	finding_next(
		finding,
		"an old leak is as old as an incident or a restart: find out what happened then");
}

/* Only close() ends sockets in these states. */
#define STATES_OF_PROCESS (STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_CLOSE))

/* They entered while watched, but no event showed it: a walk found them after a loss. */
static bool has_come(const struct why *why, const struct group *group)
{
	return group->median < groups_window_of(why->groups, group) / 2;
}

static void judge_unseen(const struct why *why, struct finding *finding, const char *cause)
{
	char name[RULE_NAME_SIZE];

	finding->level = finding->group.count < PILE_LEAST ? FINDING_OK : FINDING_UNCLEAR;
	finding_verdict(finding,
	                "%s %s. Cannot tell whether they grow in number: most are younger than the "
	                "watch, but no event showed how they entered.",
	                rule_task_name(why, finding, name), cause);
	finding_next(finding, "watch longer: tcptrail why --for 1m");
}

void rule_judge_steady(const struct why *why, struct finding *finding, const char *cause)
{
	const struct group *group = &finding->group;
	char time[FORMAT_SIZE], oldest[FORMAT_SIZE], name[RULE_NAME_SIZE];

	if (has_come(why, group)) {
		judge_unseen(why, finding, cause);
		return;
	}
	format_duration(time, groups_window_of(why->groups, group));
	format_duration(oldest, group->oldest);
	rule_task_name(why, finding, name);
	finding->level = FINDING_STEADY;
	finding->mover = finding->old && STATES_OF_PROCESS & STATE_BIT(group->key.state)
	                         ? MOVER_APPLICATION
	                         : MOVER_NOBODY;
	if (finding->old)
		finding_verdict(finding, "Steady, and old: %s %s, the oldest for %s%s.", name,
		                cause, group->at_least ? "at least " : "", oldest);
	else
		finding_verdict(finding, "Steady: %s %s.", name, cause);
	finding_verdict(finding,
	                "They do not grow in number in %s: an old leak, a pool, or a slow leak.",
	                time);
	rule_note_acceptor(why, finding);
	rule_note_old(why, finding);
	rule_note_doing(why, finding);
	next_steps(finding);
}
