/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts to be recorded, made by numbers that are the same in each run. */
#ifndef TCPTRAIL_TESTS_RECORDING_H
#define TCPTRAIL_TESTS_RECORDING_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fact/kind.h"
#include "record/codec.h"

/* Room for one fact more than a block may have. */
struct facts {
	_Alignas(8) char bytes[CODEC_RAW_MAX + FACT_MAX_SIZE];
	size_t size;
	size_t last; /* where the last one starts */
	uint64_t seed;
	uint64_t time;
};

static inline struct facts *facts_new(uint64_t seed)
{
	struct facts *facts = calloc(1, sizeof(*facts));

	facts->seed = seed;
	facts->time = 1000000;
	return facts;
}

static inline uint64_t facts_random(struct facts *facts)
{
	facts->seed ^= facts->seed << 13; /* xorshift64 */
	facts->seed ^= facts->seed >> 7;
	facts->seed ^= facts->seed << 17;
	return facts->seed;
}

/* Adds a fact, all zero but for its header. */
static inline struct fact *facts_add(struct facts *facts, uint16_t type, uint16_t len)
{
	struct fact *fact = (struct fact *)(facts->bytes + facts->size);

	memset(fact, 0, len);
	facts->last = facts->size;
	facts->size += len;
	*fact = (struct fact){.type = type, .len = len, .time = facts->time};
	return fact;
}

/* Adds a fact of any contents, with that many elements of its tail if its type has one. */
static inline struct fact *facts_add_any(struct facts *facts, uint16_t type, uint32_t tail)
{
	uint16_t len = fact_size(type) ? fact_length(type, tail) : (uint16_t)(24 + 8 * tail);
	struct fact *fact = facts_add(facts, type, len);

	for (size_t i = sizeof(*fact); i < len; i++)
		((char *)fact)[i] = (char)facts_random(facts);
	facts->time += facts_random(facts) % 100000;
	fact->sk = facts_random(facts) % 8 * 0x1000;
	if (fact_tail(type)->element)
		memcpy((char *)fact + fact_tail(type)->count, &tail, sizeof(tail));
	return fact;
}

/* Adds a fact that differs in a few bytes from the last one. */
static inline void facts_add_like(struct facts *facts)
{
	const struct fact *like = (const struct fact *)(facts->bytes + facts->last);
	char *fact = facts->bytes + facts->size;
	uint16_t len = like->len;

	memcpy(fact, like, len);
	for (int i = 0; i < 3 && len > sizeof(*like); i++)
		fact[sizeof(*like) + facts_random(facts) % (len - sizeof(*like))] ^= 1;
	if (!fact_is_whole((const struct fact *)fact))
		memcpy(fact, like, len);
	((struct fact *)fact)->time += facts_random(facts) % 1000;
	facts->last = facts->size;
	facts->size += len;
}

/* All types there are, and others, with tails of all sizes. */
static inline void facts_add_all(struct facts *facts)
{
	for (uint16_t type = 0; type < FACT_TYPE_COUNT + 3; type++) {
		const struct fact_tail *tail = fact_tail(type);
		uint32_t most = fact_size(type) ? tail->max : (FACT_MAX_SIZE - 24) / 8;

		facts_add_any(facts, type, 0);
		facts_add_any(facts, type, most);
		facts_add_any(facts, type, most / 3);
		for (int i = 0; i < 20; i++)
			facts_add_like(facts);
	}
	facts_add_any(facts, UINT16_MAX, 5);
}

#endif
