/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Merges findings that have one cause. Findings of one rule in one state are merged and judged
 * again: workers and children of one program at one place, many places of one process, and programs
 * that run again and again. Findings of different levels stay apart.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "count/group_place.h"
#include "rules/finding_set_private.h"

#define PLACES_FEW 4 /* remote ends: so few may have separate causes */
#define NAMED_MOST 4 /* parts that the evidence names */

/* What merged findings have in common. Compared as bytes. */
struct merge_key {
	const struct rule *rule;
	struct group_key key; /* without the fields that may differ */
	char comm[FACT_COMM_LEN];
	uint8_t level;
	uint8_t kind, detail, act; /* of storms */
	uint8_t is_storm, elsewhere;
	uint8_t pad[2];
	uint32_t index; /* of the finding; not compared */
	uint32_t pad2;
};

#define MERGE_KEY_SIZE offsetof(struct merge_key, index)

struct stage {
	bool same_process, same_place;
	bool clients; /* only active groups with few sockets: a pile has its own cause */
	size_t least; /* findings */
};

static const struct stage stages[] = {
	{.same_place = true, .least = 2},
	{.same_process = true, .least = PLACES_FEW + 1},
	{.clients = true, .least = PLACES_FEW + 1},
};

static void name_of(const struct why *why, const struct finding *finding, char comm[FACT_COMM_LEN])
{
	const struct task *task = rule_task(why, finding);
	const char *name = finding->storm ? finding->storm->key.comm : finding->group.comm;

	memcpy(comm, task ? task->comm : name, FACT_COMM_LEN);
}

static void merge_key_of(const struct why *why, const struct finding_set *found, size_t index,
                         const struct stage *stage, struct merge_key *merge)
{
	const struct finding *finding = &found->findings[index];
	const struct group_key *key = &finding->group.key;

	memset(merge, 0, sizeof(*merge));
	merge->rule = found->rules[index];
	merge->key = *key;
	if (!stage->same_process)
		merge->key.pid = merge->key.start = 0;
	if (!stage->same_place) {
		memset(merge->key.addr, 0, sizeof(merge->key.addr));
		merge->key.port = 0;
	}
	name_of(why, finding, merge->comm);
	/* Failures at one place have one cause, even if each process has few. */
	if (!finding->group.failed || !stage->same_place)
		merge->level = (uint8_t)finding->level;
	merge->is_storm = finding->storm != NULL;
	if (finding->storm) {
		merge->kind = finding->storm->key.kind;
		merge->detail = finding->storm->key.detail;
		merge->act = finding->storm->key.act;
		merge->elsewhere = finding->storm->key.elsewhere;
	}
	merge->index = (uint32_t)index;
}

/* Findings are sorted by size, so the largest of equal ones comes first. */
static int compare(const void *a, const void *b)
{
	const struct merge_key *left = a, *right = b;
	int order = memcmp(left, right, MERGE_KEY_SIZE);

	return order ? order : (left->index > right->index) - (left->index < right->index);
}

static uint64_t size_of(const struct finding *finding)
{
	const struct group *group = &finding->group;

	if (finding->storm)
		return finding->storm->count;
	return group->failed ? group->failed : group->count;
}

/* Small numbers of RSTs of many processes are no storm together. */
static bool can_be_joined(const struct finding_set *found, size_t index, const struct stage *stage)
{
	const struct finding *finding = &found->findings[index];

	if (!found->rules[index] || finding->of_netns ||
	    (finding->storm && finding->level < FINDING_WARNING))
		return false;
	return !stage->clients || (!finding->group.key.passive && size_of(finding) < PILE_LEAST);
}

/* --- evidence --------------------------------------------------------------------------------- */

/* "one cause for 64 processes and 1 place: 12 in 4242/gunicorn of port 80; ... and 60 more" */
static void note_parts(const struct why *why, struct finding *joined,
                       const struct finding_set *found, const struct merge_key *parts, size_t count)
{
	struct buffer text = {0};

	buffer_print(&text, "one cause for %u process%s and %u place%s:", joined->group.processes,
	             joined->group.processes == 1 ? "" : "es", joined->group.places,
	             joined->group.places == 1 ? "" : "s");
	for (size_t i = 0; i < count && i < NAMED_MOST; i++) {
		const struct finding *part = &found->findings[parts[i].index];
		char name[RULE_NAME_SIZE], place[PLACE_SIZE];

		group_place_text(&part->group.key, place);
		buffer_print(&text, "%s %" PRIu64 " in %s %s", i ? ";" : "", size_of(part),
		             rule_task_name(why, part, name), place);
	}
	if (count > NAMED_MOST)
		buffer_print(&text, "; and %zu more", count - NAMED_MOST);
	if (!text.failed)
		finding_evidence(joined, "%.*s", (int)text.size, text.data);
	buffer_free(&text);
}

/* --- joining ---------------------------------------------------------------------------------- */

static void add_end(struct storm *sum, const struct storm_end *end)
{
	int at = 0;

	while (at < STORM_ENDS && sum->ends[at].count &&
	       memcmp(sum->ends[at].addr, end->addr, sizeof(end->addr)) != 0)
		at++;
	if (at == STORM_ENDS || !end->count)
		return;
	memcpy(sum->ends[at].addr, end->addr, sizeof(end->addr));
	sum->ends[at].count += end->count;
}

static void add_storm(struct storm *sum, const struct storm *part)
{
	sum->count += part->count;
	sum->harmless += part->harmless;
	sum->burst += part->burst;
	sum->dying += part->dying;
	sum->curt += part->curt;
	sum->silent += part->silent;
	sum->here += part->here;
	sum->syns += part->syns;
	sum->others += part->others;
	sum->unread += part->unread;
	sum->full += part->full;
	sum->small += part->small;
	sum->stuck += part->stuck;
	if (part->first < sum->first)
		sum->first = part->first;
	if (part->last > sum->last)
		sum->last = part->last;
	for (int i = 0; i < STATE_COUNT; i++)
		sum->states[i] += part->states[i];
	for (int i = 0; i < STORM_ENDS; i++)
		add_end(sum, &part->ends[i]);
}

static int sum_storms(struct finding *joined, const struct finding_set *found,
                      const struct merge_key *parts, size_t count)
{
	const struct storm *first = found->findings[parts[0].index].storm;

	if (!first)
		return 0;
	joined->sum = malloc(sizeof(*joined->sum));
	if (!joined->sum)
		return -ENOMEM;
	*joined->sum = *first;
	for (size_t i = 1; i < count; i++)
		add_storm(joined->sum, found->findings[parts[i].index].storm);
	joined->storm = joined->sum;
	return 0;
}

static int sum_groups(struct groups *groups, struct finding *joined,
                      const struct finding_set *found, const struct merge_key *parts, size_t count)
{
	const struct group **each = calloc(count, sizeof(*each));
	int err = each ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		each[i] = &found->findings[parts[i].index].group;
	if (!err)
		err = groups_join(groups, each, count, &joined->group);
	free(each);
	return err;
}

/* Replaces the first part with the joined finding. */
static void replace(struct finding_set *found, const struct finding *joined,
                    const struct merge_key *parts, size_t count)
{
	uint32_t first = parts[0].index;

	for (size_t i = 1; i < count; i++)
		found->rules[parts[i].index] = NULL;
	/* finding_free(): the first part may own a sum of storms of an earlier stage. */
	finding_free(&found->findings[first]);
	found->findings[first] = *joined;
}

static enum finding_level worst_of(const struct finding_set *found, const struct merge_key *parts,
                                   size_t count)
{
	enum finding_level worst = FINDING_OK;

	for (size_t i = 0; i < count; i++)
		if (found->findings[parts[i].index].level > worst)
			worst = found->findings[parts[i].index].level;
	return worst;
}

static int join(const struct why *why, struct groups *groups, struct finding_set *found,
                const struct merge_key *parts, size_t count)
{
	const struct rule *rule = found->rules[parts[0].index];
	struct finding before = found->findings[parts[0].index];
	struct finding joined = {0};
	int err = sum_groups(groups, &joined, found, parts, count);

	if (!err)
		err = sum_storms(&joined, found, parts, count);
	if (err)
		return err;
	note_parts(why, &joined, found, parts, count);
	found->findings[parts[0].index] = joined;
	finding_set_judge(why, found, parts[0].index, rule);
	joined = found->findings[parts[0].index];
	found->findings[parts[0].index] = before;
	/* The joined finding may be OK although no part is: keep the parts then. */
	if (joined.level >= worst_of(found, parts, count))
		replace(found, &joined, parts, count);
	else
		finding_free(&joined);
	return 0;
}

/* Points each group to the finding that its own finding was merged into. */
static void follow(struct finding_set *found, size_t groups, const uint32_t *gone_to)
{
	for (size_t i = 0; i < groups; i++)
		found->of_group[i] = gone_to[found->of_group[i]];
}

static int run_stage(const struct why *why, struct groups *groups, struct finding_set *found,
                     const struct stage *stage, struct merge_key *keys, uint32_t *gone_to)
{
	size_t count = 0;
	int err = 0;

	for (size_t i = 0; i < found->count; i++) {
		gone_to[i] = (uint32_t)i;
		if (can_be_joined(found, i, stage))
			merge_key_of(why, found, i, stage, &keys[count++]);
	}
	qsort(keys, count, sizeof(*keys), compare);
	for (size_t from = 0, to; from < count && !err; from = to) {
		for (to = from + 1; to < count && !memcmp(&keys[from], &keys[to], MERGE_KEY_SIZE);)
			to++;
		if (to - from < stage->least)
			continue;
		err = join(why, groups, found, keys + from, to - from);
		for (size_t i = from + 1; i < to; i++)
			if (!found->rules[keys[i].index])
				gone_to[keys[i].index] = keys[from].index;
	}
	follow(found, groups_count(why->groups), gone_to);
	return err;
}

int finding_set_merge(const struct why *why, struct groups *groups, struct finding_set *found)
{
	struct merge_key *keys = calloc(found->count + 1, sizeof(*keys));
	uint32_t *gone_to = calloc(found->count + 1, sizeof(*gone_to));
	int err = keys && gone_to ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]) && !err; i++)
		err = run_stage(why, groups, found, &stages[i], keys, gone_to);
	free(keys);
	free(gone_to);
	return err;
}
