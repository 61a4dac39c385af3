/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket table: a pure fold over facts. No clock, no I/O, no libbpf: the
 * same facts give the same table, live or replayed.
 */
#ifndef TCPTRAIL_TABLE_TABLE_H
#define TCPTRAIL_TABLE_TABLE_H

#include "table/change.h"
#include "table/due.h"
#include "table/lookup.h"
#include "table/names.h"
#include "table/totals.h"

struct table;

#define TABLE_ROWS_DEFAULT 2000000U

/* max_rows: the most sockets that it holds, 0: the default; more are a loss. NULL: no memory. */
struct table *table_new(uint32_t max_rows);
void table_free(struct table *table);

/* Which lookups the table waits for, by LOOKUP_BITs; none at first, as a replay needs. */
void table_enable_lookups(struct table *table, uint32_t kinds);

/* Gets the changes, in order, from within table_apply(). */
void table_set_listener(struct table *table, table_change_fn *fn, void *arg);

/*
 * Folds one fact. 0; -EINVAL: malformed (too short for its type), nothing
 * changed. Unknown types are skipped.
 */
int table_apply(struct table *table, const struct fact *fact);

/* Time of the newest fact, and of the first one; ns of CLOCK_BOOTTIME. 0: none came yet. */
uint64_t table_now(const struct table *table);
uint64_t table_began(const struct table *table);
/* Wall clock (ns since 1970) of a boot time; 0 before any FACT_CLOCK. */
int64_t table_wall(const struct table *table, uint64_t boot);

struct names *table_names(struct table *table);
void table_totals(const struct table *table, struct totals *totals);

/* Did the last walk over holders miss open sockets for the first time? Another walk is due then. */
bool table_wants_holders(const struct table *table);
/* How many events repeated an earlier one so far; see bpf/state.bpf.c. */
uint64_t table_repeated(const struct table *table);

#endif
