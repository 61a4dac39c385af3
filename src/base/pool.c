/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_SHIFT 10
#define CHUNK       (1U << CHUNK_SHIFT)

void pool_init(struct pool *pool, size_t element, uint32_t max)
{
	*pool = (struct pool){.element = element, .max = max, .free = POOL_NONE};
}

void pool_free(struct pool *pool)
{
	for (uint32_t i = 0; i < pool->chunk_count; i++)
		free(pool->chunks[i].elements);
	free(pool->chunks);
	free(pool->zero);
	pool->chunks = NULL;
	pool->zero = NULL;
	pool->used = pool->chunk_count = 0;
}

void *pool_at(const struct pool *pool, uint32_t index)
{
	char *elements = pool->chunks[index >> CHUNK_SHIFT].elements;

	return (elements ? elements : pool->zero) + (index & (CHUNK - 1)) * pool->element;
}

static bool is_empty(const struct pool *pool, uint32_t index)
{
	return !pool->chunks[index >> CHUNK_SHIFT].elements;
}

/* Makes the table of chunks as long as count; new chunks have no memory for elements. */
static int add_chunks(struct pool *pool, uint32_t count)
{
	struct pool_chunk *chunks;

	if (count <= pool->chunk_count)
		return 0;
	if (!pool->zero)
		pool->zero = calloc(CHUNK, pool->element);
	chunks = pool->zero ? reallocarray(pool->chunks, count, sizeof(*chunks)) : NULL;
	if (!chunks)
		return -1;
	memset(chunks + pool->chunk_count, 0, (count - pool->chunk_count) * sizeof(*chunks));
	pool->chunks = chunks;
	pool->chunk_count = count;
	return 0;
}

/* Allocates the chunk of a free element. Its free elements stay free, in the same order. */
static int fill_chunk(struct pool *pool, uint32_t index)
{
	struct pool_chunk *chunk = &pool->chunks[index >> CHUNK_SHIFT];
	uint32_t first = index & ~(CHUNK - 1);

	if (chunk->elements)
		return 0;
	chunk->elements = calloc(CHUNK, pool->element);
	if (!chunk->elements)
		return -1;
	for (uint32_t i = 0; chunk->linked && i < CHUNK; i++) {
		uint32_t next = i + 1 < CHUNK ? first + i + 1 : chunk->next;

		memcpy(pool_at(pool, first + i), &next, sizeof(next));
	}
	return 0;
}

uint32_t pool_take(struct pool *pool)
{
	uint32_t index = pool->free;

	if (index != POOL_NONE) {
		if (fill_chunk(pool, index))
			return POOL_NONE;
		memcpy(&pool->free, pool_at(pool, index), sizeof(pool->free));
	} else {
		if (pool->used >= pool->max)
			return POOL_NONE;
		if (add_chunks(pool, (pool->used >> CHUNK_SHIFT) + 1) ||
		    fill_chunk(pool, pool->used))
			return POOL_NONE;
		index = pool->used++;
	}
	pool->live++;
	return memset(pool_at(pool, index), 0, pool->element) ? index : POOL_NONE;
}

void pool_put(struct pool *pool, uint32_t index)
{
	memset(pool_at(pool, index), 0, pool->element);
	memcpy(pool_at(pool, index), &pool->free, sizeof(pool->free));
	pool->free = index;
	pool->live--;
}

int pool_claim(struct pool *pool, uint32_t index)
{
	if (index < pool->used || index >= pool->max)
		return -1;
	if (add_chunks(pool, (index >> CHUNK_SHIFT) + 1) || fill_chunk(pool, index))
		return -1;
	for (uint32_t i = pool->used; i <= index && !is_empty(pool, i); i++)
		memset(pool_at(pool, i), 0, pool->element);
	memset(pool_at(pool, index), 0, pool->element);
	pool->used = index + 1;
	pool->live++;
	return 0;
}

static bool has_taken(const struct pool *pool, uint32_t chunk, bool (*taken)(const void *element))
{
	uint32_t end = (chunk + 1) << CHUNK_SHIFT;

	for (uint32_t i = chunk << CHUNK_SHIFT; i < end && i < pool->used; i++)
		if (!is_empty(pool, i) && taken(pool_at(pool, i)))
			return true;
	return false;
}

/* Ends the pool after its last element in use. */
static void shorten(struct pool *pool, bool (*taken)(const void *element))
{
	while (pool->used &&
	       (is_empty(pool, pool->used - 1) || !taken(pool_at(pool, pool->used - 1))))
		pool->used--;
	while (pool->chunk_count << CHUNK_SHIFT >= pool->used + CHUNK) {
		pool->chunk_count--;
		free(pool->chunks[pool->chunk_count].elements);
	}
}

/* Frees a chunk without elements in use, which is not the last chunk. */
static void empty_chunk(struct pool *pool, uint32_t number)
{
	struct pool_chunk *chunk = &pool->chunks[number];

	free(chunk->elements);
	*chunk = (struct pool_chunk){.linked = true, .next = pool->free};
	pool->free = number << CHUNK_SHIFT;
}

static void link_free(struct pool *pool, uint32_t chunk, bool (*taken)(const void *element))
{
	uint32_t first = chunk << CHUNK_SHIFT, i = first + CHUNK;

	for (i = i < pool->used ? i : pool->used; i > first; i--) {
		void *element = pool_at(pool, i - 1);

		if (taken(element))
			continue;
		memcpy(element, &pool->free, sizeof(pool->free));
		pool->free = i - 1;
	}
}

void pool_order(struct pool *pool, bool (*taken)(const void *element))
{
	shorten(pool, taken);
	pool->free = POOL_NONE;
	for (uint32_t chunk = pool->chunk_count; chunk; chunk--) {
		if (has_taken(pool, chunk - 1, taken))
			link_free(pool, chunk - 1, taken);
		else
			empty_chunk(pool, chunk - 1);
	}
}
