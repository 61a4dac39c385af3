/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of a socket: netstat's in netstat's order and widths, then ours.
 *
 *   Proto Recv-Q Send-Q Local Address           Foreign Address         State       User ...
 *   tcp        0      0 127.0.0.1:80            127.0.0.1:33492         ESTABLISHED root ...
 */
#include <inttypes.h>

#include "base/clock.h"
#include "core/getter.h"
#include "core/value.h"

static uint64_t since(const struct field_context *context, uint64_t time)
{
	return context->now > time ? context->now - time : 0;
}

/* Neither a mini-socket nor a request has queues or an inode: 0 is known, as netstat prints it. */
static bool is_no_socket(const struct row *row)
{
	return row->flags & (ROW_MINI | ROW_REQUEST);
}

static void value_queue(const struct field_context *context, struct value *value,
                        const struct row *row, uint32_t bytes)
{
	if (is_no_socket(row)) {
		value_number(value, 0);
	} else if (row->flags & ROW_QUEUES && row->state != STATE_CLOSE) { /* of the life before */
		value_number(value, bytes);
		value_looked(value, context, row->touched);
	}
}

static GETTER(recv_q)
{
	const struct row *row = object;

	value_queue(context, value, row, row->rqueue);
}

static GETTER(send_q)
{
	const struct row *row = object;

	value_queue(context, value, row, row->wqueue);
}

static GETTER(inode)
{
	const struct row *row = object;

	(void)context;
	if (is_no_socket(row))
		value_number(value, 0);
	else if (row->flags & ROW_IDENT)
		value_number(value, row->inode);
}

/* Was it measured by the last walk? An event since then has most likely set it anew. */
static bool has_measured_timer(const struct row *row)
{
	return row->flags & ROW_TIMER && (!row->changed || row->changed < row->touched);
}

/*
 * ns until the timer fires. A mini-socket's is its end; another's was measured by the last walk. Of
 * one in a recording nobody knows whether it fired since: it is told as it was then.
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

/* "keepalive (7199.67/0/0)": seconds / retransmissions / probes, as netstat -o */
static GETTER(timer)
{
	static const char *const names[] = {
		[TIMER_OFF] = "off",
		[TIMER_RETRANSMIT] = "on",
		[TIMER_KEEPALIVE] = "keepalive",
		[TIMER_TIMEWAIT] = "timewait",
		[TIMER_PROBE] = "probe",
	};
	const struct row *row = object;
	uint8_t timer = row->flags & ROW_MINI ? TIMER_TIMEWAIT : row->timer;
	unsigned int retrans = row->retrans, probes = row->probes;
	uint64_t left;

	if (!timer_left(context, row, value, &left))
		return;
	if (timer == TIMER_OFF)
		left = 0;
	if (timer < sizeof(names) / sizeof(names[0]))
		value_print(value, "%s", names[timer]);
	else
		value_print(value, "unkn-%u", timer);
	/* Of a request, how often its timer has expired: get_openreq4(), net/ipv4/tcp_ipv4.c. */
	if (row->flags & ROW_REQUEST) {
		retrans = row->probes > row->retrans ? row->probes : row->retrans;
		probes = 0;
	}
	value_print_more(value, " (%" PRIu64 ".%02" PRIu64 "/%u/%u)", left / 1000000000,
	                 left / 10000000 % 100, retrans, probes);
}

static uint64_t retransmits(const struct row *row)
{
	uint64_t sum = 0;

	for (int kind = 0; kind < RETRANSMIT_KIND_COUNT; kind++)
		sum += row->retransmits[kind];
	return sum;
}

/* None seen of a socket older than our watch says nothing. */
static void value_seen(struct value *value, const struct row *row, uint64_t count)
{
	if (row->flags & ROW_MPTCP) /* its subflows send again, and reset */
		return;
	if (count || row->flags & ROW_BORN_EXACT)
		value_number(value, count);
	if (count)
		value->mark = MARK_WARN;
}

static GETTER(retrans)
{
	const struct row *row = object;

	(void)context;
	value_seen(value, row, retransmits(row));
}

#define RETRANSMIT_GETTER(name, kind)                                                              \
	static GETTER(name)                                                                        \
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

static GETTER(rst_sent)
{
	const struct row *row = object;

	(void)context;
	value_seen(value, row, row->rsts_sent);
}

static GETTER(rst_received)
{
	const struct row *row = object;

	(void)context;
	value_seen(value, row, row->rsts_received);
}

GETTER(cookie)
{
	const struct row *row = object;

	(void)context;
	if (row->cookie)
		value_number(value, row->cookie);
}

GETTER(sk)
{
	const struct row *row = object;

	(void)context;
	if (row->sk)
		value_print(value, "%" PRIx64, row->sk);
}

static GETTER(unread_for)
{
	const struct row *row = object;

	(void)context;
	if (row->unread_ms)
		value_duration(value, row->unread_ms * NS_PER_MS, false);
}

/* Since when the kernel has told of the values that no event tells of. */
static GETTER(looked)
{
	const struct row *row = object;

	if (row->flags & (ROW_QUEUES | ROW_BYTES | ROW_TIMER))
		value_duration(value, since(context, row->touched), true);
}

static GETTER(healed)
{
	const struct row *row = object;

	(void)context;
	value_bool(value, row->flags & ROW_HEALED);
}

static GETTER(orphan)
{
	const struct row *row = object;

	(void)context;
	value_bool(value, row->flags & ROW_ORPHAN);
}

/* No struct socket, and nobody closed it: accept() has not returned it yet. */
static GETTER(in_accept_queue)
{
	const struct row *row = object, *msk = table_find_mptcp(context->table, row);

	row = msk ? msk : row;
	value_bool(value, !row_is_listener(row) && !is_no_socket(row) &&
	                          !(row->flags & (ROW_SOCKET | ROW_ORPHAN | ROW_CONNECTED)));
}

/* clang-format off */
#define FIELD(name, heading, type, width, help)                                                    \
	{ #name, heading, help, VALUE_##type, width, row_##name }

const struct field row_fields[] = {
	FIELD(proto, "Proto", STRING, 5, "tcp, tcp6 for an AF_INET6 socket, mptcp for an MPTCP socket"),
	FIELD(recv_q, "Recv-Q", NUMBER, -6, "bytes not read; listener: connections not accepted"),
	FIELD(send_q, "Send-Q", NUMBER, -6, "bytes not acknowledged; listener: accept queue limit"),
	FIELD(local, "Local Address", ENDPOINT, 23, "local address and port"),
	FIELD(foreign, "Foreign Address", ENDPOINT, 23, "the peer's address and port"),
	FIELD(state, "State", STRING, 11, "TCP state"),
	FIELD(user, "User", STRING, 10, "user the socket belongs to"),
	FIELD(inode, "Inode", NUMBER, 10, "inode of the socket; 0: it has none"),
	FIELD(program, "PID/Program name", STRING, 20,
	      "a process that has it open, or had it; +N: further ones; (in parentheses): who is to accept it"),
	FIELD(timer, "Timer", STRING, 23, "timer (seconds left/retransmissions/probes)"),
	FIELD(age, "Age", DURATION, -8, "time in the present state; >=: at least"),
	FIELD(retrans, "Retrans", NUMBER, -7, "retransmissions seen, of all kinds"),
	FIELD(retrans_syn, "Re-SYN", NUMBER, -6, "SYN sent again"),
	FIELD(retrans_synack, "Re-SYNACK", NUMBER, -9, "SYN+ACK sent again"),
	FIELD(retrans_rto, "RTO", NUMBER, -4, "retransmissions by timeout"),
	FIELD(retrans_fast, "Fast", NUMBER, -4, "fast retransmissions (recovery, RACK)"),
	FIELD(retrans_tlp, "TLP", NUMBER, -4, "tail loss probes"),
	FIELD(retrans_slow_start, "SlowSt", NUMBER, -6, "what was sent again after a timeout"),
	FIELD(rst_sent, "RstOut", NUMBER, -6, "RSTs seen sent"),
	FIELD(rst_received, "RstIn", NUMBER, -5, "RSTs seen received"),
	FIELD(rst_reason, "Rst Reason", STRING, 16, "why the last RST was sent"),
	FIELD(closed_by, "Closed by", STRING, 11, "who ended, or began to end, the connection"),
	FIELD(netns, "Netns Inode", NUMBER, -11, "inode of the network namespace"),
	FIELD(netns_name, "Netns", STRING, 10, "name of the network namespace, else its inode"),
	FIELD(owner_source, "Owner by", STRING, 8, "how the process is known"),
	FIELD(owner_holding, "Holding", STRING, 8,
	      "how the process stands to it: open, queue, closed, exited, hidden, kernel"),
	FIELD(owner_pid, "PID", NUMBER, -7, "its process id"),
	FIELD(owner_comm, "Command", STRING, 15, "its command name"),
	FIELD(fd, "FD", NUMBER, -5, "its file descriptor"),
	FIELD(holders, "Holders", LIST, -7, "file descriptors that refer to the socket"),
	FIELD(doing, "Threads", LIST, 30,
	      "what its threads do: number and syscall(fd); asked for by trail"),
	FIELD(open_fds, "Open FDs", NUMBER, -8, "file descriptors it has open; asked for by trail"),
	FIELD(fd_limit, "FD Limit", NUMBER, -8, "most that it may have (soft RLIMIT_NOFILE)"),
	FIELD(creator, "Creator", STRING, 20, "process that called connect, accept or listen"),
	FIELD(creator_by, "Made by", STRING, 7, "which of these it called"),
	FIELD(creator_pid, "Creator PID", NUMBER, -11, "its process id"),
	FIELD(creator_comm, "Creator Command", STRING, 15, "its command name"),
	FIELD(creator_tid, "Creator TID", NUMBER, -11, "id of its thread that did"),
	FIELD(creator_thread, "Creator Thread", STRING, 15, "name of that thread"),
	FIELD(creator_uid, "Creator UID", NUMBER, -11, "its effective user id"),
	FIELD(creator_args, "Creator Arguments", LIST, 40, "its command line"),
	FIELD(creator_exited, "Exited", BOOL, 6, "it has ended"),
	FIELD(peer, "Peer Program", STRING, 20, "process at the other end, if that is on this host"),
	FIELD(peer_pid, "Peer PID", NUMBER, -8, "its process id"),
	FIELD(peer_comm, "Peer Command", STRING, 15, "its command name"),
	FIELD(peer_cookie, "Peer Cookie", NUMBER, -11, "cookie of the socket at the other end"),
	FIELD(peer_state, "Peer State", STRING, 11, "its state"),
	FIELD(peer_netns, "Peer Netns", NUMBER, -10, "inode of its network namespace"),
	FIELD(uid, "UID", NUMBER, -6, "user id"),
	FIELD(cgroup, "Cgroup", STRING, 30, "cgroup path of the socket, else of its process"),
	FIELD(container, "Container", STRING, 24, "container or unit, from the cgroup"),
	FIELD(container_id, "Container ID", STRING, 24, "whole id of the container, or name of unit or user slice"),
	FIELD(pod, "Pod", STRING, 36, "uid of the Kubernetes pod"),
	FIELD(cookie, "Cookie", NUMBER, -8, "socket cookie (ss -e prints it as sk:, in hexadecimal)"),
	FIELD(sk, "Sock", STRING, 16, "kernel address of the struct sock"),
	FIELD(born, "Born", TIME, 26, "when it was made, if that was seen"),
	FIELD(life, "Life", DURATION, -8, "time since it was made; >=: at least"),
	FIELD(remaining, "Remains", DURATION, -8, "time until a timewait socket ends"),
	FIELD(error, "Error", STRING, 12, "pending or last error of the socket"),
	FIELD(bytes_sent, "Sent", NUMBER, -10, "bytes that the peer acknowledged, SYN and FIN not counted"),
	FIELD(bytes_received, "Received", NUMBER, -10, "bytes received, FIN not counted"),
	FIELD(unread_for, "Unread", DURATION, -8,
	      "time for which nothing was read, though there was something; >=: at least"),
	FIELD(looked, "Looked", DURATION, -8, "time since queues, bytes and timer were looked at"),
	FIELD(fds_looked, "FDs Looked", DURATION, -10, "time since it was looked who has it open"),
	FIELD(healed, "Healed", BOOL, 6, "events were lost, a walk corrected it"),
	FIELD(orphan, "Orphan", BOOL, 6, "closed by all processes, lives on in the kernel"),
	FIELD(in_accept_queue, "Queued", BOOL, 6, "waits in the accept queue of its listener"),
	FIELD(listener, "Listener", ENDPOINT, 23, "address of the listener it came from"),
	FIELD(states, "Time in states", LIST, 40, "time in each state so far"),
	FIELD(mptcp, "MPTCP", STRING, 11, "of a subflow: state of the MPTCP socket that it belongs to"),
	FIELD(mptcp_token, "Token", STRING, 8, "of an MPTCP socket and of its subflows: its token, as ss -Mi prints it"),
	FIELD(mptcp_age, "MPTCP Age", DURATION, -9, "time in that state; >=: at least"),
	FIELD(history, "History", LIST, 40, "what happened to it, step by step"),
	FIELD(stack, "Stack", LIST, 40, "with --stacks: code that connected, listened or accepted, innermost first"),
	FIELD(family, "Family", STRING, 6, "inet or inet6"),
	FIELD(local_address, "Local IP", STRING, 15, "local address alone"),
	FIELD(local_port, "LPort", NUMBER, -5, "local port alone"),
	FIELD(foreign_address, "Foreign IP", STRING, 15, "the peer's address alone"),
	FIELD(foreign_port, "FPort", NUMBER, -5, "the peer's port alone"),
};
/* clang-format on */

const size_t row_fields_count = sizeof(row_fields) / sizeof(row_fields[0]);
