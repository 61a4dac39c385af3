/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks over the sockets of model.h, and its losses. */
#ifndef TCPTRAIL_MODEL_WALK_H
#define TCPTRAIL_MODEL_WALK_H

#include "model_life.h"

/*
 * steps: things that happen after each sample is taken and before it is handed
 * over, as between a read of the iterator and the merge.
 */
static inline void model_walk(struct model *m, uint32_t netns, uint32_t steps)
{
	struct fact_walk begin = {.kind = WALK_SOCKETS, .netns = netns}, end = begin;

	MODEL_PASS(m, &begin, FACT_WALK_BEGIN, 0);
	for (int i = 0; i < MODEL_SOCKETS; i++) {
		const struct model_socket *s = &m->sockets[i * 7 % MODEL_SOCKETS];
		struct fact_seen seen = {.h.time = m->time += 1000};
		uint64_t sk = s->sk ? s->sk : 0xffff999000000000ULL + (uint64_t)i * 64;

		if (!s->kind || s->netns != netns || s->state == STATE_CLOSE)
			continue;
		model_sample(m, s, &seen.s);
		for (uint32_t j = model_random(m, steps + 1); j; j--)
			model_step(m);
		MODEL_PASS(m, &seen, FACT_SEEN, sk);
	}
	MODEL_PASS(m, &end, FACT_WALK_END, 0);
}

static inline void model_walk_holders(struct model *m)
{
	struct fact_walk begin = {.kind = WALK_HOLDERS}, end = begin;

	MODEL_PASS(m, &begin, FACT_WALK_BEGIN, 0);
	for (int i = 0; i < MODEL_SOCKETS; i++) {
		const struct model_socket *s = &m->sockets[i];
		struct fact_holder holder = {.h.time = m->time += 1000,
		                             .cookie = m->cookies ? s->cookie : 0,
		                             .pid = s->pid,
		                             .fd = 3,
		                             .inode = s->pid + 5000,
		                             .netns = s->netns,
		                             .comm = "task"};

		if (s->kind == MODEL_FULL && s->socket)
			MODEL_PASS(m, &holder, FACT_HOLDER, s->sk);
	}
	MODEL_PASS(m, &end, FACT_WALK_END, 0);
}

/* What the tracer counts as lost since it last told. */
static inline uint64_t model_tell_loss(struct model *m)
{
	struct fact_loss loss = {.where = LOSS_RING, .count = m->lost};

	if (m->lost)
		MODEL_PASS(m, &loss, FACT_LOSS, 0);
	m->lost = 0;
	return loss.count;
}

#endif
