/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the answers of survey.h. */
#ifndef TCPTRAIL_RULES_SURVEY_PRIVATE_H
#define TCPTRAIL_RULES_SURVEY_PRIVATE_H

#include "rules/survey.h"

/* Adds one row to the answer; false: no memory. */
typedef bool survey_row_fn(struct survey *survey, const struct row *row);

/* Makes the answer from all rows, the first time only. true: the answer is complete. */
bool survey_rows(struct survey *survey, struct survey_map *answer, size_t key, size_t entry,
                 survey_row_fn *add);

/* Adds one group to the answer; false: no memory. */
typedef bool survey_group_fn(struct survey *survey, size_t index, const struct group_key *key);

/* The same from all groups. The key is a struct group_key. */
bool survey_groups(struct survey *survey, struct survey_map *answer, size_t entry,
                   survey_group_fn *add);

#endif
