/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The number of sockets of each group (count/group.h) at one time, and the difference of two such
 * counts. A census stays valid when the table changes or restarts.
 */
#ifndef TCPTRAIL_COUNT_CENSUS_H
#define TCPTRAIL_COUNT_CENSUS_H

#include "field/field.h"
#include "count/group.h"
#include "select/query.h"

struct census;

/* Counts the sockets that match the query, at the table's time. NULL: no memory. */
struct census *census_take(const struct table *table, const struct query *query);
void census_free(struct census *census);

/* Time of the census, ns since 1970; 0: the table did not know the clock. */
int64_t census_wall(const struct census *census);
/* Number of sockets in each state; NEW_SYN_RECV counts as SYN_RECV. */
void census_states(const struct census *census, uint32_t states[STATE_COUNT]);

/* One group at both times. */
struct census_row {
	struct group_key key;
	char comm[FACT_COMM_LEN]; /* command name of key.pid, the later one if it changed */
	uint32_t before, after;
	uint32_t stayed;                 /* sockets of `after` that were in this state before */
	int64_t time_before, time_after; /* as census_wall */
};

/*
 * Lists the groups of both censuses, largest change first. all: groups of unchanged size, too. The
 * caller frees *rows with free(). 0 or -ENOMEM.
 */
int census_compare(const struct census *before, const struct census *after, bool all,
                   struct census_row **rows, size_t *count);

/* Columns of a struct census_row. */
extern const struct field census_fields[];
extern const size_t census_fields_count;

#endif
