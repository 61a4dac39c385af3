/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses an answer of inet_diag about one socket. Knows its three kinds; does no I/O.
 *
 * inet_sk_diag_fill() fills answers about full sockets, inet_req_diag_fill() and
 * inet_twsk_diag_fill() the others (net/ipv4/inet_diag.c). Only the first one adds
 * INET_DIAG_SHUTDOWN, and it always does: that attribute marks a full socket. Inode 0 does not mark
 * the others: a TCP Fast Open child is in SYN_RECV with timer 1 and inode 0, but is no request
 * socket.
 */
#include "source/inetdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define NEW_SYN_RECV 12 /* include/net/tcp_states.h; libc does not have it */
#define BIT(state)   (1U << (state))

struct attributes {
	bool full;
	uint64_t cgroup;
};

static struct attributes read_attributes(const struct nlmsghdr *message)
{
	struct attributes found = {0};
	const struct inet_diag_msg *diag = NLMSG_DATA(message);
	int size = (int)NLMSG_PAYLOAD(message, sizeof(*diag));

	for (const struct rtattr *attr = (const void *)(diag + 1); RTA_OK(attr, size);
	     attr = RTA_NEXT(attr, size)) {
		if (attr->rta_type == INET_DIAG_SHUTDOWN)
			found.full = true;
		/* Since 5.9 always there, where cgroup v2 is built in. */
		if (attr->rta_type == INET_DIAG_CGROUP_ID && RTA_PAYLOAD(attr) == 8)
			memcpy(&found.cgroup, RTA_DATA(attr), 8);
	}
	return found;
}

static void read_tuple(const struct inet_diag_msg *diag, struct fact_sample *sample)
{
	size_t size = diag->idiag_family == AF_INET ? 4 : 16;

	sample->family = diag->idiag_family;
	sample->lport = ntohs(diag->id.idiag_sport);
	sample->rport = ntohs(diag->id.idiag_dport);
	memcpy(sample->laddr, diag->id.idiag_src, size);
	memcpy(sample->raddr, diag->id.idiag_dst, size);
	sample->ifindex = diag->id.idiag_if;
	sample->cookie = (uint64_t)diag->id.idiag_cookie[1] << 32 | diag->id.idiag_cookie[0];
	sample->flags |= SAMPLE_TUPLE;
}

static void read_timer(const struct inet_diag_msg *diag, struct fact_sample *sample)
{
	sample->timer = diag->idiag_timer;
	/* On some kernels an expired timer that did not run yet wraps below zero. */
	sample->timer_ms = diag->idiag_expires > INT32_MAX ? 0 : diag->idiag_expires;
	if (diag->idiag_timer == TIMER_KEEPALIVE || diag->idiag_timer == TIMER_PROBE)
		sample->probes = diag->idiag_retrans;
	else
		sample->retrans = diag->idiag_retrans;
	sample->flags |= SAMPLE_TIMER;
}

/* In these states the peer's FIN has arrived: tcp_fin() has set SOCK_DONE. */
static bool state_has_fin(unsigned int state)
{
	return BIT(state) & (BIT(TCP_CLOSE_WAIT) | BIT(TCP_LAST_ACK) | BIT(TCP_CLOSING));
}

/*
 * Only our own close() or shutdown() leads to these states, so a socket without an fd is an orphan.
 */
static bool state_was_closed(unsigned int state)
{
	return BIT(state) &
	       (BIT(TCP_FIN_WAIT1) | BIT(TCP_FIN_WAIT2) | BIT(TCP_LAST_ACK) | BIT(TCP_CLOSING));
}

/*
 * Inode and uid are 0 both for an orphan and in an accept queue. In ESTABLISHED and CLOSE_WAIT it
 * is the accept queue; where the state does not decide, SAMPLE_DEAD stays off. Without an inode
 * sock_i_uid() returns uid 0, which is not the owner: then no SAMPLE_IDENT.
 */
static void read_full(const struct inet_diag_msg *diag, struct fact_sample *sample)
{
	sample->uid = diag->idiag_uid;
	sample->inode = diag->idiag_inode;
	if (diag->idiag_inode)
		sample->flags |= SAMPLE_SOCKET;
	else if (state_was_closed(diag->idiag_state))
		sample->flags |= SAMPLE_DEAD;
	if (diag->idiag_inode || diag->idiag_uid)
		sample->flags |= SAMPLE_IDENT;
	if (state_has_fin(diag->idiag_state))
		sample->flags |= SAMPLE_DONE;
	/* tcp_diag_get_info(): wqueue = write_seq - snd_una, except for a listener */
	if (diag->idiag_state != TCP_LISTEN && diag->idiag_wqueue == 0)
		sample->flags |= SAMPLE_ACKED;
}

int inetdiag_sample(const struct nlmsghdr *message, struct fact_sample *sample)
{
	const struct inet_diag_msg *diag = NLMSG_DATA(message);
	struct attributes attributes;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*diag)) || diag->idiag_state > NEW_SYN_RECV)
		return -EBADMSG;
	attributes = read_attributes(message);
	memset(sample, 0, sizeof(*sample));
	sample->state = diag->idiag_state;
	sample->cgroup = attributes.cgroup;
	sample->rqueue = diag->idiag_rqueue;
	sample->wqueue = diag->idiag_wqueue;
	sample->flags = SAMPLE_QUEUES;
	read_tuple(diag, sample);
	read_timer(diag, sample);
	if (attributes.full) {
		read_full(diag, sample);
	} else if (diag->idiag_timer == TIMER_TIMEWAIT) {
		sample->flags |= SAMPLE_MINI; /* state is the substate: 5 or 6 */
	} else {
		sample->flags |= SAMPLE_REQUEST; /* inet_diag calls it SYN_RECV */
		sample->state = NEW_SYN_RECV;
	}
	return 0;
}
