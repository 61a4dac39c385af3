/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/finding_set_private.h"

const struct rule *const rules[] = {
#define RULE(name) &rule_##name,
#include "rules/list.h"
#undef RULE
};
const size_t rules_count = sizeof(rules) / sizeof(rules[0]);
_Static_assert(sizeof(rules) / sizeof(rules[0]) < UINT8_MAX, "classes of groups number them");

/*
 * The MPTCP socket closes a connection; its subflows stay ESTABLISHED meanwhile. Handshakes and
 * data loss are judged for each subflow, because each is a TCP connection.
 */
#define MPTCP_JUDGED                                                                               \
	(STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_FIN_WAIT2) | STATE_BIT(STATE_CLOSE))
#define MPTCP_CLOSING                                                                              \
	(MPTCP_JUDGED | STATE_BIT(STATE_FIN_WAIT1) | STATE_BIT(STATE_CLOSING) |                    \
	 STATE_BIT(STATE_LAST_ACK))

/* Judges an MPTCP connection once: its socket or its subflows, by state. */
static bool is_judged(const struct table *table, const struct row *row)
{
	const struct row *msk = table_find_mptcp(table, row);

	if (row->flags & ROW_MPTCP)
		return MPTCP_JUDGED & STATE_BIT(row->state);
	if (row->state == STATE_SYN_SENT && row_is_added(table, row))
		return false;
	return !msk || !(MPTCP_CLOSING & STATE_BIT(msk->state));
}

static uint8_t classify(const struct table *table, const struct row *row,
                        uint64_t tally[GROUP_TALLIES], void *arg)
{
	const struct rules_request *ask = arg;

	if (!is_judged(table, row) || (ask->wanted && !ask->wanted(row, ask->arg)))
		return 0;
	for (size_t i = 0; i < rules_count; i++) {
		if (!(rules[i]->states & STATE_BIT(row->state)))
			continue;
		memset(tally, 0,
		       GROUP_TALLIES *
		               sizeof(*tally)); /* a rule that did not match may have set it */
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

/* Number of sockets, failed connects or events. */
static uint64_t size_of(const struct finding *finding)
{
	const struct group *group = &finding->group;

	if (finding->storm)
		return finding->storm->count;
	return group->count ? group->count : group->failed;
}

/* The worst first; then sockets before storms; then the larger first. */
static int compare(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	if (left->waits != right->waits)
		return left->waits ? 1 : -1;
	if (left->level != right->level)
		return left->level < right->level ? 1 : -1;
	if (!left->storm != !right->storm)
		return left->storm ? 1 : -1;
	if (size_of(left) != size_of(right))
		return size_of(left) < size_of(right) ? 1 : -1;
	if (left->group.count != right->group.count) /* sockets before failed connects */
		return left->group.count < right->group.count ? 1 : -1;
	/* A stable order: groups by key, storms by begin. */
	if (left->storm)
		return left->storm < right->storm ? -1 : 1;
	return memcmp(&left->group.key, &right->group.key, sizeof(left->group.key));
}

static void begin(const struct why *why, struct finding_set *found, size_t index,
                  const struct rule *rule)
{
	struct finding *finding = &found->findings[index];

	found->rules[index] = rule;
	finding->rule = rule->id;
	finding->source = rule->source;
	finding->window = groups_window_of(why->groups, &finding->group);
	finding->old = groups_older(why->groups, &finding->group, why->old);
}

void finding_set_judge(const struct why *why, struct finding_set *found, size_t index,
                       const struct rule *rule)
{
	begin(why, found, index, rule);
	rule->judge(why, &found->findings[index]);
}

/* Is this the largest group that the process has open, and has fd-limit no group of it? */
static bool stands_for_process(const struct why *why, size_t index)
{
	bool at_limit;
	size_t first;

	return survey_process(why->survey, &groups_at(why->groups, index)->key, &first,
	                      &at_limit) &&
	       !at_limit && first == index;
}

/* No socket of the process is a problem, but the process is near its limit of fds. */
static void judge_limit(const struct why *why, struct finding_set *found, size_t index)
{
	const struct group *group = groups_at(why->groups, index);
	struct finding *finding = &found->findings[index];
	const struct task *task;

	if (finding->level > FINDING_UNCLEAR || !group->count ||
	    !(rule_fd_limit.states & STATE_BIT(group->key.state)))
		return;
	task = rule_task(why, finding);
	if (!task || !rule_near_fd_limit(task) || rules[group->key.class - 1] == &rule_fd_limit ||
	    !stands_for_process(why, index))
		return;
	finding_free(finding);
	*finding = (struct finding){.group = *group};
	finding_set_judge(why, found, index, &rule_fd_limit);
}

static void judge_groups(const struct why *why, struct finding_set *found)
{
	for (size_t i = 0; i < groups_count(why->groups); i++) {
		const struct group *group = groups_at(why->groups, i);

		found->findings[i].group = *group;
		found->of_group[i] = (uint32_t)i;
		finding_set_judge(why, found, i, rules[group->key.class - 1]);
		judge_limit(why, found, i);
	}
	found->count = groups_count(why->groups);
}

static void judge_storms(const struct why *why, struct finding_set *found)
{
	for (size_t i = 0; why->storms && i < storms_count(why->storms); i++) {
		const struct storm *storm = storms_at(why->storms, i);
		struct finding *finding = &found->findings[found->count];
		size_t at = 0;

		while (at < rules_count &&
		       !(rules[at]->match_storm && rules[at]->match_storm(why->table, storm)))
			at++;
		if (at == rules_count)
			continue;
		finding->group.key = storm->key.place;
		finding->group.key.pid = storm->pid;
		finding->group.key.start = storm->start;
		finding->storm = storm;
		finding_set_judge(why, found, found->count++, rules[at]);
	}
}

static void judge_netns(const struct why *why, struct finding_set *found, uint32_t netns)
{
	for (size_t i = 0; i < rules_count; i++) {
		struct finding *finding = &found->findings[found->count];

		if (!rules[i]->match_netns || !rules[i]->match_netns(why, netns))
			continue;
		finding->group.key = (struct group_key){.netns = netns, .class = (uint8_t)(i + 1)};
		finding->of_netns = true;
		finding_set_judge(why, found, found->count++, rules[i]);
	}
}

static void judge_all_netns(const struct why *why, struct finding_set *found,
                            const struct map *spaces)
{
	for (size_t i = 0; i < spaces->count; i++)
		judge_netns(why, found, *(const uint64_t *)map_at(spaces, i));
}

/* The namespaces of all groups. None if the user named states: a namespace has no state. */
static int find_netns(const struct why *why, const struct rules_request *ask, struct map *spaces)
{
	for (size_t i = 0; !ask->states && i < groups_count(why->groups); i++) {
		const uint64_t netns = groups_at(why->groups, i)->key.netns;

		if (!map_get(spaces, &netns))
			return -ENOMEM;
	}
	return 0;
}

static int make_room(const struct why *why, struct finding_set *found, size_t spaces)
{
	size_t groups = groups_count(why->groups), of_netns = 0;
	size_t room = groups + (why->storms ? storms_count(why->storms) : 0) + 1;

	for (size_t i = 0; i < rules_count; i++)
		of_netns += rules[i]->match_netns != NULL;
	room += spaces * of_netns;

	found->findings = calloc(room, sizeof(*found->findings));
	found->rules = calloc(room, sizeof(*found->rules));
	found->of_group = calloc(groups + 1, sizeof(*found->of_group));
	return found->findings && found->rules && found->of_group ? 0 : -ENOMEM;
}

/* A few sockets that no rule is about are reported only if the user named their state. */
static bool is_of_interest(const struct finding *finding, const struct rules_request *ask)
{
	return finding->rule != rule_no_rule.id || ask->states ||
	       (finding->group.count >= PILE_LEAST && finding->group.key.state != STATE_LISTEN);
}

/* Also drops findings that were merged into others. */
static void compact(struct finding_set *found, const struct rules_request *ask)
{
	size_t kept = 0;

	for (size_t i = 0; i < found->count; i++) {
		if (found->rules[i] && is_of_interest(&found->findings[i], ask))
			found->findings[kept++] = found->findings[i];
		else
			finding_free(&found->findings[i]);
	}
	found->count = kept;
}

static int join_all(const struct why *why, struct groups *groups, const struct rules_request *ask,
                    struct finding_set *found)
{
	int err = finding_set_merge(why, groups, found);

	if (!err)
		err = finding_set_join_ends(why, found, ask->states);
	if (!err && !(ask->states & STATE_BIT(STATE_CLOSE)))
		err = finding_set_join_closed(found);
	return err;
}

static int find_all(struct why *why, struct groups *groups, const struct rules_request *ask,
                    struct finding_set *found)
{
	struct map spaces;
	int err;

	map_init(&spaces, sizeof(uint64_t), sizeof(uint64_t));
	err = find_netns(why, ask, &spaces);
	if (!err)
		err = make_room(why, found, spaces.count);
	if (!err) {
		judge_groups(why, found);
		judge_storms(why, found);
		judge_all_netns(why, found, &spaces);
		err = join_all(why, groups, ask, found);
		compact(found, ask);
	}
	map_free(&spaces);
	if (!err)
		qsort(found->findings, found->count, sizeof(*found->findings), compare);
	return err;
}

int rules_run(const struct table *table, struct groups *groups, const struct storms *storms,
              const struct rules_request *ask, struct finding **result, size_t *count)
{
	struct survey survey;
	struct why why = {table, groups, storms, &survey, ask->old};
	struct finding_set found = {0};
	uint8_t failures[CONNECT_FAILURE_COUNT];
	int err;

	failure_classes(failures);
	err = groups_collect(groups, classify, (void *)ask, failures);
	if (err)
		return err;
	survey_init(&survey, table, groups);
	err = find_all(&why, groups, ask, &found);
	survey_free(&survey);
	free(found.rules);
	free(found.of_group);
	if (err) {
		rules_free(found.findings, found.count);
		return err;
	}
	*result = found.findings;
	*count = found.count;
	return 0;
}

void rules_free(struct finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		finding_free(&findings[i]);
	free(findings);
}
