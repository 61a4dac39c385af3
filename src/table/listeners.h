/* SPDX-License-Identifier: BSD-2-Clause */
/* Which listener a connection came from. */
#ifndef TCPTRAIL_TABLE_LISTENERS_H
#define TCPTRAIL_TABLE_LISTENERS_H

#include <stdint.h>

#include "base/buffer.h"
#include "table/row.h"

struct table;

/* Several listeners may share an address (SO_REUSEPORT): no more than this are looked at. */
#define LISTENERS_COUNTED 32

/* The listener whose queue a passive socket belongs to; NULL: not known, or one of several. */
const struct row *table_find_listener(const struct table *table, const struct row *row);
/*
 * How many listeners the row may belong to; LISTENERS_COUNTED + 1: more than LISTENERS_COUNTED.
 * any: one of them; NULL: there is none.
 */
uint32_t table_count_listeners(const struct table *table, const struct row *row,
                               const struct row **any);
/*
 * How many other sockets listen at the same address, up to LISTENERS_COUNTED. idle: how many of
 * them have an empty accept queue.
 */
uint32_t table_siblings(const struct table *table, const struct row *listener, uint32_t *idle);
/* Adds the indices (uint32_t) of the listeners of a namespace that had sockets in their queues. */
void table_queues(const struct table *table, uint32_t netns, struct buffer *rows);
/* Did the other end connect? If the beginning of the socket was not seen, its ports decide. */
bool row_is_passive(const struct table *table, const struct row *row);

#endif
