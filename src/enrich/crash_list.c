/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/crash_list.h"

#include <stddef.h>

#include "base/clock.h"

#define DEATHS_ALLOWED 3
#define FORGIVEN_NS    (3600 * NS_PER_SEC)

static const struct crash_entry *find(const struct crash_list *crashes,
                                      const struct program_key *key)
{
	for (size_t i = 0; i < CRASH_LIST_SIZE; i++) {
		const struct crash_entry *entry = &crashes->list[i];

		if (entry->key.inode == key->inode && entry->key.device == key->device)
			return entry;
	}
	return NULL;
}

static bool is_forgiven(const struct crash_entry *entry, uint64_t now)
{
	return now - entry->last > FORGIVEN_NS;
}

void crash_list_add(struct crash_list *crashes, const struct program_key *key, uint64_t now)
{
	struct crash_entry *entry = (struct crash_entry *)find(crashes, key);

	if (!entry) {
		entry = &crashes->list[0];
		for (size_t i = 1; i < CRASH_LIST_SIZE; i++)
			if (crashes->list[i].last < entry->last)
				entry = &crashes->list[i];
		*entry = (struct crash_entry){.key = *key};
	} else if (is_forgiven(entry, now)) {
		entry->count = 0;
	}
	entry->count++;
	entry->last = now;
}

bool crash_list_blocks(const struct crash_list *crashes, const struct program_key *key,
                       uint64_t now)
{
	const struct crash_entry *entry = key->inode ? find(crashes, key) : NULL;

	return entry && entry->count >= DEATHS_ALLOWED && !is_forgiven(entry, now);
}
