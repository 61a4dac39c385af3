/* SPDX-License-Identifier: BSD-2-Clause */
/* What sockets of all families have: the beginning of each record of a socket. */
#ifndef TCPTRAIL_LIST_SOCKET_H
#define TCPTRAIL_LIST_SOCKET_H

#include "list/holders.h"
#include "list/list.h"

struct query;

#define LIST_UID_UNKNOWN UINT32_MAX

struct list_socket {
	enum list_protocol protocol;
	uint16_t family; /* AF_... */
	uint8_t state;   /* as the kernel numbers those of this family */
	bool has_queues; /* recv_q and send_q are known */
	bool has_drops, has_memory;
	uint32_t inode; /* 0: none, for example because nobody has accepted it */
	uint32_t uid;
	uint32_t netns;                                            /* inode */
	const char *netns_name;                                    /* "": none */
	uint64_t cookie;                                           /* 0: not known */
	uint64_t cgroup;                                           /* id; 0: not known */
	uint64_t recv_q, send_q;                                   /* bytes */
	uint64_t drops;                                            /* packets */
	uint64_t recv_memory, send_memory, recv_limit, send_limit; /* bytes; SK_MEMINFO */
	const struct list_holders *holders;                        /* NULL: not looked for */
};

/* Fills in what the request says (namespace, holders), the protocol, and what is not known yet. */
void list_socket_init(struct list_socket *socket, const struct list_request *request,
                      enum list_protocol protocol, uint16_t family);

/*
 * Sets memory and drops from the SK_MEMINFO_... numbers that the kernel gave. Old kernels give fewer:
 * drops came with 4.7.
 */
void list_socket_set_memory(struct list_socket *socket, const uint32_t *memory, size_t count);

/*
 * Does the socket match the filters by process, cgroup and container? A process is any holder, not
 * only the first. The namespace was chosen before.
 */
bool list_socket_match(const struct query *query, const struct field_context *context,
                       const struct list_socket *socket);

/*
 * Getters of the fields that all sockets have. The object is a struct list_socket, with which each
 * record of a socket begins.
 */
#define SOCKET_GETTER(name)                                                                        \
	void socket_##name(const struct field_context *context, const void *object,                \
	                   struct value *value)

SOCKET_GETTER(recv_q);
SOCKET_GETTER(send_q);
SOCKET_GETTER(user);
SOCKET_GETTER(uid);
SOCKET_GETTER(inode);
SOCKET_GETTER(program);
SOCKET_GETTER(pid);
SOCKET_GETTER(comm);
SOCKET_GETTER(fd);
SOCKET_GETTER(holders);
SOCKET_GETTER(cgroup);
SOCKET_GETTER(container);
SOCKET_GETTER(container_id);
SOCKET_GETTER(netns);
SOCKET_GETTER(netns_name);
SOCKET_GETTER(cookie);
SOCKET_GETTER(drops);
SOCKET_GETTER(recv_memory);
SOCKET_GETTER(recv_limit);
SOCKET_GETTER(send_memory);
SOCKET_GETTER(send_limit);

/* "STREAM", "DGRAM", ... of SOCK_STREAM, SOCK_DGRAM, ...; "UNKNOWN" */
const char *list_socket_type(unsigned int type);

/* The program of another socket, by its inode. */
void socket_value_program(const struct list_socket *socket, uint32_t inode, struct value *value);

#define SOCKET_FIELD(name)                                                                         \
	{                                                                                          \
		KEY(name), socket_##name, NULL                                                     \
	}

/*
 * The rows of a table of fields, for all sockets. A listing puts its own fields around them, also
 * inode and program, which have a place among netstat's columns.
 */
#define SOCKET_FIELDS_OWNER SOCKET_FIELD(user), SOCKET_FIELD(uid), SOCKET_FIELDS_PROCESS

#define SOCKET_FIELDS_PROCESS                                                                      \
	SOCKET_FIELD(pid), SOCKET_FIELD(comm), SOCKET_FIELD(fd), SOCKET_FIELD(holders),            \
		SOCKET_FIELD(cgroup), SOCKET_FIELD(container), SOCKET_FIELD(container_id),         \
		SOCKET_FIELD(netns), SOCKET_FIELD(netns_name)

#define SOCKET_FIELDS_MEMORY                                                                       \
	SOCKET_FIELD(drops), SOCKET_FIELD(recv_memory), SOCKET_FIELD(recv_limit),                  \
		SOCKET_FIELD(send_memory), SOCKET_FIELD(send_limit)

/*
 * The layout of a listing that netstat never had: its own cells, then user and inode with -e, and the
 * program with -p.
 */
struct socket_layout {
	const struct list_cell *cells;         /* own cells, SOCKET_CELLS */
	const struct list_cell *program_cells; /* own cells, SOCKET_PROGRAM_CELL */
	size_t own;                            /* number of own cells */
	const char *const *headings;           /* SOCKET_HEADINGS(own headings) */
};

#define SOCKET_PROGRAM_CELL                                                                        \
	{                                                                                          \
		"program", 20, 19, NULL, "-"                                                       \
	}
#define SOCKET_CELLS {"user", 10, 0, NULL, "-"}, {"inode", 10, 0, NULL, NULL}, SOCKET_PROGRAM_CELL
#define SOCKET_HEADINGS(own)                                                                       \
	{                                                                                          \
		own "\n", own " User       Inode\n", own " PID/Program name\n",                    \
			own " User       Inode      PID/Program name\n"                            \
	}

void list_socket_layout(const struct socket_layout *socket, const struct list_request *request,
                        const char *title, struct list_layout *layout);

#endif
