/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A map whose keys are bytes. Entries have one size, begin with their key, and stay in the order of
 * their arrival, whatever the hash. The hash has a secret, because outsiders choose keys
 * (addresses).
 */
#ifndef TCPTRAIL_BASE_MAP_H
#define TCPTRAIL_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/* Where an entry is, and the hash of its key, which saves most comparisons of keys. */
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
 * key: bytes of a key, a multiple of 8, without padding; entry: bytes of an entry, its key
 * included. An empty map needs no map_free().
 */
void map_init(struct map *map, size_t key, size_t entry);
/* Empties it; the map can be used again. */
void map_free(struct map *map);

/*
 * The entry of the key; a new one is zero after the key. NULL: no memory. Other entries may move.
 */
void *map_get(struct map *map, const void *key);
/* NULL: not found. */
void *map_find(const struct map *map, const void *key);
/* The entry at an index below count. */
void *map_at(const struct map *map, size_t index);
/* The index of an entry. */
size_t map_index(const struct map *map, const void *entry);
/*
 * Drops all entries for which `keep` returns false, and frees memory. The others keep their order
 * and get new indices. 0; -ENOMEM: nothing has changed.
 */
int map_sweep(struct map *map, bool (*keep)(const void *entry, void *arg), void *arg);

#endif
