/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A map by keys of bytes. Its entries are of one size, begin with their key, and stand in the
 * order in which they came: that depends on no hash. The hash is keyed by a secret that nobody else
 * knows, for outsiders choose keys (addresses).
 */
#ifndef TCPTRAIL_BASE_MAP_H
#define TCPTRAIL_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/* Where an entry is, and the hash of its key: others need not be looked at. */
struct map_slot {
	uint32_t number; /* index + 1; 0: free */
	uint32_t hash;
};

struct map {
	struct map_slot *slots;
	char *entries;
	size_t count, room, slot_count;
	size_t key, entry; /* bytes of each */
	struct hash_key secret;
};

/*
 * key: bytes of a key, a multiple of 8, without holes; entry: bytes of an entry, at least those
 * of its key. An empty map needs no map_free().
 */
void map_init(struct map *map, size_t key, size_t entry);
/* Empties it; it may be used on. */
void map_free(struct map *map);

/* The key's entry, zeroed behind the key if it is a new one; NULL: no memory. Moves others. */
void *map_get(struct map *map, const void *key);
/* NULL: there is none. */
void *map_find(const struct map *map, const void *key);
/* By number, below count. */
void *map_at(const struct map *map, size_t index);
/* Its number. */
size_t map_index(const struct map *map, const void *entry);
/*
 * Drops all entries that `keep` says false of, and gives memory back. The others stand as before,
 * with other numbers. 0, or -ENOMEM: nothing has changed.
 */
int map_sweep(struct map *map, bool (*keep)(const void *entry, void *arg), void *arg);

#endif
