/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The only place that reads struct sock. `typed` must be a constant. true: the verifier knows the
 * type of the pointer (tp_btf, iterators), so plain loads work. false: it does not (raw
 * tracepoints, pointers from files), so probe reads are necessary.
 */
#ifndef TCPTRAIL_BPF_SOCK_H
#define TCPTRAIL_BPF_SOCK_H

#include "kernel.h"

/*
 * The kernel has BTF, so the verifier knows the types of the arguments of tp_btf programs. Without
 * BTF the same programs are raw tracepoints, with probe reads only.
 */
extern const volatile bool has_types;
/* bpf_get_socket_cookie() works in tracing programs: 5.12 (c5dbb89fc2ac). */
extern const volatile bool has_cookie_helper;
/* bpf_skc_to_tcp_sock() and similar helpers exist: 5.9. */
extern const volatile bool has_socket_casts;
/* ns of one jiffy. */
extern const volatile __u32 tick_ns;

/* Layouts of other kernels, matched by CO-RE to the name before the "___". */
struct sock_cgroup_data___val { /* < 5.15: a tagged pointer, bit 0: not a cgroup */
	__u64 val;
} __attribute__((preserve_access_index));
struct inet_connection_sock___timeout { /* <= 6.12 */
	unsigned long icsk_timeout;
} __attribute__((preserve_access_index));
struct inet_connection_sock___keepalive { /* 7.x */
	struct timer_list icsk_keepalive_timer;
} __attribute__((preserve_access_index));
struct sock___retransmit { /* 7.x */
	struct timer_list tcp_retransmit_timer;
} __attribute__((preserve_access_index));

#define LAST_DATA_MAX (1U << 30) /* ms, 12 days: longer times are cut to this */

#define READ(typed, pointer, member) ((typed) ? (pointer)->member : BPF_CORE_READ(pointer, member))

static __always_inline void sample_clear(struct fact_sample *s)
{
	__builtin_memset(s, 0, sizeof(*s));
}

static __always_inline __u64 cgroup_read(struct sock *sk, const bool typed)
{
	struct sock_cgroup_data___val *old;
	struct cgroup *cgroup;

	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup)) {
		if (typed)
			return sk->sk_cgrp_data.cgroup->kn->id; /* 0 if the socket has none */
		cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	} else {
		old = (void *)__builtin_preserve_access_index(&sk->sk_cgrp_data);
		cgroup = (void *)BPF_CORE_READ(old, val);
		if ((__u64)cgroup & 1)
			return 0;
	}
	return cgroup ? BPF_CORE_READ(cgroup, kn, id) : 0;
}

/*
 * The members that full, request and timewait sockets share. IPv6 addresses need a probe read: an
 * array in a union allows no plain load.
 */
static __always_inline void sample_common(struct fact_sample *s, struct sock_common *skc,
                                          const bool typed)
{
	s->family = READ(typed, skc, skc_family);
	s->state = READ(typed, skc, skc_state);
	s->netns = typed ? skc->skc_net.net->ns.inum : BPF_CORE_READ(skc, skc_net.net, ns.inum);
	s->lport = READ(typed, skc, skc_num);
	s->ifindex = READ(typed, skc, skc_bound_dev_if);
	s->rport = bpf_ntohs(READ(typed, skc, skc_dport));
	s->cookie = READ(typed, skc, skc_cookie.counter);
	if (s->family == AF_INET) {
		*(__be32 *)s->laddr = READ(typed, skc, skc_rcv_saddr);
		*(__be32 *)s->raddr = READ(typed, skc, skc_daddr);
	} else {
		BPF_CORE_READ_INTO(&s->laddr, skc, skc_v6_rcv_saddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&s->raddr, skc, skc_v6_daddr.in6_u.u6_addr8);
	}
	s->flags |= SAMPLE_TUPLE;
}

/*
 * Lets the kernel assign a cookie if there is none, so that the row and `ss -e` show the same
 * cookie. The verifier must know the type of sk. Not for a clone: up to 6.12 its cookie is still a
 * copy of the cookie of the listener (inet_csk_clone_lock()), and is overwritten a few lines later.
 */
static __always_inline __u64 cookie_minted(void *sk, __u64 cookie)
{
	if (cookie || !has_cookie_helper)
		return cookie;
	return bpf_get_socket_cookie(sk);
}

/* Timers as inet_sk_diag_fill() (net/ipv4/inet_diag.c) reports them. */
static __always_inline __u32 timer_left(unsigned long expires)
{
	__s64 ticks = expires - bpf_jiffies64();

	return ticks > 0 ? (__u64)ticks * tick_ns / 1000000 : 0;
}

static __always_inline unsigned long retransmit_expires(struct inet_connection_sock *icsk,
                                                        const bool typed)
{
	struct inet_connection_sock___timeout *old = (void *)icsk;
	struct sock___retransmit *new = (void *)icsk;

	if (bpf_core_field_exists(old->icsk_timeout))
		return READ(typed, old, icsk_timeout);
	if (bpf_core_field_exists(icsk->icsk_retransmit_timer))
		return READ(typed, icsk, icsk_retransmit_timer.expires);
	return READ(typed, new, tcp_retransmit_timer.expires);
}

static __always_inline void keepalive_timer(struct fact_sample *s,
                                            struct inet_connection_sock *icsk, const bool typed)
{
	struct inet_connection_sock___keepalive *new = (void *)icsk;
	struct sock *sk = (struct sock *)icsk;
	unsigned long expires;
	bool pending;

	if (bpf_core_field_exists(new->icsk_keepalive_timer)) {
		pending = READ(typed, new, icsk_keepalive_timer.entry.pprev);
		expires = READ(typed, new, icsk_keepalive_timer.expires);
	} else {
		pending = READ(typed, sk, sk_timer.entry.pprev);
		expires = READ(typed, sk, sk_timer.expires);
	}
	if (!pending)
		return;
	s->timer = TIMER_KEEPALIVE;
	s->timer_ms = timer_left(expires);
}

static __always_inline void sample_timer(struct fact_sample *s, struct tcp_sock *tp,
                                         const bool typed)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;
	__u8 pending = READ(typed, icsk, icsk_pending);

	s->retrans = READ(typed, icsk, icsk_retransmits);
	s->probes = READ(typed, icsk, icsk_probes_out);
	s->flags |= SAMPLE_TIMER;
	if (pending == ICSK_TIME_RETRANS || pending == ICSK_TIME_LOSS_PROBE ||
	    pending == ICSK_TIME_REO_TIMEOUT)
		s->timer = TIMER_RETRANSMIT;
	else if (pending == ICSK_TIME_PROBE0)
		s->timer = TIMER_PROBE;
	if (s->timer)
		s->timer_ms = timer_left(retransmit_expires(icsk, typed));
	else
		keepalive_timer(s, icsk, typed);
}

/*
 * Each byte counter moves with its sequence number (tcp_snd_una_update(), tcp_rcv_nxt_update(),
 * tcp_input.c), so their difference is the initial sequence number. While rcv_nxt is 0, no SYN has
 * arrived.
 */
static __always_inline void sample_sequence(struct fact_sample *s, struct tcp_sock *tp,
                                            const bool typed)
{
	__u32 rcv_nxt = READ(typed, tp, rcv_nxt);

	if (!rcv_nxt || s->state == STATE_CLOSE)
		return;
	s->iss = READ(typed, tp, snd_una) - (__u32)s->bytes_acked;
	s->irs = rcv_nxt - (__u32)s->bytes_received;
}

static __always_inline void sample_queues(struct fact_sample *s, struct tcp_sock *tp,
                                          const bool typed)
{
	struct sock *sk = (struct sock *)tp;
	__u32 unsent_or_unacked = READ(typed, tp, write_seq) - READ(typed, tp, snd_una);

	s->flags |= SAMPLE_QUEUES | SAMPLE_BYTES;
	if (s->state == STATE_LISTEN) {
		s->rqueue = READ(typed, sk, sk_ack_backlog);
		s->wqueue = READ(typed, sk, sk_max_ack_backlog);
		return;
	}
	/* rcv_nxt may be behind copied_seq for an instant; tcp_get_info() clamps too. */
	s->rqueue = READ(typed, tp, rcv_nxt) - READ(typed, tp, copied_seq);
	if ((__s32)s->rqueue < 0)
		s->rqueue = 0;
	s->wqueue = unsent_or_unacked;
	if (!unsent_or_unacked)
		s->flags |= SAMPLE_ACKED;
	s->bytes_acked = READ(typed, tp, bytes_acked);
	s->bytes_received = READ(typed, tp, bytes_received);
	sample_sequence(s, tp, typed);
}

/*
 * How long the connection has been silent. It has been in its state for at least that long, because
 * every change of state comes with a segment that has an ACK. The timestamps are 32 bits of jiffies
 * (tcp_jiffies32).
 */
static __always_inline void sample_idle(struct fact_sample *s, struct tcp_sock *tp,
                                        const bool typed)
{
	__u32 now = (__u32)bpf_jiffies64();
	__u32 ack = now - READ(typed, tp, rcv_tstamp);
	__u32 data = now - READ(typed, tp, inet_conn.icsk_ack.lrcvtime);
	__u32 sent = now - READ(typed, tp, lsndtime);
	__u32 ticks = ack < data ? ack : data;

	s->idle_ms = (__u64)(ticks < sent ? ticks : sent) * tick_ns / 1000000;
	s->flags |= SAMPLE_IDLE;
}

static __always_inline __u32 ticks_ms(__u32 ticks)
{
	__u64 ms = (__u64)ticks * tick_ns / 1000000;

	return ms < LAST_DATA_MAX ? ms + 1 : LAST_DATA_MAX;
}

/*
 * Received and sent data have timestamps of the same jiffy: which was later? -1: received, 1: sent,
 * 0: not known. If an ACK arrived later, it acknowledges our data, which was later. If our last
 * segment is later, it is a delayed ACK (tcp_delack_timer_handler(), net/ipv4/tcp_timer.c), so the
 * data of the peer was later.
 */
static __always_inline int last_data_order(struct tcp_sock *tp, __u32 now, const bool typed)
{
	__u32 received = READ(typed, tp, inet_conn.icsk_ack.lrcvtime);
	__u64 usec = bpf_ktime_get_ns() / 1000 - READ(typed, tp, tcp_mstamp);
	__u32 segment = usec * 1000 / tick_ns;

	if (!READ(typed, tp, bytes_sent))
		return -1;
	if (READ(typed, tp, rcv_tstamp) != received)
		return 1;
	return now - received > segment + 1 ? -1 : 0;
}

/* Without data the timestamps are that of the connection, so check the byte counters. */
static __always_inline void sample_last_data(struct fact_last_data *last, struct tcp_sock *tp,
                                             const bool typed)
{
	__u32 now = (__u32)bpf_jiffies64();
	__u32 received = now - READ(typed, tp, inet_conn.icsk_ack.lrcvtime);
	__u32 sent = now - READ(typed, tp, lsndtime);
	int order = received == sent ? last_data_order(tp, now, typed) : 0;

	if (READ(typed, tp, bytes_received))
		last->received_ms = ticks_ms(received) + (order > 0);
	if (READ(typed, tp, bytes_sent))
		last->sent_ms = ticks_ms(sent) + (order < 0);
}

static __always_inline void sample_sock_flags(struct fact_sample *s, struct sock *sk,
                                              const bool typed)
{
	unsigned long flags = READ(typed, sk, __sk_common.skc_flags);

	if (READ(typed, sk, sk_lock.owned))
		s->flags |= SAMPLE_OWNED;
	if (flags & (1UL << SOCK_DEAD))
		s->flags |= SAMPLE_DEAD;
	if (flags & (1UL << SOCK_DONE))
		s->flags |= SAMPLE_DONE;
}

/* Flags by which the table distinguishes TIME_WAIT, orphans and accept queues. */
static __always_inline void sample_flags(struct fact_sample *s, struct tcp_sock *tp,
                                         const bool typed)
{
	sample_sock_flags(s, (struct sock *)tp, typed);
	if (READ(typed, tp, linger2) < 0)
		s->flags |= SAMPLE_NO_LINGER2;
}

static __always_inline void sample_ident(struct fact_sample *s, struct sock *sk, const bool typed)
{
	struct socket_alloc *socket;

	s->err = READ(typed, sk, sk_err);
	s->uid = READ(typed, sk, sk_uid.val);
	s->cgroup = cgroup_read(sk, typed);
	s->flags |= SAMPLE_IDENT;
	socket = (void *)READ(typed, sk, sk_socket);
	if (socket) {
		s->flags |= SAMPLE_SOCKET;
		s->inode = BPF_CORE_READ(socket, vfs_inode.i_ino);
	}
}

static __always_inline void sample_fields(struct fact_sample *s, struct tcp_sock *tp,
                                          const bool typed)
{
	struct inet_sock *inet = (struct inet_sock *)tp;

	sample_clear(s);
	sample_common(s, (struct sock_common *)tp, typed);
	/* skc_num is 0 in transitions to CLOSE: the port is already released. */
	s->lport = bpf_ntohs(READ(typed, inet, inet_sport));
	sample_ident(s, (struct sock *)tp, typed);
	sample_flags(s, tp, typed);
	sample_queues(s, tp, typed);
}

/* A struct socket without a file belongs to the kernel. */
static __always_inline void sample_kernel(struct fact_sample *s, struct tcp_sock *tp)
{
	struct sock *sk = (struct sock *)tp;

	if (s->flags & SAMPLE_SOCKET && !sk->sk_socket->file)
		s->flags |= SAMPLE_KERNEL;
}

/* A full TCP socket at an address of unknown type. Overwrites all of s. */
static __always_inline void sample_probed(struct fact_sample *s, void *sk)
{
	sample_fields(s, sk, false);
}

/*
 * A full TCP socket that the verifier knows as a struct sock. Plain loads cost a third of probe
 * reads, but need a cast, which exists since 5.9.
 */
static __always_inline void sample_sock(struct fact_sample *s, struct sock *sk)
{
	struct tcp_sock *tp;

	if (has_socket_casts) {
		tp = bpf_skc_to_tcp_sock(sk);
		if (tp) {
			sample_fields(s, tp, true);
			return;
		}
	}
	sample_probed(s, sk);
}

/* A request socket: a half-open connection of a listener. */
static __always_inline void sample_request(struct fact_sample *s, struct request_sock *req)
{
	sample_clear(s);
	sample_common(s, (void *)req, false);
	s->flags |= SAMPLE_REQUEST | SAMPLE_TIMER;
	s->timer = TIMER_RETRANSMIT;
	s->timer_ms = timer_left(BPF_CORE_READ(req, rsk_timer.expires));
	/* With TCP_DEFER_ACCEPT, reqsk_timer_handler() counts timeouts without sending. */
	s->retrans = BPF_CORE_READ(req, num_retrans);
	s->probes = BPF_CORE_READ_BITFIELD_PROBED(req, num_timeout);
}

static __always_inline void sample_timewait(struct fact_sample *s, struct inet_timewait_sock *tw)
{
	sample_clear(s);
	sample_common(s, (void *)tw, false);
	s->state = BPF_CORE_READ(tw, tw_substate);
	s->flags |= SAMPLE_MINI | SAMPLE_TIMER;
	s->timer = TIMER_TIMEWAIT;
	s->timer_ms = timer_left(BPF_CORE_READ(tw, tw_timer.expires));
	/* It keeps the next sequence numbers of both ends (tcp_time_wait(), tcp_minisocks.c). */
	s->iss = BPF_CORE_READ(tw, __tw_common.skc_tw_snd_nxt);
	s->irs = BPF_CORE_READ(tw, __tw_common.skc_tw_rcv_nxt);
}

/* A full, request or timewait socket at an address of unknown type. */
static __always_inline void sample_any(struct fact_sample *s, struct sock *sk)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);

	if (state == STATE_TIME_WAIT)
		sample_timewait(s, (void *)sk);
	else if (state == STATE_NEW_SYN_RECV)
		sample_request(s, (void *)sk);
	else
		sample_probed(s, sk);
}

#endif
