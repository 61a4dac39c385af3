/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that may be near their limit of file descriptors, even if no finding is about them. */
#include <errno.h>
#include <stdlib.h>

#include "rules/rule.h"

#define SOCKETS_MANY 64 /* the usual soft limit is 1024; a lookup costs a read of /proc */

/* A socket that a process has open. */
struct held {
	const struct task *task;
	const struct row *row;
};

static int by_task(const void *a, const void *b)
{
	const struct held *left = a, *right = b;

	if (left->task->pid != right->task->pid)
		return left->task->pid < right->task->pid ? -1 : 1;
	if (left->task->start != right->task->start)
		return left->task->start < right->task->start ? -1 : 1;
	return (left->row->self > right->row->self) - (left->row->self < right->row->self);
}

static size_t find_held(const struct table *table, struct held *held)
{
	struct row_iter iter;
	const struct row *row;
	size_t count = 0;

	table_for_each (table, iter, row) {
		struct owner owner;

		if (!(row->flags & ROW_SOCKET))
			continue;
		table_owner(table, row, &owner);
		if (owner.task && owner.holding == HOLDING_OPEN && !owner.queued)
			held[count++] = (struct held){owner.task, row};
	}
	return count;
}

/* Connections also stay in the queue if accept() fails. */
static bool lets_wait(const struct row *row)
{
	return row_is_listener(row) && row->flags & ROW_QUEUES && row->rqueue;
}

/* A process without a free fd may close each connection that it accepts. */
static bool turns_away(const struct row *row, const struct groups *groups,
                       const struct table *table)
{
	struct group_key key;
	struct endings endings;

	if (!groups || !row_is_listener(row))
		return false;
	group_key_of(table, row, &key);
	key.pid = 0;
	key.start = 0;
	groups_endings(groups, &key, &endings);
	return endings.turned_away;
}

int rules_each_fd_candidate(const struct table *table, const struct groups *groups,
                            void (*fn)(const struct row *row, void *arg), void *arg)
{
	struct totals totals;
	struct held *held;
	size_t count;

	table_totals(table, &totals);
	held = calloc(totals.rows + 1, sizeof(*held));
	if (!held)
		return -ENOMEM;
	count = find_held(table, held);
	qsort(held, count, sizeof(*held), by_task);
	for (size_t from = 0, to; from < count; from = to) {
		const struct row *row = held[from].row;
		bool wait = false;

		for (to = from; to < count && held[to].task == held[from].task; to++)
			if (lets_wait(held[to].row) || turns_away(held[to].row, groups, table)) {
				wait = true;
				row = held[to].row; /* names all its processes */
			}
		if (wait || to - from >= SOCKETS_MANY)
			fn(row, arg);
	}
	free(held);
	return 0;
}
