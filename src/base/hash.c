/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SipHash (Aumasson, Bernstein 2012) with one round a word and three at the end, as the
 * kernel's hsiphash on 64-bit machines (lib/siphash.c): short keys, a secret for each table.
 */
#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

struct hash_key hash_key_new(void)
{
	struct hash_key key = {{0, 0}};
	struct timespec now;

	if (getrandom(key.k, sizeof(key.k), GRND_NONBLOCK) == (ssize_t)sizeof(key.k))
		return key;
	/* Early in boot, or forbidden by a filter: a weak secret, but a different one each time. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	key.k[0] = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
	key.k[1] = (uint64_t)(uintptr_t)&key;
	return key;
}

static inline uint64_t rotate(uint64_t word, int by)
{
	return word << by | word >> (64 - by);
}

static inline void round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static inline void take_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	round_of(v);
	v[0] ^= word;
}

uint64_t hash_keyed(const struct hash_key *secret, const void *key, size_t size)
{
	uint64_t v[4] = {
		secret->k[0] ^ 0x736f6d6570736575ULL,
		secret->k[1] ^ 0x646f72616e646f6dULL,
		secret->k[0] ^ 0x6c7967656e657261ULL,
		secret->k[1] ^ 0x7465646279746573ULL,
	};

	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, (const char *)key + at, sizeof(word));
		take_word(v, word);
	}
	take_word(v, (uint64_t)size << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		round_of(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
