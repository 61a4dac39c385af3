/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/pile.h"

#include <errno.h>
#include <stdlib.h>

#include "base/map.h"

struct entry {
	struct group_key key;
	struct pile pile;
};

static void add(struct pile *pile, const struct finding *finding)
{
	const struct group *group = &finding->group;

	/* A finding that waits for another one names the pile only if all do. */
	if (!pile->worst || (pile->worst->waits && !finding->waits) ||
	    (pile->worst->waits == finding->waits && finding->level > pile->worst->level))
		pile->worst = finding;
	pile->count += group->count;
	pile->failed += group->failed;
	pile->at_least |= group->at_least;
	if (group->oldest > pile->oldest)
		pile->oldest = group->oldest;
}

static bool is_pile(const struct pile *pile)
{
	return pile->count >= PILE_LEAST || pile->failed || pile->worst->level > FINDING_STEADY ||
	       (pile->worst->level == FINDING_STEADY && pile->worst->old);
}

static int sort_into(struct map *map, const struct finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct group_key key = findings[i].group.key;
		struct entry *entry;

		if (findings[i].storm || findings[i].of_netns)
			continue;
		key.class = findings[i].group.failed ? key.class : 0;
		entry = map_get(map, &key);
		if (!entry)
			return -ENOMEM;
		add(&entry->pile, &findings[i]);
	}
	return 0;
}

int piles_make(const struct finding *findings, size_t count, struct pile **piles, size_t *made)
{
	struct map map;
	int err;

	map_init(&map, sizeof(struct group_key), sizeof(struct entry));
	*made = 0;
	err = sort_into(&map, findings, count);
	*piles = err ? NULL : calloc(map.count + 1, sizeof(**piles));
	if (!err && !*piles)
		err = -ENOMEM;
	for (size_t i = 0; i < map.count && !err; i++) {
		const struct pile *pile = &((const struct entry *)map_at(&map, i))->pile;

		if (is_pile(pile))
			(*piles)[(*made)++] = *pile;
	}
	map_free(&map);
	return err;
}
