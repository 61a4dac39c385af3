/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of an event. OF_ROW() columns are those of the event's socket, as it is after the
 * event. The tables of rows and of events stay apart: the order of each is the order of its keys.
 *
 *   2026-11-22 01:34:03.123456 host 127.0.0.1:80 127.0.0.1:33492 ESTABLISHED -> CLOSE_WAIT 4.20s
 */
#include <inttypes.h>

#include "field/event_name.h"
#include "field/row_getters.h"
#include "field/value.h"

#define CHANGE_GETTER(name)                                                                        \
	static void change_##name(const struct field_context *context, const void *object,         \
	                          struct value *value)

CHANGE_GETTER(time)
{
	const struct change *change = object;

	value_time(value, context, change->time);
}

CHANGE_GETTER(event)
{
	const struct change *change = object;

	(void)context;
	value_string(value, change_event_name(change->kind));
}

CHANGE_GETTER(old_state)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_STATE && change->old != STATE_UNKNOWN)
		value_string(value, state_name(change->old));
}

CHANGE_GETTER(new_state)
{
	const struct change *change = object;

	(void)context;
	if (change->kind != CHANGE_STATE || change->new == STATE_UNKNOWN)
		return;
	value_string(value, state_name(change->new));
	value->mark = state_mark(change->new);
}

CHANGE_GETTER(reason)
{
	const struct change *change = object;

	if (change->kind == CHANGE_RST_SENT)
		value_reason(value, context, change->reason);
}

CHANGE_GETTER(retrans_kind)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_RETRANSMIT)
		value_string(value, retransmit_kind_name(change->retransmit));
}

/* "(inferred)": no kernel event; a walk, a look-up or a deadline showed it. */
static void print_state(struct value *value, const struct change *change)
{
	value_print(value, "%s%s -> %s%s",
	            change->row && change->row->flags & ROW_MPTCP ? "mptcp " : "",
	            change->old == STATE_UNKNOWN ? "?" : state_name(change->old),
	            change->new == STATE_UNKNOWN ? "?" : state_name(change->new),
	            change->inferred ? " (inferred)" : "");
	value->mark = state_mark(change->new);
}

/* "retransmit RTO #3": the third retransmit of this kind on the socket */
static void print_retransmit(struct value *value, const struct change *change)
{
	value_print(value, "retransmit %s", retransmit_kind_name(change->retransmit));
	if (change->row && change->retransmit < RETRANSMIT_KIND_COUNT &&
	    change->row->retransmits[change->retransmit])
		value_print_more(value, " #%u", change->row->retransmits[change->retransmit]);
	value->mark = MARK_WARN;
}

static void print_rst_sent(const struct field_context *context, struct value *value,
                           const struct change *change)
{
	struct value reason = {0};

	value_reason(&reason, context, change->reason);
	value_print(value, "RST sent%s%s", reason.type == VALUE_NONE ? "" : " ",
	            reason.type == VALUE_NONE ? "" : reason.string);
	value->mark = MARK_BAD;
}

static void print_loss(struct value *value, const struct change *change)
{
	const char *where = loss_where_name(change->where);

	if (change->count)
		value_print(value, "lost %" PRIu64 " fact%s (%s)", change->count,
		            change->count == 1 ? "" : "s", where);
	else
		value_print(value, "lost facts (%s)", where);
	value->mark = MARK_BAD;
}

CHANGE_GETTER(transition)
{
	const struct change *change = object;

	switch (change->kind) {
	case CHANGE_STATE:
		print_state(value, change);
		break;
	case CHANGE_RETRANSMIT:
		print_retransmit(value, change);
		break;
	case CHANGE_RST_SENT:
		print_rst_sent(context, value, change);
		break;
	case CHANGE_RST_RECEIVED:
		value_print(value, "RST received");
		value->mark = MARK_BAD;
		break;
	case CHANGE_LOSS:
		print_loss(value, change);
		break;
	case CHANGE_END:
		value_print(value, "end");
		break;
	case CHANGE_BECAME:
		value_print(value, "became a full socket");
		break;
	case CHANGE_SUBFLOW:
		value_print(value, "subflow");
		break;
	case CHANGE_CONNECT_FAILED:
		value_print(value, "connect failed");
		break;
	case CHANGE_KIND_COUNT:
		break;
	}
}

CHANGE_GETTER(duration)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_STATE && change->dwell_known)
		value_duration(value, change->dwell, change->dwell_exact);
}

CHANGE_GETTER(actor_pid)
{
	const struct change *change = object;

	(void)context;
	if (change->actor.pid)
		value_number(value, change->actor.pid);
}

CHANGE_GETTER(actor_comm)
{
	const struct change *change = object;

	(void)context;
	if (change->actor.pid)
		value_print(value, "%.*s", FACT_COMM_LEN, change->actor.comm);
}

CHANGE_GETTER(actor_tid)
{
	const struct change *change = object;

	(void)context;
	if (change->actor.pid && change->actor.tid)
		value_number(value, change->actor.tid);
}

CHANGE_GETTER(inferred)
{
	const struct change *change = object;

	(void)context;
	if (change->kind != CHANGE_LOSS)
		value_bool(value, change->inferred);
}

CHANGE_GETTER(lost)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_LOSS && change->count)
		value_number(value, change->count);
}

CHANGE_GETTER(lost_place)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_LOSS)
		value_string(value, loss_where_name(change->where));
}

/* The socket of an event. A loss has none. */
static const void *row_of(const struct field_context *context, const void *object)
{
	const struct change *change = object;

	(void)context;
	return change->row;
}

/* The socket at the other end, if it is on this host. */
static const void *peer_of(const struct field_context *context, const void *object)
{
	const struct change *change = object;

	return change->row ? table_find_peer(context->table, change->row) : NULL;
}

/* clang-format off */
#define FIELD(name)       {.word = KEY(name), .get = change_##name}
#define OF_ROW(name)      {.word = KEY(name), .get = row_##name, .about = row_of}
#define OF_PEER(name, of) {.word = KEY(name), .get = row_##of, .about = peer_of}

const struct field change_fields[] = {
	FIELD(time),
	FIELD(event),
	OF_ROW(netns),
	OF_ROW(netns_name),
	OF_ROW(proto),
	OF_ROW(local),
	OF_ROW(foreign),
	FIELD(old_state),
	FIELD(new_state),
	FIELD(transition),
	FIELD(duration),
	OF_ROW(bytes_sent),
	OF_ROW(bytes_received),
	OF_ROW(program),
	OF_ROW(owner_source),
	OF_ROW(owner_holding),
	OF_ROW(pid),
	OF_ROW(comm),
	OF_ROW(fd),
	FIELD(actor_pid),
	FIELD(actor_comm),
	FIELD(actor_tid),
	OF_ROW(creator_program),
	OF_ROW(creator_by),
	OF_ROW(creator_pid),
	OF_ROW(creator_tid),
	OF_ROW(creator_thread),
	OF_PEER(peer_program, program),
	OF_PEER(peer_pid, pid),
	FIELD(reason),
	FIELD(retrans_kind),
	OF_ROW(closed_by),
	OF_ROW(error),
	OF_ROW(state),
	OF_ROW(cgroup),
	OF_ROW(container),
	OF_ROW(cookie),
	OF_ROW(sock),
	OF_ROW(mptcp_token),
	FIELD(inferred),
	OF_ROW(stack),
	OF_ROW(family),
	OF_ROW(local_addr),
	OF_ROW(local_port),
	OF_ROW(foreign_addr),
	OF_ROW(foreign_port),
	FIELD(lost),
	FIELD(lost_place),
};
/* clang-format on */

const size_t change_fields_count = sizeof(change_fields) / sizeof(change_fields[0]);
