/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two ends of a connection that are both on this host. The index hashes both
 * ends alike, whichever is the local one, and knows no namespace: veth pairs and
 * bridges connect any two. Addresses that are translated on the way (published
 * ports of containers) differ at the ends, and are not found.
 */
#include <string.h>

#include "core/endpoint.h"
#include "core/table_private.h"

static uint64_t hash_end(uint8_t family, const uint8_t addr[16], uint16_t port)
{
	uint8_t mapped[16];
	uint64_t half[2];

	endpoint_map(family, addr, mapped);
	memcpy(half, mapped, sizeof(half));
	return hash_mix(half[0] ^ hash_mix(half[1] ^ port));
}

static uint64_t hash_pair(const void *element)
{
	const struct row *row = element;

	return hash_mix(hash_end(row->family, row->laddr, row->lport) +
	                hash_end(row->family, row->raddr, row->rport));
}

static uint32_t *link_pair(void *element)
{
	return &((struct row *)element)->next_pair;
}

static struct chains by_pair(struct table *t)
{
	return (struct chains){&t->by_pair, &t->rows, link_pair, hash_pair};
}

void pair_add(struct table *t, struct row *row)
{
	const struct chains chains = by_pair(t);

	if (row->rport && !chain_add(&chains, row->self))
		row->flags |= ROW_PAIRED;
}

void pair_remove(struct table *t, struct row *row)
{
	const struct chains chains = by_pair(t);

	if (row->flags & ROW_PAIRED)
		chain_remove(&chains, row->self);
	row->flags &= ~ROW_PAIRED;
}

static bool same_end(const struct row *a, const uint8_t *of_a, const struct row *b,
                     const uint8_t *of_b)
{
	uint8_t left[16], right[16];

	endpoint_map(a->family, of_a, left);
	endpoint_map(b->family, of_b, right);
	return !memcmp(left, right, sizeof(left));
}

/* Each other's ends; a socket that connected to itself is its own. */
static bool are_pair(const struct row *a, const struct row *b)
{
	return a->lport == b->rport && a->rport == b->lport && same_end(a, a->laddr, b, b->raddr) &&
	       same_end(a, a->raddr, b, b->laddr);
}

static bool is_loopback(const struct row *row)
{
	static const uint8_t v6[16] = {[15] = 1}, v4[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};
	uint8_t mapped[16];

	endpoint_map(row->family, row->laddr, mapped);
	return !memcmp(mapped, v6, sizeof(v6)) || !memcmp(mapped, v4, sizeof(v4));
}

/* A row in CLOSE keeps the addresses of a connection that is no more. */
static bool is_connection(const struct row *row)
{
	return row->flags & ROW_PAIRED && row->state != STATE_CLOSE;
}

const struct row *table_find_peer(const struct table *t, const struct row *row)
{
	const struct row *at, *other = NULL;
	uint32_t others = 0;

	if (!is_connection(row))
		return NULL;
	at = row_at(t, chain_first(&t->by_pair, hash_pair(row)));
	for (; at; at = row_at(t, at->next_pair)) {
		if (!is_connection(at) || !are_pair(row, at))
			continue;
		if (at->netns == row->netns)
			return at;
		other = at;
		others++;
	}
	return others == 1 && !is_loopback(row) ? other : NULL;
}
