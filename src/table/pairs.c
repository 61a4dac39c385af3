/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two ends of a connection that are both on this host. The index hashes both
 * ends alike, whichever is the local one, and knows no namespace: veth pairs and
 * bridges connect any two. Addresses that are translated on the way (published
 * ports of containers) differ at the ends, and are not found.
 */
#include "table/pairs_private.h"

#include <string.h>

#include "base/address.h"

/* Rows with the same ends that a search visits: thousands of namespaces may have such rows. */
#define LOOKS 64

/* The peer of a loopback address is in the same namespace. */
static uint64_t hash_end(const struct hash_key *secret, const struct row *row,
                         const uint8_t addr[16], uint16_t port)
{
	struct {
		uint8_t mapped[16];
		uint32_t netns, port;
	} key = {.port = port};

	address_map(row->family, addr, key.mapped);
	if (address_is_loopback(key.mapped))
		key.netns = row->netns;
	return hash_keyed(secret, &key, sizeof(key));
}

/* Nobody can make sums of two unknown hashes collide, either. */
static uint64_t hash_pair(const struct hash_key *secret, const void *element)
{
	const struct row *row = element;

	return hash_end(secret, row, row->laddr, row->lport) +
	       hash_end(secret, row, row->raddr, row->rport);
}

static uint32_t *link_pair(void *element)
{
	return &((struct row *)element)->next_pair;
}

static uint32_t *back_pair(void *element)
{
	return &((struct row *)element)->back_pair;
}

struct chains rows_by_pair(struct table *t)
{
	return (struct chains){&t->by_pair, &t->rows, link_pair, hash_pair, &t->secret, back_pair};
}

/* A row in CLOSE keeps the addresses of a connection that has ended. */
static bool is_connection(const struct row *row)
{
	return row->flags & ROW_INDEXED && row->rport && row->state != STATE_CLOSE &&
	       row->state != STATE_LISTEN && !(row->flags & ROW_MPTCP);
}

void pair_add(struct table *t, struct row *row)
{
	const struct chains chains = rows_by_pair(t);

	if (is_connection(row) && !chain_add(&chains, row->self))
		row->flags |= ROW_PAIRED;
}

void pair_update(struct table *t, struct row *row)
{
	bool is = row->flags & ROW_PAIRED, should = is_connection(row);

	if (is && !should)
		pair_remove(t, row);
	else if (should && !is)
		pair_add(t, row);
}

void pair_remove(struct table *t, struct row *row)
{
	const struct chains chains = rows_by_pair(t);

	if (row->flags & ROW_PAIRED)
		chain_remove(&chains, row->self);
	row->flags &= ~ROW_PAIRED;
}

static bool same_end(const struct row *a, const uint8_t *of_a, const struct row *b,
                     const uint8_t *of_b)
{
	uint8_t left[16], right[16];

	address_map(a->family, of_a, left);
	address_map(b->family, of_b, right);
	return !memcmp(left, right, sizeof(left));
}

static bool same_ends(const struct row *a, const struct row *b)
{
	return a->lport == b->lport && a->rport == b->rport && same_end(a, a->laddr, b, b->laddr) &&
	       same_end(a, a->raddr, b, b->raddr);
}

/* Is each the other end? A socket that connected to itself is its own peer. */
static bool are_pair(const struct row *a, const struct row *b)
{
	return a->lport == b->rport && a->rport == b->lport && same_end(a, a->laddr, b, b->raddr) &&
	       same_end(a, a->raddr, b, b->laddr);
}

/*
 * Do the sequence number that a sends next and the one that b expects differ by a SYN at most? A
 * socket that connects counts its SYN as acknowledged (bytes_acked), one that accepts does not.
 * Where both byte counts are known, the initial numbers are compared. Otherwise the present numbers
 * are: a mini-socket that was first seen as such has only these, and its stream has ended.
 */
static bool is_stream(const struct row *a, const struct row *b)
{
	uint32_t sent = a->iss, expected = b->irs;

	if (!a->iss || !b->irs)
		return false;
	if (!(a->flags & b->flags & ROW_BYTES)) {
		sent += (uint32_t)a->bytes_acked;
		expected += (uint32_t)b->bytes_received;
	}
	return sent - expected + 1 <= 2;
}

/*
 * In one namespace equal addresses are enough. Separate networks, such as those of two interfaces,
 * may use the same addresses.
 */
static bool are_connected(const struct row *a, const struct row *b)
{
	bool apart = a->netns != b->netns || (a->ifindex && b->ifindex && a->ifindex != b->ifindex);

	return are_pair(a, b) && (!apart || (is_stream(a, b) && is_stream(b, a)));
}

static const struct row *find_peer(const struct table *t, const struct row *row)
{
	const struct row *at;
	int looks = 0;

	if (!(row->flags & ROW_PAIRED))
		return NULL;
	at = row_at(t, chain_first(&t->by_pair, hash_pair(&t->secret, row)));
	while (at && looks < LOOKS && !are_connected(row, at)) {
		looks += are_pair(row, at) || same_ends(row, at);
		at = row_at(t, at->next_pair);
	}
	return looks < LOOKS ? at : NULL;
}

/* The peers of subflows are subflows. */
static const struct row *peer_of_mptcp(const struct table *t, const struct row *row)
{
	const struct row *subflow = subflow_next(t, row), *peer = NULL;

	for (; subflow && !peer; subflow = subflow_next(t, subflow))
		peer = find_peer(t, subflow);
	return peer && peer->flags & ROW_SUBFLOW ? mptcp_of(t, peer) : peer;
}

const struct row *row_find_peer(const struct table *t, const struct row *row)
{
	return row->flags & ROW_MPTCP ? peer_of_mptcp(t, row) : find_peer(t, row);
}
