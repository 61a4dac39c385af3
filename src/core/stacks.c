/* SPDX-License-Identifier: BSD-2-Clause */
/* User stacks by id. They are few, and stay. */
#include <stdlib.h>
#include <string.h>

#include "core/table_private.h"

#define STACKS_MAX 65536U

static uint32_t *stack_link(void *element)
{
	return &((struct stack *)element)->next;
}

static uint64_t stack_hash(const struct hash_key *secret, const void *element)
{
	return hash_keyed(secret, &((const struct stack *)element)->id, sizeof(uint64_t));
}

const struct stack *table_find_stack(const struct table *t, uint64_t id)
{
	uint32_t at = chain_first(&t->stack_index, hash_keyed(&t->secret, &id, sizeof(id)));
	const struct stack *stack = NULL;

	for (; at != ROW_NONE; at = stack->next) {
		stack = pool_at(&t->stacks, at);
		if (stack->id == id)
			return stack;
	}
	return NULL;
}

void fold_stack(struct table *t, const struct fact_stack *fact)
{
	const struct chains chains = {&t->stack_index, &t->stacks, stack_link,
	                              stack_hash,      &t->secret, NULL};
	uint32_t index;
	struct stack *stack;

	if (!fact->id || !fact->count || table_find_stack(t, fact->id))
		return;
	index = t->stacks.live < STACKS_MAX ? pool_take(&t->stacks) : POOL_NONE;
	if (index == POOL_NONE) {
		loss_count(t, LOSS_STACK, 1);
		return;
	}
	stack = pool_at(&t->stacks, index);
	stack->id = fact->id;
	stack->space = fact->space;
	stack->count = fact->count;
	stack->ips = malloc(fact->count * sizeof(*stack->ips));
	if (!stack->ips || chain_add(&chains, index)) {
		free(stack->ips);
		pool_put(&t->stacks, index);
		loss_count(t, LOSS_STACK, 1);
		return;
	}
	memcpy(stack->ips, fact->ips, fact->count * sizeof(*stack->ips));
}

void stacks_free(struct table *t)
{
	for (uint32_t i = 0; i < t->stacks.used; i++)
		free(((struct stack *)pool_at(&t->stacks, i))->ips);
	pool_free(&t->stacks);
	free(t->stack_index.buckets);
}
