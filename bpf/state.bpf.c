// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Transitions of full sockets, and their end. */
#include "mptcp.h"
#include "sock.h"
#include "stack.h"
#include "task.h"

/*
 * A program that interrupts itself is skipped (since 6.1): a softirq that
 * changes one socket while this CPU is in the middle of telling of another
 * would go unheard, some 20 times in a million transitions here. So there are
 * two programs on the tracepoint. The first leaves a mark and does the work; the
 * second does it if it finds no mark of this transition, hence the first was
 * skipped. Should a mark be overwritten or the CPU change in between, a transition
 * is told twice, which user space can tell.
 */
struct mark {
	__u64 sk;
	__u32 old, new;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mark);
} marks SEC(".maps");

extern __u64 nested_told;

static __always_inline struct mark *mark_of_cpu(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&marks, &key);
}

/* SCTP and MPTCP come by here, too. */
static __always_inline bool is_tcp(struct sock *sk)
{
	return READ(has_types, sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline int tell(struct sock *sk, int old, int new)
{
	bool clone = old == TCP_STATE_LISTEN && new == TCP_STATE_SYN_RECV;
	bool creates =
		old == TCP_STATE_CLOSE && (new == TCP_STATE_SYN_SENT || new == TCP_STATE_LISTEN);
	struct fact_state *fact;
	__u64 stack = 0;

	if (want_stacks && creates)
		stack = stack_id();
	fact = fact_reserve(FACT_STATE, sizeof(*fact), sk);
	if (!fact)
		return 0;
	sample_sock(&fact->s, sk);
	*(__u64 *)&fact->old = 0; /* the padding, too */
	fact->old = old;
	fact->new = new;
	fact->parent = 0;
	if (clone) {
		fact->parent = fact->s.cookie;
		fact->s.cookie = 0;
		fact->s.flags &= ~SAMPLE_TUPLE;
	} else {
		fact->s.cookie = cookie_minted(sk, fact->s.cookie);
	}
	/* Only with the lock owned is the current task one that acts on this socket. */
	if (fact->s.flags & SAMPLE_OWNED)
		task_read(&fact->task);
	else
		task_clear(&fact->task);
	/* A walk over fds holds each file for a moment: who closed it meanwhile left that to us. */
	if (fact->task.pid == walker)
		task_clear(&fact->task);
	creates = creates && fact->task.pid;
	fact->stack = creates ? stack : 0;
	fact_submit(fact);
	if (creates)
		process_tell();
	return 0;
}

/* Of an MPTCP socket, with each of its subflows, which have no event of it. */
static __always_inline int tell_mptcp(struct sock *msk, int old, int new)
{
	struct subflow_walk subflows;
	struct fact_mptcp *fact;
	struct sock *sk;

	if (!is_mptcp(msk))
		return 0;
	subflow_begin(&subflows, msk);
	for (int i = 0; i < SUBFLOWS_MAX; i++) {
		sk = subflow_next(&subflows);
		if (!sk)
			break;
		fact = fact_reserve(FACT_MPTCP, sizeof(*fact), sk);
		if (!fact)
			break;
		mptcp_fill(fact, msk, sk, old, new);
		fact_submit(fact);
	}
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int old, int new)
{
	struct mark *mark = mark_of_cpu();

	if (mark) {
		mark->sk = (__u64)sk;
		mark->old = old;
		mark->new = new;
	}
	if (!is_tcp(sk))
		return tell_mptcp(sk, old, new);
	return tell(sk, old, new);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state_nested, struct sock *sk, int old, int new)
{
	struct mark *mark = mark_of_cpu();

	if (!mark)
		return 0;
	if (mark->sk == (__u64)sk && mark->old == old && mark->new == new) {
		/* Used up: addresses are reused fast, and so might a stale mark match. */
		mark->sk = 0;
		return 0;
	}
	if (!is_tcp(sk))
		return tell_mptcp(sk, old, new);
	__sync_fetch_and_add(&nested_told, 1);
	return tell(sk, old, new);
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(on_destroy, struct sock *sk)
{
	struct fact_destroy *fact;

	fact = fact_reserve(FACT_DESTROY, sizeof(*fact), sk);
	if (fact)
		fact_submit(fact);
	return 0;
}
