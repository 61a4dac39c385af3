/* SPDX-License-Identifier: BSD-2-Clause */
/* Does a group grow, and is it large and old enough to be a finding? */
#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

/*
 * Most sockets that entered have left again, and those that exist are young: the number grew only
 * because the load began, or increased, while watched.
 */
static bool is_worked_off(const struct why *why, const struct group *group)
{
	return group->count && group->left * 2 >= group->entered &&
	       group->oldest < groups_window_of(why->groups, group) / 2;
}

enum trend rule_trend(const struct why *why, const struct group *group)
{
	uint64_t most = group->entered > group->left ? group->entered : group->left;
	uint64_t slack = most / 10; /* entered and left are never exactly equal */

	if (groups_window_of(why->groups, group) < NS_PER_SEC)
		return TREND_UNKNOWN;
	if (!most)
		return TREND_IDLE;
	if (group->left > group->entered + slack)
		return TREND_SHRINKING;
	/* entered and left count all classes. None of those sockets may be in this group. */
	if (group->count && !group->came)
		return TREND_IDLE;
	if (group->entered <= group->left + slack || is_worked_off(why, group))
		return TREND_TURNOVER;
	return TREND_GROWING;
}

static void next_longer(struct finding *finding, const char *time)
{
	char state[16];

	finding_next(finding, "watch longer: tcptrail why %s --for %s",
	             rule_state_word(finding, state), time);
}

#define QUIET_LEAST (5 * NS_PER_SEC)
#define GROWN_SURE  5 /* came before, none since: the chance is 1 in e^5 = 148 or less */

bool rule_has_grown(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t quiet = groups_window_of(why->groups, group) / 2;
	char time[FORMAT_SIZE], name[RULE_NAME_SIZE];

	/* One socket is no pool. */
	if (group->count < 2 || group->youngest < quiet || group->youngest < QUIET_LEAST ||
	    /* Others have entered that were not sampled yet, and may belong to this group. */
	    survey_has_unseen(why->survey, &group->key))
		return false;
	format_duration(time, group->youngest);
	rule_task_name(why, finding, name);
	finding->mover = MOVER_NOBODY;
	if (group->came < GROWN_SURE) {
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding,
		                "Cannot tell whether %s leaks these: %u entered, but none in the "
		                "last %s. It may have filled a pool, or new ones may be rare.",
		                name, group->came, time);
	} else {
		finding->level = FINDING_STEADY;
		finding_verdict(finding,
		                "Steady: %u entered, but none in the last %s, so they do not grow "
		                "in number. %s has %s, or the cause of the leak has ended.",
		                group->came, time, name,
		                group->key.state == STATE_CLOSE
		                        ? "a pool and does not check its connections"
		                        : "filled a pool");
	}
	next_longer(finding, "10m");
	return true;
}

#define FEW 10 /* sockets: too few to judge a program by */

bool rule_too_soon(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];

	if (finding->group.median >= NS_PER_SEC)
		return false;
	finding->level = finding->group.count < FEW ? FINDING_OK : FINDING_UNCLEAR;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding,
	                "Too early to tell: most of these are younger than 1 s, and %s may still "
	                "act on them.",
	                rule_task_name(why, finding, name));
	next_longer(finding, "1m");
	return true;
}

#define FEW_OLD  5
#define AGE_SURE (30 * NS_PER_SEC)

bool rule_too_few(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char name[RULE_NAME_SIZE];

	if (group->count >= FEW_OLD || group->oldest >= AGE_SURE)
		return false;
	finding->level = FINDING_OK;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding,
	                "Not a finding: fewer than %d, and none of them is 30 s old. %s may still "
	                "act on them.",
	                FEW_OLD, rule_task_name(why, finding, name));
	next_longer(finding, "1m");
	return true;
}

#define VANISH_FEW 3

/* Sockets at the place that are in this state, or entered it while watched. */
static uint64_t all_there(const struct why *why, const struct group *group)
{
	uint32_t by_state[STATE_COUNT];
	uint64_t all = group->count;

	if (survey_place(why->survey, &group->key, by_state) && by_state[group->key.state] > all)
		all = by_state[group->key.state];
	return group->place_entered > all ? group->place_entered : all;
}

enum finding_level rule_share_level(const struct why *why, struct finding *finding, uint64_t stuck,
                                    bool by_window)
{
	const struct group *group = &finding->group;
	uint64_t all = all_there(why, group);
	bool vanished = group->key.passive && !by_window;

	if (stuck * 10 < all || (stuck < VANISH_FEW && vanished)) {
		finding_verdict(finding,
		                "Not a finding: %" PRIu64 " of %" PRIu64
		                " at this place. A few peers always disappear without a FIN, or "
		                "stop reading.",
		                stuck, all);
		return FINDING_OK;
	}
	if (stuck >= VANISH_FEW && stuck * 2 >= all)
		return FINDING_BAD;
	return FINDING_WARNING;
}

enum trend rule_trend_open(const struct why *why, struct finding *finding, uint64_t closed,
                           const char *ended)
{
	struct group group = finding->group;

	if (closed)
		finding_evidence(finding,
		                 "%" PRIu64 " more were %s by their peers in this state; the "
		                 "process still has them open, in CLOSE",
		                 closed, ended);
	group.left -= closed < group.left ? closed : group.left;
	return rule_trend(why, &group);
}

#define MANY_CLOSED 5

bool rule_may_be_passing(const struct why *why, struct finding *finding, uint64_t closed)
{
	/* Those in CLOSE are older sockets that have left the group, so its sockets look young. */
	return closed < MANY_CLOSED && (rule_too_soon(why, finding) ||
	                                rule_has_grown(why, finding) || rule_too_few(why, finding));
}
