/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The only way out of the kernel: reserve a fact in the ring buffer, fill it, submit it. */
#ifndef TCPTRAIL_BPF_SUBMIT_H
#define TCPTRAIL_BPF_SUBMIT_H

#include "kernel.h"
#include "lost.h"

struct ring_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
};

extern struct ring_map facts SEC(".maps");
extern __u64 facts_lost[LOST_KINDS]; /* the ring buffer was full; mapped into user space */
extern __u64 woken_at;               /* bytes ever reserved, at the last forced wake-up */

/* Set by user space before loading; the verifier prunes unused code. */
extern const volatile __u32 ring_bytes;
extern const volatile __u32 walker; /* tgid of our process, which walks; 0: not known */

/* A submit does not wake user space. The drain timer does, or a ring buffer this full. */
#define WAKE_AT(bytes) ((bytes) / 4)

static __always_inline enum lost_kind lost_kind(__u16 type)
{
	if (type == FACT_STATE || type == FACT_DESTROY)
		return LOST_TRANSITION;
	if (type == FACT_ACCEPT || type == FACT_CONNECT)
		return LOST_CALL;
	return type == FACT_EXIT ? LOST_EXIT : LOST_OTHER;
}

/* type must be a constant. */
static __always_inline void fact_lost(__u16 type)
{
	__sync_fetch_and_add(&facts_lost[lost_kind(type)], 1);
}

static __always_inline void fact_begin(struct fact *fact, __u16 type, __u16 size, const void *sk)
{
	fact->type = type;
	fact->len = size;
	fact->pad = 0;
	fact->time = bpf_ktime_get_boot_ns();
	fact->sk = (__u64)sk;
}

/* type and size must be constants. NULL: the ring buffer is full, which is counted. Not zeroed. */
static __always_inline void *fact_reserve(__u16 type, __u16 size, const void *sk)
{
	struct fact *fact = bpf_ringbuf_reserve(&facts, size, 0);

	if (!fact) {
		fact_lost(type);
		return NULL;
	}
	fact_begin(fact, type, size, sk);
	return fact;
}

/*
 * Above the mark, one wake-up is forced each time this many bytes were reserved, not for each fact.
 * No wake-up is missed, however much other CPUs reserve meanwhile; two CPUs may force the same one.
 */
static __always_inline bool is_wake_due(void)
{
	__u64 reserved;

	if (bpf_ringbuf_query(&facts, BPF_RB_AVAIL_DATA) < WAKE_AT(ring_bytes))
		return false;
	reserved = bpf_ringbuf_query(&facts, BPF_RB_PROD_POS);
	if ((__s64)(reserved - woken_at) < WAKE_AT((__s64)ring_bytes))
		return false;
	woken_at = reserved;
	return true;
}

static __always_inline void fact_submit(void *fact)
{
	bpf_ringbuf_submit(fact, is_wake_due() ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

#endif
