/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A socket that a process does not close goes from CLOSE_WAIT to CLOSE when its peer resets it.
 * Both states have one cause. So the finding about those in CLOSE_WAIT also counts those in CLOSE.
 */
#include <errno.h>

#include "rules/finding_set_private.h"

struct numbered {
	struct group_key key; /* no class */
	size_t index;
};

static struct group_key key_of(const struct finding *finding)
{
	struct group_key key = finding->group.key;

	key.state = STATE_CLOSE_WAIT;
	key.class = 0;
	return key;
}

static int find_leaks(const struct finding_set *found, struct map *leaks)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct group_key key = key_of(&found->findings[i]);
		struct numbered *leak;

		if (found->rules[i] != &rule_close_wait_leak)
			continue;
		leak = map_get(leaks, &key);
		if (!leak)
			return -ENOMEM;
		leak->index = i;
	}
	return 0;
}

static void join(struct finding_set *found, const struct map *leaks)
{
	for (size_t i = 0; i < found->count; i++) {
		struct finding *finding = &found->findings[i];
		const struct group_key key = key_of(finding);
		const struct numbered *leak;

		if (found->rules[i] != &rule_close_leak)
			continue;
		leak = map_find(leaks, &key);
		finding->waits = leak && found->findings[leak->index].level >= finding->level &&
		                 finding->level > FINDING_STEADY;
	}
}

int finding_set_join_closed(struct finding_set *found)
{
	struct map leaks;
	int err;

	map_init(&leaks, sizeof(struct group_key), sizeof(struct numbered));
	err = find_leaks(found, &leaks);
	if (!err)
		join(found, &leaks);
	map_free(&leaks);
	return err;
}
