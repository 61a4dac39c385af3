/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/store_private.h"

#include <errno.h>
#include <stdlib.h>

#include "table/counters_private.h"
#include "table/inodes_private.h"
#include "table/mib_private.h"
#include "table/origins_private.h"
#include "table/pending_private.h"
#include "table/stacks_private.h"
#include "table/tasks_private.h"
#include "table/tombstones_private.h"

static void init(struct table *t, uint32_t max_rows)
{
	pool_init(&t->rows, sizeof(struct row), max_rows);
	pool_init(&t->tasks, sizeof(struct task), TASKS_MAX);
	pool_init(&t->origins, sizeof(struct origin), POOL_NONE);
	pool_init(&t->stacks, sizeof(struct stack), POOL_NONE);
	pool_init(&t->frames, sizeof(struct stack_frame), POOL_NONE);
	t->idle_first = t->idle_last = ROW_NONE;
	pool_init(&t->holders, sizeof(struct holder), POOL_NONE);
	pool_init(&t->steps, sizeof(struct step), POOL_NONE);
	pool_init(&t->netns_rows, sizeof(struct netns_rows), POOL_NONE);
	pool_init(&t->counters, sizeof(struct netns_counters), POOL_NONE);
	t->first_counters = t->last_counters = ROW_NONE;
	t->totals.rows_max = max_rows;
}

int table_store_open(struct table *t, uint32_t max_rows)
{
	init(t, max_rows);
	t->secret = t->tombstones.secret = hash_key_new();
	t->names = names_new(UINT32_MAX);
	return t->names ? 0 : -ENOMEM;
}

/* Frees all but the names. */
static void free_parts(struct table *t)
{
	pool_free(&t->rows);
	tasks_free(t);
	origins_free(t);
	stacks_free(t);
	pool_free(&t->holders);
	pool_free(&t->steps);
	free(t->by_sk.buckets);
	free(t->by_tuple.buckets);
	free(t->by_pair.buckets);
	free(t->by_listener.buckets);
	free(t->by_cookie.buckets);
	free(t->holder_index.buckets);
	pool_free(&t->netns_rows);
	free(t->netns_index.buckets);
	inodes_forget(t);
	counters_free(t);
	mib_free(t);
	pending_free(t);
	tombstones_clear(&t->tombstones);
}

void table_store_free(struct table *t)
{
	free_parts(t);
	names_free(t->names);
}

void table_store_reset(struct table *t)
{
	const struct table old = *t;

	free_parts(t);
	*t = (struct table){
		.names = old.names,
		.listener = old.listener,
		.listener_arg = old.listener_arg,
		.pending.kinds = old.pending.kinds,
		.secret = old.secret,
		.tombstones.secret = old.secret,
		.ids = old.ids,
	};
	names_forget(t->names);
	init(t, old.rows.max);
}
