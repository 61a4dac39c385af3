/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/lookup.h"

#include <string.h>

#include "table/inodes_private.h"
#include "table/listeners_private.h"
#include "table/pairs_private.h"
#include "table/parts_private.h"
#include "table/stacks_private.h"
#include "table/tasks_private.h"

/* --- rows ----------------------------------------------------------------------------------- */

static const struct row *row_from(const struct table *t, struct row_iter *iter)
{
	for (; iter->index < t->rows.used; iter->index++) {
		const struct row *row = row_at(t, iter->index);

		if (row->used && !(row->flags & ROW_NASCENT))
			return row;
	}
	return NULL;
}

const struct row *table_first(const struct table *t, struct row_iter *iter)
{
	iter->index = 0;
	return row_from(t, iter);
}

const struct row *table_next(const struct table *t, struct row_iter *iter)
{
	iter->index++;
	return row_from(t, iter);
}

const struct row *table_row(const struct table *t, uint32_t index)
{
	const struct row *row = index < t->rows.used ? row_at(t, index) : NULL;

	return row && row->used ? row : NULL;
}

const struct row *table_find_cookie(const struct table *t, uint64_t cookie)
{
	struct row_iter iter;
	const struct row *row;

	if (!cookie)
		return NULL;
	table_for_each (t, iter, row)
		if (row->cookie == cookie)
			return row;
	return NULL;
}

const struct row *table_find_inode(struct table *t, uint32_t inode)
{
	return inodes_find_for_source(t, inode);
}

const struct row *table_find_mptcp(const struct table *t, const struct row *row)
{
	return mptcp_of(t, row);
}

const struct row *table_next_subflow(const struct table *t, const struct row *row)
{
	return subflow_next(t, row);
}

const struct row *table_find_peer(const struct table *t, const struct row *row)
{
	return row_find_peer(t, row);
}

/* --- what belongs to them ------------------------------------------------------------------- */

const struct origin *table_origin(const struct table *t, uint32_t index)
{
	return origin_at(t, index);
}

const struct task *table_task(const struct table *t, uint32_t index)
{
	return task_at(t, index);
}

const struct holder *table_holder(const struct table *t, uint32_t index)
{
	return holder_at(t, index);
}

const struct step *table_step(const struct table *t, uint32_t index)
{
	return step_at(t, index);
}

const struct task *table_find_task(const struct table *t, uint32_t pid, uint64_t start)
{
	return task_find(t, pid, start);
}

const struct task *table_next_task(const struct table *t, uint32_t *index)
{
	return task_next(t, index);
}

const struct stack *table_find_stack(const struct table *t, uint64_t id)
{
	return stack_find(t, id);
}

uint64_t table_holders_time(const struct table *t)
{
	return t->hold_begin;
}

static void add_time(struct state_time *time, uint64_t from, uint64_t until, bool exact)
{
	if (until <= from)
		return;
	time->ns += until - from;
	time->at_least |= !exact;
}

/* A state that was not entered by an event may have lasted for longer. */
void table_time_in_states(const struct table *t, const struct row *row,
                          struct state_time times[STATE_COUNT])
{
	const struct step *step = table_step(t, row->history), *last = NULL;

	memset(times, 0, STATE_COUNT * sizeof(*times));
	for (; step; step = table_step(t, step->next)) {
		if (step->kind != STEP_STATE)
			continue;
		if (last)
			add_time(&times[last->a], last->time, step->time, last->b && step->b);
		last = step;
	}
	if (last)
		add_time(&times[last->a], last->time, t->now, last->b);
}

/* --- owners --------------------------------------------------------------------------------- */

/* The kernel closes the files soon after the exit: an ended process holds nothing. */
static bool holds(const struct table *t, const struct holder *holder)
{
	return !table_task(t, holder->task)->exited;
}

/* The first holder that runs, and how many others run. */
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
		/* A walk has found it, and it also made the socket. */
		owner->source =
			origin && origin->task == holder->task ? row->owner_source : OWNER_WALK;
	}
}

/* The creator or last holder; otherwise a holder that has just ended. */
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

/* If all listeners have the same owner, it does not matter which of them it is. */
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
	/* A subflow has no owner of its own: take that of its MPTCP socket. */
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
