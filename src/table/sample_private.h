/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sample of a socket says of its row. */
#ifndef TCPTRAIL_TABLE_SAMPLE_PRIVATE_H
#define TCPTRAIL_TABLE_SAMPLE_PRIVATE_H

#include "table/parts_private.h"

/* Fields that every sample refreshes. */
void row_take_sample(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time);

#endif
