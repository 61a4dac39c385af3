/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes in the life of a row, whichever fact brings them. */
#ifndef TCPTRAIL_TABLE_LIFE_PRIVATE_H
#define TCPTRAIL_TABLE_LIFE_PRIVATE_H

#include "table/parts_private.h"

/* NULL: the table is at its cap, or no memory; counted as a loss. */
struct row *row_new(struct table *t, uint64_t sk, uint32_t netns, uint64_t time);
/*
 * Who began to end a connection that is in that state now; CLOSER_NONE: the state does not show it.
 */
enum closer closer_of_state(enum tcp_state state);
/* Its end was lost: another socket has the address now, or it is destroyed. */
void row_outlived(struct table *t, struct row *row, uint64_t time);
/* Is the sample, taken at the row's kernel address, of another socket than the row? */
bool row_is_other(const struct row *row, const struct fact_sample *s);
/*
 * The row at a sample's kernel address. The kernel uses addresses again: the row of another socket,
 * whose end was lost, is retired. NULL: none.
 */
struct row *row_of_address(struct table *t, uint64_t sk, const struct fact_sample *s,
                           uint64_t time);
/*
 * The row enters a state; reports the change. The time in the old state is a lower bound if
 * inexact.
 */
void row_enter(struct table *t, struct row *row, enum tcp_state state, uint64_t time, bool inferred,
               const struct fact_task *actor);
/*
 * As row_enter(), of a transition that no event reports but whose cause is known: it came at
 * `time`, and the row was certainly in the old state until `until`.
 */
void row_infer(struct table *t, struct row *row, enum tcp_state state, uint64_t until,
               uint64_t time);
/* Reports a transition to SYN_SENT that was held back until the port is known, or will never be. */
void row_port_known(struct table *t, struct row *row);
/* Its end as inferred from a walk, lookup or deadline: a change to CLOSE, then no row. */
void row_retire(struct table *t, struct row *row, uint64_t time);
/* The same of a socket that no source finds any more; counts it as healed if its end was lost. */
void row_vanish(struct table *t, struct row *row, uint64_t time);
/* Reports that the socket goes on as another row, and drops the row. */
void row_become(struct table *t, struct row *row, const struct row *into, uint64_t time);
/* Reports that the row ends, and drops it. */
void row_end(struct table *t, struct row *row, uint64_t time);
/* The socket at that address is destroyed: a running walk may have sampled it before. */
void row_tombstone(struct table *t, uint64_t sk, uint64_t time);
/* A new row, first seen in a sample: sets the state and kind that the sample shows. */
void row_first_seen(struct table *t, struct row *row, const struct fact_sample *s);
/* The row's full socket is gone; a mini-socket in `state` goes on. */
void row_become_mini(struct table *t, struct row *row, enum tcp_state state, uint64_t time,
                     uint64_t deadline);
/* A row that got its addresses: ends what had them before, takes over its request socket. */
void row_settle(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time);

#endif
