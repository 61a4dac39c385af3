/* SPDX-License-Identifier: BSD-2-Clause */
/* The format that encoder and decoder share. docs/recording.md describes it as a whole. */
#ifndef TCPTRAIL_RECORD_CODEC_PRIVATE_H
#define TCPTRAIL_RECORD_CODEC_PRIVATE_H

#include <stdint.h>
#include <string.h>

#include "record/codec.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "facts are recorded as in memory");

/* The coded form: sizes of the streams (__le32 each), then the streams themselves. */
enum codec_stream {
	STREAM_SHAPES,    /* per fact: number of its shape, or SHAPE_NEW */
	STREAM_DEFINED,   /* per new shape: its definition */
	STREAM_NEAR,      /* per fact: how many facts ago its socket appeared last, or NEAR_NEW */
	STREAM_SOCKETS,   /* per new socket: 8 bytes */
	STREAM_TIMES,     /* per fact: bytes of the difference of its time to the fact before */
	STREAM_TIME_LOW,  /* ... the lowest of these bytes */
	STREAM_TIME_HIGH, /* ... and the others */
	STREAM_MASKS,     /* per word that is not copied: which bytes differ from the reference */
	STREAM_BYTES,     /* ... and these bytes */
	STREAM_COUNT
};

#define SHAPE_NEW   255 /* also the number of shapes known at a time */
#define CLASS_COUNT 255 /* classes known at a time */
#define CLASS_NEW   255
#define SHAPE_HEAD  9 /* bytes before a shape's runs: class, then the fact's type, len and pad */

#define NEAR_NEW  0
#define NEAR_LONG 0xf0 /* this and above: its low 4 bits are bits 8..11, a second byte follows */
#define NEAR_MAX  4096 /* all distances are below */

#define SOCKET_STEPS 8 /* facts of a socket that are searched for one of the same type */

/* How a run of words is coded: one byte of a shape, kind << 6 | words - 1. */
enum run_kind {
	RUN_SOCKET,         /* equal to the last fact of the same type and socket */
	RUN_CLASS,          /* equal to the last fact of the class */
	RUN_SOCKET_DIFFERS, /* the difference is in STREAM_MASKS and STREAM_BYTES */
	RUN_CLASS_DIFFERS,
};
#define RUN_WORDS 64 /* most words in one run */

#define WORD         8
#define HEADER_WORDS (sizeof(struct fact) / WORD)
#define FACT_WORDS   (FACT_MAX_SIZE / WORD)

/* A word of a fact, whatever its members are. */
typedef uint64_t __attribute__((may_alias)) fact_word;

/*
 * The last facts, by number modulo NEAR_MAX: the offset of each, and how many facts earlier the
 * previous fact of its socket is; 0: none near.
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
 * The last fact of the type among those of the socket that appeared `back` facts ago; otherwise its
 * last fact of another type that has more than a header; otherwise NULL.
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
 * The words that a fact is compared with: those of a fact of its type, followed by zeros if that is
 * shorter; otherwise those of a fact of another type, aligned at the end, where the sample is.
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

/* Subtracts and adds words in four lanes of 16 bits, the size of ports and flags. */
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
