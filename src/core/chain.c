/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash chains that run through the elements of a pool. */
#include <stdlib.h>
#include <string.h>

#include "core/table_private.h"

#define ROOM_FIRST 256
#define GROWTH     4 /* each growth looks at all elements, and a look-up in vain at those of a bucket */
#define LOOKS      64 /* chains are short, but for what was made to be long */

uint32_t chain_first(const struct index *index, uint64_t hash)
{
	return index->buckets ? index->buckets[hash & index->mask] : ROW_NONE;
}

static int grow(const struct chains *chains)
{
	struct index *index = chains->index;
	uint32_t room = index->buckets ? (index->mask + 1) * GROWTH : ROOM_FIRST;
	uint32_t *buckets = malloc(room * sizeof(*buckets));

	if (!buckets)
		return -1;
	memset(buckets, 0xff, room * sizeof(*buckets));
	for (uint32_t i = 0; index->buckets && i <= index->mask; i++) {
		uint32_t at = index->buckets[i], next;

		for (; at != ROW_NONE; at = next) {
			void *element = pool_at(chains->pool, at);
			uint32_t *link = chains->link(element);
			uint32_t bucket = (uint32_t)chains->hash(element) & (room - 1);

			next = *link;
			*link = buckets[bucket];
			buckets[bucket] = at;
		}
	}
	free(index->buckets);
	index->buckets = buckets;
	index->mask = room - 1;
	return 0;
}

static uint32_t *bucket_of(const struct chains *chains, uint32_t element)
{
	uint64_t hash = chains->hash(pool_at(chains->pool, element));

	return &chains->index->buckets[hash & chains->index->mask];
}

int chain_add(const struct chains *chains, uint32_t element)
{
	struct index *index = chains->index;
	uint32_t *bucket;

	/* Full is no failure, only slower; none at all is. */
	if ((!index->buckets || index->count > index->mask) && grow(chains) && !index->buckets)
		return -1;
	bucket = bucket_of(chains, element);
	*chains->link(pool_at(chains->pool, element)) = *bucket;
	*bucket = element;
	index->count++;
	return 0;
}

/* Room for so many elements, empty. Without memory for it what there is goes on, only slower. */
static void make_room(struct index *index, uint32_t count)
{
	uint32_t room = ROOM_FIRST, *buckets;

	while (room < count)
		room *= 2;
	buckets = malloc(room * sizeof(*buckets));
	if (buckets) {
		free(index->buckets);
		index->buckets = buckets;
		index->mask = room - 1;
	}
	if (index->buckets)
		memset(index->buckets, 0xff, (index->mask + 1) * sizeof(*index->buckets));
}

/* Newest first, as those come that are added one by one; beyond LOOKS as it comes. */
static void insert(const struct chains *chains, uint32_t element,
                   uint64_t (*born)(const void *element))
{
	uint32_t *link = bucket_of(chains, element);
	void *at = pool_at(chains->pool, element);
	uint64_t time = born(at);

	for (int i = 0; i < LOOKS && *link != ROW_NONE; i++) {
		void *other = pool_at(chains->pool, *link);

		if (born(other) <= time)
			break;
		link = chains->link(other);
	}
	*chains->link(at) = *link;
	*link = element;
}

void chain_rebuild(const struct chains *chains, bool (*is_in)(const void *element),
                   uint64_t (*born)(const void *element))
{
	struct index *index = chains->index;

	if (!index->count) {
		free(index->buckets);
		*index = (struct index){0};
		return;
	}
	make_room(index, index->count);
	for (uint32_t i = 0; i < chains->pool->used; i++)
		if (is_in(pool_at(chains->pool, i)))
			insert(chains, i, born);
}

void chain_remove(const struct chains *chains, uint32_t element)
{
	uint32_t *at = bucket_of(chains, element);

	while (*at != element)
		at = chains->link(pool_at(chains->pool, *at));
	*at = *chains->link(pool_at(chains->pool, element));
	chains->index->count--;
}
