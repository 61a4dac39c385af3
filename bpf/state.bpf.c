// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Transitions of full sockets, and their destruction. */
#include "mptcp.h"
#include "sock.h"
#include "stack.h"
#include "task.h"

/*
 * Since 6.1 the kernel skips a program that interrupts itself. A transition in a softirq is then
 * missed while this CPU reports another one: about 20 of a million transitions. So two programs are
 * attached to the tracepoint. The first one leaves a mark and reports the transition. The second
 * one reports it if it finds no such mark, because then the first one was skipped. If the mark is
 * overwritten or the CPU changes in between, both report the transition, and user space detects the
 * second report.
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

extern __u64 nested_reported;

static __always_inline struct mark *mark_of_cpu(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&marks, &key);
}

static __always_inline bool is_tcp(struct sock *sk)
{
	return READ(has_types, sk, sk_protocol) == IPPROTO_TCP;
}

/* The current task acts on this socket only if the socket lock is owned. */
static __always_inline void fill_task(struct fact_state *fact)
{
	if (fact->s.flags & SAMPLE_OWNED)
		task_read(&fact->task);
	else
		task_clear(&fact->task);
	/* Our walk over fds holds each file for a moment. A close meanwhile ends in our thread. */
	if (fact->task.pid == walker)
		task_clear(&fact->task);
}

/*
 * Up to 6.12 a clone has the cookie, and maybe the addresses, of its listener; with MPTCP always.
 */
static __always_inline void fill_sample(struct fact_state *fact, struct sock *sk, int old, int new,
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

static __always_inline bool report(struct sock *sk, int old, int new, const bool mptcp)
{
	bool creates = old == STATE_CLOSE && (new == STATE_SYN_SENT || new == STATE_LISTEN);
	struct fact_state *fact;
	__u64 stack = 0;

	if (want_stacks && creates)
		stack = stack_id();
	fact = fact_reserve(FACT_STATE, sizeof(*fact), sk);
	if (!fact)
		return false;
	*(__u64 *)&fact->old = 0; /* with the padding */
	fact->old = old;
	fact->new = new;
	fill_sample(fact, sk, old, new, mptcp);
	fill_task(fact);
	creates = creates && fact->task.pid;
	fact->stack = creates ? stack : 0;
	fact_submit(fact);
	if (creates)
		process_report();
	return true;
}

static __always_inline void report_subflow(struct sock *msk, struct sock *subflow)
{
	struct fact_mptcp *fact = fact_reserve(FACT_MPTCP, sizeof(*fact), msk);

	if (!fact)
		return;
	mptcp_fill(fact, msk, subflow);
	fact_submit(fact);
}

static __always_inline void report_tcp(struct sock *sk, int old, int new)
{
	bool joins = new == STATE_SYN_SENT || new == STATE_ESTABLISHED || new == STATE_LISTEN;
	struct sock *msk;

	if (!report(sk, old, new, false) || !joins)
		return;
	msk = mptcp_of(sk);
	if (msk)
		report_subflow(msk, sk);
}

/* Reports the subflows too, because they may be older than the MPTCP socket. */
static __always_inline void report_mptcp(struct sock *msk, int old, int new)
{
	struct subflow_walk subflows;
	struct sock *sk;

	if (!report(msk, old, new, true))
		return;
	subflow_begin(&subflows, msk);
	for (int i = 0; i < SUBFLOWS_MAX; i++) {
		sk = subflow_next(&subflows);
		if (!sk)
			break;
		report_subflow(msk, sk);
	}
}

/* true: reported. SCTP uses the same tracepoint. */
static __always_inline bool report_any(struct sock *sk, int old, int new)
{
	if (is_tcp(sk))
		report_tcp(sk, old, new);
	else if (is_mptcp(sk))
		report_mptcp(sk, old, new);
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
	report_any(sk, old, new);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state_nested, struct sock *sk, int old, int new)
{
	struct mark *mark = mark_of_cpu();

	if (!mark)
		return 0;
	if (mark->sk == (__u64)sk && mark->old == old && mark->new == new) {
		/* Clear it: addresses are reused fast, so a stale mark might match later. */
		mark->sk = 0;
		return 0;
	}
	if (report_any(sk, old, new))
		__sync_fetch_and_add(&nested_reported, 1);
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
