/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

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
	for (size_t i = 0; i < rules_count; i++)
		if (rules[i]->states & STATE_BIT(row->state) && rules[i]->match(table, row, tally))
			return (uint8_t)(i + 1);
	return 0;
}

/* What is worse first; of two alike what there is more of. */
static int compare(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	if (left->level != right->level)
		return left->level < right->level ? 1 : -1;
	return (left->group.count < right->group.count) - (left->group.count > right->group.count);
}

int rules_run(const struct table *table, struct groups *groups, rules_wanted_fn *wanted, void *arg,
              struct finding **result, size_t *count)
{
	const struct why why = {table, groups};
	struct sorting sorting = {wanted, arg};
	struct finding *findings;
	int err = groups_collect(groups, classify, &sorting);

	if (err)
		return err;
	findings = calloc(groups_count(groups) + 1, sizeof(*findings));
	if (!findings)
		return -ENOMEM;
	for (size_t i = 0; i < groups_count(groups); i++) {
		const struct group *group = groups_at(groups, i);
		const struct rule *rule = rules[group->key.class - 1];

		findings[i].rule = rule->id;
		findings[i].source = rule->source;
		findings[i].group = *group;
		rule->judge(&why, &findings[i]);
	}
	*count = groups_count(groups);
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
