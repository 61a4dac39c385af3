/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields that sockets of all families have, and the filters by them. */
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "field/value.h"
#include "list/socket.h"
#include "select/query.h"
#include "table/container.h"

void list_socket_init(struct list_socket *socket, const struct list_request *request,
                      enum list_protocol protocol, uint16_t family)
{
	*socket = (struct list_socket){
		.protocol = protocol,
		.family = family,
		.uid = LIST_UID_UNKNOWN,
		.netns = request->netns,
		.netns_name = request->netns_name ? request->netns_name : "",
		.holders = request->holders,
	};
}

void list_socket_set_memory(struct list_socket *socket, const uint32_t *memory, size_t count)
{
	if (count > SK_MEMINFO_SNDBUF) {
		socket->has_memory = true;
		socket->recv_memory = memory[SK_MEMINFO_RMEM_ALLOC];
		socket->recv_limit = memory[SK_MEMINFO_RCVBUF];
		socket->send_memory = memory[SK_MEMINFO_WMEM_ALLOC];
		socket->send_limit = memory[SK_MEMINFO_SNDBUF];
	}
	if (count > SK_MEMINFO_DROPS) {
		socket->has_drops = true;
		socket->drops = memory[SK_MEMINFO_DROPS];
	}
}

const char *list_socket_type(unsigned int type)
{
	switch (type) {
	case SOCK_STREAM:
		return "STREAM";
	case SOCK_DGRAM:
		return "DGRAM";
	case SOCK_RAW:
		return "RAW";
	case SOCK_RDM:
		return "RDM";
	case SOCK_SEQPACKET:
		return "SEQPACKET";
	case SOCK_PACKET:
		return "PACKET";
	}
	return "UNKNOWN";
}

void list_socket_layout(const struct socket_layout *socket, const struct list_request *request,
                        const char *title, struct list_layout *layout)
{
	bool program_only = request->programs && !request->extend;

	*layout = (struct list_layout){
		.title = title,
		.headings = socket->headings[!!request->extend + 2 * request->programs],
		.cells = program_only ? socket->program_cells : socket->cells,
		.count = socket->own + (request->extend ? 2 : 0) + request->programs,
	};
}

/* --- the process ------------------------------------------------------------------------------ */

/* The process that netstat shows: the first one. NULL: none is known. */
static const struct list_process *first_process(const struct list_socket *socket)
{
	struct list_held held;

	if (!list_holders_find(socket->holders, socket->inode, &held))
		return NULL;
	return list_holders_process(socket->holders, held.holders[0].pid);
}

void socket_value_program(const struct list_socket *socket, uint32_t inode, struct value *value)
{
	struct list_held held;

	if (!list_holders_find(socket->holders, inode, &held))
		return;
	value_string(value, list_holders_label(socket->holders, &held));
	if (held.processes > 1 && value->string)
		value->tail = (uint8_t)strlen(strrchr(value->string, '+'));
}

SOCKET_GETTER(program)
{
	const struct list_socket *socket = object;

	(void)context;
	socket_value_program(socket, socket->inode, value);
}

SOCKET_GETTER(pid)
{
	const struct list_socket *socket = object;
	struct list_held held;

	(void)context;
	if (list_holders_find(socket->holders, socket->inode, &held))
		value_number(value, held.holders[0].pid);
}

SOCKET_GETTER(comm)
{
	const struct list_process *process = first_process(object);

	(void)context;
	value_string(value, process ? process->comm : NULL);
}

SOCKET_GETTER(fd)
{
	const struct list_socket *socket = object;
	struct list_held held;

	(void)context;
	if (list_holders_find(socket->holders, socket->inode, &held))
		value_number(value, (uint64_t)held.holders[0].fd);
}

/* [{"pid":4942,"fd":7,"comm":"python3"},...] */
static void list_holders_json(const struct field_context *context, const void *object,
                              struct buffer *json)
{
	const struct list_socket *socket = object;
	const struct list_process *process;
	struct list_held held = {.count = 0};

	(void)context;
	list_holders_find(socket->holders, socket->inode, &held);
	buffer_text(json, "[");
	for (size_t i = 0; i < held.count; i++) {
		process = list_holders_process(socket->holders, held.holders[i].pid);
		buffer_text(json, i ? ",{" : "{");
		member_number(json, KEY(pid), held.holders[i].pid);
		member_number(json, KEY(fd), (uint64_t)held.holders[i].fd);
		member_string(json, KEY(comm), process ? process->comm : NULL);
		buffer_text(json, "}");
	}
	buffer_text(json, "]");
}

/* Without a walk over fds the holders are not known; after it, there may be none. */
SOCKET_GETTER(holders)
{
	const struct list_socket *socket = object;
	struct list_held held = {.count = 0};

	(void)context;
	if (!socket->holders)
		return;
	list_holders_find(socket->holders, socket->inode, &held);
	value->type = VALUE_LIST;
	value->number = held.count;
	value->list = list_holders_json;
}

/* --- users, containers, namespaces ------------------------------------------------------------ */

static const char *name_of(const struct field_context *context, enum fact_name_kind kind,
                           uint64_t number)
{
	if (!context->table)
		return NULL;
	return names_query(value_names(context), name_key_number(kind, number));
}

SOCKET_GETTER(user)
{
	const struct list_socket *socket = object;

	if (socket->uid == LIST_UID_UNKNOWN)
		return;
	if (!context->numeric_users)
		value_string(value, name_of(context, NAME_USER, socket->uid));
	if (value->type == VALUE_NONE)
		value_print(value, "%u", socket->uid);
}

SOCKET_GETTER(uid)
{
	const struct list_socket *socket = object;

	(void)context;
	if (socket->uid != LIST_UID_UNKNOWN)
		value_number(value, socket->uid);
}

SOCKET_GETTER(inode)
{
	const struct list_socket *socket = object;

	(void)context;
	value_number(value, socket->inode);
}

/*
 * The cgroup of the process says it for all kernels and hierarchies. Without a process: that of the
 * socket. NULL: not known.
 */
static const char *cgroup_of(const struct field_context *context, const struct list_socket *socket)
{
	const struct list_process *process = first_process(socket);

	if (process && process->cgroup[0])
		return process->cgroup;
	return socket->cgroup ? name_of(context, NAME_CGROUP, socket->cgroup) : NULL;
}

SOCKET_GETTER(cgroup)
{
	value_string(value, cgroup_of(context, object));
}

SOCKET_GETTER(container)
{
	const char *path = cgroup_of(context, object);
	struct container container;
	char text[CONTAINER_TEXT];

	if (!path || !container_parse(path, &container))
		return;
	container_print(&container, text, sizeof(text));
	value_print(value, "%s", text);
}

SOCKET_GETTER(container_id)
{
	const char *path = cgroup_of(context, object);
	struct container container;

	if (path && container_parse(path, &container) && container.id[0])
		value_print(value, "%s", container.id);
}

SOCKET_GETTER(netns)
{
	const struct list_socket *socket = object;

	(void)context;
	if (socket->netns)
		value_number(value, socket->netns);
}

SOCKET_GETTER(netns_name)
{
	const struct list_socket *socket = object;

	(void)context;
	value_string(value, socket->netns_name);
	if (value->type == VALUE_NONE && socket->netns)
		value_print(value, "%u", socket->netns);
}

/* --- queues and memory ------------------------------------------------------------------------ */

SOCKET_GETTER(recv_q)
{
	const struct list_socket *socket = object;

	(void)context;
	if (socket->has_queues)
		value_number(value, socket->recv_q);
}

SOCKET_GETTER(send_q)
{
	const struct list_socket *socket = object;

	(void)context;
	if (socket->has_queues)
		value_number(value, socket->send_q);
}

SOCKET_GETTER(cookie)
{
	const struct list_socket *socket = object;

	(void)context;
	if (socket->cookie)
		value_number(value, socket->cookie);
}

SOCKET_GETTER(drops)
{
	const struct list_socket *socket = object;

	(void)context;
	if (socket->has_drops)
		value_number(value, socket->drops);
}

#define MEMORY_GETTER(name)                                                                        \
	SOCKET_GETTER(name)                                                                        \
	{                                                                                          \
		const struct list_socket *socket = object;                                         \
                                                                                                   \
		(void)context;                                                                     \
		if (socket->has_memory)                                                            \
			value_number(value, socket->name);                                         \
	}

MEMORY_GETTER(recv_memory)
MEMORY_GETTER(recv_limit)
MEMORY_GETTER(send_memory)
MEMORY_GETTER(send_limit)

/* --- filters ---------------------------------------------------------------------------------- */

/* As for a row of TCP: one holder may have the pid and another the name. */
static bool match_process(const struct query *query, const struct list_socket *socket)
{
	bool pid = !query->pid_count, comm = !query->comms.count;
	const struct list_process *process;
	struct list_held held;

	if (pid && comm)
		return true;
	if (!list_holders_find(socket->holders, socket->inode, &held))
		return false;
	for (size_t i = 0; i < held.count && !(pid && comm); i++) {
		if (i && held.holders[i].pid == held.holders[i - 1].pid)
			continue;
		process = list_holders_process(socket->holders, held.holders[i].pid);
		pid = pid || query_has_pid(query, held.holders[i].pid);
		comm = comm || (process && query_has_comm(query, process->comm));
	}
	return pid && comm;
}

bool list_socket_match(const struct query *query, const struct field_context *context,
                       const struct list_socket *socket)
{
	const char *cgroup;

	if (!match_process(query, socket))
		return false;
	if (!query->cgroups.count && !query->containers.count)
		return true;
	cgroup = cgroup_of(context, socket);
	return query_match_cgroup(query, cgroup) && query_match_container(query, cgroup);
}
