/* SPDX-License-Identifier: BSD-2-Clause */
/* Who made a socket, and who holds it now. */
#include <string.h>

#include "table/table_private.h"

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

/*
 * A row's first holders are searched one by one; those behind them, of which a socket that is
 * inherited or passed around may have very many, are in an index.
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

/* Puts it at a place of the list of its row's holders: the n-th one. ROW_NONE: no memory. */
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

uint32_t holder_restore(struct table *t, struct row *row, const struct fact_table_holder *fact,
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

	/* What no fd refers to any more gets none again: this was seen before it was closed. */
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
			const struct task *task = table_task(t, holder->task);
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

/* All of them have the same process: then it does not matter which one it is. */
static void owner_of_all(const struct table *t, const struct listening *found, struct owner *owner)
{
	struct owner other;

	owner_of(t, found->rows[0], owner);
	for (uint32_t i = 1; i < found->count && owner->task; i++) {
		if (i < LISTENERS_COUNTED)
			owner_of(t, found->rows[i], &other);
		if (i == LISTENERS_COUNTED || other.task != owner->task ||
		    other.more != owner->more)
			*owner = (struct owner){.listeners = found->count};
	}
	if (!owner->task && found->count > 1)
		*owner = (struct owner){.listeners = found->count};
}

void table_owner(const struct table *t, const struct row *row, struct owner *owner)
{
	const struct row *msk = table_find_mptcp(t, row);
	struct listening found;

	owner_of(t, row, owner);
	/* What a subflow lacks of its own tells nothing. */
	if (!owner->task && owner->holding != HOLDING_KERNEL && msk) {
		table_owner(t, msk, owner);
		return;
	}
	if (owner->task || !row_awaits_accept(row))
		return;
	listening_find(t, row, &found);
	if (!found.count)
		return;
	owner_of_all(t, &found, owner);
	owner->fd = -1;
	owner->queued = true;
	if (owner->task)
		owner->source = OWNER_LISTENER;
}
