// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Retransmissions. User space derives the kind of each. */
#include "sock.h"
#include "submit.h"

extern const volatile __u32 retransmit_args;

/* Arguments: (sk, skb), since 6.18 (sk, skb, err). Failed ones are reported after 6.12 only. */
SEC("tp_btf/tcp_retransmit_skb")
int on_retransmit(__u64 *ctx)
{
	struct sock *sk = (void *)ctx[0];
	struct inet_connection_sock *icsk = (void *)sk;
	struct fact_retransmit *fact;
	__u32 length;

	if (retransmit_args >= 3 && (int)ctx[2])
		return 0;
	fact = fact_reserve(FACT_RETRANSMIT, sizeof(*fact), sk);
	if (!fact)
		return 0;
	*(__u64 *)&fact->ca_state = 0;
	fact->ca_state = BPF_CORE_READ_BITFIELD_PROBED(icsk, icsk_ca_state);
	fact->pending = BPF_CORE_READ(icsk, icsk_pending);
	fact->retransmits = BPF_CORE_READ(icsk, icsk_retransmits);
	length = BPF_CORE_READ((struct sk_buff *)ctx[1], len);
	fact->length = length < 65535 ? length : 65535;
	fact->mss = BPF_CORE_READ((struct tcp_sock *)sk, mss_cache);
	sample_sock(&fact->s, sk);
	fact_submit(fact);
	return 0;
}

/* sk is the listener, req the half-open connection. */
SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(on_synack, const struct sock *sk, struct request_sock *req)
{
	struct fact_synack *fact;

	fact = fact_reserve(FACT_SYNACK, sizeof(*fact), req);
	if (!fact)
		return 0;
	*(__u64 *)&fact->retrans = 0;
	fact->retrans = BPF_CORE_READ(req, num_retrans);
	fact->timeouts = BPF_CORE_READ_BITFIELD_PROBED(req, num_timeout);
	sample_request(&fact->s, req);
	fact_submit(fact);
	return 0;
}
