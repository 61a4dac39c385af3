/* SPDX-License-Identifier: BSD-2-Clause */
/* A map by group_key. Its entries are of one size, begin with their key, and stand as they came. */
#ifndef TCPTRAIL_CORE_GROUP_MAP_H
#define TCPTRAIL_CORE_GROUP_MAP_H

#include "core/group.h"

struct group_map {
	uint32_t *slots; /* index + 1; 0: free */
	char *entries;
	size_t count, room, slot_count;
	size_t entry; /* bytes of one */
};

/* size: of an entry, at least that of its key. An empty map needs no group_map_free. */
void group_map_init(struct group_map *map, size_t size);
/* Empties it; it may be used on. */
void group_map_free(struct group_map *map);

/* The key's entry, zeroed behind the key if it is a new one; NULL: no memory. Moves others. */
void *group_map_get(struct group_map *map, const struct group_key *key);
const void *group_map_find(const struct group_map *map, const struct group_key *key);
/* By number, below count. */
void *group_map_at(const struct group_map *map, size_t index);
/* Its number. */
size_t group_map_index(const struct group_map *map, const void *entry);

#endif
