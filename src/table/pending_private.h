/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap and queues of lookups that the table waits for. */
#ifndef TCPTRAIL_TABLE_PENDING_PRIVATE_H
#define TCPTRAIL_TABLE_PENDING_PRIVATE_H

#include "table/parts_private.h"
#include "table/pending.h"

#define FIRST_LOOK (50 * NS_PER_MS) /* for a FIN or an end, after the cause */

void pending_push(struct heap *heap, const struct due *due);
struct due pending_pop(struct heap *heap);

/* A mini-socket: does it exist at `due`? */
void pending_mini(struct table *t, const struct row *row, uint64_t due);
/* A mini-socket, in FIN_WAIT2 since `time`: has its peer's FIN come? */
void pending_fin(struct table *t, const struct row *row, uint64_t time);
/* A full socket whose local port is not known. */
void pending_port(struct table *t, const struct row *row);
/* An MPTCP socket that went to CLOSE at `time`: does it still exist? */
void pending_end(struct table *t, const struct row *row, uint64_t time);
void pending_task(struct table *t, uint32_t pid, uint64_t start);
void pending_stack(struct table *t, uint64_t id);
void pending_free(struct table *t);

#endif
