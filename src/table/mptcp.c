/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MPTCP. A program has a socket of its own kind, with a state of its own: the end of its stream is
 * a DATA_FIN, which TCP knows nothing of. It sends and receives by TCP sockets, its subflows; the
 * first subflow has the same addresses. Both are rows, linked to each other.
 */
#include "table/mptcp_private.h"

#include <errno.h>

#include "table/emit_private.h"
#include "table/holders_private.h"
#include "table/rows_private.h"

/* From here on it is counted by itself, or with its MPTCP socket. */
static void emit_count(struct table *t, const struct row *row)
{
	const struct change change = {.kind = CHANGE_SUBFLOW, .time = t->now, .row = row};

	if (!(row->flags & ROW_NASCENT))
		change_emit(t, &change);
}

static void unlink_from(struct table *t, const struct row *subflow)
{
	struct row *msk = row_at(t, subflow->mptcp);
	uint32_t *link = &msk->mptcp;

	while (*link != subflow->self)
		link = &row_at(t, *link)->next_subflow;
	*link = subflow->next_subflow;
}

static void leave(struct table *t, struct row *subflow)
{
	unlink_from(t, subflow);
	row_set_subflow(t, subflow, false);
}

void subflow_leave(struct table *t, struct row *row)
{
	if (!(row->flags & ROW_SUBFLOW))
		return;
	leave(t, row);
	emit_count(t, row);
}

void mptcp_unlink(struct table *t, struct row *row)
{
	struct row *subflow;

	if (row->flags & ROW_SUBFLOW)
		leave(t, row);
	while (row->flags & ROW_MPTCP && (subflow = subflow_next(t, row)))
		subflow_leave(t, subflow);
}

/* Without its struct socket a subflow looks like one that waits to be accepted: mark it. */
static void orphan(struct table *t, struct row *subflow)
{
	subflow->flags |= ROW_ORPHAN;
	subflow->flags &= ~(ROW_SOCKET | ROW_HIDDEN | ROW_UNHELD);
	holders_keep(t, subflow, 0);
}

void mptcp_orphaned(struct table *t, const struct row *row)
{
	struct row *subflow = row->flags & ROW_MPTCP ? subflow_next(t, row) : NULL;

	for (; subflow; subflow = subflow_next(t, subflow))
		orphan(t, subflow);
}

void mptcp_join(struct table *t, struct row *msk, struct row *subflow)
{
	if (subflow->flags & ROW_SUBFLOW && subflow->mptcp == msk->self)
		return;
	subflow_leave(t, subflow);
	row_set_subflow(t, subflow, true);
	subflow->mptcp = msk->self;
	subflow->next_subflow = msk->mptcp;
	msk->mptcp = subflow->self;
	if (msk->flags & ROW_ORPHAN)
		orphan(t, subflow);
	emit_count(t, subflow);
}

void mptcp_born(struct table *t, const struct row *row)
{
	const struct change change = {
		.kind = CHANGE_STATE,
		.time = row->since,
		.row = row,
		.old = row->prior,
		.new = row->state,
	};

	if (row->flags & ROW_PORT_PENDING || row->state == row->prior)
		return; /* SYN_SENT is reported when the port is known */
	t->totals.transitions++;
	change_emit(t, &change);
}

/* --- checkpoints ---------------------------------------------------------------------------- */

static bool is_sound(const struct table *t, const struct row *row)
{
	const struct row *msk = row->mptcp < t->rows.used ? row_at(t, row->mptcp) : NULL;

	return !(row->flags & ROW_SUBFLOW) || (msk && msk->used && msk->flags & ROW_MPTCP);
}

int mptcp_check(const struct table *t)
{
	for (uint32_t i = 0; i < t->rows.used; i++)
		if (row_at(t, i)->used && !is_sound(t, row_at(t, i)))
			return -EINVAL;
	return 0;
}

void mptcp_order(struct table *t)
{
	for (uint32_t i = 0; i < t->rows.used; i++) {
		struct row *row = row_at(t, i);

		if (row->used && row->flags & ROW_MPTCP)
			row->mptcp = ROW_NONE;
	}
	for (uint32_t i = t->rows.used; i; i--) {
		struct row *row = row_at(t, i - 1);

		if (!row->used || !(row->flags & ROW_SUBFLOW))
			continue;
		row->next_subflow = row_at(t, row->mptcp)->mptcp;
		row_at(t, row->mptcp)->mptcp = row->self;
	}
}
