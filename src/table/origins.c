/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads that made sockets, with the stack they made them from: shared by rows and counted. */
#include "table/origins_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/stacks_private.h"
#include "table/tasks_private.h"

static uint32_t *origin_link(void *element)
{
	return &((struct origin *)element)->next;
}

static uint64_t origin_hash(const struct hash_key *secret, const void *element)
{
	const struct origin *origin = element;
	struct {
		uint64_t stack;
		uint32_t task, tid;
		char comm[FACT_COMM_LEN], thread[FACT_COMM_LEN];
	} key = {.stack = origin->stack, .task = origin->task, .tid = origin->tid};

	memcpy(key.comm, origin->comm, sizeof(key.comm));
	memcpy(key.thread, origin->thread, sizeof(key.thread));
	return hash_keyed(secret, &key, sizeof(key));
}

struct chains origins_by_all(struct table *t)
{
	return (struct chains){&t->origin_index, &t->origins, origin_link,
	                       origin_hash,      &t->secret,  NULL};
}

static bool origin_same(const struct origin *a, const struct origin *b)
{
	return a->stack == b->stack && a->task == b->task && a->tid == b->tid &&
	       !memcmp(a->comm, b->comm, sizeof(a->comm)) &&
	       !memcmp(a->thread, b->thread, sizeof(a->thread));
}

static uint32_t origin_new(struct table *t, const struct origin *want)
{
	const struct chains chains = origins_by_all(t);
	uint32_t index = pool_take(&t->origins);

	if (index == POOL_NONE)
		return ROW_NONE;
	*origin_at(t, index) = *want;
	if (!chain_add(&chains, index)) {
		stack_ref(t, want->stack);
		return index;
	}
	pool_put(&t->origins, index);
	return ROW_NONE;
}

uint32_t origin_ref(struct table *t, const struct fact_task *fact, uint64_t stack)
{
	struct origin want = {.stack = stack, .tid = fact->tid};
	uint32_t index;

	want.task = task_ref(t, fact->pid, fact->start, fact->comm);
	if (want.task == ROW_NONE)
		return ROW_NONE;
	task_copy_comm(want.comm, fact->comm);
	task_copy_comm(want.thread, fact->thread);
	index = chain_first(&t->origin_index, origin_hash(&t->secret, &want));
	while (index != ROW_NONE && !origin_same(origin_at(t, index), &want))
		index = origin_at(t, index)->next;
	if (index == ROW_NONE)
		index = origin_new(t, &want);
	else
		task_unref(t, want.task); /* the origin has its own reference */
	if (index == ROW_NONE)
		task_unref(t, want.task);
	else
		origin_at(t, index)->refs++;
	return index;
}

uint32_t origin_ref_index(struct table *t, uint32_t index)
{
	struct origin *origin = index < t->origins.used ? origin_at(t, index) : NULL;

	if (!origin || !origin->refs)
		return ROW_NONE;
	origin->refs++;
	return index;
}

void origin_unref(struct table *t, uint32_t index)
{
	const struct chains chains = origins_by_all(t);
	struct origin *origin = origin_at(t, index);
	uint64_t stack;
	uint32_t task;

	if (!origin || --origin->refs)
		return;
	task = origin->task;
	stack = origin->stack;
	chain_remove(&chains, index);
	pool_put(&t->origins, index);
	task_unref(t, task);
	stack_unref(t, stack);
}

int origin_load(struct table *t, const struct fact_table_origin *fact)
{
	const struct chains chains = origins_by_all(t);
	struct origin *origin;

	/* Each row has one, and for an instant two. */
	if (fact->index < t->origins.used || fact->index > t->rows.max ||
	    task_ref_index(t, fact->task) == ROW_NONE)
		return -EINVAL;
	if (pool_claim(&t->origins, fact->index))
		return -ENOMEM;
	origin = origin_at(t, fact->index);
	origin->stack = fact->stack;
	origin->task = fact->task;
	origin->tid = fact->tid;
	origin->refs = 1; /* of the checkpoint, until its end */
	task_copy_comm(origin->comm, fact->comm);
	task_copy_comm(origin->thread, fact->thread);
	if (chain_add(&chains, fact->index))
		return -ENOMEM;
	stack_ref(t, origin->stack);
	return 0;
}

void origins_drop_unused(struct table *t)
{
	for (uint32_t i = 0; i < t->origins.used; i++)
		if (origin_at(t, i)->refs)
			origin_unref(t, i);
}

void origins_free(struct table *t)
{
	pool_free(&t->origins);
	free(t->origin_index.buckets);
}
