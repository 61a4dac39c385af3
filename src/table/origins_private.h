/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads that made sockets, and from where. */
#ifndef TCPTRAIL_TABLE_ORIGINS_PRIVATE_H
#define TCPTRAIL_TABLE_ORIGINS_PRIVATE_H

#include "table/parts_private.h"

struct chains origins_by_all(struct table *t);
/* The origin, with one reference more; ROW_NONE: no process, or no memory. */
uint32_t origin_ref(struct table *t, const struct fact_task *task, uint64_t stack);
/* The same, by index; ROW_NONE: there is none. */
uint32_t origin_ref_index(struct table *t, uint32_t index);
void origin_unref(struct table *t, uint32_t index);
/* An origin of a checkpoint, at an index above all others. 0, -EINVAL: bad index; -ENOMEM. */
int origin_load(struct table *t, const struct fact_table_origin *fact);
/* A checkpoint is complete: drops the references that it held. */
void origins_drop_unused(struct table *t);
void origins_free(struct table *t);

#endif
