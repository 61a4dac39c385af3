/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MPTCP. What a program has is a socket of its own kind, with a state of its own: its end of
 * stream is a DATA_FIN, of which TCP knows nothing. The TCP sockets that it sends and receives by
 * are its subflows, the first of which has the same addresses. Both are rows, linked to each other.
 */
#include <errno.h>

#include "table/table_private.h"

static struct row *next_subflow(const struct table *t, const struct row *row)
{
	return row_at(t, row->flags & ROW_MPTCP ? row->mptcp : row->next_subflow);
}

/* From here on it counts by itself, or with its MPTCP socket. */
static void tell_count(struct table *t, const struct row *row)
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
	tell_count(t, row);
}

void mptcp_unlink(struct table *t, struct row *row)
{
	struct row *subflow;

	if (row->flags & ROW_SUBFLOW)
		leave(t, row);
	while (row->flags & ROW_MPTCP && (subflow = next_subflow(t, row)))
		subflow_leave(t, subflow);
}

/* Its own flags do not tell: without the socket that it had for its own it looks as if not accepted. */
static void orphan(struct table *t, struct row *subflow)
{
	subflow->flags |= ROW_ORPHAN;
	subflow->flags &= ~(ROW_SOCKET | ROW_HIDDEN | ROW_UNHELD);
	holders_keep(t, subflow, 0);
}

void mptcp_orphaned(struct table *t, const struct row *row)
{
	struct row *subflow = row->flags & ROW_MPTCP ? next_subflow(t, row) : NULL;

	for (; subflow; subflow = next_subflow(t, subflow))
		orphan(t, subflow);
}

static void join(struct table *t, struct row *msk, struct row *subflow)
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
	tell_count(t, subflow);
}

/* Up to its handshake's end an MPTCP socket has no addresses (mptcp_copy_inaddrs()): its subflow has. */
void subflow_settled(struct table *t, const struct row *subflow, uint64_t time)
{
	struct row *msk = subflow->flags & ROW_SUBFLOW ? row_at(t, subflow->mptcp) : NULL;
	struct fact_sample s;

	if (!msk || (msk->flags & ROW_INDEXED && msk->lport) || !(subflow->flags & ROW_INDEXED))
		return;
	row_sample(subflow, &s);
	s.mptcp = 1;
	row_settle(t, msk, &s, time);
	if (msk->lport)
		row_port_known(t, msk);
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
		return; /* the first is told when the port is known */
	t->totals.transitions++;
	change_emit(t, &change);
}

/* Its end is told by nothing but that, if no program has it any more. */
void mptcp_closed(struct table *t, struct row *row, const struct fact_state *fact)
{
	if (fact->s.flags & SAMPLE_DEAD)
		row_end(t, row, fact->h.time);
	else
		ask_end(t, row, fact->h.time); /* close() marks it as dead after that */
}

void fold_mptcp(struct table *t, const struct fact_mptcp *fact)
{
	struct row *msk = row_find_sk(t, fact->h.sk), *subflow = row_find_sk(t, fact->subflow);

	if (!msk || !(msk->flags & ROW_MPTCP))
		return;
	if (fact->token)
		msk->token = fact->token;
	if (!subflow || subflow->flags & (ROW_MPTCP | ROW_MINI | ROW_REQUEST))
		return;
	if (subflow->cookie && fact->cookie && subflow->cookie != fact->cookie)
		return; /* the address is another one's by now */
	join(t, msk, subflow);
	subflow_settled(t, subflow, fact->h.time);
}

const struct row *table_find_mptcp(const struct table *t, const struct row *row)
{
	return row->flags & ROW_SUBFLOW ? row_at(t, row->mptcp) : NULL;
}

const struct row *table_next_subflow(const struct table *t, const struct row *row)
{
	return row->flags & (ROW_MPTCP | ROW_SUBFLOW) ? next_subflow(t, row) : NULL;
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
