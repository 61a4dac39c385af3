/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows, and finding them by kernel address and by connection. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "core/table_private.h"

#define STEPS_MAX        48
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

static uint64_t hash_row(const struct row *row, bool by_tuple)
{
	return by_tuple ? hash_tuple(row->netns, row->lport, row->rport, row->raddr)
	                : hash_mix(row->sk);
}

static uint32_t *link_of(struct row *row, bool by_tuple)
{
	return by_tuple ? &row->next_tuple : &row->next_sk;
}

static int index_grow(struct table *t, struct index *index, bool by_tuple)
{
	uint32_t room = index->buckets ? (index->mask + 1) * 2 : 1024;
	uint32_t *buckets = malloc(room * sizeof(*buckets));

	if (!buckets)
		return -1;
	memset(buckets, 0xff, room * sizeof(*buckets));
	for (uint32_t i = 0; index->buckets && i <= index->mask; i++) {
		uint32_t at = index->buckets[i], next;

		for (; at != ROW_NONE; at = next) {
			struct row *row = row_at(t, at);
			uint32_t bucket = hash_row(row, by_tuple) & (room - 1);

			next = *link_of(row, by_tuple);
			*link_of(row, by_tuple) = buckets[bucket];
			buckets[bucket] = at;
		}
	}
	free(index->buckets);
	index->buckets = buckets;
	index->mask = room - 1;
	return 0;
}

static int index_add(struct table *t, struct index *index, struct row *row, bool by_tuple)
{
	uint32_t bucket;

	/* Full is no failure, only slower; none at all is. */
	if ((!index->buckets || index->count > index->mask) && index_grow(t, index, by_tuple) &&
	    !index->buckets)
		return -1;
	bucket = hash_row(row, by_tuple) & index->mask;
	*link_of(row, by_tuple) = index->buckets[bucket];
	index->buckets[bucket] = row->self;
	index->count++;
	return 0;
}

static void index_remove(struct table *t, struct index *index, struct row *row, bool by_tuple)
{
	uint32_t *at = &index->buckets[hash_row(row, by_tuple) & index->mask];
	uint32_t self = row->self;

	while (*at != self)
		at = link_of(row_at(t, *at), by_tuple);
	*at = *link_of(row, by_tuple);
	index->count--;
}

struct row *row_find_sk(const struct table *t, uint64_t sk)
{
	struct row *row;

	if (!sk || !t->by_sk.buckets)
		return NULL;
	row = row_at(t, t->by_sk.buckets[hash_mix(sk) & t->by_sk.mask]);
	while (row && row->sk != sk)
		row = row_at(t, row->next_sk);
	return row;
}

bool row_has_tuple(const struct row *row, const struct fact_sample *s)
{
	return row->netns == s->netns && row->lport == s->lport && row->rport == s->rport &&
	       row->family == s->family && !memcmp(row->raddr, s->raddr, 16) &&
	       !memcmp(row->laddr, s->laddr, 16);
}

bool row_other_cookie(const struct row *row, const struct fact_sample *s)
{
	return row->cookie && s->cookie && row->cookie != s->cookie;
}

struct row *row_find_tuple(const struct table *t, const struct fact_sample *s, uint32_t flags)
{
	struct row *row;

	if (!t->by_tuple.buckets)
		return NULL;
	row = row_at(t, t->by_tuple.buckets[hash_tuple(s->netns, s->lport, s->rport, s->raddr) &
	                                    t->by_tuple.mask]);
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

	if (!t->by_tuple.buckets || row->state == STATE_LISTEN)
		return NULL;
	at = row_at(
		t,
		t->by_tuple.buckets[hash_tuple(row->netns, row->lport, 0, any) & t->by_tuple.mask]);
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
	uint32_t index = pool_take(&t->rows);
	struct row *row = row_at(t, index);

	if (!row)
		goto lost;
	row->self = index;
	row->sk = sk;
	if (sk && index_add(t, &t->by_sk, row, false)) {
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

void row_drop(struct table *t, struct row *row)
{
	count_row(t, row, -1);
	row_forget_life(t, row);
	holders_keep(t, row, 0);
	task_unref(t, row->owner);
	if (row->sk)
		index_remove(t, &t->by_sk, row, false);
	if (row->flags & ROW_INDEXED)
		index_remove(t, &t->by_tuple, row, true);
	pool_put(&t->rows, row->self);
}

void row_set_sk(struct table *t, struct row *row, uint64_t sk)
{
	if (row->sk == sk)
		return;
	if (row->sk)
		index_remove(t, &t->by_sk, row, false);
	row->sk = sk;
	if (sk && index_add(t, &t->by_sk, row, false))
		row->sk = 0;
}

void row_set_tuple(struct table *t, struct row *row, const struct fact_sample *s)
{
	if (row->flags & ROW_INDEXED) {
		if (row_has_tuple(row, s))
			return;
		index_remove(t, &t->by_tuple, row, true);
		row->flags &= ~ROW_INDEXED;
	}
	row->netns = s->netns;
	row->family = (uint8_t)s->family;
	row->lport = s->lport;
	row->rport = s->rport;
	row->ifindex = s->ifindex;
	memcpy(row->laddr, s->laddr, sizeof(row->laddr));
	memcpy(row->raddr, s->raddr, sizeof(row->raddr));
	if (!index_add(t, &t->by_tuple, row, true))
		row->flags |= ROW_INDEXED;
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
		row->steps_dropped++;
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
