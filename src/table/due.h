/* SPDX-License-Identifier: BSD-2-Clause */
/* Which lookups are due. */
#ifndef TCPTRAIL_TABLE_DUE_H
#define TCPTRAIL_TABLE_DUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "table/pending.h"

struct table;

/*
 * Takes the next lookup of these kinds (LOOKUP_BIT) that is due at the table's time. false: none.
 */
bool table_next_lookup(struct table *table, uint32_t kinds, struct lookup *lookup);
/*
 * Adds the indices (uint32_t) of the rows that the running walk has missed so far. The end of a
 * WALK_SOCKETS retires those of them whose kernel address is known; the end of a WALK_HOLDERS marks
 * them as held by nobody.
 */
void table_missed(const struct table *table, enum fact_walk_kind kind, struct buffer *rows);

#endif
