/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * An fd of an MPTCP connection leads to a socket of its own kind; the TCP sockets
 * are its subflows (net/mptcp/protocol.h, 5.10..7.2). Kernels without MPTCP have
 * no such socket, and what reads its members is pruned.
 */
#ifndef TCPTRAIL_BPF_MPTCP_H
#define TCPTRAIL_BPF_MPTCP_H

#include "kernel.h"

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

struct mptcp_sock___token { /* 5.6; the trimmed vmlinux.h has it not */
	__u32 token;
} __attribute__((preserve_access_index));

/* What a subflow is part of. The state is told, for it may be about to be stored. */
static __always_inline void mptcp_fill(struct fact_mptcp *fact, struct sock *msk,
                                       struct sock *subflow, __u8 old, __u8 new)
{
	fact->cookie = BPF_CORE_READ(subflow, __sk_common.skc_cookie.counter);
	fact->token = BPF_CORE_READ((struct mptcp_sock___token *)msk, token);
	fact->state = new;
	fact->old = old;
	*(__u16 *)fact->pad = 0;
}

struct subflow_walk {
	struct list_head *head, *at;
};

static __always_inline void subflow_begin(struct subflow_walk *walk, struct sock *msk)
{
	walk->head = (void *)msk + bpf_core_field_offset(struct mptcp_sock, conn_list);
	walk->at = BPF_CORE_READ((struct mptcp_sock *)msk, conn_list.next);
}

/* NULL: that was the last. Read without a lock: a list that changes may end early. */
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
