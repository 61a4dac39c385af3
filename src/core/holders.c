/* SPDX-License-Identifier: BSD-2-Clause */
/* Who made a socket, and who holds it now. */
#include <string.h>

#include "core/table_private.h"

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

static struct holder *holder_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->holders, index);
}

void holder_add(struct table *t, struct row *row, uint32_t pid, uint64_t start, const char *comm,
                int fd)
{
	uint32_t *link = &row->holders, task, index;
	struct holder *holder;

	/* What no fd refers to any more gets none again: this was seen before it was closed. */
	if (row->flags & ROW_ORPHAN)
		return;
	task = task_ref(t, pid, start, comm);
	if (task == ROW_NONE)
		return;
	row->flags &= ~ROW_HIDDEN;
	for (; *link != ROW_NONE; link = &holder->next) {
		holder = holder_at(t, *link);
		if (holder->fd != fd || holder->task != task)
			continue;
		task_unref(t, task);
		holder->gen = t->holder_gen;
		return;
	}
	index = pool_take(&t->holders);
	if (index == POOL_NONE) {
		task_unref(t, task);
		return;
	}
	holder = holder_at(t, index);
	*holder = (struct holder){.task = task, .fd = fd, .next = ROW_NONE, .gen = t->holder_gen};
	*link = index;
}

void holders_keep(struct table *t, struct row *row, uint32_t gen)
{
	uint32_t *link = &row->holders;

	while (*link != ROW_NONE) {
		uint32_t index = *link;
		struct holder *holder = holder_at(t, index);

		if (gen && holder->gen == gen) {
			link = &holder->next;
			continue;
		}
		if (row->owner == ROW_NONE) {
			const struct task *task = table_task(t, holder->task);
			struct fact_task last = {.pid = task->pid, .start = task->start};

			memcpy(last.comm, task->comm, sizeof(last.comm));
			owner_set(t, row, &last, 0, OWNER_WALK);
		}
		*link = holder->next;
		task_unref(t, holder->task);
		pool_put(&t->holders, index);
	}
}

const struct holder *table_holder(const struct table *t, uint32_t index)
{
	return holder_at(t, index);
}

uint64_t table_holders_time(const struct table *t)
{
	return t->hold_begin;
}

/* --- whom to name --------------------------------------------------------------------------- */

/* Files are closed soon after the exit is told: an ended process holds nothing. */
static bool holds(const struct table *t, const struct holder *holder)
{
	return !table_task(t, holder->task)->exited;
}

/* The first that is alive, and how many more are. */
static void name_holder(const struct table *t, const struct row *row, struct owner *owner)
{
	const struct holder *holder = table_holder(t, row->holders);
	const struct origin *origin = table_origin(t, row->owner);

	for (; holder; holder = table_holder(t, holder->next)) {
		if (!holds(t, holder))
			continue;
		if (owner->task) {
			owner->more++;
			continue;
		}
		owner->task = table_task(t, holder->task);
		owner->fd = holder->fd;
		owner->holding = HOLDING_OPEN;
		/* Found by a walk, but we also know how it got there. */
		owner->source =
			origin && origin->task == holder->task ? row->owner_source : OWNER_WALK;
	}
}

/* Who made it, or had it last; the holder who has just ended, if nobody is known but that. */
static void name_origin(const struct table *t, const struct row *row, struct owner *owner)
{
	const struct origin *origin = table_origin(t, row->owner);
	const struct holder *holder = table_holder(t, row->holders);

	if (origin) {
		owner->task = table_task(t, origin->task);
		owner->source = row->owner_source;
	} else if (holder) {
		owner->task = table_task(t, holder->task);
		owner->source = OWNER_WALK;
	}
	if (row->flags & ROW_HIDDEN)
		owner->holding = HOLDING_HIDDEN;
	else if (!owner->task)
		owner->holding = HOLDING_UNKNOWN;
	else if (owner->task->exited)
		owner->holding = HOLDING_EXITED;
	else
		owner->holding =
			row->flags & (ROW_ORPHAN | ROW_MINI) ? HOLDING_CLOSED : HOLDING_OPEN;
}

static void owner_of(const struct table *t, const struct row *row, struct owner *owner)
{
	*owner = (struct owner){.fd = -1, .source = OWNER_NONE};
	name_holder(t, row, owner);
	if (!owner->task)
		name_origin(t, row, owner);
	if (!owner->task && row->flags & ROW_KERNEL)
		owner->holding = HOLDING_KERNEL;
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
	owner->queued = true;
	if (owner->task)
		owner->source = OWNER_LISTENER;
}
