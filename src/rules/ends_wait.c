/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sockets wait for which, and what a process waits for. */
#include <errno.h>

#include "rules/answers.h"
#include "rules/ends_private.h"

/*
 * How many sockets of a process wait for a finding. finding NONE: no finding is about their peers.
 */
struct waiting {
	struct {
		uint64_t task; /* its address */
		uint64_t finding;
	} key;
	uint32_t count;
	const struct row *example;
};

static bool has_unread(const struct row *row)
{
	return row->flags & ROW_QUEUES && row->rqueue > (row->state == STATE_CLOSE_WAIT);
}

/* Are there data that the peer does not receive? */
static bool is_blocked(const struct row *row)
{
	return row->flags & ROW_QUEUES && row->wqueue && row->flags & ROW_TIMER &&
	       (row->timer == TIMER_PROBE || row->timer == TIMER_RETRANSMIT);
}

/* Has the row sent a request without an answer yet? */
static bool is_asking(const struct table *table, const struct row *row)
{
	uint64_t ns;

	return !row_is_passive(table, row) && answer_is_due_at(table, row, false, &ns);
}

static bool is_asked(const struct table *table, const struct row *row)
{
	uint64_t ns;

	return row_is_passive(table, row) && answer_is_due_at(table, row, true, &ns);
}

static bool is_half_open(const struct row *row)
{
	return row->state == STATE_SYN_RECV || row->state == STATE_NEW_SYN_RECV;
}

/* Can the row continue only if the peer's process acts, or if segments arrive? */
static bool waits_for_peer(const struct table *table, const struct row *row, const struct row *peer)
{
	switch (row->state) {
	case STATE_FIN_WAIT1:
	case STATE_FIN_WAIT2:
		return peer->state == STATE_CLOSE_WAIT || has_unread(peer);
	case STATE_ESTABLISHED:
		/* The peer is half-open: the row's ACK and its data are dropped. */
		return has_unread(peer) || (is_blocked(row) && is_half_open(peer)) ||
		       (is_asking(table, row) && is_asked(table, peer));
	case STATE_CLOSE_WAIT:
		return is_blocked(row) && has_unread(peer);
	case STATE_SYN_RECV:
	case STATE_NEW_SYN_RECV:
		return peer->state == STATE_SYN_SENT; /* for the SYN+ACK, which was dropped */
	default:
		return false;
	}
}

/* NONE: the row waits for no finding. A connection that is not accepted waits for the listener. */
static uint32_t finding_of_wait(const struct ends *ends, const struct row *row,
                                const struct row *peer)
{
	const struct row *listener = NULL;

	if (!waits_for_peer(ends->why->table, row, peer))
		return NONE;
	if (row->state == STATE_ESTABLISHED && !(peer->flags & ROW_SOCKET) && !is_half_open(peer))
		listener = table_find_listener(ends->why->table, peer);
	return listener ? ends_of_listener(ends, listener) : ends_finding(ends, peer);
}

struct tally {
	uint64_t finding;
	uint32_t count;
};

uint32_t ends_find_peers(struct ends *ends, const struct finding *finding, uint32_t *most)
{
	const struct groups *groups = ends->why->groups;
	uint32_t best = NONE;
	struct map tallies;

	*most = 0;
	map_init(&tallies, sizeof(uint64_t), sizeof(struct tally));
	for (uint32_t i = 0; i < finding->group.count; i++) {
		const struct row *row = groups_member(groups, &finding->group, i);
		const struct row *peer = table_find_peer(ends->why->table, row);
		uint64_t other = peer ? finding_of_wait(ends, row, peer) : NONE;
		struct tally *tally = other == NONE ? NULL : map_get(&tallies, &other);

		if (!tally || ++tally->count <= *most)
			continue;
		*most = tally->count;
		best = (uint32_t)other;
	}
	map_free(&tallies);
	return best;
}

/* Has the process half-closed the row, and keeps it open? */
static bool is_shut_down(const struct row *row)
{
	return row->state == STATE_FIN_WAIT2 && row->flags & ROW_SOCKET &&
	       !(row->flags & (ROW_ORPHAN | ROW_MINI));
}

static int count_waiting(const struct ends *ends, struct map *counts)
{
	struct row_iter iter;
	const struct row *row;

	table_for_each (ends->why->table, iter, row) {
		const struct row *peer = table_find_peer(ends->why->table, row);
		bool waits = peer && waits_for_peer(ends->why->table, row, peer);
		struct waiting key = {0}, *waiting;
		struct owner owner;

		/*
		 * A process waits for the connections that it made, not for those that it accepted.
		 */
		if ((!waits && !is_shut_down(row) && !is_asking(ends->why->table, row)) ||
		    row_is_passive(ends->why->table, row))
			continue;
		table_owner(ends->why->table, row, &owner);
		if (!owner.task || owner.queued)
			continue;
		key.key.task = (uintptr_t)owner.task;
		key.key.finding = waits ? ends_finding(ends, peer) : NONE;
		waiting = map_get(counts, &key.key);
		if (!waiting)
			return -ENOMEM;
		waiting->count++;
		waiting->example = row;
	}
	return 0;
}

static int choose_upstreams(struct map *upstreams, const struct map *counts)
{
	for (size_t i = 0; i < counts->count; i++) {
		const struct waiting *waiting = map_at(counts, i);
		struct upstream *upstream = map_get(upstreams, &waiting->key.task);

		if (!upstream)
			return -ENOMEM;
		if (waiting->count <= upstream->count)
			continue;
		upstream->finding = waiting->key.finding;
		upstream->count = waiting->count;
		upstream->example = waiting->example;
	}
	return 0;
}

int ends_find_upstreams(struct ends *ends)
{
	struct map counts;
	int err;

	map_init(&counts, sizeof(((struct waiting *)0)->key), sizeof(struct waiting));
	err = count_waiting(ends, &counts);
	if (!err)
		err = choose_upstreams(&ends->upstreams, &counts);
	map_free(&counts);
	return err;
}

struct upstream ends_upstream(struct ends *ends, const struct finding *finding)
{
	struct upstream sum = {0};
	struct map seen;

	map_init(&seen, sizeof(uint64_t), sizeof(uint64_t));
	for (uint32_t i = 0; i < finding->group.count; i++) {
		const struct row *row = groups_member(ends->why->groups, &finding->group, i);
		const struct upstream *upstream;
		size_t count = seen.count;
		struct owner owner;
		uint64_t task;

		table_owner(ends->why->table, row, &owner);
		task = (uintptr_t)owner.task;
		if (!task || !map_get(&seen, &task) || seen.count == count)
			continue;
		upstream = map_find(&ends->upstreams, &task);
		if (!upstream || (sum.count && upstream->finding != sum.finding))
			continue;
		sum.count += upstream->count;
		sum.finding = upstream->finding;
		sum.example = upstream->example;
	}
	map_free(&seen);
	return sum;
}
