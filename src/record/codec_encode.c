/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encodes facts. The encoder chooses what each fact refers to, and the decoder follows; so the
 * rules of the choice may change without a new version of the format.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/hash.h"
#include "fact/kind.h"
#include "record/codec_private.h"

#define SOCKET_SLOTS 8192 /* power of two */
#define SOCKET_TRIES 4
#define TYPE_CLASSES 32 /* classes of one type */
#define TYPE_SLOTS   64

struct stream {
	uint8_t *start, *at;
};

struct shape {
	const uint8_t *defined; /* in STREAM_DEFINED, without its class */
	uint16_t size;
	uint16_t next; /* of the class, + 1; 0: none */
	uint8_t class;
};

struct fact_class {
	uint64_t key;
	const struct fact *last; /* NULL: none */
	uint16_t first;          /* of its shapes, + 1 */
};

struct encoder {
	struct stream streams[STREAM_COUNT];
	const char *facts;
	uint64_t time;
	struct codec_past past;
	struct shape shapes[SHAPE_NEW];
	uint32_t shape_count;
	struct fact_class classes[CLASS_COUNT];
	uint32_t class_count;
	uint8_t type_classes[TYPE_SLOTS]; /* number of classes by type modulo TYPE_SLOTS */
	uint32_t sockets[SOCKET_SLOTS];   /* number of the socket's last fact, + 1 */
	uint8_t room[];
};

static bool facts_whole(const char *facts, size_t size)
{
	for (size_t at = 0, len; at < size; at += len) {
		const struct fact *fact = (const struct fact *)(facts + at);

		if (size - at < sizeof(*fact))
			return false;
		len = fact->len;
		if (len < sizeof(*fact) || len % WORD || len > size - at || len > FACT_MAX_SIZE ||
		    !fact_is_whole(fact))
			return false;
	}
	return true;
}

static void put(struct encoder *encoder, enum codec_stream which, const void *bytes, size_t size)
{
	memcpy(encoder->streams[which].at, bytes, size);
	encoder->streams[which].at += size;
}

static void put_byte(struct encoder *encoder, enum codec_stream which, unsigned int byte)
{
	*encoder->streams[which].at++ = (uint8_t)byte;
}

/* --- sockets and times ----------------------------------------------------------------------- */

/*
 * How many facts ago the socket appeared last; 0: not near. Notes that the next fact is about it.
 */
static uint32_t note_socket(struct encoder *encoder, uint64_t sk)
{
	uint64_t hash = hash_words(&sk, sizeof(sk));
	uint32_t number = encoder->past.count, *free_slot = NULL;

	for (unsigned int i = 0; i < SOCKET_TRIES; i++) {
		uint32_t *slot = &encoder->sockets[(hash + i) % SOCKET_SLOTS];
		uint32_t back = number + 1 - *slot;

		if (!*slot || back >= NEAR_MAX) {
			if (!free_slot)
				free_slot = slot;
			if (!*slot)
				break;
			continue;
		}
		if (fact_at(encoder->facts, encoder->past.at[(number - back) % NEAR_MAX])->sk ==
		    sk) {
			*slot = number + 1;
			return back;
		}
	}
	if (!free_slot)
		free_slot = &encoder->sockets[hash % SOCKET_SLOTS];
	*free_slot = number + 1;
	return 0;
}

static void put_socket(struct encoder *encoder, uint64_t sk, uint32_t back)
{
	if (!back) {
		put_byte(encoder, STREAM_NEAR, NEAR_NEW);
		put(encoder, STREAM_SOCKETS, &sk, sizeof(sk));
	} else if (back < NEAR_LONG) {
		put_byte(encoder, STREAM_NEAR, back);
	} else {
		put_byte(encoder, STREAM_NEAR, NEAR_LONG | back >> 8);
		put_byte(encoder, STREAM_NEAR, back & 0xff);
	}
}

static void put_time(struct encoder *encoder, uint64_t time)
{
	uint64_t step = time - encoder->time;
	unsigned int count = 0;

	step = step << 1 ^ -(step >> 63);
	for (; step; step >>= 8, count++)
		put_byte(encoder, count ? STREAM_TIME_HIGH : STREAM_TIME_LOW, step & 0xff);
	put_byte(encoder, STREAM_TIMES, count);
	encoder->time = time;
}

/* --- shapes ---------------------------------------------------------------------------------- */

/* A new shape, as in STREAM_DEFINED. */
struct draft {
	uint8_t defined[SHAPE_HEAD + FACT_WORDS];
	uint16_t size;
};

static unsigned int bytes_of(uint64_t word)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < WORD; i++)
		mask |= (unsigned int)((word >> 8 * i & 0xff) != 0) << i;
	return mask;
}

static void put_word(struct encoder *encoder, uint64_t change, unsigned int mask)
{
	put_byte(encoder, STREAM_MASKS, mask);
	for (; mask; mask &= mask - 1)
		put_byte(encoder, STREAM_BYTES,
		         (unsigned int)(change >> 8 * __builtin_ctz(mask) & 0xff));
}

/* Encodes one word. Returns the reference that it used. */
static enum run_kind put_payload_word(struct encoder *encoder, uint64_t word, uint64_t socket,
                                      uint64_t class)
{
	uint64_t to_socket, to_class;
	unsigned int socket_mask, class_mask;

	if (word == socket)
		return RUN_SOCKET;
	if (word == class)
		return RUN_CLASS;
	to_socket = lanes_subtract(word, socket);
	to_class = lanes_subtract(word, class);
	socket_mask = bytes_of(to_socket);
	class_mask = bytes_of(to_class);
	if (__builtin_popcount(socket_mask) < __builtin_popcount(class_mask)) {
		put_word(encoder, to_socket, socket_mask);
		return RUN_SOCKET_DIFFERS;
	}
	put_word(encoder, to_class, class_mask);
	return RUN_CLASS_DIFFERS;
}

static void put_words(struct encoder *encoder, const struct fact *fact, const struct fact *same,
                      const struct fact *last, struct draft *draft)
{
	fact_word scratch[2][FACT_WORDS];
	const fact_word *words = (const fact_word *)fact;
	const fact_word *socket = reference(same, fact->type, fact->len, scratch[0]);
	const fact_word *class = reference(last, fact->type, fact->len, scratch[1]);
	int run = -1; /* kind of the open run, which has count words */
	unsigned int count = 0;

	for (size_t i = HEADER_WORDS; i < fact->len / WORD; i++) {
		int kind = (int)put_payload_word(encoder, words[i], socket[i], class[i]);

		if (kind != run || count == RUN_WORDS) {
			draft->size++;
			count = 0;
			run = kind;
		}
		draft->defined[draft->size - 1] = (uint8_t)(kind * RUN_WORDS + (int)count++);
	}
}

/*
 * Facts of a type whose first words are equal are a class, if the word looks like an enum (as the
 * old and new state of a transition do) and not like an identity.
 */
static uint64_t class_key(const struct encoder *encoder, const struct fact *fact)
{
	uint64_t first = 0;

	if (fact->len > sizeof(*fact))
		memcpy(&first, fact + 1, sizeof(first));
	if (first & ~0x0f0fULL || encoder->type_classes[fact->type % TYPE_SLOTS] >= TYPE_CLASSES)
		first = 0;
	return (uint64_t)fact->type << 16 | first;
}

/* A new class replaces the oldest one and keeps its shapes, which are as good as any. */
static struct fact_class *find_class(struct encoder *encoder, const struct fact *fact, bool *made)
{
	uint64_t key = class_key(encoder, fact);
	uint32_t count = encoder->class_count < CLASS_COUNT ? encoder->class_count : CLASS_COUNT;
	struct fact_class *class;

	*made = false;
	for (uint32_t i = 0; i < count; i++) {
		if (encoder->classes[i].key == key)
			return &encoder->classes[i];
	}
	*made = true;
	if (encoder->type_classes[fact->type % TYPE_SLOTS] < TYPE_CLASSES)
		encoder->type_classes[fact->type % TYPE_SLOTS]++;
	class = &encoder->classes[encoder->class_count++ % CLASS_COUNT];
	class->key = key;
	class->last = NULL;
	return class;
}

/* The number of an equal shape, or -1. */
static int find_shape(const struct encoder *encoder, const struct fact_class *class,
                      const struct draft *draft)
{
	for (unsigned int next = class->first; next; next = encoder->shapes[next - 1].next) {
		const struct shape *shape = &encoder->shapes[next - 1];

		if (shape->size == draft->size - 1 &&
		    !memcmp(shape->defined, draft->defined + 1, shape->size))
			return (int)next - 1;
	}
	return -1;
}

static void unlink_shape(struct encoder *encoder, unsigned int number)
{
	struct shape *shape = &encoder->shapes[number];
	uint16_t *link = &encoder->classes[shape->class].first;

	while (*link != number + 1)
		link = &encoder->shapes[*link - 1].next;
	*link = shape->next;
}

static void define_shape(struct encoder *encoder, struct fact_class *class,
                         const struct draft *draft)
{
	unsigned int number = encoder->shape_count % SHAPE_NEW;
	const uint8_t *defined = encoder->streams[STREAM_DEFINED].at;

	put(encoder, STREAM_DEFINED, draft->defined, draft->size);
	if (encoder->shape_count++ >= SHAPE_NEW)
		unlink_shape(encoder, number);
	encoder->shapes[number] = (struct shape){
		.defined = defined + 1,
		.size = (uint16_t)(draft->size - 1),
		.next = class->first,
		.class = (uint8_t)(class - encoder->classes),
	};
	class->first = (uint16_t)(number + 1);
}

static void put_shape(struct encoder *encoder, struct fact_class *class, bool made,
                      struct draft *draft)
{
	int number = made ? -1 : find_shape(encoder, class, draft);

	if (number >= 0) {
		put_byte(encoder, STREAM_SHAPES, (unsigned int)number);
		return;
	}
	put_byte(encoder, STREAM_SHAPES, SHAPE_NEW);
	draft->defined[0] = made ? CLASS_NEW : (uint8_t)(class - encoder->classes);
	define_shape(encoder, class, draft);
}

/* --- facts ----------------------------------------------------------------------------------- */

static void put_fact(struct encoder *encoder, const struct fact *fact)
{
	uint32_t back = note_socket(encoder, fact->sk);
	const struct fact *same = past_find(&encoder->past, encoder->facts, fact->type, back);
	struct draft draft;
	struct fact_class *class;
	bool made;

	class = find_class(encoder, fact, &made);
	draft.size = SHAPE_HEAD;
	memcpy(draft.defined + 1, fact, SHAPE_HEAD - 1); /* type, len, pad */
	put_words(encoder, fact, same, class->last, &draft);
	put_shape(encoder, class, made, &draft);
	put_socket(encoder, fact->sk, back);
	put_time(encoder, fact->time);
	past_add(&encoder->past, (uint32_t)((const char *)fact - encoder->facts), back);
	class->last = fact;
}

/* The most bytes that each stream may have. */
static size_t stream_most(enum codec_stream which, size_t size)
{
	size_t facts = size / sizeof(struct fact), words = size / WORD;

	switch (which) {
	case STREAM_SHAPES:
	case STREAM_TIMES:
	case STREAM_TIME_LOW:
		return facts;
	case STREAM_DEFINED:
		return SHAPE_HEAD * facts + words;
	case STREAM_NEAR:
		return 2 * facts;
	case STREAM_SOCKETS:
	case STREAM_TIME_HIGH:
		return 8 * facts;
	case STREAM_MASKS:
		return words;
	case STREAM_BYTES:
		return size;
	case STREAM_COUNT:
		break;
	}
	return 0;
}

static struct encoder *encoder_new(const void *facts, size_t size)
{
	struct encoder *encoder;
	size_t room = 0;

	for (int i = 0; i < STREAM_COUNT; i++)
		room += stream_most((enum codec_stream)i, size);
	encoder = malloc(sizeof(*encoder) + room);
	if (!encoder)
		return NULL;
	memset(encoder, 0, sizeof(*encoder));
	encoder->facts = facts;
	room = 0;
	for (int i = 0; i < STREAM_COUNT; i++) {
		encoder->streams[i].start = encoder->streams[i].at = encoder->room + room;
		room += stream_most((enum codec_stream)i, size);
	}
	return encoder;
}

static void add_streams(const struct encoder *encoder, struct buffer *out)
{
	uint32_t sizes[STREAM_COUNT];

	for (int i = 0; i < STREAM_COUNT; i++)
		sizes[i] = (uint32_t)(encoder->streams[i].at - encoder->streams[i].start);
	buffer_add(out, sizes, sizeof(sizes));
	for (int i = 0; i < STREAM_COUNT; i++)
		buffer_add(out, encoder->streams[i].start, sizes[i]);
}

int codec_encode(const void *facts, size_t size, struct buffer *out)
{
	struct encoder *encoder;
	size_t start = out->size;

	if (size > CODEC_RAW_MAX || !facts_whole(facts, size))
		return -EINVAL;
	encoder = encoder_new(facts, size);
	if (!encoder)
		return -ENOMEM;
	for (size_t at = 0; at < size; at += fact_at(facts, (uint32_t)at)->len)
		put_fact(encoder, fact_at(facts, (uint32_t)at));
	add_streams(encoder, out);
	free(encoder);
	if (out->failed)
		out->size = start;
	return out->failed ? -ENOMEM : 0;
}
