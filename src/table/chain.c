/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash chains that run through the elements of a pool. The order of elements with different keys
 * depends on the secret of the hash. The order of elements with the same key does not, and a search
 * sees only these.
 */
#include "table/chain_private.h"

#include <stdlib.h>
#include <string.h>

#include "table/row.h"

#define ROOM_FIRST 256
#define GROWTH     4  /* growing visits all elements; a search that fails visits one bucket */
#define LOOKS      64 /* elements of the same key that are compared; others are in index order */

uint32_t chain_first(const struct index *index, uint64_t hash)
{
	return index->buckets ? index->buckets[hash & index->mask] : ROW_NONE;
}

static uint64_t hash_of(const struct chains *chains, uint32_t element)
{
	return chains->hash(chains->secret, pool_at(chains->pool, element));
}

static uint32_t *link_of(const struct chains *chains, uint32_t element)
{
	return chains->link(pool_at(chains->pool, element));
}

static uint32_t *bucket_of(const struct chains *chains, uint32_t element)
{
	return &chains->index->buckets[hash_of(chains, element) & chains->index->mask];
}

/* before: the element whose link is the place; ROW_NONE: it is the bucket. */
static void insert_at(const struct chains *chains, uint32_t element, uint32_t *place,
                      uint32_t before)
{
	uint32_t next = *place;

	*link_of(chains, element) = next;
	*place = element;
	if (!chains->back)
		return;
	*chains->back(pool_at(chains->pool, element)) = before;
	if (next != ROW_NONE)
		*chains->back(pool_at(chains->pool, next)) = element;
}

/* Spreads one bucket over the buckets that replace it; elements keep their order. */
static void split(const struct chains *chains, uint32_t at, const struct index *bigger)
{
	uint32_t last[GROWTH], next, share = (bigger->mask + 1) / GROWTH;

	memset(last, 0xff, sizeof(last));
	for (; at != ROW_NONE; at = next) {
		uint32_t bucket = (uint32_t)hash_of(chains, at) & bigger->mask;
		uint32_t *tail = &last[bucket / share];

		next = *link_of(chains, at);
		insert_at(chains, at,
		          *tail == ROW_NONE ? &bigger->buckets[bucket] : link_of(chains, *tail),
		          *tail);
		*tail = at;
	}
}

static int grow(const struct chains *chains)
{
	struct index *index = chains->index, bigger = {.count = index->count};
	uint32_t room = index->buckets ? (index->mask + 1) * GROWTH : ROOM_FIRST;

	bigger.buckets = malloc(room * sizeof(*bigger.buckets));
	if (!bigger.buckets)
		return -1;
	bigger.mask = room - 1;
	memset(bigger.buckets, 0xff, room * sizeof(*bigger.buckets));
	for (uint32_t i = 0; index->buckets && i <= index->mask; i++)
		split(chains, index->buckets[i], &bigger);
	free(index->buckets);
	*index = bigger;
	return 0;
}

int chain_add(const struct chains *chains, uint32_t element)
{
	struct index *index = chains->index;

	/* An index that cannot grow is only slower. No buckets at all is a failure. */
	if ((!index->buckets || index->count > index->mask) && grow(chains) && !index->buckets)
		return -1;
	insert_at(chains, element, bucket_of(chains, element), ROW_NONE);
	index->count++;
	return 0;
}

/*
 * Empties the index, with room for so many elements. Without memory the old buckets serve, slower.
 */
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

/* Newest first among elements of the same key: the order that chain_add() makes. */
static void insert(const struct chains *chains, uint32_t element,
                   uint64_t (*born)(const void *element))
{
	uint32_t *place = bucket_of(chains, element), before = ROW_NONE, at = *place;
	uint64_t time = born(pool_at(chains->pool, element)), hash = hash_of(chains, element);

	for (int looks = 0; looks < LOOKS && at != ROW_NONE; at = *link_of(chains, at)) {
		if (hash_of(chains, at) != hash)
			continue;
		if (born(pool_at(chains->pool, at)) <= time)
			break;
		before = at;
		place = link_of(chains, at);
		looks++;
	}
	insert_at(chains, element, place, before);
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

/* Follows the link back; without one it searches, which is fast if all keys differ. */
static uint32_t *place_of(const struct chains *chains, uint32_t element)
{
	uint32_t *at, before;

	if (chains->back) {
		before = *chains->back(pool_at(chains->pool, element));
		return before == ROW_NONE ? bucket_of(chains, element) : link_of(chains, before);
	}
	at = bucket_of(chains, element);
	while (*at != element)
		at = link_of(chains, *at);
	return at;
}

void chain_remove(const struct chains *chains, uint32_t element)
{
	uint32_t *place = place_of(chains, element), next = *link_of(chains, element);

	*place = next;
	if (chains->back && next != ROW_NONE)
		*chains->back(pool_at(chains->pool, next)) =
			*chains->back(pool_at(chains->pool, element));
	chains->index->count--;
}
