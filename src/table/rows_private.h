/* SPDX-License-Identifier: BSD-2-Clause */
/* Storage of rows and of the steps of their lives, with all indices. */
#ifndef TCPTRAIL_TABLE_ROWS_PRIVATE_H
#define TCPTRAIL_TABLE_ROWS_PRIVATE_H

#include "table/find_private.h"
#include "table/netns_rows_private.h"
#include "table/pairs_private.h"
#include "table/parts_private.h"

/* A new row. NULL: the table is at its cap, or no memory. */
struct row *row_take(struct table *t, uint64_t sk, uint32_t netns, uint64_t time);
/* Frees a row that nothing refers to any more. */
void row_put(struct table *t, struct row *row);
/*
 * A row of a checkpoint, at an index above all others: counted, and in the indices that its
 * address and flags demand. -EINVAL: bad index, or a row has its address; -ENOMEM.
 */
int row_load(struct table *t, const struct row *as, uint32_t index);
void row_set_sk(struct table *t, struct row *row, uint64_t sk);
void row_set_cookie(struct table *t, struct row *row, uint64_t cookie);
/*
 * Takes over addresses and ports, and keeps the indices right. 0, or -1: no memory to list the row
 * in its namespace; no walk misses it then, and it lives until its end is seen.
 */
int row_set_tuple(struct table *t, struct row *row, const struct fact_sample *s);
/* Its addresses are those of a life that is over. */
void row_unplace(struct table *t, struct row *row);
/* Sets the state and counts it; adds no step, reports no change. */
void row_set_state(struct table *t, struct row *row, enum tcp_state state);
/* Is the row counted with its MPTCP socket? */
void row_set_subflow(struct table *t, struct row *row, bool is);
void row_add_step(struct table *t, struct row *row, uint64_t time, enum step_kind kind, uint8_t a,
                  uint8_t b);
void row_forget_life(struct table *t, struct row *row);

/* Counts one more, and stays at the maximum: 65,537 is never printed as 1. */
static inline void saturate(uint16_t *count)
{
	*count += *count < UINT16_MAX;
}

#endif
