/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "table/table_private.h"

static size_t slot_of(const struct tombstones *tombs, uint64_t sk)
{
	size_t slot = hash_keyed(&tombs->secret, &sk, sizeof(sk)) & (tombs->room - 1);

	while (tombs->slots[slot] && tombs->slots[slot] != sk)
		slot = (slot + 1) & (tombs->room - 1);
	return slot;
}

static int grow(struct tombstones *tombs)
{
	struct tombstones bigger = {
		.secret = tombs->secret,
		.room = tombs->room ? tombs->room * 2 : 1024,
	};

	bigger.slots = calloc(bigger.room, sizeof(*bigger.slots));
	bigger.times = calloc(bigger.room, sizeof(*bigger.times));
	if (!bigger.slots || !bigger.times) {
		free(bigger.slots);
		free(bigger.times);
		return -1;
	}
	for (size_t i = 0; i < tombs->room; i++) {
		if (!tombs->slots[i])
			continue;
		size_t slot = slot_of(&bigger, tombs->slots[i]);

		bigger.slots[slot] = tombs->slots[i];
		bigger.times[slot] = tombs->times[i];
	}
	bigger.count = tombs->count;
	tombs_clear(tombs);
	*tombs = bigger;
	return 0;
}

int tombs_add(struct tombstones *tombs, uint64_t sk, uint64_t time)
{
	size_t slot;

	if (!sk || (tombs->count * 2 >= tombs->room && grow(tombs)))
		return -1;
	slot = slot_of(tombs, sk);
	tombs->count += !tombs->slots[slot];
	tombs->slots[slot] = sk;
	tombs->times[slot] = time;
	return 0;
}

uint64_t tombs_time(const struct tombstones *tombs, uint64_t sk)
{
	size_t slot;

	if (!tombs->count || !sk)
		return 0;
	slot = slot_of(tombs, sk);
	return tombs->slots[slot] ? tombs->times[slot] : 0;
}

void tombs_clear(struct tombstones *tombs)
{
	free(tombs->slots);
	free(tombs->times);
	*tombs = (struct tombstones){.secret = tombs->secret};
}
