/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of an event. What it tells of the socket comes from the row, as
 * it is after the event.
 *
 *   2026-11-22 01:34:03.123456 host 127.0.0.1:80 127.0.0.1:33492 ESTABLISHED -> CLOSE_WAIT 4.20s
 */
#include <inttypes.h>

#include "core/getter.h"
#include "core/value.h"

#define CHANGE_GETTER(name)                                                                        \
	static void change_##name(const struct field_context *context, const void *object,         \
	                          struct value *value)

#define OF_ROW(name)                                                                               \
	CHANGE_GETTER(name)                                                                        \
	{                                                                                          \
		const struct change *change = object;                                              \
                                                                                                   \
		if (change->row)                                                                   \
			row_##name(context, change->row, value);                                   \
	}

OF_ROW(proto)
OF_ROW(netns)
OF_ROW(netns_name)
OF_ROW(local)
OF_ROW(foreign)
OF_ROW(program)
OF_ROW(owner_source)
OF_ROW(owner_holding)
OF_ROW(owner_pid)
OF_ROW(owner_comm)
OF_ROW(fd)
OF_ROW(creator)
OF_ROW(creator_by)
OF_ROW(creator_pid)
OF_ROW(creator_tid)
OF_ROW(creator_thread)
OF_ROW(peer)
OF_ROW(peer_pid)
OF_ROW(closed_by)
OF_ROW(family)
OF_ROW(local_address)
OF_ROW(local_port)
OF_ROW(foreign_address)
OF_ROW(foreign_port)
OF_ROW(cookie)
OF_ROW(sk)
OF_ROW(state)
OF_ROW(error)
OF_ROW(cgroup)
OF_ROW(container)
OF_ROW(mptcp_token)

CHANGE_GETTER(time)
{
	const struct change *change = object;

	value_time(value, context, change->time);
}

CHANGE_GETTER(event)
{
	static const char *const events[] = {
		[0] = "",
		[CHANGE_STATE] = "state",
		[CHANGE_RETRANSMIT] = "retransmit",
		[CHANGE_RST_SENT] = "rst_sent",
		[CHANGE_RST_RECEIVED] = "rst_received",
		[CHANGE_LOSS] = "loss",
		[CHANGE_END] = "end",
		[CHANGE_BECAME] = "became",
		[CHANGE_SUBFLOW] = "subflow",
		[CHANGE_CONNECT_FAILED] = "connect_failed",
	};
	_Static_assert(sizeof(events) / sizeof(events[0]) == CHANGE_KIND_COUNT, "a name for each");
	const struct change *change = object;

	(void)context;
	if (change->kind < CHANGE_KIND_COUNT)
		value_string(value, events[change->kind]);
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

CHANGE_GETTER(retransmit)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_RETRANSMIT)
		value_string(value, retransmit_kind_name(change->retransmit));
}

/* "(inferred)": no event told it, but a walk, a look-up or a deadline. */
static void print_state(struct value *value, const struct change *change)
{
	value_print(value, "%s%s -> %s%s",
	            change->row && change->row->flags & ROW_MPTCP ? "mptcp " : "",
	            change->old == STATE_UNKNOWN ? "?" : state_name(change->old),
	            change->new == STATE_UNKNOWN ? "?" : state_name(change->new),
	            change->inferred ? " (inferred)" : "");
	value->mark = state_mark(change->new);
}

/* "retransmit RTO #3": the third of this kind on this socket */
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

CHANGE_GETTER(count)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_LOSS && change->count)
		value_number(value, change->count);
}

CHANGE_GETTER(where)
{
	const struct change *change = object;

	(void)context;
	if (change->kind == CHANGE_LOSS)
		value_string(value, loss_where_name(change->where));
}

/* clang-format off */
#define FIELD(name, heading, type, width, help)                                                    \
	{ #name, heading, help, VALUE_##type, width, change_##name }

const struct field change_fields[] = {
	FIELD(time, "Time", TIME, 27, "when it happened; inferred: at the latest"),
	FIELD(event, "Kind", STRING, 12, "state, retransmit, rst_sent, rst_received or loss"),
	FIELD(netns, "Netns Inode", NUMBER, -11, "inode of the network namespace"),
	FIELD(netns_name, "Netns", STRING, 10, "name of the network namespace, else its inode"),
	FIELD(proto, "Proto", STRING, 5, "tcp, tcp6 for an AF_INET6 socket, mptcp for an MPTCP socket"),
	FIELD(local, "Local Address", ENDPOINT, 23, "local address and port"),
	FIELD(foreign, "Foreign Address", ENDPOINT, 23, "the peer's address and port"),
	FIELD(old_state, "Old State", STRING, 11, "the state left"),
	FIELD(new_state, "New State", STRING, 11, "the state entered"),
	FIELD(transition, "Event", STRING, 28, "what happened, in words"),
	FIELD(duration, "Duration", DURATION, -8, "time in the state left; >=: at least"),
	FIELD(program, "PID/Program name", STRING, 20,
	      "a process that has it open, or had it; +N: further ones; (in parentheses): who is to accept it"),
	FIELD(owner_source, "Owner by", STRING, 8, "how the process is known"),
	FIELD(owner_holding, "Holding", STRING, 8,
	      "how the process stands to it: open, queue, closed, exited, hidden, kernel"),
	FIELD(owner_pid, "PID", NUMBER, -7, "its process id"),
	FIELD(owner_comm, "Command", STRING, 15, "its command name"),
	FIELD(fd, "FD", NUMBER, -5, "its file descriptor"),
	FIELD(actor_pid, "Actor", NUMBER, -7, "process that did it, where that is certain"),
	FIELD(actor_comm, "Actor Command", STRING, 15, "its command name"),
	FIELD(actor_tid, "Actor TID", NUMBER, -9, "id of its thread that did it"),
	FIELD(creator, "Creator", STRING, 20, "process that called connect, accept or listen"),
	FIELD(creator_by, "Made by", STRING, 7, "which of these it called"),
	FIELD(creator_pid, "Creator PID", NUMBER, -11, "its process id"),
	FIELD(creator_tid, "Creator TID", NUMBER, -11, "id of its thread that did"),
	FIELD(creator_thread, "Creator Thread", STRING, 15, "name of that thread"),
	FIELD(peer, "Peer Program", STRING, 20, "process at the other end, if that is on this host"),
	FIELD(peer_pid, "Peer PID", NUMBER, -8, "its process id"),
	FIELD(reason, "Rst Reason", STRING, 16, "why an RST was sent"),
	FIELD(retransmit, "Retransmit", STRING, 10, "kind: SYN, SYN+ACK, RTO, fast, TLP, slow-start"),
	FIELD(closed_by, "Closed by", STRING, 11, "who ended, or began to end, the connection"),
	FIELD(error, "Error", STRING, 12, "pending or last error of the socket"),
	FIELD(state, "State", STRING, 11, "state of the socket after the event"),
	FIELD(cgroup, "Cgroup", STRING, 30, "cgroup path of the socket, else of its process"),
	FIELD(container, "Container", STRING, 24, "container or unit, from the cgroup"),
	FIELD(cookie, "Cookie", NUMBER, -8, "socket cookie (ss -e prints it as sk:, in hexadecimal)"),
	FIELD(sk, "Sock", STRING, 16, "kernel address of the struct sock"),
	FIELD(mptcp_token, "Token", STRING, 8, "of an MPTCP socket and of its subflows: its token"),
	FIELD(inferred, "Inferred", BOOL, 8, "no event of the kernel: told by a walk, a look-up or a deadline"),
	FIELD(stack, "Stack", LIST, 40, "with --stacks: code that connected, listened or accepted, innermost first"),
	FIELD(family, "Family", STRING, 6, "inet or inet6"),
	FIELD(local_address, "Local IP", STRING, 15, "local address alone"),
	FIELD(local_port, "LPort", NUMBER, -5, "local port alone"),
	FIELD(foreign_address, "Foreign IP", STRING, 15, "the peer's address alone"),
	FIELD(foreign_port, "FPort", NUMBER, -5, "the peer's port alone"),
	FIELD(count, "Lost", NUMBER, -8, "facts lost, if that was counted"),
	FIELD(where, "Where", STRING, 11, "where facts were lost"),
};
/* clang-format on */

const size_t change_fields_count = sizeof(change_fields) / sizeof(change_fields[0]);
