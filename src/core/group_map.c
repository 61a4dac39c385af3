/* SPDX-License-Identifier: BSD-2-Clause */
/* Open addressing over an array of entries, which is at most half full. */
#include "core/group_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

_Static_assert(sizeof(struct group_key) % 8 == 0, "hashed by words");

void group_map_init(struct group_map *map, size_t size)
{
	*map = (struct group_map){.entry = size};
}

void group_map_free(struct group_map *map)
{
	free(map->slots);
	free(map->entries);
	group_map_init(map, map->entry);
}

void *group_map_at(const struct group_map *map, size_t index)
{
	return map->entries + index * map->entry;
}

size_t group_map_index(const struct group_map *map, const void *entry)
{
	return (size_t)((const char *)entry - map->entries) / map->entry;
}

static size_t slot_of(const struct group_map *map, const struct group_key *key)
{
	size_t slot = hash_words(key, sizeof(*key)) & (map->slot_count - 1);

	while (map->slots[slot] &&
	       memcmp(group_map_at(map, map->slots[slot] - 1), key, sizeof(*key)) != 0)
		slot = (slot + 1) & (map->slot_count - 1);
	return slot;
}

static int grow(struct group_map *map)
{
	size_t room = map->room ? map->room * 2 : 64;
	char *entries = reallocarray(map->entries, room, map->entry);
	uint32_t *slots = calloc(room * 2, sizeof(*slots));

	if (entries)
		map->entries = entries;
	if (!entries || !slots) {
		free(slots);
		return -ENOMEM;
	}
	free(map->slots);
	map->slots = slots;
	map->slot_count = room * 2;
	map->room = room;
	for (size_t i = 0; i < map->count; i++)
		slots[slot_of(map, group_map_at(map, i))] = (uint32_t)i + 1;
	return 0;
}

void *group_map_get(struct group_map *map, const struct group_key *key)
{
	size_t slot;

	if (map->count == map->room && grow(map))
		return NULL;
	slot = slot_of(map, key);
	if (!map->slots[slot]) {
		memset(group_map_at(map, map->count), 0, map->entry);
		memcpy(group_map_at(map, map->count), key, sizeof(*key));
		map->slots[slot] = (uint32_t)++map->count;
	}
	return group_map_at(map, map->slots[slot] - 1);
}

const void *group_map_find(const struct group_map *map, const struct group_key *key)
{
	size_t slot = map->count ? slot_of(map, key) : 0;

	return map->count && map->slots[slot] ? group_map_at(map, map->slots[slot] - 1) : NULL;
}
