/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has asked and who has answered, as the times of the last data tell. Who was connected to
 * answers. Private to the rules.
 */
#ifndef TCPTRAIL_RULES_ANSWERS_H
#define TCPTRAIL_RULES_ANSWERS_H

#include "rules/survey.h"

/* Is all that was asked read, and nothing sent back since? *ns: since the last of it came. */
bool answer_is_due(const struct table *table, const struct row *row, uint64_t *ns);
/* The same of a socket whose ends are known: passive, as row_is_passive() has it. */
bool answer_is_due_at(const struct table *table, const struct row *row, bool passive, uint64_t *ns);

/* What is in flight is no news for a second: nothing waited for so long in why_healthy.sh. */
#define ANSWER_WAITS   NS_PER_SEC
#define ANSWER_BUCKETS 32 /* by time in ms: 1, 2 to 3, 4 to 7, ... */

/* Of the ESTABLISHED sockets at a place, those of one process or (pid 0) all. */
struct answers {
	struct group_key key;
	uint32_t all;
	uint32_t accepted;             /* of passive ones */
	uint32_t owners;               /* processes that have accepted ones; of all of a place */
	uint32_t waiting;              /* an answer is due for ANSWER_WAITS or longer */
	uint32_t processes;            /* that have these; of all of a place */
	uint64_t longest;              /* ns that the first of these waits */
	uint32_t answered;             /* something came of the last that was asked */
	uint32_t took[ANSWER_BUCKETS]; /* ... from the last byte of one to the last of the other */
	uint64_t last;                 /* ns since the latest answer; if answered */
	/* The most of those answered that waited for it at the same time; of places where some wait now. */
	uint32_t at_once;
};
/* Of the process (or, by pid 0, all) at the key's place. false: no memory. */
bool survey_answers(struct survey *survey, const struct group_key *key, struct answers *answers);
/* ns within which so many percent of the answers came; 0: there were none. */
uint64_t answers_within(const struct answers *answers, unsigned int percent);

#endif
