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

static __always_inline bool is_tcp(struct sock *sk)
{
	return READ(has_types, sk, sk_protocol) == IPPROTO_TCP;
}

/* Only with the lock owned is the current task one that acts on this socket. */
static __always_inline void tell_task(struct fact_state *fact)
{
	if (fact->s.flags & SAMPLE_OWNED)
		task_read(&fact->task);
	else
		task_clear(&fact->task);
	/* A walk over fds holds each file for a moment: who closed it meanwhile left that to us. */
	if (fact->task.pid == walker)
		task_clear(&fact->task);
}

/* A clone's cookie is the listener's up to 6.12, and so may its addresses be; of MPTCP both always. */
static __always_inline void tell_sample(struct fact_state *fact, struct sock *sk, int old, int new,
                                        const bool mptcp)
{
	bool clone = old == STATE_LISTEN &&
	             (new == STATE_SYN_RECV || (mptcp && new == STATE_ESTABLISHED));

	if (mptcp)
		sample_mptcp(&fact->s, sk);
	else
		sample_sock(&fact->s, sk);
	fact->parent = 0;
	if (clone) {
		fact->parent = fact->s.cookie;
		fact->s.cookie = 0;
		fact->s.flags &= ~SAMPLE_TUPLE;
	} else if (!mptcp) {
		fact->s.cookie = cookie_minted(sk, fact->s.cookie);
	}
}

static __always_inline bool tell(struct sock *sk, int old, int new, const bool mptcp)
{
	bool creates = old == STATE_CLOSE && (new == STATE_SYN_SENT || new == STATE_LISTEN);
	struct fact_state *fact;
	__u64 stack = 0;

	if (want_stacks && creates)
		stack = stack_id();
	fact = fact_reserve(FACT_STATE, sizeof(*fact), sk);
	if (!fact)
		return false;
	*(__u64 *)&fact->old = 0; /* the padding, too */
	fact->old = old;
	fact->new = new;
	tell_sample(fact, sk, old, new, mptcp);
	tell_task(fact);
	creates = creates && fact->task.pid;
	fact->stack = creates ? stack : 0;
	fact_submit(fact);
	if (creates)
		process_tell();
	return true;
}

static __always_inline void tell_subflow(struct sock *msk, struct sock *subflow)
{
	struct fact_mptcp *fact = fact_reserve(FACT_MPTCP, sizeof(*fact), msk);

	if (!fact)
		return;
	mptcp_fill(fact, msk, subflow);
	fact_submit(fact);
}

static __always_inline void tell_tcp(struct sock *sk, int old, int new)
{
	bool joins = new == STATE_SYN_SENT || new == STATE_ESTABLISHED || new == STATE_LISTEN;
	struct sock *msk;

	if (!tell(sk, old, new, false) || !joins)
		return;
	msk = mptcp_of(sk);
	if (msk)
		tell_subflow(msk, sk);
}

/* Subflows that were made before this one was known are told of with it. */
static __always_inline void tell_mptcp(struct sock *msk, int old, int new)
{
	struct subflow_walk subflows;
	struct sock *sk;

	if (!tell(msk, old, new, true))
		return;
	subflow_begin(&subflows, msk);
	for (int i = 0; i < SUBFLOWS_MAX; i++) {
		sk = subflow_next(&subflows);
		if (!sk)
			break;
		tell_subflow(msk, sk);
	}
}

/* true: told. SCTP comes by here, too. */
static __always_inline bool tell_any(struct sock *sk, int old, int new)
{
	if (is_tcp(sk))
		tell_tcp(sk, old, new);
	else if (is_mptcp(sk))
		tell_mptcp(sk, old, new);
	else
		return false;
	return true;
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
	tell_any(sk, old, new);
	return 0;
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
	if (tell_any(sk, old, new))
		__sync_fetch_and_add(&nested_told, 1);
	return 0;
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
