/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads what inet_diag says of one socket. Owns the knowledge of its three
 * kinds of answer; does no I/O.
 *
 * The kernel fills them by inet_sk_diag_fill (full sockets), inet_req_diag_fill
 * and inet_twsk_diag_fill (net/ipv4/inet_diag.c). Only the first one adds
 * INET_DIAG_SHUTDOWN, and it does so always: that attribute, not inode 0, tells
 * a full socket. A TCP Fast Open child is in SYN_RECV with timer 1 and inode 0
 * too, and yet no request.
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

#define NEW_SYN_RECV 12 /* include/net/tcp_states.h; libc does not know it */
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
		/* Unasked for from 5.9 on, where cgroup v2 is built in. */
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
	/* A timer that is due but did not run yet wraps below zero on some kernels. */
	sample->timer_ms = diag->idiag_expires > INT32_MAX ? 0 : diag->idiag_expires;
	if (diag->idiag_timer == TIMER_KEEPALIVE || diag->idiag_timer == TIMER_PROBE)
		sample->probes = diag->idiag_retrans;
	else
		sample->retrans = diag->idiag_retrans;
	sample->flags |= SAMPLE_TIMER;
}

/* The peer's FIN came first, or both crossed: tcp_fin has set SOCK_DONE. */
static bool state_has_fin(unsigned int state)
{
	return BIT(state) & (BIT(TCP_CLOSE_WAIT) | BIT(TCP_LAST_ACK) | BIT(TCP_CLOSING));
}

/* Entered by a close or shutdown of ours only, so whoever has no fd has lost it. */
static bool state_was_closed(unsigned int state)
{
	return BIT(state) &
	       (BIT(TCP_FIN_WAIT1) | BIT(TCP_FIN_WAIT2) | BIT(TCP_LAST_ACK) | BIT(TCP_CLOSING));
}

/*
 * Inode and uid are 0 alike for an orphan and in an accept queue. In
 * ESTABLISHED and CLOSE_WAIT it is the queue; where the state cannot tell,
 * SAMPLE_DEAD stays off. uid 0 without an inode is a uid for lack of one
 * (sock_i_uid), hence no SAMPLE_IDENT.
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
	/* tcp_diag_get_info: wqueue = write_seq - snd_una, but not of a listener. */
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
		sample->flags |= SAMPLE_REQUEST; /* which inet_diag calls SYN_RECV */
		sample->state = NEW_SYN_RECV;
	}
	return 0;
}
