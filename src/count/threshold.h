/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thresholds for monitoring, as --fail-if takes them:
 *
 *   close_wait>100,age>5m          one process has over 100, each over 5 minutes in the state
 *   syn_sent>50,growth>=10         one process has over 50, and at least 10 more than before
 *   time_wait>20000,per=host       all processes together have over 20000
 *
 * All conditions must hold for the sockets of one process, or of the host, in one state. age leaves
 * out younger sockets: one old socket and a hundred young ones count as one.
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
	/* The largest numbers that are OK: 100 of ">100", 99 of ">=100". */
	uint64_t most;
	int64_t growth_most;
	uint64_t age; /* ns: minimum time in the state; 0: every socket counts */
};

/* 0; -EINVAL with diag: the fault and what is expected; -ENOMEM. text must outlive *threshold. */
int threshold_parse(const char *text, struct threshold *threshold, struct diag *diag);

/* STATE_BITs of the sockets it counts. */
uint32_t threshold_states(const struct threshold *threshold);

/*
 * The result for one process, or for the host: the one with most sockets of those that meet the
 * threshold; if none does, the one with most sockets. All unknown processes count as one process.
 */
struct threshold_result {
	bool met;
	uint32_t count;
	uint32_t undecided;      /* sockets that may count or not: query_undecided() */
	uint32_t others;         /* other processes that meet the threshold */
	int64_t growth;          /* sockets entered minus sockets left; if has_growth */
	uint64_t oldest;         /* ns in the state */
	bool oldest_exact;       /* else a lower bound */
	const struct task *task; /* until the table changes; NULL: not known, or the host */
	struct group_key place;  /* the place with most of the sockets */
	uint32_t places;         /* number of places; 0: there is no such socket */
};

/*
 * Counts the sockets that match the query, at the table's time. A lower bound of an age counts as
 * the age. Collects groups again; for a growth they must have counted since the start of the
 * window. 0 or -ENOMEM.
 */
int threshold_evaluate(const struct threshold *threshold, const struct query *query,
                       const struct table *table, struct groups *groups,
                       struct threshold_result *result);

/* Is the threshold not met, but would it be if the undecided sockets counted? */
bool threshold_is_undecided(const struct threshold *threshold,
                            const struct threshold_result *result);

#endif
