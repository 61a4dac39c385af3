/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports changes and losses. */
#ifndef TCPTRAIL_TABLE_EMIT_PRIVATE_H
#define TCPTRAIL_TABLE_EMIT_PRIVATE_H

#include "table/parts_private.h"

void change_emit(struct table *t, const struct change *change);
/* count: facts lost; 0: not known how many. */
void loss_count(struct table *t, enum fact_loss_where where, uint64_t count);
/* Reports the losses that were only counted so far. */
void loss_report(struct table *t);

#endif
