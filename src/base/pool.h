/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elements of one size, named by a 32-bit index that stays valid until it is
 * put back. Memory grows in chunks and never moves; a chunk without any element in use has
 * none after pool_order(), and until one of its elements is taken.
 */
#ifndef TCPTRAIL_BASE_POOL_H
#define TCPTRAIL_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT32_MAX

struct pool_chunk {
	char *elements; /* NULL: all are free */
	bool linked;    /* ... and follow each other in the free list; then comes `next` */
	uint32_t next;
};

struct pool {
	struct pool_chunk *chunks;
	uint32_t chunk_count;
	char *zero;     /* what free elements without memory read as */
	size_t element; /* bytes, at least 4 */
	uint32_t used;  /* elements ever handed out: all indices are below */
	uint32_t live;  /* elements in use */
	uint32_t free;  /* first free element; its first 4 bytes name the next */
	uint32_t max;
};

void pool_init(struct pool *pool, size_t element, uint32_t max);
void pool_free(struct pool *pool);

/* A zeroed element, or POOL_NONE: no memory or max are in use. */
uint32_t pool_take(struct pool *pool);
void pool_put(struct pool *pool, uint32_t index);
/*
 * Takes the element at an index that is above all that were handed out, zeroed. Those
 * that it passes over are zeroed, too, and free after pool_order(). 0, or -1: no memory
 * or not such an index.
 */
int pool_claim(struct pool *pool, uint32_t index);
/*
 * From here on the lowest free element is handed out first, and memory above the highest
 * in use is given back. taken: is the element in use? Not by its first 4 bytes, which
 * are the pool's while it is free.
 */
void pool_order(struct pool *pool, bool (*taken)(const void *element));
/* Of one that is not in use: to be read only. */
void *pool_at(const struct pool *pool, uint32_t index);

#endif
