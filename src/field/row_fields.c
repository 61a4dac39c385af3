/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of a socket: those of netstat in netstat's order and widths, then the others.
 *
 *   Proto Recv-Q Send-Q Local Address           Foreign Address         State       User ...
 *   tcp        0      0 127.0.0.1:80            127.0.0.1:33492         ESTABLISHED root ...
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "field/row_getters.h"
#include "field/value.h"

/* All rows of a list have the same time: that of the list. */
static ROW_GETTER(time)
{
	(void)object;
	value_time(value, context, context->now);
}

/* A mini-socket and a request socket have no queues and no inode: netstat prints 0 for them. */
static bool is_no_socket(const struct row *row)
{
	return row->flags & (ROW_MINI | ROW_REQUEST);
}

static void value_queue(const struct field_context *context, struct value *value,
                        const struct row *row, uint32_t bytes)
{
	if (is_no_socket(row)) {
		value_number(value, 0);
	} else if (row->flags & ROW_QUEUES &&
	           row->state != STATE_CLOSE) { /* else the bytes are of the ended connection */
		value_number(value, bytes);
		value_looked(value, context, row->touched);
	}
}

static ROW_GETTER(recv_q)
{
	const struct row *row = object;

	value_queue(context, value, row, row->rqueue);
}

static ROW_GETTER(send_q)
{
	const struct row *row = object;

	value_queue(context, value, row, row->wqueue);
}

static ROW_GETTER(inode)
{
	const struct row *row = object;

	(void)context;
	if (is_no_socket(row))
		value_number(value, 0);
	else if (row->flags & ROW_IDENT)
		value_number(value, row->inode);
}

/* Did the last walk read the timer, and did no event follow? An event mostly sets the timer. */
static bool has_measured_timer(const struct row *row)
{
	return row->flags & ROW_TIMER && (!row->changed || row->changed < row->touched);
}

/*
 * ns until the timer fires. The timer of a mini-socket is its deadline. A walk reads the timer of
 * other sockets. In a recording the timer may have fired since: it prints as it was at that time.
 */
static bool timer_left(const struct field_context *context, const struct row *row,
                       struct value *looked, uint64_t *left)
{
	uint64_t end, now = context->now;

	if (row->flags & ROW_MINI && row->deadline) {
		end = row->deadline;
	} else if (has_measured_timer(row)) {
		end = row->touched + row->timer_ms * 1000000ULL;
		looked->type = VALUE_STRING;
		value_looked(looked, context, row->touched);
		now -= looked->ago;
	} else {
		return false;
	}
	*left = end > now ? end - now : 0;
	return true;
}

struct timer {
	const char *kind;
	char room[16];
	uint64_t left; /* ns */
	unsigned int timeouts, probes;
};

/* false: the timer is not known */
static bool find_timer(const struct field_context *context, const struct row *row,
                       struct value *looked, struct timer *timer)
{
	static const char *const names[] = {
		[TIMER_OFF] = "off",
		[TIMER_RETRANSMIT] = "on",
		[TIMER_KEEPALIVE] = "keepalive",
		[TIMER_TIMEWAIT] = "timewait",
		[TIMER_PROBE] = "probe",
	};
	uint8_t kind = row->flags & ROW_MINI ? TIMER_TIMEWAIT : row->timer;

	if (!timer_left(context, row, looked, &timer->left))
		return false;
	if (kind == TIMER_OFF)
		timer->left = 0;
	snprintf(timer->room, sizeof(timer->room), "unkn-%u", kind);
	timer->kind = kind < sizeof(names) / sizeof(names[0]) ? names[kind] : timer->room;
	timer->timeouts = row->retrans;
	timer->probes = row->probes;
	/* A request socket counts how often its timer expired: get_openreq4(), tcp_ipv4.c. */
	if (row->flags & ROW_REQUEST) {
		timer->timeouts = row->probes > row->retrans ? row->probes : row->retrans;
		timer->probes = 0;
	}
	return true;
}

/* {"kind":"keepalive","remaining_ns":7199670000000,"remaining_exact":true,"timeouts":0,...} */
static void list_timer(const struct field_context *context, const void *object, struct buffer *json)
{
	struct value looked = {0};
	struct timer timer;

	if (!find_timer(context, object, &looked, &timer)) {
		buffer_text(json, "null");
		return;
	}
	buffer_text(json, "{");
	member_string(json, KEY(kind), timer.kind);
	member_duration(json, KEY(remaining), timer.left, true);
	member_number(json, KEY(timeouts), timer.timeouts);
	member_number(json, KEY(probes), timer.probes);
	buffer_text(json, "}");
}

/* "keepalive (7199.67/0/0)": seconds, retransmissions, probes, as netstat -o prints it */
static ROW_GETTER(timer)
{
	struct timer timer;

	if (!find_timer(context, object, value, &timer))
		return;
	value_print(value, "%s (%" PRIu64 ".%02" PRIu64 "/%u/%u)", timer.kind,
	            timer.left / 1000000000, timer.left / 10000000 % 100, timer.timeouts,
	            timer.probes);
	value->type = VALUE_LIST;
	value->number = timer.left;
	value->list = list_timer;
}

static uint64_t retransmits(const struct row *row)
{
	uint64_t sum = 0;

	for (int kind = 0; kind < RETRANSMIT_KIND_COUNT; kind++)
		sum += row->retransmits[kind];
	return sum;
}

/* A count of 0 is known only if the socket was seen from its start. */
static void value_seen(struct value *value, const struct row *row, uint64_t count)
{
	if (row->flags & ROW_MPTCP) /* its subflows retransmit and reset, not it */
		return;
	if (count || row->flags & ROW_BORN_EXACT)
		value_number(value, count);
	if (count)
		value->mark = MARK_WARN;
}

static ROW_GETTER(retrans)
{
	const struct row *row = object;

	(void)context;
	value_seen(value, row, retransmits(row));
}

#define RETRANSMIT_GETTER(name, kind)                                                              \
	static ROW_GETTER(name)                                                                    \
	{                                                                                          \
		const struct row *row = object;                                                    \
                                                                                                   \
		(void)context;                                                                     \
		value_seen(value, row, row->retransmits[kind]);                                    \
	}

RETRANSMIT_GETTER(retrans_syn, RETRANSMIT_SYN)
RETRANSMIT_GETTER(retrans_synack, RETRANSMIT_SYNACK)
RETRANSMIT_GETTER(retrans_rto, RETRANSMIT_RTO)
RETRANSMIT_GETTER(retrans_fast, RETRANSMIT_FAST)
RETRANSMIT_GETTER(retrans_tlp, RETRANSMIT_TLP)
RETRANSMIT_GETTER(retrans_slow_start, RETRANSMIT_SLOW_START)

static ROW_GETTER(rst_sent)
{
	const struct row *row = object;

	(void)context;
	value_seen(value, row, row->rsts_sent);
}

static ROW_GETTER(rst_received)
{
	const struct row *row = object;

	(void)context;
	value_seen(value, row, row->rsts_received);
}

ROW_GETTER(cookie)
{
	const struct row *row = object;

	(void)context;
	if (row->cookie)
		value_number(value, row->cookie);
}

ROW_GETTER(sock)
{
	const struct row *row = object;

	(void)context;
	if (row->sk)
		value_print(value, "%" PRIx64, row->sk);
}

static ROW_GETTER(unread_for)
{
	const struct row *row = object;

	(void)context;
	if (row->unread_ms)
		value_duration(value, row->unread_ms * NS_PER_MS, false);
}

/* Time since a walk read the values that no event reports. */
static ROW_GETTER(looked)
{
	const struct row *row = object;

	if (row->flags & (ROW_QUEUES | ROW_BYTES | ROW_TIMER))
		value_duration(value, value_since(context, row->touched), true);
}

static ROW_GETTER(healed)
{
	const struct row *row = object;

	(void)context;
	value_bool(value, row->flags & ROW_HEALED);
}

static ROW_GETTER(orphan)
{
	const struct row *row = object;

	(void)context;
	value_bool(value, row->flags & ROW_ORPHAN);
}

/* It has no struct socket and no process closed it: accept() has not returned it yet. */
static ROW_GETTER(in_accept_queue)
{
	const struct row *row = object, *msk = table_find_mptcp(context->table, row);

	row = msk ? msk : row;
	value_bool(value, !row_is_listener(row) && !is_no_socket(row) &&
	                          !(row->flags & (ROW_SOCKET | ROW_ORPHAN | ROW_CONNECTED)));
}

/* The socket at the other end, if it is on this host. */
static const void *peer_of(const struct field_context *context, const void *object)
{
	return table_find_peer(context->table, object);
}

/* The MPTCP socket of a subflow. */
static const void *mptcp_of(const struct field_context *context, const void *object)
{
	return table_find_mptcp(context->table, object);
}

/* clang-format off */
#define FIELD(name)        {.word = KEY(name), .get = row_##name}
#define OF_PEER(name, of)  {.word = KEY(name), .get = row_##of, .about = peer_of}
#define OF_MPTCP(name, of) {.word = KEY(name), .get = row_##of, .about = mptcp_of}

const struct field row_fields[] = {
	FIELD(time),
	FIELD(proto),
	FIELD(recv_q),
	FIELD(send_q),
	FIELD(local),
	FIELD(foreign),
	FIELD(state),
	FIELD(user),
	FIELD(inode),
	FIELD(program),
	FIELD(timer),
	FIELD(age),
	FIELD(retrans),
	FIELD(retrans_syn),
	FIELD(retrans_synack),
	FIELD(retrans_rto),
	FIELD(retrans_fast),
	FIELD(retrans_tlp),
	FIELD(retrans_slow_start),
	FIELD(rst_sent),
	FIELD(rst_received),
	FIELD(reason),
	FIELD(closed_by),
	FIELD(netns),
	FIELD(netns_name),
	FIELD(owner_source),
	FIELD(owner_holding),
	FIELD(pid),
	FIELD(comm),
	FIELD(fd),
	FIELD(holders),
	FIELD(doing),
	FIELD(open_fds),
	FIELD(fd_limit),
	FIELD(creator_program),
	FIELD(creator_by),
	FIELD(creator_pid),
	FIELD(creator_comm),
	FIELD(creator_tid),
	FIELD(creator_thread),
	FIELD(creator_uid),
	FIELD(creator_args),
	FIELD(creator_exited),
	OF_PEER(peer_program, program),
	OF_PEER(peer_pid, pid),
	OF_PEER(peer_comm, comm),
	OF_PEER(peer_cookie, cookie),
	OF_PEER(peer_state, state),
	OF_PEER(peer_netns, netns),
	FIELD(uid),
	FIELD(cgroup),
	FIELD(container),
	FIELD(container_id),
	FIELD(pod),
	FIELD(cookie),
	FIELD(sock),
	FIELD(born),
	FIELD(life),
	FIELD(remaining),
	FIELD(error),
	FIELD(bytes_sent),
	FIELD(bytes_received),
	FIELD(unread_for),
	FIELD(looked),
	FIELD(fds_looked),
	FIELD(healed),
	FIELD(orphan),
	FIELD(in_accept_queue),
	FIELD(listener),
	FIELD(state_times),
	OF_MPTCP(mptcp_state, state),
	FIELD(mptcp_token),
	OF_MPTCP(mptcp_age, age),
	FIELD(history),
	FIELD(history_dropped),
	FIELD(stack),
	FIELD(family),
	FIELD(local_addr),
	FIELD(local_port),
	FIELD(foreign_addr),
	FIELD(foreign_port),
};
/* clang-format on */

const size_t row_fields_count = sizeof(row_fields) / sizeof(row_fields[0]);
