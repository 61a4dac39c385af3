/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thresholds for monitoring, what --fail-if takes:
 *
 *   close_wait>100,age>5m          more than 100 of one process, over 5 minutes in it each
 *   syn_sent>50,growth>=10         of more than 50, 10 or more came than went
 *   time_wait>20000,per=host       of all processes together
 *
 * Conditions that must all hold for the sockets that one process, or the host, has
 * in one state. What is older than `age` is counted, what is younger is not there:
 * no single old socket makes a threshold of a hundred young ones.
 */
#ifndef TCPTRAIL_COUNT_THRESHOLD_H
#define TCPTRAIL_COUNT_THRESHOLD_H

#include "count/group.h"
#include "select/query.h"

struct threshold {
	const char *text; /* as typed; not owned */
	uint8_t state;    /* enum tcp_state */
	bool per_host;    /* else per process */
	bool has_growth;
	/* The greatest numbers that are fine still: 100 of ">100", 99 of ">=100". */
	uint64_t most;
	int64_t growth_most;
	uint64_t age; /* ns: those count that are at least so long in their state; 0: all */
};

/* 0, or -EINVAL with diag: what is wrong and what is accepted; -ENOMEM. text outlives it. */
int threshold_parse(const char *text, struct threshold *threshold, struct diag *diag);

/* STATE_BITs of the sockets it counts. */
uint32_t threshold_states(const struct threshold *threshold);

/*
 * Of the process, or the host, that it is met by and that has most; is it met by
 * none, of that which has most. Those whose process is not known count as one.
 */
struct threshold_result {
	bool met;
	uint32_t count;
	uint32_t undecided;      /* sockets that may count, or not: query_undecided() */
	uint32_t others;         /* further processes that it is met by */
	int64_t growth;          /* more came into the state than went out of it; with has_growth */
	uint64_t oldest;         /* ns in the state */
	bool oldest_exact;       /* else a lower bound */
	const struct task *task; /* until the table changes; NULL: not known, or the host */
	struct group_key place;  /* where most of them are */
	uint32_t places;         /* how many there are; 0: no such socket */
};

/*
 * Counts what the query lets pass, at the table's time. A lower bound of an age
 * satisfies the threshold when the bound does. groups: collected anew; it has
 * counted who came and went, if growth is asked. 0 or -ENOMEM.
 */
int threshold_evaluate(const struct threshold *threshold, const struct query *query,
                       const struct table *table, struct groups *groups,
                       struct threshold_result *result);

/* Not met, but it might be, if more were known? */
bool threshold_is_undecided(const struct threshold *threshold,
                            const struct threshold_result *result);

#endif
