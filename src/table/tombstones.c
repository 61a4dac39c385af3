/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/tombstones_private.h"

#include <stdlib.h>
#include <string.h>

static size_t slot_of(const struct tombstones *tombstones, uint64_t sk)
{
	size_t slot = hash_keyed(&tombstones->secret, &sk, sizeof(sk)) & (tombstones->room - 1);

	while (tombstones->slots[slot] && tombstones->slots[slot] != sk)
		slot = (slot + 1) & (tombstones->room - 1);
	return slot;
}

static int grow(struct tombstones *tombstones)
{
	struct tombstones bigger = {
		.secret = tombstones->secret,
		.room = tombstones->room ? tombstones->room * 2 : 1024,
	};

	bigger.slots = calloc(bigger.room, sizeof(*bigger.slots));
	bigger.times = calloc(bigger.room, sizeof(*bigger.times));
	if (!bigger.slots || !bigger.times) {
		free(bigger.slots);
		free(bigger.times);
		return -1;
	}
	for (size_t i = 0; i < tombstones->room; i++) {
		if (!tombstones->slots[i])
			continue;
		size_t slot = slot_of(&bigger, tombstones->slots[i]);

		bigger.slots[slot] = tombstones->slots[i];
		bigger.times[slot] = tombstones->times[i];
	}
	bigger.count = tombstones->count;
	tombstones_clear(tombstones);
	*tombstones = bigger;
	return 0;
}

int tombstones_add(struct tombstones *tombstones, uint64_t sk, uint64_t time)
{
	size_t slot;

	if (!sk || (tombstones->count * 2 >= tombstones->room && grow(tombstones)))
		return -1;
	slot = slot_of(tombstones, sk);
	tombstones->count += !tombstones->slots[slot];
	tombstones->slots[slot] = sk;
	tombstones->times[slot] = time;
	return 0;
}

uint64_t tombstones_time(const struct tombstones *tombstones, uint64_t sk)
{
	size_t slot;

	if (!tombstones->count || !sk)
		return 0;
	slot = slot_of(tombstones, sk);
	return tombstones->slots[slot] ? tombstones->times[slot] : 0;
}

void tombstones_clear(struct tombstones *tombstones)
{
	free(tombstones->slots);
	free(tombstones->times);
	*tombstones = (struct tombstones){.secret = tombstones->secret};
}
