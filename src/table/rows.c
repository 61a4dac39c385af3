/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/rows_private.h"

#include <errno.h>
#include <string.h>

#define STEPS_MAX        FACT_STEPS_MAX
#define STEPS_FOR_STATES 16 /* a life has about ten: retransmits never displace them */

static void count_state(struct table *t, const struct row *row, int by)
{
	if (row->flags & ROW_SUBFLOW)
		t->totals.subflows += (uint32_t)by;
	else
		t->totals.by_state[row->state] += (uint32_t)by;
}

static void count_row(struct table *t, const struct row *row, int by)
{
	count_state(t, row, by);
	t->totals.rows += (uint32_t)by;
}

void row_set_subflow(struct table *t, struct row *row, bool is)
{
	count_state(t, row, -1);
	row->flags = is ? row->flags | ROW_SUBFLOW : row->flags & ~ROW_SUBFLOW;
	count_state(t, row, 1);
}

struct row *row_take(struct table *t, uint64_t sk, uint32_t netns, uint64_t time)
{
	const struct chains chains = rows_by_sk(t);
	uint32_t index = pool_take(&t->rows);
	struct row *row = row_at(t, index);

	if (!row)
		return NULL;
	row->self = index;
	row->sk = sk;
	if (sk && chain_add(&chains, index)) {
		pool_put(&t->rows, index);
		return NULL;
	}
	row->netns = netns;
	if (netns_rows_add(t, row)) {
		if (sk)
			chain_remove(&chains, index);
		pool_put(&t->rows, index);
		return NULL;
	}
	row->id = ++t->ids;
	row->state = STATE_CLOSE;
	row->born = row->since = row->touched = time;
	row->owner = row->holders = row->history = row->last_step = row->mptcp = ROW_NONE;
	row->used = 1;
	count_row(t, row, 1);
	return row;
}

int row_load(struct table *t, const struct row *as, uint32_t index)
{
	const struct chains sks = rows_by_sk(t);
	struct row *row;

	if (index < t->rows.used || index >= t->rows.max || row_find_sk(t, as->sk))
		return -EINVAL;
	if (pool_claim(&t->rows, index))
		return -ENOMEM;
	row = row_at(t, index);
	*row = *as;
	row->self = index;
	row->id = ++t->ids;
	row->owner = row->holders = row->history = row->last_step = ROW_NONE;
	row->used = 1;
	row->flags &= ~ROW_PAIRED;
	count_row(t, row, 1);
	if ((row->sk && chain_add(&sks, index)) || netns_rows_add(t, row) ||
	    row_add_indices(t, row))
		return -ENOMEM;
	return 0;
}

void row_forget_life(struct table *t, struct row *row)
{
	uint32_t at, next;

	for (at = row->history; at != ROW_NONE; at = next) {
		next = ((struct step *)pool_at(&t->steps, at))->next;
		pool_put(&t->steps, at);
	}
	row->history = row->last_step = ROW_NONE;
	row->steps = row->steps_dropped = 0;
}

static void index_again(struct table *t, struct row *row)
{
	if (row_add_indices(t, row))
		row->flags &= ~ROW_INDEXED;
}

void row_unplace(struct table *t, struct row *row)
{
	row_remove_indices(t, row);
	row->flags &= ~(ROW_INDEXED | ROW_FORMER);
}

void row_put(struct table *t, struct row *row)
{
	const struct chains sks = rows_by_sk(t);

	count_row(t, row, -1);
	row_forget_life(t, row);
	row_unplace(t, row);
	if (row->sk)
		chain_remove(&sks, row->self);
	netns_rows_remove(t, row);
	pool_put(&t->rows, row->self);
}

void row_set_sk(struct table *t, struct row *row, uint64_t sk)
{
	const struct chains chains = rows_by_sk(t);
	bool listens = row_in_listeners(row);

	if (row->sk == sk)
		return;
	if (listens)
		row_remove_indices(t, row);
	if (row->sk)
		chain_remove(&chains, row->self);
	row->sk = sk;
	if (sk && chain_add(&chains, row->self))
		row->sk = 0;
	if (listens)
		index_again(t, row);
}

void row_set_cookie(struct table *t, struct row *row, uint64_t cookie)
{
	bool listens = row_in_listeners(row);

	if (row->cookie == cookie)
		return;
	if (listens)
		row_remove_indices(t, row);
	row->cookie = cookie;
	if (listens)
		index_again(t, row);
}

static int set_netns(struct table *t, struct row *row, uint32_t netns)
{
	if (row->netns == netns)
		return 0;
	netns_rows_remove(t, row);
	row->netns = netns;
	return netns_rows_add(t, row);
}

int row_set_tuple(struct table *t, struct row *row, const struct fact_sample *s)
{
	int err;

	if (row->flags & ROW_INDEXED && row_has_tuple(row, s))
		return 0;
	row_unplace(t, row);
	err = set_netns(t, row, s->netns);
	row->family = (uint8_t)s->family;
	row->lport = s->lport;
	row->rport = s->rport;
	row->ifindex = s->ifindex;
	memcpy(row->laddr, s->laddr, sizeof(row->laddr));
	memcpy(row->raddr, s->raddr, sizeof(row->raddr));
	row->flags |= ROW_INDEXED;
	index_again(t, row);
	return err;
}

/* Does the transition change the indices that the row is in, apart from that of pairs? */
static bool changes_indices(const struct row *row, enum tcp_state from, enum tcp_state to)
{
	if (!(row->flags & ROW_INDEXED))
		return false;
	if (from == STATE_LISTEN || to == STATE_LISTEN || row->flags & ROW_FORMER)
		return from != to;
	return !row->rport && (from == STATE_CLOSE) != (to == STATE_CLOSE);
}

void row_set_state(struct table *t, struct row *row, enum tcp_state state)
{
	bool moves = changes_indices(row, (enum tcp_state)row->state, state);

	if (moves)
		row_remove_indices(t, row);
	count_state(t, row, -1);
	row->state = (uint8_t)state;
	count_state(t, row, 1);
	if (moves) {
		row->flags &= ~ROW_FORMER;
		index_again(t, row);
	} else {
		pair_update(t, row);
	}
}

void row_add_step(struct table *t, struct row *row, uint64_t time, enum step_kind kind, uint8_t a,
                  uint8_t b)
{
	uint16_t max = kind == STEP_STATE ? STEPS_MAX : STEPS_MAX - STEPS_FOR_STATES;
	uint32_t index = row->steps < max ? pool_take(&t->steps) : POOL_NONE;
	struct step *step;

	if (index == POOL_NONE) {
		saturate(&row->steps_dropped);
		return;
	}
	step = pool_at(&t->steps, index);
	*step = (struct step){
		.time = time, .next = ROW_NONE, .kind = (uint8_t)kind, .a = a, .b = b};
	if (row->last_step == ROW_NONE)
		row->history = index;
	else
		((struct step *)pool_at(&t->steps, row->last_step))->next = index;
	row->last_step = index;
	row->steps++;
}
