/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elements of one size. A 32-bit index names an element until it is put back. Memory grows in
 * chunks and never moves. pool_order() frees the chunks that have no element in use.
 */
#ifndef TCPTRAIL_BASE_POOL_H
#define TCPTRAIL_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT32_MAX

struct pool_chunk {
	char *elements; /* NULL: all are free */
	bool linked;    /* ... and are linked in the free list, in order, before `next` */
	uint32_t next;
};

struct pool {
	struct pool_chunk *chunks;
	uint32_t chunk_count;
	char *zero;     /* the content of free elements without memory */
	size_t element; /* bytes, at least 4 */
	uint32_t used;  /* all indices that were handed out are below this */
	uint32_t live;  /* elements in use */
	uint32_t free;  /* first free element; its first 4 bytes are the index of the next */
	uint32_t max;
};

void pool_init(struct pool *pool, size_t element, uint32_t max);
void pool_free(struct pool *pool);

/* The index of a zeroed element. POOL_NONE: no memory, or max elements are in use. */
uint32_t pool_take(struct pool *pool);
void pool_put(struct pool *pool, uint32_t index);
/*
 * Takes the element at an index above all that were handed out, zeroed. The elements before it are
 * zeroed too; pool_order() makes them free. 0; -1: no memory, or a lower index.
 */
int pool_claim(struct pool *pool, uint32_t index);
/*
 * Sorts the free list, so that the lowest free element is handed out first, and frees memory above
 * the highest element in use. taken: is the element in use? It must not look at the first 4 bytes,
 * which belong to the pool while the element is free.
 */
void pool_order(struct pool *pool, bool (*taken)(const void *element));
/* An element that is not in use may only be read. */
void *pool_at(const struct pool *pool, uint32_t index);

#endif
