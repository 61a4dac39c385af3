/* SPDX-License-Identifier: BSD-2-Clause */
/* An index of connected rows by both ends. Their addresses must not change while they are in it. */
#ifndef TCPTRAIL_TABLE_PAIRS_PRIVATE_H
#define TCPTRAIL_TABLE_PAIRS_PRIVATE_H

#include "table/parts_private.h"

struct chains rows_by_pair(struct table *t);
void pair_add(struct table *t, struct row *row);
void pair_remove(struct table *t, struct row *row);
/* Puts the row in or takes it out, as its state demands. */
void pair_update(struct table *t, struct row *row);
/* See table_find_peer(). */
const struct row *row_find_peer(const struct table *t, const struct row *row);

#endif
