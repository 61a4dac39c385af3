/* SPDX-License-Identifier: BSD-2-Clause */
/* User stacks by id. */
#ifndef TCPTRAIL_TABLE_STACKS_PRIVATE_H
#define TCPTRAIL_TABLE_STACKS_PRIVATE_H

#include "table/parts_private.h"

void fold_stack(struct table *t, const struct fact_stack *fact);
/* An origin more, or less, has the stack; id 0: none. */
void stack_ref(struct table *t, uint64_t id);
void stack_unref(struct table *t, uint64_t id);
const struct stack *stack_find(const struct table *t, uint64_t id);
/* Drops the oldest stacks without an origin, down to STACKS_IDLE. */
void stacks_trim(struct table *t);
/* All known stacks, in an order that is the same in a table loaded from a checkpoint. */
void stacks_each(const struct table *t, void (*fn)(const struct stack *stack, void *arg),
                 void *arg);
void stacks_free(struct table *t);

#endif
