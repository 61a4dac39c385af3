/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes of keys, for tables of a power of two of slots. */
#ifndef TCPTRAIL_BASE_HASH_H
#define TCPTRAIL_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mix.h"

/* For a key without padding, whose size is a multiple of 8 bytes. The low bits are mixed too. */
static inline uint64_t hash_words(const void *key, size_t size)
{
	uint64_t hash = 0;

	for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, (const char *)key + at, sizeof(word));
		hash = hash_mix(hash, word);
	}
	return hash;
}

/* A secret: without it, nobody can choose keys with equal hashes. */
struct hash_key {
	uint64_t k[2];
};

/* A new secret from the kernel's random numbers. */
struct hash_key hash_key_new(void);
/* SipHash-1-3 of a key without padding, whose size is a multiple of 8 bytes, below 2048. */
uint64_t hash_keyed(const struct hash_key *secret, const void *key, size_t size);

#endif
