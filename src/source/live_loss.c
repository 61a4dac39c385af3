/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts that the kernel side could not deliver: counts them by kind and reports them as FACT_LOSS.
 */
#include <bpf/bpf.h>

#include "base/clock.h"
#include "source/live_private.h"

void live_emit_loss(struct live *live, enum fact_loss_where where, uint64_t count)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = where,
		.count = count,
	};

	fact_emit(&live->sink, &loss.h);
}

/*
 * How often the kernel skipped the program because it would have interrupted itself; counted since
 * 5.12.
 */
static uint64_t program_misses(const struct bpf_program *program)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_program__fd(program) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return 0;
	return info.recursion_misses;
}

/* Skipped runs whose facts no other program reported, by kind of fact. */
static void recursion_misses(const struct live *live, uint64_t seen_twice,
                             uint64_t misses[LOST_KINDS])
{
	const struct tcptrail_bpf *skeleton = live->skeleton;
	/* Includes the transitions that on_state_nested reported. */
	uint64_t state = program_misses(skeleton->progs.on_state);
	uint64_t reported = __atomic_load_n(&skeleton->bss->nested_reported, __ATOMIC_RELAXED);

	reported = reported > seen_twice ? reported - seen_twice : 0;
	misses[LOST_TRANSITION] = (state > reported ? state - reported : 0) +
	                          program_misses(skeleton->progs.on_destroy);
	misses[LOST_CALL] = program_misses(skeleton->progs.on_accept) +
	                    program_misses(skeleton->progs.on_accept4) +
	                    program_misses(skeleton->progs.on_connect);
	misses[LOST_EXIT] = program_misses(skeleton->progs.on_exit);
	misses[LOST_OTHER] = program_misses(skeleton->progs.on_retransmit) +
	                     program_misses(skeleton->progs.on_synack) +
	                     program_misses(skeleton->progs.on_send_reset) +
	                     program_misses(skeleton->progs.on_receive_reset);
}

/* Stores the newer counts. Returns by how much they have grown in all. */
static uint64_t growth(uint64_t known[LOST_KINDS], const uint64_t now[LOST_KINDS])
{
	uint64_t more = 0;

	for (int i = 0; i < LOST_KINDS; i++) {
		if (now[i] <= known[i])
			continue; /* `reported` may be ahead of `state` for an instant */
		more += now[i] - known[i];
		known[i] = now[i];
	}
	return more;
}

void live_report_ring_losses(struct live *live)
{
	uint64_t now[LOST_KINDS], more;

	for (int i = 0; i < LOST_KINDS; i++)
		now[i] = __atomic_load_n(&live->skeleton->bss->facts_lost[i], __ATOMIC_RELAXED);
	more = growth(live->lost, now);
	if (more)
		live_emit_loss(live, LOSS_RING, more);
}

void live_report_losses(struct live *live, uint64_t seen_twice)
{
	uint64_t now[LOST_KINDS], more;

	live_report_ring_losses(live);
	recursion_misses(live, seen_twice, now);
	more = growth(live->misses, now);
	if (more)
		live_emit_loss(live, LOSS_RECURSION, more);
}

uint64_t live_lost(const struct live *live, enum lost_kind kind)
{
	return live->lost[kind] + live->misses[kind];
}
