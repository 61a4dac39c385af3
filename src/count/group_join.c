/* SPDX-License-Identifier: BSD-2-Clause */
/* The sockets of groups, and groups joined to one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "count/group_private.h"

const struct row *groups_member(const struct groups *groups, const struct group *group, size_t n)
{
	return groups->members[group->first + n].row;
}

uint32_t groups_older(const struct groups *groups, const struct group *group, uint64_t ns)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < group->count; i++)
		count += groups->members[group->first + i].age >= ns;
	return count;
}

static int make_room(struct groups *groups, size_t more)
{
	struct member *members = array_reserve(groups->members, &groups->member_room,
	                                       groups->member_count + more, sizeof(*members));

	if (!members)
		return -ENOMEM;
	groups->members = members;
	return 0;
}

/* All groups at one place have the same place counts, so each place counts once. */
struct part_sets {
	struct map places, processes;
};

static bool is_new(struct map *set, const struct group_key *key, int *err)
{
	size_t count = set->count;

	if (!map_get(set, key))
		*err = -ENOMEM;
	return set->count > count;
}

static void add_numbers(struct group *joined, const struct group *part)
{
	joined->count += part->count;
	joined->entered += part->entered;
	joined->left += part->left;
	joined->came += part->came;
	joined->failed += part->failed;
	joined->at_least |= part->at_least;
	joined->local |= part->local;
	joined->waited += part->waited;
	if (part->last > joined->last)
		joined->last = part->last;
	for (int i = 0; i < GROUP_TALLIES; i++)
		joined->tally[i] += part->tally[i];
	/* 0 means since the start. */
	if (part->since < joined->since)
		joined->since = part->since;
	if (part->example && (!joined->example || part->example->since < joined->example->since))
		joined->example = part->example;
}

static int add_sets(struct part_sets *sets, struct group *joined, const struct group *part)
{
	struct group_key place = part->key, process = {0};
	int err = 0;

	process.pid = part->key.pid;
	process.start = part->key.start;
	place.pid = 0;
	place.start = 0;
	place.class = 0;
	joined->processes += is_new(&sets->processes, &process, &err);
	if (!is_new(&sets->places, &place, &err))
		return err;
	joined->places++;
	joined->place_entered += part->place_entered;
	joined->place_left += part->place_left;
	if (part->place_since < joined->place_since)
		joined->place_since = part->place_since;
	return err;
}

static struct group begin(const struct group *first)
{
	struct group joined = *first;

	joined.count = joined.came = 0;
	joined.entered = joined.left = joined.failed = joined.waited = 0;
	joined.place_entered = joined.place_left = 0;
	joined.stack = 0;
	joined.stack_count = 0;
	joined.processes = joined.places = 0;
	memset(joined.tally, 0, sizeof(joined.tally));
	return joined;
}

/* Copies the members of all parts to one place and measures them. */
static void measure(struct groups *groups, struct group *joined, const struct group *const *parts,
                    size_t count)
{
	struct member *members = groups->members + groups->member_count;
	size_t at = 0;

	joined->first = groups->member_count;
	for (size_t i = 0; i < count; i++) {
		memcpy(members + at, groups->members + parts[i]->first,
		       parts[i]->count * sizeof(*members));
		at += parts[i]->count;
	}
	groups->member_count += at;
	for (size_t i = 0; i < at; i++)
		members[i].group = 0;
	qsort(members, at, sizeof(*members), member_compare);
	if (at)
		group_measure(joined, members);
}

int groups_join(struct groups *groups, const struct group *const *parts, size_t count,
                struct group *joined)
{
	struct part_sets sets;
	int err = 0;

	*joined = begin(parts[0]);
	map_init(&sets.places, sizeof(struct group_key), sizeof(struct group_key));
	map_init(&sets.processes, sizeof(struct group_key), sizeof(struct group_key));
	for (size_t i = 0; i < count && !err; i++) {
		add_numbers(joined, parts[i]);
		err = add_sets(&sets, joined, parts[i]);
	}
	map_free(&sets.places);
	map_free(&sets.processes);
	err = err ? err : make_room(groups, joined->count);
	if (!err)
		measure(groups, joined, parts, count);
	return err;
}
