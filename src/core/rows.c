/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows, and finding them by kernel address and by connection. Pairs are in pairs.c. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "core/endpoint.h"
#include "core/table_private.h"

#define STEPS_MAX        FACT_STEPS_MAX
#define STEPS_FOR_STATES 16 /* a life has some ten: no number of retransmits crowds them out */

struct row *row_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->rows, index);
}

/* --- the two indices ------------------------------------------------------------------------ */

static uint64_t hash_tuple(uint32_t netns, uint16_t lport, uint16_t rport, const uint8_t *raddr)
{
	uint64_t half[2];

	memcpy(half, raddr, sizeof(half));
	return hash_mix(half[0] ^ hash_mix(half[1] ^ ((uint64_t)lport << 16 | rport)) ^
	                (uint64_t)netns << 32);
}

static uint32_t *link_sk(void *element)
{
	return &((struct row *)element)->next_sk;
}

static uint64_t hash_sk(const void *element)
{
	return hash_mix(((const struct row *)element)->sk);
}

static uint32_t *link_tuple(void *element)
{
	return &((struct row *)element)->next_tuple;
}

static uint64_t hash_row_tuple(const void *element)
{
	const struct row *row = element;

	return hash_tuple(row->netns, row->lport, row->rport, row->raddr);
}

struct chains rows_by_sk(struct table *t)
{
	return (struct chains){&t->by_sk, &t->rows, link_sk, hash_sk};
}

struct chains rows_by_tuple(struct table *t)
{
	return (struct chains){&t->by_tuple, &t->rows, link_tuple, hash_row_tuple};
}

struct row *row_find_sk(const struct table *t, uint64_t sk)
{
	struct row *row = sk ? row_at(t, chain_first(&t->by_sk, hash_mix(sk))) : NULL;

	while (row && row->sk != sk)
		row = row_at(t, row->next_sk);
	return row;
}

/* On two links the same link-local addresses are those of two connections. */
static bool is_other_link(const struct row *row, const struct fact_sample *s)
{
	return row->ifindex && s->ifindex && row->ifindex != s->ifindex &&
	       address_is_link_local(row->family, row->raddr);
}

bool row_has_tuple(const struct row *row, const struct fact_sample *s)
{
	return !is_other_link(row, s) && row->netns == s->netns && row->lport == s->lport &&
	       row->rport == s->rport && row->family == s->family &&
	       !memcmp(row->raddr, s->raddr, 16) && !memcmp(row->laddr, s->laddr, 16);
}

bool row_other_cookie(const struct row *row, const struct fact_sample *s)
{
	return row->cookie && s->cookie && row->cookie != s->cookie;
}

struct row *row_find_tuple(const struct table *t, const struct fact_sample *s, uint32_t flags)
{
	uint64_t hash = hash_tuple(s->netns, s->lport, s->rport, s->raddr);
	struct row *row = row_at(t, chain_first(&t->by_tuple, hash));

	while (row && !(row_has_tuple(row, s) && (!flags || row->flags & flags)))
		row = row_at(t, row->next_tuple);
	return row;
}

struct row *row_next_tuple(const struct table *t, const struct row *row,
                           const struct fact_sample *s)
{
	struct row *next = row_at(t, row->next_tuple);

	while (next && !row_has_tuple(next, s))
		next = row_at(t, next->next_tuple);
	return next;
}

struct row *row_find_unplaced(const struct table *t, const struct fact_sample *s)
{
	struct row *row = row_find_tuple(t, s, 0);

	while (row &&
	       (row->sk || row->flags & (ROW_MINI | ROW_REQUEST) || row_other_cookie(row, s)))
		row = row_next_tuple(t, row, s);
	return row;
}

static bool unspecified(const uint8_t *addr)
{
	static const uint8_t zero[16];

	return !memcmp(addr, zero, sizeof(zero));
}

/*
 * How well a listener's bound address fits the row's local one, as the kernel
 * scores them (compute_score(), inet_hashtables.c): 0 not at all, 3 best.
 */
static int listens_for(const struct row *listener, const struct row *row)
{
	if (listener->state != STATE_LISTEN || listener->netns != row->netns ||
	    listener->lport != row->lport)
		return 0;
	if (!unspecified(listener->laddr))
		return listener->family == row->family && !memcmp(listener->laddr, row->laddr, 16)
		               ? 3
		               : 0;
	if (listener->family == row->family)
		return 2;
	return listener->family == AF_INET6; /* :: takes IPv4, too, where it is mapped */
}

const struct row *table_find_listener(const struct table *t, const struct row *row)
{
	static const uint8_t any[16];
	const struct row *found = NULL, *at;
	int best = 0;

	if (row->state == STATE_LISTEN)
		return NULL;
	at = row_at(t, chain_first(&t->by_tuple, hash_tuple(row->netns, row->lport, 0, any)));
	for (; at; at = row_at(t, at->next_tuple)) {
		int score = listens_for(at, row);

		if (score > best) {
			best = score;
			found = at;
		}
	}
	return found;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void count_row(struct table *t, const struct row *row, int by)
{
	t->totals.by_state[row->state] += (uint32_t)by;
	t->totals.rows += (uint32_t)by;
}

struct row *row_new(struct table *t, uint64_t sk, uint32_t netns, uint64_t time)
{
	const struct chains chains = rows_by_sk(t);
	uint32_t index = pool_take(&t->rows);
	struct row *row = row_at(t, index);

	if (!row)
		goto lost;
	row->self = index;
	row->sk = sk;
	if (sk && chain_add(&chains, index)) {
		pool_put(&t->rows, index);
		goto lost;
	}
	row->netns = netns;
	row->state = STATE_CLOSE;
	row->born = row->since = row->touched = time;
	row->owner = row->holders = row->history = row->last_step = ROW_NONE;
	row->used = 1;
	count_row(t, row, 1);
	return row;
lost:
	loss_count(t, LOSS_TABLE, 1);
	return NULL;
}

int row_restore(struct table *t, const struct row *as, uint32_t index)
{
	const struct chains sks = rows_by_sk(t), tuples = rows_by_tuple(t);
	struct row *row;

	if (index < t->rows.used || index >= t->rows.max || row_find_sk(t, as->sk))
		return -EINVAL;
	if (pool_claim(&t->rows, index))
		return -ENOMEM;
	row = row_at(t, index);
	*row = *as;
	row->self = index;
	row->owner = row->holders = row->history = row->last_step = ROW_NONE;
	row->used = 1;
	row->flags &= ~ROW_PAIRED;
	count_row(t, row, 1);
	if ((row->sk && chain_add(&sks, index)) ||
	    (row->flags & ROW_INDEXED && chain_add(&tuples, index)))
		return -ENOMEM;
	if (as->flags & ROW_PAIRED)
		pair_add(t, row);
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

/* Out of the indices that its addresses put it into. */
static void unplace(struct table *t, struct row *row)
{
	const struct chains tuples = rows_by_tuple(t);

	if (row->flags & ROW_INDEXED)
		chain_remove(&tuples, row->self);
	row->flags &= ~ROW_INDEXED;
	pair_remove(t, row);
}

void row_drop(struct table *t, struct row *row)
{
	const struct chains sks = rows_by_sk(t);

	count_row(t, row, -1);
	row_forget_life(t, row);
	holders_keep(t, row, 0);
	origin_unref(t, row->owner);
	if (row->sk)
		chain_remove(&sks, row->self);
	unplace(t, row);
	pool_put(&t->rows, row->self);
}

void row_set_sk(struct table *t, struct row *row, uint64_t sk)
{
	const struct chains chains = rows_by_sk(t);

	if (row->sk == sk)
		return;
	if (row->sk)
		chain_remove(&chains, row->self);
	row->sk = sk;
	if (sk && chain_add(&chains, row->self))
		row->sk = 0;
}

void row_set_tuple(struct table *t, struct row *row, const struct fact_sample *s)
{
	const struct chains tuples = rows_by_tuple(t);

	if (row->flags & ROW_INDEXED && row_has_tuple(row, s))
		return;
	unplace(t, row);
	row->netns = s->netns;
	row->family = (uint8_t)s->family;
	row->lport = s->lport;
	row->rport = s->rport;
	row->ifindex = s->ifindex;
	memcpy(row->laddr, s->laddr, sizeof(row->laddr));
	memcpy(row->raddr, s->raddr, sizeof(row->raddr));
	if (!chain_add(&tuples, row->self))
		row->flags |= ROW_INDEXED;
	pair_add(t, row);
}

void row_set_state(struct table *t, struct row *row, enum tcp_state state)
{
	t->totals.by_state[row->state]--;
	row->state = (uint8_t)state;
	t->totals.by_state[state]++;
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
