/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by live.c, live_load.c and live_walk.c only. */
#ifndef TCPTRAIL_SOURCE_LIVE_PRIVATE_H
#define TCPTRAIL_SOURCE_LIVE_PRIVATE_H

#include "queue.h"
#include "source/live.h"
#include "source/probes.h"
#include "tcptrail.skel.h"

struct live {
	struct tcptrail_bpf *skeleton;
	struct btf *btf;
	const char *btf_file; /* NULL: it is the kernel's own */
	struct ring_buffer *ring;
	struct ring_buffer *dumps; /* NULL: no stacks wanted */
	live_stack_fn *on_stack;   /* by the drain at work */
	void *on_stack_arg;
	struct probes probes;
	struct fact_sink sink;
	uint32_t ring_bytes;
	uint32_t walker; /* as in live_config */
	bool stacks;
	/* Positions in the ring, as the kernel maps them: written so far, read so far. */
	const uint64_t *written, *read;
	uint64_t drained; /* bytes, by the drain at work ... */
	uint64_t begun;   /* ... which began at this position */
	uint64_t until;   /* position that the next drain ends at; UINT64_MAX: none */
	/* Reported so far: found the ring full; runs that were skipped. */
	uint64_t lost[LOST_KINDS], misses[LOST_KINDS];
	uint64_t stacks_lost, stacks_refused;
};

/*
 * live_load.c: checks what the host offers, then opens and loads the programs, as the members set
 * before (ring_bytes, walker, stacks) want them. 0 or -errno with diag; live_close() ends it.
 */
int live_load(struct live *live, const struct live_config *config, struct diag *diag);

/*
 * Hands over every fact reserved before the call. live_drain() alone stops at a
 * record that another CPU has reserved and not yet submitted.
 */
int live_drain_all(struct live *live);

#endif
