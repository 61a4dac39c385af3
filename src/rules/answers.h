/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests and answers, from the times of the last data sent and received. The side that accepted
 * the connection answers. Private to the rules.
 */
#ifndef TCPTRAIL_RULES_ANSWERS_H
#define TCPTRAIL_RULES_ANSWERS_H

#include "rules/survey.h"

/*
 * Was the whole request read, and nothing sent back since then? *ns: time since the last byte of
 * the request.
 */
bool answer_is_due(const struct table *table, const struct row *row, uint64_t *ns);
/* The same if the caller knows whether the row is passive (row_is_passive()). */
bool answer_is_due_at(const struct table *table, const struct row *row, bool passive, uint64_t *ns);

/* Shorter waits are normal: no answer takes this long in why_healthy.sh. */
#define ANSWER_WAITS   NS_PER_SEC
#define ANSWER_BUCKETS 32 /* by time in ms: 1, 2 to 3, 4 to 7, ... */

/* The ESTABLISHED sockets at a place, of one process or (pid 0) of all. */
struct answers {
	struct group_key key;
	uint32_t all;
	uint32_t accepted;  /* how many are passive */
	uint32_t owners;    /* processes with accepted sockets; only with pid 0 */
	uint32_t waiting;   /* an answer is due for ANSWER_WAITS or longer */
	uint32_t processes; /* processes with waiting sockets; only with pid 0 */
	uint64_t longest;   /* ns that the oldest of these waits */
	uint32_t answered;  /* the last request has an answer */
	/* Answers by the time from the last byte of the request to the last byte of the answer. */
	uint32_t took[ANSWER_BUCKETS];
	uint64_t last; /* ns since the latest answer, if answered is not 0 */
	/*
	 * The largest number of answered sockets that waited for their answer at the same time.
	 * Counted only if some socket waits now.
	 */
	uint32_t at_once;
};
/* For the key's process (pid 0: all processes) at its place. false: no memory. */
bool survey_answers(struct survey *survey, const struct group_key *key, struct answers *answers);
/* ns within which `percent` of the answers came; 0: there was no answer. */
uint64_t answers_within(const struct answers *answers, unsigned int percent);

#endif
