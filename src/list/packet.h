/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet, netlink and VSOCK sockets, which netstat never had. Their records and parsers. */
#ifndef TCPTRAIL_LIST_PACKET_H
#define TCPTRAIL_LIST_PACKET_H

#include "list/socket.h"

struct nlmsghdr;

struct list_packet {
	struct list_socket socket; /* the first member */
	uint32_t references;
	uint16_t type;
	uint16_t ether_type; /* host order; 3: all; 0: none yet */
	uint32_t ifindex;    /* 0: all */
	const char *device;  /* NULL: all, or not known */
	bool running;        /* it receives packets */
};

struct list_netlink {
	struct list_socket socket;
	uint32_t protocol; /* NETLINK_ROUTE, ... */
	uint32_t port;     /* 0: of the kernel */
	uint32_t groups;   /* bits of the first 32 */
	bool dumping;      /* the kernel has not sent all of an answer yet */
};

struct list_vsock {
	struct list_socket socket;
	uint8_t type;
	uint32_t local_cid, local_port, foreign_cid, foreign_port; /* UINT32_MAX: any */
};

/* A line of /proc/net/packet and of /proc/net/netlink, parsed in place. false: it is no such line. */
bool packet_parse(char *line, struct list_packet *packet);
bool netlink_parse(char *line, struct list_netlink *netlink);
/* An answer of vsock_diag. 0 or -EBADMSG. */
int vsock_message(const struct nlmsghdr *message, struct list_vsock *vsock);

#endif
