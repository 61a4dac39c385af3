/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose accept queue a socket waits in. */
#ifndef TCPTRAIL_TABLE_LISTENERS_PRIVATE_H
#define TCPTRAIL_TABLE_LISTENERS_PRIVATE_H

#include "table/listeners.h"
#include "table/parts_private.h"

struct listening {
	const struct row *rows[LISTENERS_COUNTED];
	uint32_t count; /* LISTENERS_COUNTED + 1: more than LISTENERS_COUNTED */
};
/* The listeners that the row may have come from: one, if it is known. */
void listening_find(const struct table *t, const struct row *row, struct listening *found);
/* Half-open, or no program has accepted it yet: it belongs to its listener. */
bool row_awaits_accept(const struct row *row);

#endif
