/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Indices of rows: by kernel address, connections by their tuple, listeners by their port. Anybody
 * who connects chooses addresses and ports. So the hashes are keyed, and no lookup follows a chain
 * of rows that can be alike in crowds: unconnected sockets have no tuple; of rows in CLOSE with the
 * same tuple only the newest is in the index; listeners that share a port (SO_REUSEPORT) are told
 * apart by what is known of them.
 */
#include "table/find_private.h"

#include <string.h>

#include "table/pairs_private.h"

/* --- keys ----------------------------------------------------------------------------------- */

struct tuple_key {
	uint8_t laddr[16], raddr[16];
	uint32_t netns, family;
	uint16_t lport, rport;
	uint32_t zero;
};

struct listener_key {
	uint8_t laddr[16];
	uint32_t netns, ifindex;
	uint16_t lport;
	uint8_t family, kind;
	uint32_t zero;
};

_Static_assert(sizeof(struct tuple_key) == 48, "no holes");
_Static_assert(sizeof(struct listener_key) == 32, "no holes");

/* Kinds of listeners, by what is known of them: 0 to LISTENER_KINDS - 1. */
enum { KNOWN_SK = 1, KNOWN_COOKIE = 2 };

static uint64_t hash_number(const struct hash_key *secret, uint64_t number)
{
	return hash_keyed(secret, &number, sizeof(number));
}

static uint64_t hash_sk(const struct hash_key *secret, const void *element)
{
	return hash_number(secret, ((const struct row *)element)->sk);
}

static uint64_t hash_cookie(const struct hash_key *secret, const void *element)
{
	return hash_number(secret, ((const struct row *)element)->cookie);
}

static uint64_t hash_sample(const struct hash_key *secret, const struct fact_sample *s)
{
	struct tuple_key key = {
		.netns = s->netns, .family = s->family, .lport = s->lport, .rport = s->rport};

	memcpy(key.laddr, s->laddr, sizeof(key.laddr));
	memcpy(key.raddr, s->raddr, sizeof(key.raddr));
	return hash_keyed(secret, &key, sizeof(key));
}

static uint64_t hash_tuple(const struct hash_key *secret, const void *element)
{
	const struct row *row = element;
	struct tuple_key key = {.netns = row->netns,
	                        .family = row->family,
	                        .lport = row->lport,
	                        .rport = row->rport};

	memcpy(key.laddr, row->laddr, sizeof(key.laddr));
	memcpy(key.raddr, row->raddr, sizeof(key.raddr));
	return hash_keyed(secret, &key, sizeof(key));
}

static unsigned int kind_of(const struct row *row)
{
	return (row->sk ? KNOWN_SK : 0U) | (row->cookie ? KNOWN_COOKIE : 0U);
}

static uint64_t hash_listener(const struct hash_key *secret, const void *element)
{
	const struct row *row = element;
	struct listener_key key = {.netns = row->netns,
	                           .ifindex = row->ifindex,
	                           .lport = row->lport,
	                           .family = row->family,
	                           .kind = (uint8_t)kind_of(row)};

	memcpy(key.laddr, row->laddr, sizeof(key.laddr));
	return hash_keyed(secret, &key, sizeof(key));
}

static uint32_t *link_sk(void *element)
{
	return &((struct row *)element)->next_sk;
}

static uint32_t *link_tuple(void *element)
{
	return &((struct row *)element)->next_tuple;
}

static uint32_t *back_tuple(void *element)
{
	return &((struct row *)element)->back_tuple;
}

static uint32_t *link_pair(void *element)
{
	return &((struct row *)element)->next_pair;
}

static uint32_t *back_pair(void *element)
{
	return &((struct row *)element)->back_pair;
}

struct chains rows_by_sk(struct table *t)
{
	return (struct chains){&t->by_sk, &t->rows, link_sk, hash_sk, &t->secret, NULL};
}

struct chains rows_by_tuple(struct table *t)
{
	return (struct chains){&t->by_tuple, &t->rows,   link_tuple,
	                       hash_tuple,   &t->secret, back_tuple};
}

struct chains rows_by_listener(struct table *t)
{
	return (struct chains){&t->by_listener, &t->rows,   link_tuple,
	                       hash_listener,   &t->secret, back_tuple};
}

struct chains rows_by_cookie(struct table *t)
{
	return (struct chains){&t->by_cookie, &t->rows,   link_pair,
	                       hash_cookie,   &t->secret, back_pair};
}

/* --- adding and removing -------------------------------------------------------------------- */

bool row_in_tuples(const struct row *row)
{
	bool whole = row->lport && (row->rport || row->state != STATE_CLOSE);

	/* An MPTCP socket has the tuple of its first subflow, which is in the index. */
	return row->flags & ROW_INDEXED && !(row->flags & (ROW_FORMER | ROW_MPTCP)) &&
	       row->state != STATE_LISTEN && whole;
}

bool row_in_listeners(const struct row *row)
{
	return row->flags & ROW_INDEXED && row->state == STATE_LISTEN && !(row->flags & ROW_MPTCP);
}

bool row_in_cookies(const struct row *row)
{
	return row_in_listeners(row) && row->cookie;
}

static int add_listener(struct table *t, struct row *row)
{
	const struct chains listeners = rows_by_listener(t), cookies = rows_by_cookie(t);

	if (chain_add(&listeners, row->self))
		return -1;
	if (row->cookie && chain_add(&cookies, row->self)) {
		chain_remove(&listeners, row->self);
		return -1;
	}
	t->listeners[kind_of(row)]++;
	return 0;
}

int row_add_indices(struct table *t, struct row *row)
{
	const struct chains tuples = rows_by_tuple(t);

	if (row_in_tuples(row) && chain_add(&tuples, row->self))
		return -1;
	if (row_in_listeners(row) && add_listener(t, row))
		return -1;
	pair_add(t, row);
	return 0;
}

void row_remove_indices(struct table *t, struct row *row)
{
	const struct chains tuples = rows_by_tuple(t), listeners = rows_by_listener(t);
	const struct chains cookies = rows_by_cookie(t);

	if (row_in_tuples(row))
		chain_remove(&tuples, row->self);
	if (row_in_cookies(row))
		chain_remove(&cookies, row->self);
	if (row_in_listeners(row)) {
		chain_remove(&listeners, row->self);
		t->listeners[kind_of(row)]--;
	}
	pair_remove(t, row);
}

/* --- connections ---------------------------------------------------------------------------- */

struct row *row_find_sk(const struct table *t, uint64_t sk)
{
	struct row *row =
		sk ? row_at(t, chain_first(&t->by_sk, hash_number(&t->secret, sk))) : NULL;

	while (row && row->sk != sk)
		row = row_at(t, row->next_sk);
	return row;
}

bool row_has_ends(const struct row *row, const struct fact_sample *s)
{
	return row->netns == s->netns && row->lport == s->lport && row->rport == s->rport &&
	       row->family == s->family && !memcmp(row->raddr, s->raddr, 16) &&
	       !memcmp(row->laddr, s->laddr, 16);
}

/*
 * Sockets that are bound to different interfaces, or to the devices of different VRFs, may have the
 * same addresses: inet_match() compares sk_bound_dev_if too (include/net/inet_hashtables.h).
 * A request and a mini-socket have the device of the full socket (ir_iif, tw_bound_dev_if).
 */
bool row_has_tuple(const struct row *row, const struct fact_sample *s)
{
	return row->ifindex == s->ifindex && row_has_ends(row, s);
}

bool row_other_cookie(const struct row *row, const struct fact_sample *s)
{
	return row->cookie && s->cookie && row->cookie != s->cookie;
}

static struct row *first_of_tuple(const struct table *t, const struct fact_sample *s)
{
	if (s->mptcp)
		return NULL;
	return row_at(t, chain_first(&t->by_tuple, hash_sample(&t->secret, s)));
}

struct row *row_find_tuple(const struct table *t, const struct fact_sample *s, uint32_t flags)
{
	struct row *row = first_of_tuple(t, s);

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

struct row *row_find_ends(const struct table *t, const struct fact_sample *s)
{
	struct row *found = NULL, *row = first_of_tuple(t, s);

	for (; row; row = row_at(t, row->next_tuple)) {
		if (!row_has_ends(row, s))
			continue;
		if (found && found->ifindex != row->ifindex)
			return NULL;
		if (!found)
			found = row;
	}
	return found;
}

struct row *row_find_unplaced(const struct table *t, const struct fact_sample *s,
                              enum tcp_state state)
{
	struct row *row;

	if (state == STATE_LISTEN)
		return row_find_listening(t, UINT64_MAX, s);
	row = row_find_tuple(t, s, 0);
	while (row &&
	       (row->sk || row->flags & (ROW_MINI | ROW_REQUEST) || row_other_cookie(row, s)))
		row = row_next_tuple(t, row, s);
	return row;
}

void row_supersede(struct table *t, const struct row *row, const struct fact_sample *s)
{
	struct row *other = row_find_tuple(t, s, 0), *next;

	for (; other; other = next) {
		next = row_next_tuple(t, other, s);
		if (other == row || other->state != STATE_CLOSE)
			continue;
		row_remove_indices(t, other);
		other->flags |= ROW_FORMER;
	}
}

/* --- listeners ------------------------------------------------------------------------------ */

static bool listens_at(const struct row *row, const struct row *want)
{
	return row->netns == want->netns && row->ifindex == want->ifindex &&
	       row->lport == want->lport && row->family == want->family &&
	       kind_of(row) == kind_of(want) && !memcmp(row->laddr, want->laddr, 16);
}

static struct row *listening_from(const struct table *t, uint32_t index, const struct row *want)
{
	struct row *row = row_at(t, index);

	while (row && !listens_at(row, want))
		row = row_at(t, row->next_tuple);
	return row;
}

struct row *listener_first(const struct table *t, struct row *want, unsigned int kind)
{
	if (!t->listeners[kind])
		return NULL;
	want->sk = kind & KNOWN_SK ? 1 : 0;
	want->cookie = kind & KNOWN_COOKIE ? 1 : 0;
	return listening_from(t, chain_first(&t->by_listener, hash_listener(&t->secret, want)),
	                      want);
}

struct row *listener_next(const struct table *t, const struct row *row, const struct row *want)
{
	return listening_from(t, row->next_tuple, want);
}

struct row *listener_by_cookie(const struct table *t, uint32_t netns, uint64_t cookie)
{
	struct row *row = row_at(t, chain_first(&t->by_cookie, hash_number(&t->secret, cookie)));

	while (row && !(row->cookie == cookie && row->netns == netns))
		row = row_at(t, row->next_pair);
	return row;
}

static struct row *listener_of_cookie(const struct table *t, uint64_t sk,
                                      const struct fact_sample *s)
{
	struct row *row = row_at(t, chain_first(&t->by_cookie, hash_number(&t->secret, s->cookie)));

	while (row && !(row->cookie == s->cookie && row_has_tuple(row, s) && !(sk && row->sk)))
		row = row_at(t, row->next_pair);
	return row;
}

struct row *row_find_listening(const struct table *t, uint64_t sk, const struct fact_sample *s)
{
	struct row want = {.netns = s->netns,
	                   .ifindex = s->ifindex,
	                   .lport = s->lport,
	                   .family = (uint8_t)s->family};
	struct row *found = s->cookie ? listener_of_cookie(t, sk, s) : NULL;

	if (s->mptcp)
		return NULL;
	memcpy(want.laddr, s->laddr, sizeof(want.laddr));
	for (unsigned int kind = 0; !found && kind < LISTENER_KINDS; kind++) {
		/* Both have it, and it differs: it is another socket. */
		if ((sk && kind & KNOWN_SK) || (s->cookie && kind & KNOWN_COOKIE))
			continue;
		found = listener_first(t, &want, kind);
	}
	return found;
}
