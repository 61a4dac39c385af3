/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rule.h"

const struct rule *const rules[] = {
#define RULE(name) &rule_##name,
#include "rules/list.h"
#undef RULE
};
const size_t rules_count = sizeof(rules) / sizeof(rules[0]);
_Static_assert(sizeof(rules) / sizeof(rules[0]) < UINT8_MAX, "classes of groups number them");

uint32_t rules_states(void)
{
	uint32_t states = 0;

	for (size_t i = 0; i < rules_count; i++)
		states |= rules[i]->states;
	return states;
}

struct sorting {
	rules_wanted_fn *wanted;
	void *arg;
};

static uint8_t classify(const struct table *table, const struct row *row,
                        uint64_t tally[GROUP_TALLIES], void *arg)
{
	const struct sorting *sorting = arg;

	if (sorting->wanted && !sorting->wanted(row, sorting->arg))
		return 0;
	for (size_t i = 0; i < rules_count; i++) {
		if (!(rules[i]->states & STATE_BIT(row->state)))
			continue;
		memset(tally, 0, GROUP_TALLIES * sizeof(*tally)); /* of one that did not match */
		if (rules[i]->match(table, row, tally))
			return (uint8_t)(i + 1);
	}
	return 0;
}

static void failure_classes(uint8_t classes[CONNECT_FAILURE_COUNT])
{
	memset(classes, 0, CONNECT_FAILURE_COUNT);
	for (size_t i = 0; i < rules_count; i++)
		if (rules[i]->failure != CONNECT_FAILURE_NONE)
			classes[rules[i]->failure] = (uint8_t)(i + 1);
}

/* Sockets, connects that failed, or events. */
static uint64_t size_of(const struct finding *finding)
{
	const struct group *group = &finding->group;

	if (finding->storm)
		return finding->storm->count;
	return group->count ? group->count : group->failed;
}

/* What is worse first; of two alike what there is more of. */
static int compare(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	if (left->level != right->level)
		return left->level < right->level ? 1 : -1;
	if (size_of(left) != size_of(right))
		return size_of(left) < size_of(right) ? 1 : -1;
	if (left->group.count != right->group.count) /* else connects that failed */
		return left->group.count < right->group.count ? 1 : -1;
	/* The same order each time: groups by their key, then storms as they began. */
	if (!left->storm != !right->storm)
		return left->storm ? 1 : -1;
	if (left->storm)
		return left->storm < right->storm ? -1 : 1;
	return memcmp(&left->group.key, &right->group.key, sizeof(left->group.key));
}

static void begin(struct finding *finding, const struct rule *rule)
{
	finding->rule = rule->id;
	finding->source = rule->source;
}

/* Of what a process has open that stands first, which is the largest; and fd-limit has none of it. */
static bool stands_for_process(const struct why *why, size_t index)
{
	bool at_limit;
	size_t first;

	return survey_process(why->survey, &groups_at(why->groups, index)->key, &first,
	                      &at_limit) &&
	       !at_limit && first == index;
}

/* All its sockets are fine by themselves; but it is near its limit of fds. */
static void judge_limit(const struct why *why, struct finding *finding, size_t index)
{
	const struct group *group = groups_at(why->groups, index);
	const struct task *task;

	if (finding->level != FINDING_FINE || !group->count ||
	    !(rule_fd_limit.states & STATE_BIT(group->key.state)))
		return;
	task = rule_task(why, finding);
	if (!task || !rule_near_fd_limit(task) || rules[group->key.class - 1] == &rule_fd_limit ||
	    !stands_for_process(why, index))
		return;
	finding_free(finding);
	*finding = (struct finding){.group = *group};
	begin(finding, &rule_fd_limit);
	rule_fd_limit.judge(why, finding);
}

static void judge_groups(const struct why *why, struct finding *findings)
{
	for (size_t i = 0; i < groups_count(why->groups); i++) {
		const struct group *group = groups_at(why->groups, i);
		const struct rule *rule = rules[group->key.class - 1];

		begin(&findings[i], rule);
		findings[i].group = *group;
		rule->judge(why, &findings[i]);
		judge_limit(why, &findings[i], i);
	}
}

/* How many findings it makes. */
static size_t judge_storms(const struct why *why, struct finding *findings)
{
	size_t count = 0;

	for (size_t i = 0; why->storms && i < storms_count(why->storms); i++) {
		const struct storm *storm = storms_at(why->storms, i);
		size_t at = 0;

		while (at < rules_count &&
		       !(rules[at]->match_storm && rules[at]->match_storm(why->table, storm)))
			at++;
		if (at == rules_count)
			continue;
		begin(&findings[count], rules[at]);
		findings[count].group.key = storm->key.place;
		findings[count].group.key.pid = storm->pid;
		findings[count].group.key.start = storm->start;
		findings[count].storm = storm;
		rules[at]->judge(why, &findings[count++]);
	}
	return count;
}

int rules_run(const struct table *table, struct groups *groups, const struct storms *storms,
              rules_wanted_fn *wanted, void *arg, struct finding **result, size_t *count)
{
	struct survey survey;
	const struct why why = {table, groups, storms, &survey};
	struct sorting sorting = {wanted, arg};
	struct finding *findings;
	uint8_t failures[CONNECT_FAILURE_COUNT];
	int err;

	failure_classes(failures);
	err = groups_collect(groups, classify, &sorting, failures);
	if (err)
		return err;
	*count = groups_count(groups);
	findings = calloc(*count + (storms ? storms_count(storms) : 0) + 1, sizeof(*findings));
	if (!findings)
		return -ENOMEM;
	survey_init(&survey, table, groups);
	judge_groups(&why, findings);
	*count += judge_storms(&why, findings + *count);
	survey_free(&survey);
	qsort(findings, *count, sizeof(*findings), compare);
	*result = findings;
	return 0;
}

void rules_free(struct finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		finding_free(&findings[i]);
	free(findings);
}
