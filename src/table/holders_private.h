/* SPDX-License-Identifier: BSD-2-Clause */
/* Who made a socket, and who holds it now. */
#ifndef TCPTRAIL_TABLE_HOLDERS_PRIVATE_H
#define TCPTRAIL_TABLE_HOLDERS_PRIVATE_H

#include "table/parts_private.h"

void owner_set(struct table *t, struct row *row, const struct fact_task *task, uint64_t stack,
               enum owner_source source);
void holder_add(struct table *t, struct row *row, uint32_t pid, uint64_t start, const char *comm,
                int fd);
/*
 * A holder of a checkpoint, behind `after`, which is the count-th holder of the row; ROW_NONE: it
 * is the first. Its index, or ROW_NONE: no memory.
 */
uint32_t holder_load(struct table *t, struct row *row, const struct fact_table_holder *fact,
                     uint32_t task, uint32_t after, uint32_t count);
/*
 * Keeps the holders of a generation; 0: none. The last one known becomes the owner if the row has
 * no owner.
 */
void holders_keep(struct table *t, struct row *row, uint32_t gen);

#endif
