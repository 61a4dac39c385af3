/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes and frees all parts of the table. */
#ifndef TCPTRAIL_TABLE_STORE_PRIVATE_H
#define TCPTRAIL_TABLE_STORE_PRIVATE_H

#include "table/parts_private.h"

/* Of a table that is all zero. 0 or -ENOMEM. */
int table_store_open(struct table *t, uint32_t max_rows);
void table_store_free(struct table *t);
/* As new, but with its listener, its lookups and its cap; no change is reported. */
void table_store_reset(struct table *t);

#endif
