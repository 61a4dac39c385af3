/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/counts.h"

#define BITS    48 /* of a difference */
#define MASK    ((1ULL << BITS) - 1)
#define HIGH    40 /* bits of the rest */
#define UNIT    ((int64_t)1 << HIGH)
#define LARGEST ((int64_t)1 << (BITS - 1))

struct counts_change counts_unpack(uint64_t element)
{
	uint64_t number = element & MASK, sign = 1ULL << (BITS - 1);

	return (struct counts_change){
		.difference = (int64_t)((number ^ sign) - sign),
		.id = (uint16_t)(element >> BITS & (COUNTS_IDS - 1)),
		.high = element >> 63,
	};
}

uint64_t counts_pack(const struct counts_change *change)
{
	return ((uint64_t)change->difference & MASK) | (uint64_t)change->id << BITS |
	       (uint64_t)change->high << 63;
}

void counts_add(struct fact_counts *fact, uint16_t id, int64_t difference)
{
	struct counts_change low = {.id = id, .difference = difference}, high = low;

	if (difference >= LARGEST || difference < -LARGEST) {
		high.high = true;
		low.difference = difference & (UNIT - 1);
		high.difference = (difference - low.difference) / UNIT;
		fact->changes[fact->count++] = counts_pack(&high);
	}
	fact->changes[fact->count++] = counts_pack(&low);
}

bool counts_next(const struct fact_counts *fact, uint32_t *at, uint16_t *id, int64_t *difference)
{
	struct counts_change change, rest;

	if (*at >= fact->count)
		return false;
	change = counts_unpack(fact->changes[(*at)++]);
	*id = change.id;
	*difference = change.difference;
	if (!change.high)
		return true;
	if (*at >= fact->count)
		return false;
	rest = counts_unpack(fact->changes[(*at)++]);
	*difference = (int64_t)(((uint64_t)change.difference << HIGH) + (uint64_t)rest.difference);
	return !rest.high && rest.id == change.id;
}
