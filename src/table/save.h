/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole table as facts (include/fact.h, FACT_TABLE): a checkpoint. With it a replay can begin
 * in the middle of a recording and still come to the same table. load.h says how a checkpoint is
 * taken back.
 */
#ifndef TCPTRAIL_TABLE_SAVE_H
#define TCPTRAIL_TABLE_SAVE_H

#include "base/buffer.h"
#include "fact/sink.h"

struct table;

/*
 * Hands the table to fn, fact by fact, all with the time of table_now(). Makes the hidden order of
 * the table the one that a table loaded from the checkpoint has. -EBUSY: a walk runs, or a
 * checkpoint is being loaded; fn was not called.
 */
int table_checkpoint(struct table *table, fact_fn *fn, void *arg);

/* Adds the checkpoint to the buffer. 0, -EBUSY as above, -ENOMEM. */
int table_dump(struct table *table, struct buffer *out);

/* Do both tables have the same checkpoint, byte by byte? 1 or 0; -EBUSY as above, -ENOMEM. */
int table_equal(struct table *a, struct table *b);

#endif
