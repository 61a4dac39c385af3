// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* RSTs, sent and received. */
#include "sock.h"
#include "task.h"

extern const volatile __u32 reset_args;

static __always_inline void sample_skb_v4(struct fact_sample *s, void *header)
{
	struct iphdr *ip = header;

	s->family = AF_INET;
	*(__be32 *)s->laddr = BPF_CORE_READ(ip, daddr);
	*(__be32 *)s->raddr = BPF_CORE_READ(ip, saddr);
}

static __always_inline void sample_skb_v6(struct fact_sample *s, void *header)
{
	struct ipv6hdr *ip = header;

	s->family = AF_INET6;
	BPF_CORE_READ_INTO(&s->laddr, ip, daddr.in6_u.u6_addr8);
	BPF_CORE_READ_INTO(&s->raddr, ip, saddr.in6_u.u6_addr8);
}

/* fe80::/10 is another host on each link. */
static __always_inline bool is_link_local(const struct fact_sample *s)
{
	return s->family == AF_INET6 && s->raddr[0] == 0xfe && (s->raddr[1] & 0xc0) == 0x80;
}

/* Addresses and ports of a segment; local is this host. */
static __always_inline void sample_ends(struct fact_sample *s, struct sk_buff *skb)
{
	unsigned char *head = BPF_CORE_READ(skb, head);
	void *network = head + BPF_CORE_READ(skb, network_header);
	struct tcphdr *tcp = (void *)(head + BPF_CORE_READ(skb, transport_header));
	__u8 version = 0;

	bpf_probe_read_kernel(&version, sizeof(version), network);
	if (version >> 4 == 4)
		sample_skb_v4(s, network);
	else
		sample_skb_v6(s, network);
	s->lport = bpf_ntohs(BPF_CORE_READ(tcp, dest));
	s->rport = bpf_ntohs(BPF_CORE_READ(tcp, source));
	if (is_link_local(s))
		s->ifindex = BPF_CORE_READ(skb, dev, ifindex);
}

/* A segment without a socket. */
static __always_inline void sample_skb(struct fact_sample *s, struct sk_buff *skb)
{
	sample_ends(s, skb);
	s->netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
	s->flags |= SAMPLE_TUPLE;
}

/* Byte 13 of the header has the flags (RFC 9293, section 3.1). */
static __always_inline bool has_syn(struct sk_buff *skb)
{
	void *tcp = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, transport_header);
	__u8 flags = 0;

	bpf_probe_read_kernel(&flags, sizeof(flags), tcp + 13);
	return flags & 2;
}

/* Replaces the addresses of a listener by those of the segment that it refuses. */
static __always_inline void sample_refused(struct fact_sample *s, struct sk_buff *skb)
{
	s->flags &= ~SAMPLE_TUPLE;
	__builtin_memset(s->laddr, 0, sizeof(s->laddr));
	__builtin_memset(s->raddr, 0, sizeof(s->raddr));
	sample_ends(s, skb);
}

/*
 * Arguments: (sk, skb), since 6.12 (sk, skb, reason). It is a raw_tp with probe reads, because
 * since 6.10 sk and skb may be NULL, but some verifiers trust them and would remove the checks
 * below.
 */
SEC("raw_tp/tcp_send_reset")
int on_send_reset(__u64 *ctx)
{
	struct fact_reset *fact;
	struct sock *sk = (void *)ctx[0];
	struct sk_buff *skb = (void *)ctx[1];

	fact = fact_reserve(FACT_RST_SENT, sizeof(*fact), sk);
	if (!fact)
		return 0;
	fact->active = skb ? RESET_ANSWER : RESET_ACTIVE;
	fact->reason = 0;
	if (reset_args >= 3)
		fact->reason = (__u32)ctx[2];
	sample_clear(&fact->s);
	task_clear(&fact->task);
	if (sk)
		sample_any(&fact->s, sk);
	else if (skb) {
		sample_skb(&fact->s, skb);
		fact->active = has_syn(skb) ? RESET_SYN : RESET_OTHER;
	}
	if (sk && skb && fact->s.state == STATE_LISTEN)
		sample_refused(&fact->s, skb);
	if (fact->s.flags & SAMPLE_OWNED)
		task_read(&fact->task);
	fact_submit(fact);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(on_receive_reset, struct sock *sk)
{
	struct fact_reset *fact;

	fact = fact_reserve(FACT_RST_RECEIVED, sizeof(*fact), sk);
	if (!fact)
		return 0;
	fact->reason = 0;
	fact->active = 0;
	task_clear(&fact->task);
	sample_sock(&fact->s, sk);
	fact_submit(fact);
	return 0;
}
