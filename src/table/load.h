/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checkpoints that come in, by table_apply().
 *
 * A table that has folded no fact but names becomes what the checkpoint says; no change is
 * reported. In a table in use a checkpoint changes nothing that can be seen, but makes its hidden
 * order the same, as table_checkpoint() does in the table that it reads: a table that folded
 * everything and one that began here are equal from there on.
 *
 * table_apply() refuses a damaged checkpoint with -EINVAL at the first fact that cannot be right,
 * or at its end if a fact is missing. The table is as after table_restart() then, and the rest of
 * the checkpoint is skipped. The same happens, without an error, if another fact or another
 * checkpoint comes before its end.
 */
#ifndef TCPTRAIL_TABLE_LOAD_H
#define TCPTRAIL_TABLE_LOAD_H

struct table;

/*
 * As new, but with its listener, its lookups and its cap. The listener gets the end (CHANGE_END) of
 * every row, but no transition.
 */
void table_restart(struct table *table);

#endif
