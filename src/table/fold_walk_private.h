/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds the beginning and the end of walks, and what a walk over fds finds. */
#ifndef TCPTRAIL_TABLE_FOLD_WALK_PRIVATE_H
#define TCPTRAIL_TABLE_FOLD_WALK_PRIVATE_H

#include "table/parts_private.h"

void fold_walk_begin(struct table *t, const struct fact_walk *fact);
void fold_walk_end(struct table *t, const struct fact_walk *fact);
void fold_holder(struct table *t, const struct fact_holder *fact);
/* The running walks have failed and have no end. */
void walks_abandon(struct table *t);

/* WALK_SOCKETS: the walk has not seen it, and no fact came since the walk began: it is gone. */
bool walk_missed(const struct table *t, const struct row *row);
/* WALK_HOLDERS: in CLOSE only an fd keeps a socket, and the walk has found none. */
bool walk_left(const struct table *t, const struct row *row);
/* WALK_HOLDERS: it is open, and was before the walk began, and the walk has found no fd of it. */
bool walk_unheld(const struct table *t, const struct row *row);

#endif
