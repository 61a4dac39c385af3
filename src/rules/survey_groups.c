/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers about all groups. */
#include "rules/rule.h"
#include "rules/survey_private.h"

/* The index of a group. */
struct numbered {
	struct group_key key;
	size_t index;
};

static struct group_key key_of_process(const struct group_key *key, uint8_t class)
{
	return (struct group_key){.pid = key->pid, .start = key->start, .class = class};
}

/* Has `passive` set to differ from a process whose pid and start are 0. */
static struct group_key key_of_netns(const struct group_key *key)
{
	return (struct group_key){.netns = key->netns, .class = key->class, .passive = 1};
}

/* The first group is the largest: groups are sorted by size. */
static bool keep_first(struct map *map, const struct group_key *key, size_t index)
{
	size_t count = map->count;
	struct numbered *numbered = map_get(map, key);

	if (numbered && map->count > count)
		numbered->index = index;
	return numbered;
}

static bool add_largest(struct survey *survey, size_t index, const struct group_key *key)
{
	const struct group_key process = key_of_process(key, key->class);
	const struct group_key netns = key_of_netns(key);

	return keep_first(&survey->largest.map, &process, index) &&
	       keep_first(&survey->largest.map, &netns, index);
}

bool survey_largest(struct survey *survey, const struct group_key *key, bool of_process,
                    size_t *index)
{
	const struct group_key wanted =
		of_process ? key_of_process(key, key->class) : key_of_netns(key);
	const struct numbered *found;

	if (!survey_groups(survey, &survey->largest, sizeof(*found), add_largest))
		return false;
	found = map_find(&survey->largest.map, &wanted);
	if (found)
		*index = found->index;
	return found;
}

static bool add_unseen(struct survey *survey, size_t index, const struct group_key *key)
{
	struct group_key any = *key;

	if (!groups_at(survey->groups, index)->count ||
	    rules[key->class - 1] != &rule_close_wait_unseen)
		return true;
	any.class = 0;
	return map_get(&survey->unseen.map, &any);
}

bool survey_has_unseen(struct survey *survey, const struct group_key *key)
{
	struct group_key any = *key;

	any.class = 0;
	return survey_groups(survey, &survey->unseen, sizeof(any), add_unseen) &&
	       map_find(&survey->unseen.map, &any);
}

struct process {
	struct group_key key;
	size_t first;
	bool has_first, at_limit;
};

static bool add_process(struct survey *survey, size_t index, const struct group_key *key)
{
	const struct group_key wanted = key_of_process(key, 0);
	struct process *process = map_get(&survey->processes.map, &wanted);

	if (!process)
		return false;
	process->at_limit |= rules[key->class - 1] == &rule_fd_limit;
	if (process->has_first || !(rule_fd_limit.states & STATE_BIT(key->state)))
		return true;
	process->has_first = true;
	process->first = index;
	return true;
}

bool survey_process(struct survey *survey, const struct group_key *key, size_t *first,
                    bool *at_limit)
{
	const struct group_key wanted = key_of_process(key, 0);
	const struct process *process;

	if (!survey_groups(survey, &survey->processes, sizeof(*process), add_process))
		return false;
	process = map_find(&survey->processes.map, &wanted);
	if (!process || !process->has_first)
		return false;
	*first = process->first;
	*at_limit = process->at_limit;
	return true;
}
