/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds samples of single sockets, of walks and of lookups. */
#ifndef TCPTRAIL_TABLE_FOLD_SEEN_PRIVATE_H
#define TCPTRAIL_TABLE_FOLD_SEEN_PRIVATE_H

#include "table/parts_private.h"

void fold_seen(struct table *t, const struct fact_seen *fact);
void fold_gone(struct table *t, const struct fact_seen *fact);
void fold_parent(struct table *t, const struct fact_parent *fact);
void fold_last_data(struct table *t, const struct fact_last_data *fact);

#endif
