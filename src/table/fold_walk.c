/* SPDX-License-Identifier: BSD-2-Clause */
/* The beginning and the end of walks over all sockets of a namespace, or over all fds. */
#include "table/fold_walk_private.h"

#include "base/clock.h"
#include "table/emit_private.h"
#include "table/find_private.h"
#include "table/holders_private.h"
#include "table/inodes_private.h"
#include "table/life_private.h"
#include "table/netns_rows_private.h"
#include "table/tasks_private.h"
#include "table/tombstones_private.h"

void fold_walk_begin(struct table *t, const struct fact_walk *fact)
{
	loss_report(t);
	if (fact->kind == WALK_HOLDERS) {
		t->holding = true;
		inodes_forget(t);
		t->holder_gen++;
		t->hold_begin = fact->h.time;
		return;
	}
	if (fact->kind != WALK_SOCKETS)
		return;
	t->walking = true;
	t->gen++;
	t->walk_netns = fact->netns;
	t->walk_begin = fact->h.time;
}

static void end_of_walks(struct table *t)
{
	if (!t->walking && !t->holding)
		tombstones_clear(&t->tombstones);
}

void walks_abandon(struct table *t)
{
	t->walking = t->holding = false;
	inodes_forget(t);
	end_of_walks(t);
}

bool walk_missed(const struct table *t, const struct row *row)
{
	/* MPTCP sockets are found by their subflows, or by fds. */
	if (row->flags & ROW_MPTCP && row->holders != ROW_NONE)
		return false;
	return row->netns == t->walk_netns && row->gen_seen != t->gen &&
	       row->state != STATE_CLOSE && row->touched < t->walk_begin &&
	       row->changed < t->walk_begin;
}

/* Has the running walk over holders found any? */
static bool is_held(const struct table *t, const struct row *row)
{
	const struct holder *holder = holder_at(t, row->holders);

	while (holder && holder->gen != t->holder_gen)
		holder = holder_at(t, holder->next);
	return holder;
}

bool walk_left(const struct table *t, const struct row *row)
{
	return row->state == STATE_CLOSE && row->touched < t->hold_begin &&
	       row->changed < t->hold_begin && !is_held(t, row);
}

bool walk_unheld(const struct table *t, const struct row *row)
{
	return row->flags & ROW_SOCKET &&
	       !(row->flags & (ROW_KERNEL | ROW_ORPHAN | ROW_MINI | ROW_REQUEST)) &&
	       row->born < t->hold_begin && row->changed < t->hold_begin && !is_held(t, row);
}

static void sweep_sockets(struct table *t)
{
	struct row *row = netns_rows_first(t, t->walk_netns), *next;

	for (; row; row = next) {
		next = row_at(t, row->next_in_netns);
		if (walk_missed(t, row))
			row_vanish(t, row, t->now);
	}
}

/*
 * A process that the walk has already visited may get the fd afterwards: by accept(), or from
 * another process. The next walk finds it.
 */
static void note_unheld(struct table *t, struct row *row)
{
	if (row->flags & (ROW_UNHELD | ROW_HIDDEN)) {
		row->flags |= ROW_HIDDEN;
		row->flags &= ~ROW_UNHELD;
		return;
	}
	row->flags |= ROW_UNHELD;
	t->unheld = true;
}

/* Drops names that no socket and no process has any more. */
static void sweep_names(struct table *t)
{
	const struct task *task;
	uint64_t cgroup = 0;
	uint32_t uid = UINT32_MAX;

	for (uint32_t i = 0; i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);

		if (!row->used)
			continue;
		if (row->cgroup != cgroup)
			names_mark(t->names, name_key_number(NAME_CGROUP, row->cgroup));
		if (row->uid != uid)
			names_mark(t->names, name_key_number(NAME_USER, row->uid));
		cgroup = row->cgroup;
		uid = row->uid;
	}
	for (uint32_t i = 0; (task = task_next(t, &i));)
		names_mark(t->names, name_key_number(NAME_USER, task->uid));
	names_sweep(t->names, NAME_CGROUP);
	names_sweep(t->names, NAME_USER);
}

/* Drops holders that are gone, and sockets in CLOSE, which only an fd keeps alive. */
static void sweep_holders(struct table *t, bool saw_all)
{
	t->unheld = false;
	for (uint32_t i = 0; i < t->rows.used; i++) {
		struct row *row = row_at(t, i);

		if (!row->used)
			continue;
		if (row->holders != ROW_NONE)
			holders_keep(t, row, t->holder_gen);
		if (walk_left(t, row))
			row_end(t, row, t->now);
		else if (!walk_unheld(t, row))
			row->flags &= ~ROW_UNHELD;
		else if (saw_all)
			note_unheld(t, row);
	}
	t->totals.holders_known = true;
	sweep_names(t);
}

void fold_walk_end(struct table *t, const struct fact_walk *fact)
{
	if (fact->kind == WALK_HOLDERS && t->holding) {
		sweep_holders(t, !fact->unseen);
		t->holding = false;
		inodes_forget(t);
	} else if (fact->kind == WALK_SOCKETS && t->walking && fact->netns == t->walk_netns) {
		sweep_sockets(t);
		t->walking = false;
	}
	end_of_walks(t);
}

/* Another socket may have the address now, one without a cookie yet. */
static bool is_of_other(const struct row *row, const struct fact_holder *fact)
{
	if (row->inode && fact->inode && row->inode != fact->inode)
		return true;
	return row->cookie && row->cookie != fact->cookie && (fact->h.sk || fact->cookie);
}

void fold_holder(struct table *t, const struct fact_holder *fact)
{
	struct row *row = fact->h.sk ? row_find_sk(t, fact->h.sk) : inodes_find(t, fact->inode);

	if (!row || is_of_other(row, fact))
		return;
	row->flags |= ROW_SOCKET;
	row->inode = fact->inode;
	holder_add(t, row, fact->pid, fact->start, fact->comm, fact->fd);
}
