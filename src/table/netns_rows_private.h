/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of each network namespace, in the order in which they came. */
#ifndef TCPTRAIL_TABLE_NETNS_ROWS_PRIVATE_H
#define TCPTRAIL_TABLE_NETNS_ROWS_PRIVATE_H

#include "table/parts_private.h"

/* 0, or -1: no memory; the row is in no list then. */
int netns_rows_add(struct table *t, struct row *row);
void netns_rows_remove(struct table *t, struct row *row);
/* The first row of a namespace; the others follow by next_in_netns. */
struct row *netns_rows_first(const struct table *t, uint32_t netns);
/* Puts all rows in the order of their indices. */
void netns_rows_order(struct table *t);

#endif
