/* SPDX-License-Identifier: BSD-2-Clause */
/* Open addressing: slots, at most half of them used, point into an array of entries. */
#include "base/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

void map_init(struct map *map, size_t key, size_t entry)
{
	*map = (struct map){.key = key, .entry = entry};
	map->secret = hash_key_new();
}

void map_free(struct map *map)
{
	free(map->slots);
	free(map->entries);
	*map = (struct map){.key = map->key, .entry = map->entry, .secret = map->secret};
}

void *map_at(const struct map *map, size_t index)
{
	return map->entries + index * map->entry;
}

size_t map_index(const struct map *map, const void *entry)
{
	return (size_t)((const char *)entry - map->entries) / map->entry;
}

static uint32_t hash_of(const struct map *map, const void *key)
{
	return (uint32_t)hash_keyed(&map->secret, key, map->key);
}

/* The slot of the key, or the free slot for it. */
static struct map_slot *find_slot(const struct map *map, const void *key, uint32_t hash)
{
	size_t at = hash & (map->slot_count - 1);

	for (;; at = (at + 1) & (map->slot_count - 1)) {
		struct map_slot *slot = &map->slots[at];

		if (!slot->number ||
		    (slot->hash == hash && !memcmp(map_at(map, slot->number - 1), key, map->key)))
			return slot;
	}
}

/* Puts a new entry into the slots; count is a power of two. */
static void put_slot(struct map_slot *slots, size_t count, const struct map_slot *slot)
{
	size_t at = slot->hash & (count - 1);

	while (slots[at].number)
		at = (at + 1) & (count - 1);
	slots[at] = *slot;
}

/* Makes room for `room` entries, a power of two: entries and slots grow together. */
static int grow(struct map *map, size_t room)
{
	struct map_slot *slots = calloc(room * 2, sizeof(*slots));
	char *entries = slots ? reallocarray(map->entries, room, map->entry) : NULL;

	if (!entries) {
		free(slots);
		return -ENOMEM;
	}
	for (size_t i = 0; i < map->slot_count; i++)
		if (map->slots[i].number)
			put_slot(slots, room * 2, &map->slots[i]);
	free(map->slots);
	map->entries = entries;
	map->slots = slots;
	map->slot_count = room * 2;
	map->room = room;
	return 0;
}

void *map_get(struct map *map, const void *key)
{
	uint32_t hash = hash_of(map, key);
	struct map_slot *slot;

	if (map->count == map->room && grow(map, map->room ? map->room * 2 : ROOM_FIRST))
		return NULL;
	slot = find_slot(map, key, hash);
	if (!slot->number) {
		memset(map_at(map, map->count), 0, map->entry);
		memcpy(map_at(map, map->count), key, map->key);
		*slot = (struct map_slot){(uint32_t)++map->count, hash};
	}
	return map_at(map, slot->number - 1);
}

void *map_find(const struct map *map, const void *key)
{
	const struct map_slot *slot = NULL;

	if (map->count)
		slot = find_slot(map, key, hash_of(map, key));
	return slot && slot->number ? map_at(map, slot->number - 1) : NULL;
}

int map_sweep(struct map *map, bool (*keep)(const void *entry, void *arg), void *arg)
{
	size_t kept = 0, room = ROOM_FIRST, count = map->count;
	struct map_slot *slots;
	char *smaller;

	for (size_t i = 0; i < count; i++)
		kept += keep(map_at(map, i), arg);
	while (room < kept)
		room *= 2;
	slots = calloc(room * 2, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (size_t i = map->count = 0; i < count; i++)
		if (keep(map_at(map, i), arg))
			memmove(map_at(map, map->count++), map_at(map, i), map->entry);
	smaller = reallocarray(map->entries, room, map->entry);
	if (smaller) /* otherwise the larger array stays */
		map->entries = smaller;
	free(map->slots);
	map->slots = slots;
	map->slot_count = room * 2;
	map->room = room;
	for (size_t i = 0; i < kept; i++)
		put_slot(slots, room * 2,
		         &(struct map_slot){(uint32_t)i + 1, hash_of(map, map_at(map, i))});
	return 0;
}
