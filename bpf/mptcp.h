/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * An fd of an MPTCP connection refers to an MPTCP socket; the TCP sockets are its subflows
 * (net/mptcp/protocol.h, 5.10..7.2). On kernels without MPTCP the verifier prunes the code that
 * reads its members.
 */
#ifndef TCPTRAIL_BPF_MPTCP_H
#define TCPTRAIL_BPF_MPTCP_H

#include "sock.h"

#define SUBFLOWS_MAX 8 /* the kernel's own limit (net/mptcp/pm.h, MPTCP_PM_ADDR_MAX) */

static __always_inline bool is_internet(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return family == AF_INET || family == AF_INET6;
}

static __always_inline bool is_mptcp(struct sock *sk)
{
	return bpf_core_type_exists(struct mptcp_sock) && sk &&
	       BPF_CORE_READ(sk, sk_protocol) == IPPROTO_MPTCP && is_internet(sk);
}

/* The TCP socket itself, or MPTCP's first subflow; NULL: neither. */
static __always_inline struct sock *tcp_socket(struct sock *sk)
{
	if (is_mptcp(sk)) {
		sk = BPF_CORE_READ((struct mptcp_sock *)sk, first);
		return sk;
	}
	if (!sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || !is_internet(sk))
		return NULL;
	return sk;
}

struct mptcp_sock___token { /* since 5.6; not in the trimmed vmlinux.h */
	__u32 token;
} __attribute__((preserve_access_index));

/* The MPTCP socket of a subflow; NULL: the TCP socket is no subflow. */
static __always_inline struct sock *mptcp_of(struct sock *sk)
{
	struct mptcp_subflow_context *subflow;
	struct sock *msk;

	if (!bpf_core_field_exists(((struct tcp_sock *)sk)->is_mptcp) ||
	    !bpf_core_type_exists(struct mptcp_subflow_context) ||
	    !BPF_CORE_READ((struct tcp_sock *)sk, is_mptcp))
		return NULL;
	subflow = BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_ulp_data);
	msk = subflow ? BPF_CORE_READ(subflow, conn) : NULL;
	return is_mptcp(msk) ? msk : NULL;
}

static __always_inline void mptcp_fill(struct fact_mptcp *fact, struct sock *msk,
                                       struct sock *subflow)
{
	fact->subflow = (__u64)subflow;
	fact->cookie = BPF_CORE_READ(subflow, __sk_common.skc_cookie.counter);
	fact->token = BPF_CORE_READ((struct mptcp_sock___token *)msk, token);
	fact->pad = 0;
}

/* As mptcp_diag_get_info() (net/mptcp/mptcp_diag.c) reports them. */
static __always_inline void sample_mptcp_queues(struct fact_sample *s, struct sock *msk,
                                                struct sock *first)
{
	s->flags |= SAMPLE_QUEUES;
	if (s->state != STATE_LISTEN) {
		s->rqueue = BPF_CORE_READ(msk, sk_backlog.rmem_alloc.counter);
		s->wqueue = BPF_CORE_READ(msk, sk_wmem_alloc.refs.counter) - 1;
	} else if (first) {
		s->rqueue = BPF_CORE_READ(first, sk_ack_backlog);
		s->wqueue = BPF_CORE_READ(first, sk_max_ack_backlog);
	}
}

/*
 * An MPTCP socket. The cookie stays 0, because a socket that a listener created has the cookie of
 * the listener (sk_clone() copies it, up to 6.18 at least). As long as the socket has no addresses,
 * the addresses are those of its first subflow.
 */
static __always_inline void sample_mptcp(struct fact_sample *s, struct sock *msk)
{
	struct sock *first = BPF_CORE_READ((struct mptcp_sock *)msk, first), *of = msk;
	__u16 port = BPF_CORE_READ(msk, __sk_common.skc_dport);
	__u8 state = BPF_CORE_READ(msk, __sk_common.skc_state);
	bool bare = !port && state != STATE_LISTEN && state != STATE_CLOSE;

	if (bare && first)
		of = first;
	sample_clear(s);
	sample_common(s, (struct sock_common *)of, false);
	if (bare && !s->rport)
		s->flags &= ~SAMPLE_TUPLE;
	s->lport = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)of, inet_sport));
	s->mptcp = 1;
	s->cookie = 0;
	s->state = state;
	sample_ident(s, msk, false);
	sample_sock_flags(s, msk, false);
	sample_mptcp_queues(s, msk, first);
}

struct subflow_walk {
	struct list_head *head, *at;
};

static __always_inline void subflow_begin(struct subflow_walk *walk, struct sock *msk)
{
	walk->head = (void *)msk + bpf_core_field_offset(struct mptcp_sock, conn_list);
	walk->at = BPF_CORE_READ((struct mptcp_sock *)msk, conn_list.next);
}

/* NULL: the end. The list is read without a lock: if it changes, it may end early. */
static __always_inline struct sock *subflow_next(struct subflow_walk *walk)
{
	struct mptcp_subflow_context *subflow;

	if (!walk->at || walk->at == walk->head)
		return NULL;
	subflow = (void *)walk->at - bpf_core_field_offset(struct mptcp_subflow_context, node);
	walk->at = BPF_CORE_READ(subflow, node.next);
	return BPF_CORE_READ(subflow, tcp_sock);
}

#endif
