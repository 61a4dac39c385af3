/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole table as facts (include/fact.h, FACT_TABLE), and back: so that a replay can
 * begin in the middle of a recording and still come to the same table.
 *
 * table_apply() takes the facts back. A table that no fact but names has come to becomes
 * what the checkpoint tells; no change is told of that. In a table in use they change
 * nothing that can be seen, but make its hidden order the same, as table_checkpoint()
 * does in the table that it reads: who folded everything so far, and who began here, are
 * equal from there on.
 *
 * A checkpoint that is damaged is refused by table_apply() with -EINVAL at the first fact
 * that cannot be, or at its end if one is missing: the table is as after table_restart()
 * then, and what follows of the checkpoint is skipped. So it is, without an error, when
 * another fact or another checkpoint comes before its end.
 */
#ifndef TCPTRAIL_TABLE_CHECKPOINT_H
#define TCPTRAIL_TABLE_CHECKPOINT_H

#include "base/buffer.h"
#include "table/table.h"
#include "fact/sink.h"

/*
 * Hands the table to fn, fact by fact, all of table_now()'s time. -EBUSY, and fn was not
 * called: a walk runs, or a checkpoint comes in.
 */
int table_checkpoint(struct table *table, fact_fn *fn, void *arg);

/*
 * As new, but for its listener, what it asks for and its cap. The listener is told that
 * every row ends (CHANGE_END), of no transition.
 */
void table_restart(struct table *table);

/* Adds the checkpoint to the buffer. 0, -EBUSY as above, -ENOMEM. */
int table_dump(struct table *table, struct buffer *out);

/* Have the two the same checkpoint, to the byte? 1 or 0; -EBUSY as above, -ENOMEM. */
int table_equal(struct table *a, struct table *b);

#endif
