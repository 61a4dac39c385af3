/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many sockets each group (count/group.h) has at an instant, kept when the table has moved
 * on or has begun anew; and what has changed from one such count to another.
 */
#ifndef TCPTRAIL_COUNT_CENSUS_H
#define TCPTRAIL_COUNT_CENSUS_H

#include "field/field.h"
#include "count/group.h"
#include "select/query.h"

struct census;

/* Counts what the query lets pass, at the table's time. NULL: no memory. */
struct census *census_take(const struct table *table, const struct query *query);
void census_free(struct census *census);

/* When that was, ns since 1970; 0: the table did not know the clock. */
int64_t census_wall(const struct census *census);
/* How many there are in each state; NEW_SYN_RECV counts as SYN_RECV. */
void census_states(const struct census *census, uint32_t states[STATE_COUNT]);

/* One group at both instants. */
struct census_row {
	struct group_key key;
	char comm[FACT_COMM_LEN]; /* of key.pid: the later one, if it has changed */
	uint32_t before, after;
	uint32_t stayed; /* of `after`: so many were there before, in the same state */
	int64_t time_before, time_after; /* as census_wall */
};

/*
 * The groups of either census, greatest change first; those of the same size only with all.
 * *rows: to be freed by free(). 0 or -ENOMEM.
 */
int census_compare(const struct census *before, const struct census *after, bool all,
                   struct census_row **rows, size_t *count);

/* Columns of a struct census_row. */
extern const struct field census_fields[];
extern const size_t census_fields_count;

#endif
