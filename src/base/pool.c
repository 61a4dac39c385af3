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
	for (uint32_t i = 0; i * CHUNK < pool->used; i++)
		free(pool->chunks[i]);
	free(pool->chunks);
	pool->chunks = NULL;
	pool->used = 0;
}

void *pool_at(const struct pool *pool, uint32_t index)
{
	return pool->chunks[index >> CHUNK_SHIFT] + (index & (CHUNK - 1)) * pool->element;
}

static int add_chunk(struct pool *pool)
{
	uint32_t count = pool->used >> CHUNK_SHIFT;
	char **chunks = realloc(pool->chunks, (count + 1) * sizeof(*chunks));

	if (!chunks)
		return -1;
	pool->chunks = chunks;
	chunks[count] = malloc(CHUNK * pool->element);
	return chunks[count] ? 0 : -1;
}

uint32_t pool_take(struct pool *pool)
{
	uint32_t index = pool->free;

	if (index != POOL_NONE) {
		memcpy(&pool->free, pool_at(pool, index), sizeof(pool->free));
	} else {
		if (pool->used >= pool->max)
			return POOL_NONE;
		if (!(pool->used & (CHUNK - 1)) && add_chunk(pool))
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
	while (pool->used <= index) {
		if (!(pool->used & (CHUNK - 1)) && add_chunk(pool))
			return -1;
		memset(pool_at(pool, pool->used++), 0, pool->element);
	}
	pool->live++;
	return 0;
}

static uint32_t chunks_of(uint32_t used)
{
	return (used >> CHUNK_SHIFT) + !!(used & (CHUNK - 1));
}

void pool_order(struct pool *pool, bool (*taken)(const void *element))
{
	uint32_t chunks = chunks_of(pool->used);

	while (pool->used && !taken(pool_at(pool, pool->used - 1)))
		pool->used--;
	while (chunks > chunks_of(pool->used))
		free(pool->chunks[--chunks]);
	pool->free = POOL_NONE;
	for (uint32_t i = pool->used; i; i--) {
		void *element = pool_at(pool, i - 1);

		if (taken(element))
			continue;
		memcpy(element, &pool->free, sizeof(pool->free));
		pool->free = i - 1;
	}
}
