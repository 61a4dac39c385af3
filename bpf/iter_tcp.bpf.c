// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A walk over the sockets of one network namespace; and one socket by address. */
#include "mptcp.h"
#include "sock.h"
#include "submit.h"

#include "queue.h"
#include "walked.h"

/*
 * Facts of sockets, walked_count bytes of them, mapped into user space. The buffer of the iterator
 * has room for 100 facts only, and after each read() the kernel searches its position from the
 * first socket of the hash bucket (bpf_iter_tcp_resume(), net/ipv4/tcp_ipv4.c, 6.18). So the facts
 * collect here. When there are many, only walked_count is written to the iterator, and a read()
 * returns its 8 bytes.
 */
__u64 walked[WALKED_BYTES / sizeof(__u64)] = {};
__u64 walked_count = 0; /* bytes */

/* The most bytes of one socket: its facts, and those of its MPTCP socket. */
#define WALKED_MOST                                                                                \
	(2 * sizeof(struct fact_seen) + sizeof(struct fact_mptcp) + sizeof(struct fact_last_data))
_Static_assert(sizeof(struct fact_parent) <= sizeof(struct fact_seen), "a request takes less");

/* size: a multiple of 8, as in every fact */
static __always_inline void keep(const void *fact, const __u32 size)
{
	__u64 at = walked_count;

	barrier_var(at); /* otherwise clang adds it to the address before the comparison */
	if (at > WALKED_BYTES - size)
		return; /* never: hand_over() leaves room */
	__builtin_memcpy(&walked[at / sizeof(__u64)], fact, size);
	walked_count = at + size;
}

static __always_inline void hand_over(struct seq_file *seq, __u64 room)
{
	if (!walked_count || walked_count <= WALKED_BYTES - room)
		return;
	bpf_seq_write(seq, &walked_count, sizeof(walked_count));
	walked_count = 0;
}

/* The listener has a cookie by now: iter/tcp visits listeners first. */
static __always_inline void keep_parent(struct request_sock *req, __u64 cookie)
{
	struct fact_parent fact = {.cookie = cookie};

	fact.parent = BPF_CORE_READ(req, __req_common.skc_listener, __sk_common.skc_cookie.counter);
	if (!fact.parent)
		return;
	fact_begin(&fact.h, FACT_PARENT, sizeof(fact), req);
	keep(&fact, sizeof(fact));
}

/*
 * Follows the subflow. The MPTCP socket may have no fd and is in no hash table. seen: scratch
 * space.
 */
static __always_inline void keep_mptcp(struct tcp_sock *tp, struct fact_seen *seen)
{
	struct sock *subflow = (struct sock *)tp, *msk;
	struct fact_mptcp fact;

	/* For most sockets this load is the only cost. */
	if (!bpf_core_field_exists(tp->is_mptcp) || !tp->is_mptcp)
		return;
	msk = mptcp_of(subflow);
	if (!msk)
		return;
	fact_begin(&seen->h, FACT_SEEN, sizeof(*seen), msk);
	sample_mptcp(&seen->s, msk);
	if (seen->s.flags & SAMPLE_SOCKET && !BPF_CORE_READ(msk, sk_socket, file))
		seen->s.flags |= SAMPLE_KERNEL;
	keep(seen, sizeof(*seen));
	fact_begin(&fact.h, FACT_MPTCP, sizeof(fact), msk);
	mptcp_fill(&fact, msk, subflow);
	keep(&fact, sizeof(fact));
}

static __always_inline void keep_last_data(const struct fact_seen *seen, struct tcp_sock *tp)
{
	struct fact_last_data fact = {.cookie = seen->s.cookie};

	sample_last_data(&fact, tp, true);
	fact_begin(&fact.h, FACT_LAST_DATA, sizeof(fact), tp);
	keep(&fact, sizeof(fact));
}

SEC("iter/tcp")
int walk_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common *skc = ctx->sk_common;
	struct fact_seen seen = {};
	struct tcp_timewait_sock *tw;
	struct tcp_request_sock *req;
	struct tcp_sock *tp;

	if (!skc) {
		hand_over(ctx->meta->seq, WALKED_BYTES);
		return 0;
	}
	fact_begin(&seen.h, FACT_SEEN, sizeof(seen), skc);
	tp = bpf_skc_to_tcp_sock(skc);
	if (tp) {
		sample_fields(&seen.s, tp, true);
		sample_kernel(&seen.s, tp);
		sample_timer(&seen.s, tp, true);
		sample_idle(&seen.s, tp, true);
		seen.s.cookie = cookie_minted(tp, seen.s.cookie);
		goto out;
	}
	tw = bpf_skc_to_tcp_timewait_sock(skc);
	if (tw) {
		sample_timewait(&seen.s, (void *)tw);
		goto out;
	}
	req = bpf_skc_to_tcp_request_sock(skc);
	if (!req)
		return 0;
	sample_request(&seen.s, (void *)req);
out:
	keep(&seen, sizeof(seen));
	if (tp && seen.s.state == STATE_ESTABLISHED)
		keep_last_data(&seen, tp);
	if (tp)
		keep_mptcp(tp, &seen);
	else if (seen.s.flags & SAMPLE_REQUEST)
		keep_parent((void *)skc, seen.s.cookie);
	hand_over(ctx->meta->seq, WALKED_MOST);
	return 0;
}

static __always_inline bool is_full(struct sock *sk)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);

	return state != STATE_TIME_WAIT && state != STATE_NEW_SYN_RECV;
}

/*
 * The last result of peek_socket, mapped into user space. peeked_last.h.type is 0 if not
 * ESTABLISHED.
 */
struct fact_seen peeked = {};
struct fact_last_data peeked_last = {};

/* Samples all that a walk samples: namespaces with few sockets are peeked at and never walked. */
static __always_inline void peek_full(struct sock *sk)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	sample_probed(&peeked.s, sk);
	sample_timer(&peeked.s, tp, false);
	sample_idle(&peeked.s, tp, false);
	if (peeked.s.state != STATE_ESTABLISHED)
		return;
	fact_begin(&peeked_last.h, FACT_LAST_DATA, sizeof(peeked_last), sk);
	peeked_last.cookie = peeked.s.cookie;
	sample_last_data(&peeked_last, tp, false);
}

/*
 * Run by BPF_PROG_TEST_RUN (raw_tp: 5.10). The args are an address, and the cookie and the
 * namespace that the socket must have; 0: any. A request socket has no cookie, and its memory may
 * hold another object by now; an object with a pointer to the namespace is a socket. Freed memory
 * keeps the cookie until it is reused, but has no references. Returns 1 if the socket exists, and
 * samples it; 2 if it is a listener with half-open connections.
 */
SEC("raw_tp")
int peek_socket(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (void *)ctx->args[0];
	__u64 cookie = ctx->args[1], netns = ctx->args[2];

	if (!sk || !BPF_CORE_READ(sk, __sk_common.skc_refcnt.refs.counter))
		return 0;
	if (cookie && BPF_CORE_READ(sk, __sk_common.skc_cookie.counter) != cookie)
		return 0;
	if (netns && BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum) != netns)
		return 0;
	__builtin_memset(&peeked_last, 0, sizeof(peeked_last));
	fact_begin(&peeked.h, FACT_SEEN, sizeof(peeked), sk);
	if (!is_full(sk))
		sample_any(&peeked.s, sk);
	else if (is_mptcp(sk))
		sample_mptcp(&peeked.s, sk);
	else
		peek_full(sk);
	peeked.s.flags |= SAMPLE_POINT;
	if (peeked.s.state == STATE_LISTEN &&
	    BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_accept_queue.qlen.counter))
		return 2;
	return 1;
}

struct queue_part queue_part = {}; /* the last result of peek_queue, mapped into user space */

/*
 * Run by BPF_PROG_TEST_RUN: reads part of the accept queue of a listener. The args are its address,
 * its cookie, and the request to continue from, which is queue_part.next of the last call; 0: the
 * first. The queue is not locked. A request that was removed, freed and reused meanwhile belongs to
 * this listener, or has another listener; a request of a SYN cookie has none.
 */
SEC("raw_tp")
int peek_queue(struct bpf_raw_tracepoint_args *ctx)
{
	struct inet_connection_sock *listener = (void *)ctx->args[0];
	struct request_sock *req = (void *)ctx->args[2];

	queue_part.next = queue_part.count = 0;
	if (BPF_CORE_READ((struct sock *)listener, __sk_common.skc_state) != STATE_LISTEN ||
	    BPF_CORE_READ((struct sock *)listener, __sk_common.skc_cookie.counter) != ctx->args[1])
		return 0;
	if (!req)
		req = BPF_CORE_READ(listener, icsk_accept_queue.rskq_accept_head);
	for (int i = 0; i < QUEUE_PART && req; i++) {
		struct sock *of = BPF_CORE_READ(req, __req_common.skc_listener);
		struct sock *child = BPF_CORE_READ(req, sk);

		if (!child || (of && of != (struct sock *)listener))
			return 0;
		queue_part.children[i].sk = (__u64)child;
		queue_part.children[i].cookie =
			BPF_CORE_READ(child, __sk_common.skc_cookie.counter);
		queue_part.count = i + 1;
		req = BPF_CORE_READ(req, dl_next);
	}
	queue_part.next = (__u64)req;
	return 0;
}
