/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/due.h"

#include "base/clock.h"
#include "table/fold_walk_private.h"
#include "table/lookup.h"
#include "table/netns_rows_private.h"
#include "table/pairs_private.h"
#include "table/pending_private.h"
#include "table/tasks_private.h"

#define LOOKUP_AGAIN (2 * NS_PER_SEC) /* no answer came */
/* Lookups for a FIN, each after twice the time; the last at 12.75 s. Walks find later FINs. */
#define LOOKS 8

static void fill_lookup(struct lookup *lookup, enum lookup_kind kind, const struct row *row)
{
	lookup->kind = kind;
	lookup->sk = row->sk;
	lookup->cookie = row->cookie;
	row_sample(row, &lookup->s);
}

static bool next_port(struct table *t, struct lookup *lookup)
{
	while (t->pending.ports.count) {
		struct pending_port item = t->pending.ports.items[--t->pending.ports.count];
		const struct row *row = table_row(t, item.row); /* NULL: it has ended */

		if (!row || row->sk != item.sk || !(row->flags & ROW_PORT_PENDING))
			continue;
		fill_lookup(lookup, LOOKUP_PORT, row);
		return true;
	}
	return false;
}

/* The newest first: it is the most likely to end soon. */
static bool next_task(struct table *t, struct lookup *lookup)
{
	while (t->pending.tasks.count) {
		struct pending_task item = t->pending.tasks.items[--t->pending.tasks.count];

		/* An ended, forgotten process must not come back by an answer about its zombie. */
		if (!table_find_task(t, item.pid, item.start))
			continue;
		*lookup =
			(struct lookup){.kind = LOOKUP_TASK, .pid = item.pid, .start = item.start};
		return true;
	}
	return false;
}

static bool next_stack(struct table *t, struct lookup *lookup)
{
	struct pending_stacks *queue = &t->pending.stacks;

	if (!queue->count)
		return false;
	*lookup = (struct lookup){.kind = LOOKUP_STACK, .stack = queue->items[--queue->count]};
	return true;
}

static bool next_mini(struct table *t, struct lookup *lookup)
{
	while (t->pending.minis.count && t->pending.minis.items[0].due <= t->now) {
		struct due due = pending_pop(&t->pending.minis);
		const struct row *row = table_row(t, due.row); /* NULL: it has ended */

		if (!row || !(row->flags & ROW_MINI) || row->deadline != due.mark)
			continue;
		fill_lookup(lookup, LOOKUP_MINI, row);
		due.due = t->now + LOOKUP_AGAIN;
		pending_push(&t->pending.minis, &due);
		return true;
	}
	return false;
}

/*
 * A lookup that is late by its whole pause is left out: if more lookups are due than can be made,
 * those of young orphans come first. If the other end is on this host, its own event shows the FIN
 * (infer_orphan() in fold_state.c).
 */
static bool is_worth_a_look(const struct table *t, const struct row *row, const struct due *due,
                            uint64_t pause)
{
	return t->now - due->due < pause && !row_find_peer(t, row);
}

static bool next_fin(struct table *t, struct lookup *lookup)
{
	while (t->pending.fins.count && t->pending.fins.items[0].due <= t->now) {
		struct due due = pending_pop(&t->pending.fins);
		const struct row *row = table_row(t, due.row); /* NULL: it has ended */
		uint64_t pause = FIRST_LOOK << (due.look - 1);
		bool worth;

		if (!row || !(row->flags & ROW_MINI) || row->state != STATE_FIN_WAIT2 ||
		    row->since != due.mark)
			continue;
		worth = is_worth_a_look(t, row, &due, pause);
		due.due = t->now + 2 * pause;
		if (due.look++ < LOOKS)
			pending_push(&t->pending.fins, &due);
		if (!worth)
			continue;
		fill_lookup(lookup, LOOKUP_FIN, row);
		return true;
	}
	return false;
}

static bool next_end(struct table *t, struct lookup *lookup)
{
	while (t->pending.ends.count && t->pending.ends.items[0].due <= t->now) {
		struct due due = pending_pop(&t->pending.ends);
		const struct row *row = table_row(t, due.row); /* NULL: it has ended */

		if (!row || !(row->flags & ROW_MPTCP) || row->state != STATE_CLOSE ||
		    row->since != due.mark)
			continue;
		/* Once: walks find out whether it is still open. */
		fill_lookup(lookup, LOOKUP_END, row);
		return true;
	}
	return false;
}

bool table_next_lookup(struct table *t, uint32_t kinds, struct lookup *lookup)
{
	return (kinds & LOOKUP_BIT(LOOKUP_PORT) && next_port(t, lookup)) ||
	       (kinds & LOOKUP_BIT(LOOKUP_STACK) && next_stack(t, lookup)) ||
	       (kinds & LOOKUP_BIT(LOOKUP_TASK) && next_task(t, lookup)) ||
	       (kinds & LOOKUP_BIT(LOOKUP_MINI) && next_mini(t, lookup)) ||
	       (kinds & LOOKUP_BIT(LOOKUP_END) && next_end(t, lookup)) ||
	       (kinds & LOOKUP_BIT(LOOKUP_FIN) && next_fin(t, lookup));
}

/* --- what a walk misses --------------------------------------------------------------------- */

static void add_index(struct buffer *rows, const struct row *row)
{
	buffer_add(rows, &row->self, sizeof(row->self));
}

/* Visits one namespace only: there may be thousands, most of them empty. */
static void add_unseen(const struct table *t, struct buffer *rows)
{
	const struct row *row = netns_rows_first(t, t->walk_netns);

	for (; row; row = row_at(t, row->next_in_netns))
		if (row->sk && walk_missed(t, row))
			add_index(rows, row);
}

static void add_unheld(const struct table *t, struct buffer *rows)
{
	for (uint32_t i = 0; i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);

		if (row->used && !(row->flags & ROW_HIDDEN) &&
		    (walk_left(t, row) || walk_unheld(t, row)))
			add_index(rows, row);
	}
}

void table_missed(const struct table *t, enum fact_walk_kind kind, struct buffer *rows)
{
	if (kind == WALK_SOCKETS && t->walking)
		add_unseen(t, rows);
	else if (kind == WALK_HOLDERS && t->holding)
		add_unheld(t, rows);
}
