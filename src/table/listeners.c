/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which listener a connection came from. The kernel reports it in some cases (FACT_PARENT).
 * Otherwise it is the listener that fits, or one of several that share a port (SO_REUSEPORT): then
 * none is named, unless the lengths of their queues leave only one.
 */
#include "table/listeners_private.h"

#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "table/counters.h"
#include "table/find_private.h"
#include "table/netns_rows_private.h"

bool row_awaits_accept(const struct row *row)
{
	if (row->flags & ROW_REQUEST)
		return true;
	if (row->flags & (ROW_SOCKET | ROW_ORPHAN | ROW_MINI | ROW_CONNECTED))
		return false;
	/* A reset socket goes on waiting. Without ROW_LISTENED its beginning is not known. */
	return row->state != STATE_CLOSE || row->flags & ROW_LISTENED;
}

/* The time of a sample is that of a tick, or of the whole reading. */
#define LOOK_SLACK (100 * NS_PER_MS)

/*
 * May the row wait in the listener's queue? Not if the queue was empty after the row came. A
 * request socket is in no queue yet.
 */
static bool can_hold(const struct row *listener, const struct row *row)
{
	if (!row_awaits_accept(row) || row->flags & ROW_REQUEST)
		return true;
	return !(listener->flags & ROW_QUEUES) || listener->rqueue ||
	       row->since + LOOK_SLACK >= listener->touched;
}

/* false: there are more listeners than are looked at. */
static bool add(struct listening *found, const struct row *listener)
{
	if (found->count < LISTENERS_COUNTED)
		found->rows[found->count] = listener;
	else
		found->count = LISTENERS_COUNTED;
	return found->count++ < LISTENERS_COUNTED;
}

/* Listeners of which most is known come first. */
static void add_all_at(const struct table *t, struct row *want, struct listening *found)
{
	for (unsigned int less = 1; less <= LISTENER_KINDS; less++) {
		const struct row *row = listener_first(t, want, LISTENER_KINDS - less);

		for (; row; row = listener_next(t, row, want))
			if (!add(found, row))
				return;
	}
}

static void find_at(const struct table *t, const struct row *row, uint8_t family,
                    const uint8_t laddr[16], struct listening *found)
{
	struct row want = {.netns = row->netns,
	                   .ifindex = row->ifindex,
	                   .lport = row->lport,
	                   .family = family};

	memcpy(want.laddr, laddr, sizeof(want.laddr));
	found->count = 0;
	add_all_at(t, &want, found);
	if (found->count || !row->ifindex)
		return;
	/* The child of an unbound listener may be bound: link-local addresses, VRFs. */
	want.ifindex = 0;
	add_all_at(t, &want, found);
}

/* Keeps the listeners that can hold the row, if there are any. */
static bool keep_able(struct listening *found, const struct row *row)
{
	struct listening able = {.count = 0};

	if (found->count > LISTENERS_COUNTED)
		return true;
	for (uint32_t i = 0; i < found->count; i++)
		if (can_hold(found->rows[i], row))
			add(&able, found->rows[i]);
	if (able.count)
		*found = able;
	return able.count;
}

/*
 * Has it ended with the queue that it waited in? inet_csk_listen_stop(),
 * net/ipv4/inet_connection_sock.c, disconnects waiting sockets when the listener is already in
 * CLOSE: a socket that still listens is another one. An RST of the peer, or tcp_abort(), leaves an
 * error.
 */
static bool has_left(const struct row *row)
{
	return row->state == STATE_CLOSE && !row->err && !row->rsts_received &&
	       !(row->flags & ROW_REQUEST) && row_awaits_accept(row);
}

/* In the order of compute_score(): its address, then any address; its family, then IPv6. */
void listening_find(const struct table *t, const struct row *row, struct listening *found)
{
	static const uint8_t any[16];
	const struct {
		uint8_t family;
		const uint8_t *laddr;
	} places[] = {{row->family, row->laddr}, {row->family, any}, {AF_INET6, any}};
	size_t count = row->family == AF_INET ? 3 : 2; /* :: accepts IPv4 too, mapped */
	struct listening at;

	found->count = 0;
	if (row->state == STATE_LISTEN)
		return;
	if (!(row->flags & ROW_MINI) && row->parent)
		found->rows[0] = listener_by_cookie(t, row->netns, row->parent);
	if (!(row->flags & ROW_MINI) && row->parent && found->rows[0]) {
		found->count = 1;
		return;
	}
	if (has_left(row))
		return;
	for (size_t i = 0; i < count; i++) {
		find_at(t, row, places[i].family, places[i].laddr, &at);
		if (at.count && keep_able(&at, row)) {
			*found = at;
			return;
		}
		if (!found->count)
			*found = at;
	}
}

const struct row *table_find_listener(const struct table *t, const struct row *row)
{
	struct listening found;

	listening_find(t, row, &found);
	return found.count == 1 ? found.rows[0] : NULL;
}

uint32_t table_count_listeners(const struct table *t, const struct row *row, const struct row **any)
{
	struct listening found;

	listening_find(t, row, &found);
	*any = found.count ? found.rows[0] : NULL;
	return found.count;
}

uint32_t table_siblings(const struct table *t, const struct row *listener, uint32_t *idle)
{
	struct row want = {.netns = listener->netns,
	                   .ifindex = listener->ifindex,
	                   .lport = listener->lport,
	                   .family = listener->family};
	struct listening found = {.count = 0};

	memcpy(want.laddr, listener->laddr, sizeof(want.laddr));
	add_all_at(t, &want, &found);
	*idle = 0;
	for (uint32_t i = 0; i < found.count && i < LISTENERS_COUNTED; i++)
		*idle += found.rows[i] != listener && found.rows[i]->flags & ROW_QUEUES &&
		         !found.rows[i]->rqueue;
	return found.count ? found.count - 1 : 0;
}

void table_queues(const struct table *t, uint32_t netns, struct buffer *rows)
{
	const struct row *row = netns_rows_first(t, netns);

	for (; row; row = row_at(t, row->next_in_netns))
		if (row_is_listener(row) && row->sk && row->flags & ROW_QUEUES && row->rqueue)
			buffer_add(rows, &row->self, sizeof(row->self));
}

/* For a socket without a known beginning or listener: connect() chooses ports of its own range. */
static bool has_servers_ports(const struct table *t, const struct row *row)
{
	uint32_t low = 32768, high = 60999; /* the default of ip_local_port_range */

	table_local_ports(t, row->netns, &low, &high);
	return (row->lport < low || row->lport > high) && row->rport >= low && row->rport <= high;
}

bool row_is_passive(const struct table *t, const struct row *row)
{
	const struct row *listener;

	if (row->flags & (ROW_LISTENED | ROW_CONNECTED))
		return row->flags & ROW_LISTENED;
	return row_is_listener(row) || table_count_listeners(t, row, &listener) ||
	       has_servers_ports(t, row);
}
