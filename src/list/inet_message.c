/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses an answer of inet_diag about one socket: inet_sk_diag_fill() makes those about full sockets,
 * inet_req_diag_fill() and inet_twsk_diag_fill() the others (net/ipv4/inet_diag.c), and
 * inet_sctp_diag_fill() those about SCTP. Does no I/O.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <string.h>

#include "list/inet.h"
#include "list/netlink_message.h"

#define STATE_LISTENING 10 /* include/net/tcp_states.h */

/* Numbers of timers, as inet_diag and /proc/net/tcp have them. */
enum {
	TIMER_RETRANSMISSION = 1,
	TIMER_TIME_WAIT = 3,
};

typedef const struct nlattr *attributes[INET_DIAG_MAX + 1];

/* Old kernels have fewer numbers: drops came with 4.7. */
static void read_memory(const attributes found, struct list_socket *socket)
{
	const struct nlattr *attr = found[INET_DIAG_SKMEMINFO];
	size_t size = attr ? mnl_attr_get_payload_len(attr) : 0;
	uint32_t memory[SK_MEMINFO_VARS];

	if (netlink_struct(attr, memory, sizeof(memory)))
		list_socket_set_memory(socket, memory, size / sizeof(memory[0]));
}

/*
 * The message has one of two numbers, depending on the timer; /proc/net/tcp has both, and struct
 * tcp_info too.
 */
static void read_timer(const struct inet_diag_msg *diag, const attributes found,
                       struct list_inet *inet)
{
	struct tcp_info info;

	inet->has_timer = true;
	inet->timer = diag->idiag_timer;
	/* On some kernels an expired timer that did not run yet wraps below zero. */
	inet->timer_ms = diag->idiag_expires > INT32_MAX ? 0 : diag->idiag_expires;
	if (diag->idiag_timer == TIMER_RETRANSMISSION)
		inet->retransmits = diag->idiag_retrans;
	else
		inet->probes = diag->idiag_retrans;
	if (inet->socket.protocol == LIST_TCP &&
	    netlink_struct(found[INET_DIAG_INFO], &info, sizeof(info))) {
		inet->retransmits = info.tcpi_retransmits;
		inet->probes = info.tcpi_probes;
	}
}

static void read_ends(const struct inet_diag_msg *diag, struct list_inet *inet)
{
	size_t size = diag->idiag_family == AF_INET ? 4 : 16;

	memcpy(inet->local, diag->id.idiag_src, size);
	memcpy(inet->foreign, diag->id.idiag_dst, size);
	inet->local_port = ntohs(diag->id.idiag_sport);
	inet->foreign_port = ntohs(diag->id.idiag_dport);
	inet->ifindex = diag->id.idiag_if;
	inet->socket.family = diag->idiag_family;
	inet->socket.cookie = (uint64_t)diag->id.idiag_cookie[1] << 32 | diag->id.idiag_cookie[0];
}

/*
 * Only inet_sk_diag_fill() adds INET_DIAG_SHUTDOWN, and it always does: a TCP socket without it is a
 * request socket or in TIME_WAIT. In these two and without an inode user 0 may be nobody's.
 */
static void read_socket(const struct inet_diag_msg *diag, const attributes found,
                        struct list_inet *inet)
{
	struct list_socket *socket = &inet->socket;

	socket->state = diag->idiag_state;
	socket->has_queues = true;
	socket->recv_q = diag->idiag_rqueue;
	socket->send_q = diag->idiag_wqueue;
	socket->inode = diag->idiag_inode;
	if (diag->idiag_inode || diag->idiag_uid)
		socket->uid = diag->idiag_uid;
	if (socket->protocol == LIST_TCP && !found[INET_DIAG_SHUTDOWN])
		inet->request = diag->idiag_timer != TIMER_TIME_WAIT;
	/* The limit of the accept queue, which /proc/net/tcp does not have. */
	if (socket->protocol == LIST_TCP && socket->state == STATE_LISTENING)
		socket->send_q = 0;
	netlink_u64(found[INET_DIAG_CGROUP_ID], &socket->cgroup);
	inet->has_mark = netlink_u32(found[INET_DIAG_MARK], &inet->mark);
}

/* A struct sockaddr_storage each: inet_diag_msg_sctpladdrs_fill(), net/sctp/diag.c. */
static int read_addresses(const struct nlattr *attr, struct list *list,
                          struct inet_addresses *addresses)
{
	size_t size = sizeof(struct sockaddr_storage);
	size_t count = attr ? mnl_attr_get_payload_len(attr) / size : 0;
	struct inet_address *copy;

	if (!count)
		return 0;
	copy = (void *)list_text(list, mnl_attr_get_payload(attr), count * size);
	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct sockaddr_storage from;
		struct inet_address address = {.family = 0};

		memcpy(&from, (const char *)mnl_attr_get_payload(attr) + i * size, size);
		address.family = (uint8_t)from.ss_family;
		if (from.ss_family == AF_INET6)
			memcpy(address.addr, &((struct sockaddr_in6 *)&from)->sin6_addr, 16);
		else if (from.ss_family == AF_INET)
			memcpy(address.addr, &((struct sockaddr_in *)&from)->sin_addr, 4);
		else
			continue;
		copy[addresses->count++] = address;
	}
	addresses->at = copy;
	return 0;
}

/* States of a socket by the state of its association: enum sctp_sock_state and sctp_state. */
static uint8_t state_of_association(uint8_t state)
{
	static const uint8_t states[] = {7, 2, 2, 1, 8, 8, 8, 8};

	return state < sizeof(states) ? states[state] : 0;
}

/*
 * The answer about an association has INET_DIAG_PEERS. Its message has the state of the association,
 * where /proc/net/sctp/assocs has that of the socket, too.
 */
static int read_sctp(const attributes found, struct list *list, struct list_inet *inet)
{
	int err = read_addresses(found[INET_DIAG_LOCALS], list, &inet->locals);

	if (!err)
		err = read_addresses(found[INET_DIAG_PEERS], list, &inet->foreigns);
	if (err)
		return err;
	inet_choose_addresses(inet);
	inet->timer = inet->timer ? TIMER_RETRANSMISSION : 0; /* the only one is T3-rtx */
	inet->association = found[INET_DIAG_PEERS] != NULL;
	if (inet->association) {
		inet->association_state = inet->socket.state;
		inet->socket.state = state_of_association(inet->socket.state);
	} else {
		inet->socket.has_queues = false;
	}
	return 0;
}

static int read_message(const attributes found, const struct inet_diag_msg *diag,
                        const struct inet_reader *reader)
{
	struct list_inet *inet = inet_add(reader);
	int err = 0;

	if (!inet)
		return -ENOMEM;
	read_ends(diag, inet);
	read_socket(diag, found, inet);
	read_timer(diag, found, inet);
	read_memory(found, &inet->socket);
	if (reader->protocol == LIST_SCTP)
		err = read_sctp(found, reader->list, inet);
	if (err)
		list_drop(reader->list);
	return err;
}

int inet_add_message(const struct inet_reader *reader, const struct nlmsghdr *message)
{
	const struct inet_diag_msg *diag = mnl_nlmsg_get_payload(message);
	attributes found;

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    netlink_payload(message, sizeof(*diag), found, INET_DIAG_MAX) ||
	    (diag->idiag_family != AF_INET && diag->idiag_family != AF_INET6))
		return -EBADMSG;
	return read_message(found, diag, reader);
}
