/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP sockets of a recording, as /proc/net/tcp would have shown them. Of MPTCP the subflows are TCP
 * sockets. The bytes of queues and timers are of the last time that a walk looked.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "list/inet.h"

static bool is_shown(const struct list_request *request, const struct row *row)
{
	if (row->flags & (ROW_MPTCP | ROW_NASCENT) || row->state == STATE_CLOSE)
		return false;
	return !request->netns || row->netns == request->netns;
}

/* The listing has no time: it shows what was left of the timer when it was looked at. */
static void take_timer(const struct table *table, const struct row *row, struct list_inet *inet)
{
	uint64_t now = table_now(table);

	if (row->flags & ROW_MINI && row->deadline) {
		inet->has_timer = true;
		inet->timer = TIMER_TIMEWAIT;
		inet->timer_ms = row->deadline > now ? (row->deadline - now) / NS_PER_MS : 0;
	} else if (row->flags & ROW_TIMER && (!row->changed || row->changed < row->touched)) {
		inet->has_timer = true;
		inet->timer = row->timer;
		inet->timer_ms = row->timer == TIMER_OFF ? 0 : row->timer_ms;
	}
	inet->retransmits = row->retrans;
	inet->probes = row->probes;
	if (row->flags & ROW_REQUEST) {
		inet->retransmits = row->probes > row->retrans ? row->probes : row->retrans;
		inet->probes = 0;
	}
}

static void take_socket(const struct row *row, struct list_socket *socket)
{
	/* No queues, no inode. */
	bool none = row->flags & (ROW_MINI | ROW_REQUEST) || row->state == STATE_TIME_WAIT;

	socket->state = row->state == STATE_NEW_SYN_RECV ? STATE_SYN_RECV : row->state;
	socket->cookie = row->cookie;
	socket->cgroup = row->cgroup;
	socket->netns = row->netns;
	socket->has_queues = none || row->flags & ROW_QUEUES;
	if (row->flags & ROW_IDENT) {
		socket->uid = row->uid;
		socket->inode = none ? 0 : row->inode;
	}
	if (none || !(row->flags & ROW_QUEUES))
		return;
	socket->recv_q = row->rqueue;
	if (!row_is_listener(row)) /* else it is the limit of the accept queue */
		socket->send_q = row->wqueue;
}

static void name_places(const struct list_request *request, const struct row *row,
                        struct list_inet *inet)
{
	struct names *names = table_names((struct table *)request->recorded);
	const char *name = names_find(names, name_key_number(NAME_NETNS, row->netns));

	if (name)
		inet->socket.netns_name = name;
	name = row->ifindex ? names_find(names, name_key_interface(row->netns, row->ifindex)) : "";
	if (name && name[0])
		inet->interface = name;
}

static int add_row(const struct inet_reader *reader, const struct row *row)
{
	struct list_inet *inet = inet_add(reader);

	if (!inet)
		return -ENOMEM;
	memcpy(inet->local, row->laddr, sizeof(inet->local));
	memcpy(inet->foreign, row->raddr, sizeof(inet->foreign));
	inet->local_port = row->lport;
	inet->foreign_port = row->rport;
	inet->ifindex = row->ifindex;
	inet->request = row->flags & ROW_REQUEST;
	take_socket(row, &inet->socket);
	take_timer(reader->request->recorded, row, inet);
	name_places(reader->request, row, inet);
	return 0;
}

/* In the order of the kernel's files: IPv4 first. */
static int read_family(const struct list_request *request, struct list *list, uint16_t family)
{
	const struct inet_reader reader = {request, list, LIST_TCP, family};
	struct row_iter iter;
	const struct row *row;
	int err = 0;

	table_for_each (request->recorded, iter, row) {
		if (!err && row->family == family && is_shown(request, row))
			err = add_row(&reader, row);
	}
	return err;
}

int inet_read_recorded(const struct list_request *request, struct list *list)
{
	size_t first = list->count;
	int err = 0;

	if (request->v4 || !request->v6)
		err = read_family(request, list, AF_INET);
	if (!err && (request->v6 || !request->v4))
		err = read_family(request, list, AF_INET6);
	if (!err)
		err = inet_give_requests_users(list, first);
	if (!err)
		inet_drop_unwanted(request, list, first);
	return err;
}

/* A process that was seen to connect, accept or listen, before any walk over fds saw it. */
static int add_owner(struct list_holders *holders, const struct table *table, const struct row *row)
{
	struct owner owner;

	table_owner(table, row, &owner);
	if (!owner.task || owner.holding != HOLDING_OPEN || owner.queued || owner.fd < 0)
		return 0;
	return list_holders_add(holders, row->inode, owner.task->pid, owner.fd);
}

/* The processes that have the socket open, as the last walk over fds saw them. */
static int add_row_holders(struct list_holders *holders, const struct table *table,
                           const struct row *row)
{
	const struct holder *holder = table_holder(table, row->holders);
	int err = holder ? 0 : add_owner(holders, table, row);

	for (; holder && !err; holder = table_holder(table, holder->next)) {
		const struct task *task = table_task(table, holder->task);

		if (!task->exited)
			err = list_holders_add(holders, row->inode, task->pid, holder->fd);
	}
	return err;
}

static int add_task(struct list_holders *holders, const struct table *table, uint32_t pid)
{
	const struct task *task = table_find_task(table, pid, 0);
	char comm[FACT_COMM_LEN + 1] = "";
	struct list_process process = {.pid = pid, .comm = comm, .cgroup = ""};

	if (!task)
		return 0;
	memcpy(comm, task->comm, FACT_COMM_LEN);
	process.program = list_program(task->args ? task->args : "", comm);
	return list_holders_add_process(holders, &process);
}

struct list_holders *inet_recorded_holders(const struct table *table)
{
	struct list_holders *holders = list_holders_new();
	struct row_iter iter;
	const struct row *row;
	int err = holders ? 0 : -ENOMEM;

	if (holders) {
		table_for_each (table, iter, row) {
			if (!err && row->inode)
				err = add_row_holders(holders, table, row);
		}
	}
	for (size_t i = 0; !err && i < list_holders_pid_count(holders); i++)
		err = add_task(holders, table, list_holders_pid(holders, i));
	if (!err)
		err = list_holders_seal(holders);
	if (!err)
		return holders;
	list_holders_free(holders);
	return NULL;
}
