/* SPDX-License-Identifier: BSD-2-Clause */
/* Decodes facts. It checks every value of the input before it uses it. */
#include <errno.h>
#include <stdbool.h>

#include "fact/kind.h"
#include "record/codec_private.h"

/* The rest of a stream. */
struct span {
	const uint8_t *at, *end;
};

struct shape {
	const uint8_t *runs;
	uint16_t run_count;
	uint16_t type, len;
	uint32_t pad;
	uint8_t class;
	bool tail; /* facts of the type end with an array */
};

struct decoder {
	struct span streams[STREAM_COUNT];
	char *facts;
	uint32_t size, raw; /* bytes of facts: so far, and in the end */
	uint64_t time;      /* of the last fact */
	struct shape shapes[SHAPE_NEW];
	uint32_t shape_count;                 /* how many were defined so far */
	const struct fact *last[CLASS_COUNT]; /* fact of each class; NULL: none yet */
	uint32_t class_count;
	struct codec_past past;
};

/* The next size bytes of a stream, or NULL. */
static inline const uint8_t *take(struct decoder *decoder, enum codec_stream which, size_t size)
{
	struct span *span = &decoder->streams[which];
	const uint8_t *at = span->at;

	if ((size_t)(span->end - at) < size)
		return NULL;
	span->at += size;
	return at;
}

static bool split(struct decoder *decoder, const uint8_t *coded, size_t size)
{
	uint32_t sizes[STREAM_COUNT];
	size_t at = sizeof(sizes);

	if (size < sizeof(sizes))
		return false;
	memcpy(sizes, coded, sizeof(sizes));
	for (int i = 0; i < STREAM_COUNT; i++) {
		if (size - at < sizes[i])
			return false;
		decoder->streams[i] = (struct span){coded + at, coded + at + sizes[i]};
		at += sizes[i];
	}
	return at == size;
}

static bool all_taken(const struct decoder *decoder)
{
	for (int i = 0; i < STREAM_COUNT; i++) {
		if (decoder->streams[i].at != decoder->streams[i].end)
			return false;
	}
	return true;
}

/* Takes the runs of a shape. Together they must cover exactly its words. */
static bool take_runs(struct decoder *decoder, struct shape *shape)
{
	const uint8_t *run;

	shape->runs = decoder->streams[STREAM_DEFINED].at;
	shape->run_count = 0;
	for (size_t words = HEADER_WORDS; words < shape->len / WORD; shape->run_count++) {
		run = take(decoder, STREAM_DEFINED, 1);
		if (!run)
			return false;
		words += (*run & (RUN_WORDS - 1)) + 1U;
		if (words > shape->len / WORD)
			return false;
	}
	return true;
}

/* The number of the class that a shape's first byte names, or -1. */
static int take_class(struct decoder *decoder, uint8_t number)
{
	uint32_t known = decoder->class_count;

	if (number == CLASS_NEW) {
		number = (uint8_t)(decoder->class_count++ % CLASS_COUNT);
		decoder->last[number] = NULL;
		return number;
	}
	return number < known ? number : -1;
}

static const struct shape *define_shape(struct decoder *decoder)
{
	struct shape *shape = &decoder->shapes[decoder->shape_count % SHAPE_NEW];
	const uint8_t *bytes = take(decoder, STREAM_DEFINED, SHAPE_HEAD);
	int number;

	if (!bytes)
		return NULL;
	number = take_class(decoder, bytes[0]);
	memcpy(&shape->type, bytes + 1, 2);
	memcpy(&shape->len, bytes + 3, 2);
	memcpy(&shape->pad, bytes + 5, 4);
	if (number < 0 || shape->len < sizeof(struct fact) || shape->len > FACT_MAX_SIZE ||
	    shape->len % WORD || shape->len < fact_size(shape->type) || !take_runs(decoder, shape))
		return NULL;
	shape->class = (uint8_t)number;
	shape->tail = fact_tail(shape->type)->element != 0;
	decoder->shape_count++;
	return shape;
}

static const struct shape *take_shape(struct decoder *decoder)
{
	const uint8_t *number = take(decoder, STREAM_SHAPES, 1);

	if (!number)
		return NULL;
	if (*number == SHAPE_NEW)
		return define_shape(decoder);
	return *number < decoder->shape_count ? &decoder->shapes[*number] : NULL;
}

/* How many facts ago the socket appeared last (0: it is new), and its address; -1: invalid. */
static int take_socket(struct decoder *decoder, uint64_t *sk)
{
	const uint8_t *byte = take(decoder, STREAM_NEAR, 1);
	uint32_t back;

	if (!byte)
		return -1;
	if (*byte == NEAR_NEW) {
		byte = take(decoder, STREAM_SOCKETS, sizeof(*sk));
		if (!byte)
			return -1;
		memcpy(sk, byte, sizeof(*sk));
		return 0;
	}
	back = *byte;
	if (back >= NEAR_LONG) {
		byte = take(decoder, STREAM_NEAR, 1);
		if (!byte)
			return -1;
		back = (back & 0xf) << 8 | *byte;
	}
	if (!back || back > decoder->past.count)
		return -1;
	*sk = fact_at(decoder->facts, decoder->past.at[(decoder->past.count - back) % NEAR_MAX])
	              ->sk;
	return (int)back;
}

static bool take_time(struct decoder *decoder)
{
	const uint8_t *count = take(decoder, STREAM_TIMES, 1), *low, *high;
	uint64_t step = 0;

	if (!count || *count > sizeof(step))
		return false;
	if (*count) {
		low = take(decoder, STREAM_TIME_LOW, 1);
		high = take(decoder, STREAM_TIME_HIGH, *count - 1U);
		if (!low || !high)
			return false;
		for (unsigned int i = *count - 1U; i--;)
			step = step << 8 | high[i];
		step = step << 8 | *low;
	}
	decoder->time += step >> 1 ^ -(step & 1);
	return true;
}

/* Decodes words that differ from the reference. */
static bool take_words(struct decoder *decoder, fact_word *words, const fact_word *from,
                       unsigned int count)
{
	const uint8_t *masks = take(decoder, STREAM_MASKS, count);

	if (!masks)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		unsigned int mask = masks[i];
		const uint8_t *bytes =
			take(decoder, STREAM_BYTES, (unsigned int)__builtin_popcount(mask));
		uint64_t change = 0;

		if (!bytes)
			return false;
		for (; mask; mask &= mask - 1)
			change |= (uint64_t)*bytes++ << 8 * __builtin_ctz(mask);
		words[i] = lanes_add(from[i], change);
	}
	return true;
}

/* Fills all words after the header. */
static bool take_payload(struct decoder *decoder, const struct shape *shape, struct fact *fact,
                         const struct fact *same)
{
	fact_word scratch[2][FACT_WORDS], *words = (fact_word *)fact;
	const fact_word *from[2] = {
		reference(same, shape->type, shape->len, scratch[0]),
		reference(decoder->last[shape->class], shape->type, shape->len, scratch[1]),
	};
	unsigned int at = HEADER_WORDS;

	for (unsigned int i = 0; i < shape->run_count; i++) {
		unsigned int count = (shape->runs[i] & (RUN_WORDS - 1U)) + 1;
		unsigned int kind = shape->runs[i] / RUN_WORDS;
		const fact_word *source = from[kind & 1] + at;

		if (kind >= RUN_SOCKET_DIFFERS) {
			if (!take_words(decoder, words + at, source, count))
				return false;
		} else {
			for (unsigned int word = 0; word < count; word++)
				words[at + word] = source[word];
		}
		at += count;
	}
	return true;
}

static bool take_fact(struct decoder *decoder)
{
	const struct shape *shape = take_shape(decoder);
	struct fact *fact = fact_at(decoder->facts, decoder->size);
	const struct fact *same;
	uint64_t sk;
	int back;

	if (!shape || shape->len > decoder->raw - decoder->size)
		return false;
	back = take_socket(decoder, &sk);
	if (back < 0 || !take_time(decoder))
		return false;
	same = past_find(&decoder->past, decoder->facts, shape->type, (uint32_t)back);
	*fact = (struct fact){shape->type, shape->len, shape->pad, decoder->time, sk};
	if (!take_payload(decoder, shape, fact, same) || (shape->tail && !fact_is_whole(fact)))
		return false;
	past_add(&decoder->past, decoder->size, (uint32_t)back);
	decoder->last[shape->class] = fact;
	decoder->size += shape->len;
	return true;
}

int codec_decode(const void *coded, size_t size, void *facts, size_t raw)
{
	struct decoder decoder;

	decoder.facts = facts;
	decoder.size = decoder.shape_count = decoder.class_count = decoder.past.count = 0;
	decoder.raw = (uint32_t)raw;
	decoder.time = 0;
	if (raw > CODEC_RAW_MAX || !split(&decoder, coded, size))
		return -EBADMSG;
	while (decoder.size < decoder.raw) {
		if (!take_fact(&decoder))
			return -EBADMSG;
	}
	return all_taken(&decoder) ? 0 : -EBADMSG;
}
