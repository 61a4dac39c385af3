/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorts all sockets and all failed connects into groups, and measures the groups. */
#include "count/group_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t stack_of(const struct table *t, const struct row *row)
{
	const struct origin *origin = table_origin(t, row->owner);

	return origin ? origin->stack : 0;
}

static int add_member(struct groups *groups, const struct row *row, uint8_t class,
                      const uint64_t tally[GROUP_TALLIES])
{
	uint64_t now = table_now(groups->table);
	struct member *member = &groups->members[groups->member_count];
	struct group_key key;
	struct group *group;

	group_key_of(groups->table, row, &key);
	key.class = class;
	group = map_get(&groups->groups, &key);
	if (!group)
		return -ENOMEM;
	for (int i = 0; i < GROUP_TALLIES; i++)
		group->tally[i] += tally[i];
	group->count++;
	group->came += flows_has_come(&groups->flows, row);
	group->at_least |= !(row->flags & ROW_SINCE_EXACT);
	if (!group->example || row->since < group->example->since)
		group->example = row;
	*member = (struct member){
		.row = row,
		.age = now > row->since ? now - row->since : 0,
		.stack = stack_of(groups->table, row),
		.group = (uint32_t)map_index(&groups->groups, group),
	};
	groups->member_count++;
	return 0;
}

int member_compare(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	return (left->age > right->age) - (left->age < right->age);
}

static int by_stack(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return (left->stack > right->stack) - (left->stack < right->stack);
}

/* Finds the stack of most members. It sorts them by stack. */
static void find_stack(struct group *group, struct member *members, size_t count)
{
	qsort(members, count, sizeof(*members), by_stack);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from; to < count && members[to].stack == members[from].stack;)
			to++;
		if (!members[from].stack || to - from <= group->stack_count)
			continue;
		group->stack = members[from].stack;
		group->stack_count = (uint32_t)(to - from);
	}
}

void group_measure(struct group *group, struct member *members)
{
	size_t count = group->count;

	group->youngest = members[0].age;
	group->median = members[(count - 1) / 2].age;
	group->p99 = members[(count * 99 + 99) / 100 - 1].age;
	group->oldest = members[count - 1].age;
	find_stack(group, members, count);
}

static void conclude(struct groups *groups, struct group *group, struct member *members)
{
	struct group_key key = group->key;
	const struct flow *flow;

	group_measure(group, members);
	flow = flows_find(&groups->flows, &key);
	if (flow) {
		group->entered = flow->entered;
		group->left = flow->left;
		group->since = flow->since;
	}
	flow = flows_find_place(&groups->flows, &key);
	if (flow) {
		group->place_entered = flow->entered;
		group->place_left = flow->left;
		group->place_since = flow->since;
	}
}

static int add_failures(struct groups *groups, const struct flow *flow,
                        const uint8_t classes[CONNECT_FAILURE_COUNT])
{
	for (unsigned int i = CONNECT_FAILURE_NONE + 1; i < CONNECT_FAILURE_COUNT; i++) {
		struct group_key key = flow->key;
		struct group *group;

		if (!flow->failed[i] || !classes[i] || flow->key.class == FLOW_ELSEWHERE)
			continue;
		key.class = classes[i];
		if (flow_has_exited(groups->table, &key)) {
			key.pid = 0;
			key.start = 0;
		}
		group = map_get(&groups->groups, &key);
		if (!group)
			return -ENOMEM;
		group->failure = (enum connect_failure)i;
		if (group->failed && memcmp(group->comm, flow->comm, sizeof(flow->comm)) != 0)
			memset(group->comm, 0, sizeof(group->comm));
		else
			memcpy(group->comm, flow->comm, sizeof(group->comm));
		if (!group->failed || flow->since < group->since)
			group->since = flow->since;
		group->failed += flow->failed[i];
		group->local |= flow->local;
		group->waited += flow->waited;
		if (flow->last > group->last)
			group->last = flow->last;
		group->entered += flow->entered;
		group->left += flow->left;
	}
	return 0;
}

static int larger_first(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	if (left->failed != right->failed)
		return left->failed < right->failed ? 1 : -1;
	return memcmp(&left->key, &right->key, sizeof(left->key)); /* the same order each time */
}

static int add_rows(struct groups *groups, group_class_fn *classify, void *arg)
{
	struct row_iter iter;
	const struct row *row;
	int err = 0;

	table_for_each (groups->table, iter, row) {
		uint64_t tally[GROUP_TALLIES] = {0};
		uint8_t class = classify(groups->table, row, tally, arg);
		struct group_key key;

		if (flows_has_come(&groups->flows, row)) {
			group_key_of(groups->table, row, &key);
			flows_correct(&groups->flows, row, &key);
		}
		if (class && !err)
			err = add_member(groups, row, class, tally);
	}
	return err;
}

int groups_collect(struct groups *groups, group_class_fn *classify, void *arg,
                   const uint8_t failures[CONNECT_FAILURE_COUNT])
{
	struct totals totals;
	size_t at = 0;
	int err;

	table_totals(groups->table, &totals);
	map_free(&groups->groups);
	map_free(&groups->growth);
	free(groups->members);
	groups->member_count = 0;
	groups->member_room = totals.rows + 1;
	groups->members = calloc(groups->member_room, sizeof(*groups->members));
	if (!groups->members)
		return -ENOMEM;
	err = add_rows(groups, classify, arg);
	qsort(groups->members, groups->member_count, sizeof(*groups->members), member_compare);
	for (size_t i = 0; i < groups->groups.count; i++) {
		struct group *group = map_at(&groups->groups, i);

		group->first = at;
		conclude(groups, group, groups->members + at);
		at += group->count;
	}
	for (size_t i = 0; failures && i < groups->flows.map.count && !err; i++)
		err = add_failures(groups, flows_at(&groups->flows, i), failures);
	if (failures && !err)
		err = groups_find_other_family(groups);
	/* The map is only an array from here on: sorting breaks look-ups by key. */
	if (groups->groups.count)
		qsort(groups->groups.entries, groups->groups.count, sizeof(struct group),
		      larger_first);
	return err;
}

size_t groups_count(const struct groups *groups)
{
	return groups->groups.count;
}

const struct group *groups_at(const struct groups *groups, size_t index)
{
	return map_at(&groups->groups, index);
}
