/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/suspects.h"

#include <stddef.h>

#include "base/clock.h"

#define DEATHS_ALLOWED 3
#define FORGIVEN_NS    (3600 * NS_PER_SEC)

static const struct suspect *find(const struct suspects *suspects, const struct program_key *key)
{
	for (size_t i = 0; i < SUSPECTS; i++) {
		const struct suspect *one = &suspects->list[i];

		if (one->key.inode == key->inode && one->key.device == key->device)
			return one;
	}
	return NULL;
}

static bool is_forgiven(const struct suspect *one, uint64_t now)
{
	return now - one->last > FORGIVEN_NS;
}

void suspects_blame(struct suspects *suspects, const struct program_key *key, uint64_t now)
{
	struct suspect *one = (struct suspect *)find(suspects, key);

	if (!one) {
		one = &suspects->list[0];
		for (size_t i = 1; i < SUSPECTS; i++)
			if (suspects->list[i].last < one->last)
				one = &suspects->list[i];
		*one = (struct suspect){.key = *key};
	} else if (is_forgiven(one, now)) {
		one->count = 0;
	}
	one->count++;
	one->last = now;
}

bool suspects_set_aside(const struct suspects *suspects, const struct program_key *key,
                        uint64_t now)
{
	const struct suspect *one = key->inode ? find(suspects, key) : NULL;

	return one && one->count >= DEATHS_ALLOWED && !is_forgiven(one, now);
}
