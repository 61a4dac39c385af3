/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/survey.h"

#include "rules/survey_private.h"

void survey_init(struct survey *survey, const struct table *table, const struct groups *groups)
{
	*survey = (struct survey){.table = table, .groups = groups};
}

void survey_free(struct survey *survey)
{
	struct survey_map *const maps[] = {&survey->largest,   &survey->unseen,  &survey->processes,
	                                   &survey->listeners, &survey->ends,    &survey->ports,
	                                   &survey->addresses, &survey->tasks,   &survey->places,
	                                   &survey->queues,    &survey->closed,  &survey->local,
	                                   &survey->bound,     &survey->sources, &survey->reached,
	                                   &survey->answers,   &survey->scanned};

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		if (maps[i]->state != SURVEY_NOT_YET)
			map_free(&maps[i]->map);
}

static bool begin(struct survey_map *answer, size_t key, size_t entry)
{
	if (answer->state != SURVEY_NOT_YET)
		return false;
	map_init(&answer->map, key, entry);
	answer->state = SURVEY_MADE;
	return true;
}

bool survey_groups(struct survey *survey, struct survey_map *answer, size_t entry,
                   survey_group_fn *add)
{
	if (begin(answer, sizeof(struct group_key), entry))
		for (size_t i = 0; i < groups_count(survey->groups); i++)
			if (!add(survey, i, &groups_at(survey->groups, i)->key))
				answer->state = SURVEY_FAILED;
	return answer->state == SURVEY_MADE;
}

bool survey_rows(struct survey *survey, struct survey_map *answer, size_t key, size_t entry,
                 survey_row_fn *add)
{
	struct row_iter iter;
	const struct row *row;

	if (begin(answer, key, entry))
		table_for_each (survey->table, iter, row)
			if (!add(survey, row))
				answer->state = SURVEY_FAILED;
	return answer->state == SURVEY_MADE;
}
