/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of live.h share. */
#ifndef TCPTRAIL_SOURCE_LIVE_PRIVATE_H
#define TCPTRAIL_SOURCE_LIVE_PRIVATE_H

#include "queue.h"
#include "source/live.h"
#include "source/probes.h"
#include "tcptrail.skel.h"

struct live {
	struct tcptrail_bpf *skeleton;
	struct btf *btf;
	const char *btf_file; /* NULL: the kernel's own BTF */
	struct ring_buffer *ring;
	struct ring_buffer *dumps; /* NULL: no stacks requested */
	live_stack_fn *on_stack;   /* for the current drain */
	void *on_stack_arg;
	struct probes probes;
	struct fact_sink sink;
	uint32_t ring_bytes;
	uint32_t walker; /* as in live_config */
	bool stacks;
	/* Positions in the ring, mapped from the kernel: written so far, read so far. */
	const uint64_t *written, *read;
	uint64_t drained; /* bytes that the current drain has taken */
	uint64_t begun;   /* position at which it began */
	uint64_t until;   /* position at which the next drain ends; UINT64_MAX: none */
	/* Reported so far: facts that found the ring full, and facts of skipped runs. */
	uint64_t lost[LOST_KINDS], misses[LOST_KINDS];
	uint64_t stacks_lost, stacks_refused;
};

/*
 * live_load.c: checks what the host offers, then opens and loads the programs. Set ring_bytes,
 * walker and stacks before. 0 or -errno with diag; live_close() frees.
 */
int live_load(struct live *live, const struct live_config *config, struct diag *diag);

/* live_loss.c: reports losses of the ring since the last report; emits one FACT_LOSS. */
void live_report_ring_losses(struct live *live);
void live_emit_loss(struct live *live, enum fact_loss_where where, uint64_t count);

/*
 * Hands over every fact that was reserved before the call. live_drain() alone stops at a record
 * that another CPU has reserved but not yet submitted.
 */
int live_drain_all(struct live *live);

#endif
