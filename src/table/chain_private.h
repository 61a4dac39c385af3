/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash chains that run through the elements of a pool. */
#ifndef TCPTRAIL_TABLE_CHAIN_PRIVATE_H
#define TCPTRAIL_TABLE_CHAIN_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/pool.h"

struct index {
	uint32_t *buckets; /* first element of each chain; ROW_NONE: empty */
	uint32_t mask;     /* buckets - 1 */
	uint32_t count;
};

/* An index over elements of a pool. The caller finds elements, and links them by hash. */
struct chains {
	struct index *index;
	struct pool *pool;
	uint32_t *(*link)(void *element);
	uint64_t (*hash)(const struct hash_key *secret, const void *element);
	const struct hash_key *secret;
	uint32_t *(*back)(void *element); /* NULL: few elements have the same key, if any */
};
uint32_t chain_first(const struct index *index, uint64_t hash);
/* 0, or -1: no memory for the first buckets. */
int chain_add(const struct chains *chains, uint32_t element);
void chain_remove(const struct chains *chains, uint32_t element);
/*
 * Builds the index again from the elements that are in it. Elements of the same key come newest
 * first, then by their own index.
 */
void chain_rebuild(const struct chains *chains, bool (*is_in)(const void *element),
                   uint64_t (*born)(const void *element));

#endif
