/* SPDX-License-Identifier: BSD-2-Clause */
/* What encoder and decoder have to agree on. docs/recording.md tells the whole of it. */
#ifndef TCPTRAIL_RECORD_CODEC_PRIVATE_H
#define TCPTRAIL_RECORD_CODEC_PRIVATE_H

#include <stdint.h>
#include <string.h>

#include "record/codec.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "facts are recorded as memory has them");

/* The coded form: sizes of the streams (__le32 each), then the streams themselves. */
enum codec_stream {
	STREAM_SHAPES,    /* per fact: number of its shape, or SHAPE_NEW */
	STREAM_DEFINED,   /* per new shape: what it is */
	STREAM_NEAR,      /* per fact: how far back its socket was met last, or NEAR_NEW */
	STREAM_SOCKETS,   /* per new socket: 8 bytes */
	STREAM_TIMES,     /* per fact: bytes of its time's difference to the fact before it */
	STREAM_TIME_LOW,  /* ... and these bytes: the lowest */
	STREAM_TIME_HIGH, /* ... and the others */
	STREAM_MASKS,     /* per word that is told: which bytes differ from the reference */
	STREAM_BYTES,     /* ... and these */
	STREAM_COUNT
};

#define SHAPE_NEW   255 /* also how many shapes are known at a time */
#define CLASS_COUNT 255 /* as many classes */
#define CLASS_NEW   255
#define SHAPE_HEAD  9 /* bytes before a shape's runs: class, then the fact's type, len and pad */

#define NEAR_NEW  0
#define NEAR_LONG 0xf0 /* this and above: its low 4 bits are bits 8..11, a second byte follows */
#define NEAR_MAX  4096 /* distances are below */

#define SOCKET_STEPS 8 /* how many facts of a socket are looked at for one of the same type */

/* What becomes of a run of words: one byte of a shape, kind << 6 | words - 1. */
enum run_kind {
	RUN_SOCKET,         /* as in the last fact of the same type and socket */
	RUN_CLASS,          /* as in the last fact of the class */
	RUN_SOCKET_DIFFERS, /* told in STREAM_MASKS and STREAM_BYTES, against these */
	RUN_CLASS_DIFFERS,
};
#define RUN_WORDS 64 /* most in one run */

#define WORD         8
#define HEADER_WORDS (sizeof(struct fact) / WORD)
#define FACT_WORDS   (FACT_MAX_SIZE / WORD)

/* A word of a fact, whatever members it has. */
typedef uint64_t __attribute__((may_alias)) fact_word;

/*
 * The last facts, by number modulo NEAR_MAX: their offsets, and how many facts before each the one
 * before of its socket is; 0: none near.
 */
struct codec_past {
	uint32_t count; /* facts so far */
	uint32_t at[NEAR_MAX];
	uint16_t back[NEAR_MAX];
};

static inline struct fact *fact_at(const void *facts, uint32_t offset)
{
	return (struct fact *)((char *)facts + offset);
}

static inline void past_add(struct codec_past *past, uint32_t at, uint32_t back)
{
	past->at[past->count % NEAR_MAX] = at;
	past->back[past->count % NEAR_MAX] = (uint16_t)back;
	past->count++;
}

/*
 * The last fact of the type and of the socket that was met that far back, else the last one of
 * another type that has more than a header, else NULL.
 */
static inline const struct fact *past_find(const struct codec_past *past, const void *facts,
                                           uint16_t type, uint32_t back)
{
	const struct fact *other = NULL;
	uint32_t far = 0;

	for (int step = 0; back && step < SOCKET_STEPS; step++) {
		const struct fact *fact;
		uint32_t slot;

		far += back;
		if (far >= NEAR_MAX)
			break;
		slot = (past->count - far) % NEAR_MAX;
		fact = fact_at(facts, past->at[slot]);
		if (fact->type == type)
			return fact;
		if (!other && fact->len > sizeof(*fact))
			other = fact;
		back = past->back[slot];
	}
	return other;
}

/*
 * The words that a fact is told against: those of one of its type, followed by zeros if that is
 * shorter; else those of another type, so that both end together, for there the sample is.
 */
static inline const fact_word *reference(const struct fact *fact, uint16_t type, uint16_t len,
                                         fact_word scratch[FACT_WORDS])
{
	uint16_t have = fact ? fact->len : 0;

	if (have == len || (have > len && fact->type == type))
		return (const fact_word *)fact;
	if (have && fact->type != type) {
		uint16_t most = have < len ? have : len;

		memset(scratch, 0, len);
		memcpy((char *)scratch + len - most, (const char *)fact + have - most, most);
		return scratch;
	}
	if (have)
		memcpy(scratch, fact, have);
	memset((char *)scratch + have, 0, len - have);
	return scratch;
}

/* A word less another, and back, each in four lanes of 16 bits, as ports and flags are. */
#define LANE_TOPS 0x8000800080008000ULL

static inline uint64_t lanes_subtract(uint64_t a, uint64_t b)
{
	return ((a | LANE_TOPS) - (b & ~LANE_TOPS)) ^ ((a ^ ~b) & LANE_TOPS);
}

static inline uint64_t lanes_add(uint64_t a, uint64_t b)
{
	return ((a & ~LANE_TOPS) + (b & ~LANE_TOPS)) ^ ((a ^ b) & LANE_TOPS);
}

#endif
