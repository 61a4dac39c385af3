/* SPDX-License-Identifier: BSD-2-Clause */
/* Tasks that own and hold sockets: shared between rows and counted. */
#include <stdlib.h>
#include <string.h>

#include "core/table_private.h"

static uint32_t task_hash(uint32_t pid, const char *comm)
{
	uint64_t half[2];

	memcpy(half, comm, sizeof(half));
	return (uint32_t)hash_mix(pid ^ hash_mix(half[0] ^ hash_mix(half[1])));
}

static int task_index_grow(struct table *t)
{
	struct index *index = &t->task_index;
	uint32_t room = index->buckets ? (index->mask + 1) * 2 : 256;
	uint32_t *buckets = malloc(room * sizeof(*buckets));

	if (!buckets)
		return -1;
	memset(buckets, 0xff, room * sizeof(*buckets));
	for (uint32_t i = 0; index->buckets && i <= index->mask; i++) {
		uint32_t at = index->buckets[i], next;

		for (; at != ROW_NONE; at = next) {
			struct task *task = pool_at(&t->tasks, at);
			uint32_t bucket = task_hash(task->pid, task->comm) & (room - 1);

			next = task->next;
			task->next = buckets[bucket];
			buckets[bucket] = at;
		}
	}
	free(index->buckets);
	index->buckets = buckets;
	index->mask = room - 1;
	return 0;
}

/* The task, with one reference more; ROW_NONE: no memory. */
static uint32_t task_ref(struct table *t, uint32_t pid, const char *raw_comm)
{
	struct index *index = &t->task_index;
	char comm[FACT_COMM_LEN] = "";
	struct task *task;
	uint32_t at, bucket;

	memcpy(comm, raw_comm, strnlen(raw_comm, sizeof(comm) - 1));
	if ((!index->buckets || index->count > index->mask) && task_index_grow(t) &&
	    !index->buckets)
		return ROW_NONE;
	bucket = task_hash(pid, comm) & index->mask;
	for (at = index->buckets[bucket]; at != ROW_NONE; at = task->next) {
		task = pool_at(&t->tasks, at);
		if (task->pid == pid && !memcmp(task->comm, comm, sizeof(comm))) {
			task->refs++;
			return at;
		}
	}
	at = pool_take(&t->tasks);
	if (at == POOL_NONE)
		return ROW_NONE;
	task = pool_at(&t->tasks, at);
	task->pid = pid;
	task->refs = 1;
	memcpy(task->comm, comm, sizeof(comm));
	task->next = index->buckets[bucket];
	index->buckets[bucket] = at;
	index->count++;
	return at;
}

void task_unref(struct table *t, uint32_t index)
{
	struct task *task;
	uint32_t *at;

	if (index == ROW_NONE)
		return;
	task = pool_at(&t->tasks, index);
	if (--task->refs)
		return;
	at = &t->task_index.buckets[task_hash(task->pid, task->comm) & t->task_index.mask];
	while (*at != index)
		at = &((struct task *)pool_at(&t->tasks, *at))->next;
	*at = task->next;
	t->task_index.count--;
	pool_put(&t->tasks, index);
}

void owner_set(struct table *t, struct row *row, uint32_t pid, const char *comm,
               enum owner_source source)
{
	uint32_t task = pid ? task_ref(t, pid, comm) : ROW_NONE;

	if (task == ROW_NONE)
		return;
	task_unref(t, row->owner);
	row->owner = task;
	row->owner_source = (uint8_t)source;
}

void holder_add(struct table *t, struct row *row, uint32_t pid, const char *comm, int fd)
{
	uint32_t *link = &row->holders, task, index;
	struct holder *holder;

	/* What no fd refers to any more gets none again: this was seen before it was closed. */
	if (!pid || row->flags & ROW_ORPHAN)
		return;
	task = task_ref(t, pid, comm);
	if (task == ROW_NONE)
		return;
	for (; *link != ROW_NONE; link = &holder->next) {
		holder = pool_at(&t->holders, *link);
		if (holder->fd != fd ||
		    ((struct task *)pool_at(&t->tasks, holder->task))->pid != pid)
			continue;
		task_unref(t, holder->task); /* the same fd; its comm may be a new one */
		holder->task = task;
		holder->gen = t->holder_gen;
		return;
	}
	index = pool_take(&t->holders);
	if (index == POOL_NONE) {
		task_unref(t, task);
		return;
	}
	holder = pool_at(&t->holders, index);
	*holder = (struct holder){.task = task, .fd = fd, .next = ROW_NONE, .gen = t->holder_gen};
	*link = index;
}

void holders_keep(struct table *t, struct row *row, uint32_t gen)
{
	uint32_t *link = &row->holders;

	while (*link != ROW_NONE) {
		uint32_t index = *link;
		struct holder *holder = pool_at(&t->holders, index);
		const struct task *task = pool_at(&t->tasks, holder->task);

		if (gen && holder->gen == gen) {
			link = &holder->next;
			continue;
		}
		if (row->owner == ROW_NONE)
			owner_set(t, row, task->pid, task->comm, OWNER_WALK);
		*link = holder->next;
		task_unref(t, holder->task);
		pool_put(&t->holders, index);
	}
}

const struct task *table_task(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->tasks, index);
}

const struct holder *table_holder(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->holders, index);
}

static void owner_of(const struct table *t, const struct row *row, struct owner *owner)
{
	const struct holder *holder = table_holder(t, row->holders);

	*owner = (struct owner){.fd = -1, .source = OWNER_NONE};
	if (holder) {
		owner->task = table_task(t, holder->task);
		owner->fd = holder->fd;
		owner->source = OWNER_WALK;
		/* Found by a walk, but we also know how it got there. */
		if (row->owner != ROW_NONE && table_task(t, row->owner)->pid == owner->task->pid)
			owner->source = row->owner_source;
		while ((holder = table_holder(t, holder->next)))
			owner->more++;
	} else if (row->owner != ROW_NONE) {
		owner->task = table_task(t, row->owner);
		owner->source = row->owner_source;
	}
}

/* Request sockets, and what nobody accepted yet, belong to whoever listens. */
static bool awaits_accept(const struct row *row)
{
	if (row->flags & ROW_REQUEST)
		return true;
	if (row->flags & (ROW_SOCKET | ROW_ORPHAN | ROW_MINI | ROW_CONNECTED))
		return false;
	/* Reset while it waits, it waits on; else nobody knows how it came to be. */
	return row->state != STATE_CLOSE || row->flags & ROW_LISTENED;
}

void table_owner(const struct table *t, const struct row *row, struct owner *owner)
{
	const struct row *listener;

	owner_of(t, row, owner);
	if (owner->task || !awaits_accept(row))
		return;
	listener = table_find_listener(t, row);
	if (!listener)
		return;
	owner_of(t, listener, owner);
	owner->fd = -1;
	if (owner->task)
		owner->source = OWNER_LISTENER;
}
