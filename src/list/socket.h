/* SPDX-License-Identifier: BSD-2-Clause */
/* What sockets of all families have: the beginning of each record of a socket. */
#ifndef TCPTRAIL_LIST_SOCKET_H
#define TCPTRAIL_LIST_SOCKET_H

#include "list/holders.h"
#include "list/list.h"

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

/* Fills in what the request says: protocol, namespace, holders. */
void list_socket_init(struct list_socket *socket, const struct list_request *request,
                      enum list_protocol protocol, uint16_t family);

#endif
