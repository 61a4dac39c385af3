/* SPDX-License-Identifier: BSD-2-Clause */
/* Who made a socket, and who holds it now. */
#include "table/holders_private.h"

#include <string.h>

#include "table/origins_private.h"
#include "table/tasks_private.h"

void owner_set(struct table *t, struct row *row, const struct fact_task *task, uint64_t stack,
               enum owner_source source)
{
	uint32_t origin = origin_ref(t, task, stack);

	if (origin == ROW_NONE)
		return;
	origin_unref(t, row->owner);
	row->owner = origin;
	row->owner_source = (uint8_t)source;
}

/*
 * The first holders of a row are searched one by one. Further ones are in an index: a socket that
 * is inherited or passed around may have very many.
 */
#define SEARCHED 8

struct holder_key {
	uint32_t row, task;
	int32_t fd;
	uint32_t zero;
};

static uint32_t *holder_link(void *element)
{
	return &((struct holder *)element)->chain;
}

static uint64_t hash_key(const struct hash_key *secret, const struct holder_key *key)
{
	return hash_keyed(secret, key, sizeof(*key));
}

static uint64_t holder_hash(const struct hash_key *secret, const void *element)
{
	const struct holder *holder = element;

	return hash_key(secret, &(struct holder_key){holder->row, holder->task, holder->fd, 0});
}

static struct chains holders_by_all(struct table *t)
{
	return (struct chains){&t->holder_index, &t->holders, holder_link,
	                       holder_hash,      &t->secret,  NULL};
}

static struct holder *find_indexed(const struct table *t, const struct holder_key *key)
{
	struct holder *holder =
		holder_at(t, chain_first(&t->holder_index, hash_key(&t->secret, key)));

	while (holder &&
	       !(holder->row == key->row && holder->task == key->task && holder->fd == key->fd))
		holder = holder_at(t, holder->chain);
	return holder;
}

/* Inserts a holder into the list of its row, as the n-th one. Its index; ROW_NONE: no memory. */
static uint32_t holder_insert(struct table *t, const struct row *row, uint32_t *place, uint32_t n,
                              const struct holder *as)
{
	const struct chains chains = holders_by_all(t);
	uint32_t index = pool_take(&t->holders);
	struct holder *holder;

	if (index == POOL_NONE)
		return ROW_NONE;
	holder = holder_at(t, index);
	*holder = *as;
	holder->next = *place;
	holder->row = n < SEARCHED ? ROW_NONE : row->self;
	if (n >= SEARCHED && chain_add(&chains, index)) {
		pool_put(&t->holders, index);
		return ROW_NONE;
	}
	*place = index;
	return index;
}

uint32_t holder_load(struct table *t, struct row *row, const struct fact_table_holder *fact,
                     uint32_t task, uint32_t after, uint32_t count)
{
	const struct holder as = {.task = task, .fd = fact->fd, .gen = fact->gen};
	struct holder *last = holder_at(t, after);

	return holder_insert(t, row, last ? &last->next : &row->holders, count, &as);
}

void holder_add(struct table *t, struct row *row, uint32_t pid, uint64_t start, const char *comm,
                int fd)
{
	uint32_t *link = &row->holders, task, count = 0;
	struct holder *holder = NULL;

	/* An orphan never gets an fd again: the walk saw this one before it was closed. */
	if (row->flags & ROW_ORPHAN)
		return;
	task = task_ref(t, pid, start, comm);
	if (task == ROW_NONE)
		return;
	row->flags &= ~(ROW_HIDDEN | ROW_UNHELD);
	for (; *link != ROW_NONE && count < SEARCHED; link = &holder->next, count++) {
		holder = holder_at(t, *link);
		if (holder->fd == fd && holder->task == task)
			break;
	}
	if (*link == ROW_NONE)
		holder = NULL;
	else if (count == SEARCHED)
		holder = find_indexed(t, &(struct holder_key){row->self, task, fd, 0});
	if (!holder &&
	    holder_insert(t, row, link, count,
	                  &(struct holder){.task = task, .fd = fd, .gen = t->holder_gen}) !=
	            ROW_NONE)
		return;
	task_unref(t, task);
	if (holder)
		holder->gen = t->holder_gen;
}

void holders_keep(struct table *t, struct row *row, uint32_t gen)
{
	const struct chains chains = holders_by_all(t);
	uint32_t *link = &row->holders;

	while (*link != ROW_NONE) {
		uint32_t index = *link;
		struct holder *holder = holder_at(t, index);

		if (gen && holder->gen == gen) {
			link = &holder->next;
			continue;
		}
		if (row->owner == ROW_NONE) {
			const struct task *task = task_at(t, holder->task);
			struct fact_task last = {.pid = task->pid, .start = task->start};

			memcpy(last.comm, task->comm, sizeof(last.comm));
			owner_set(t, row, &last, 0, OWNER_WALK);
		}
		*link = holder->next;
		if (holder->row != ROW_NONE)
			chain_remove(&chains, index);
		task_unref(t, holder->task);
		pool_put(&t->holders, index);
	}
}
