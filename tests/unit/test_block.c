/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "block_v1.h"
#include "record/block.h"
#include "recording.h"

static const uint8_t *bytes_of(const struct buffer *out)
{
	return (const uint8_t *)out->data;
}

/* As a reader does it, on bytes of just their size. */
static int open_block(const struct buffer *out, struct block_info *info, char *facts)
{
	uint8_t *payload;
	int err;

	assert_int_equal(block_parse(bytes_of(out), info), 0);
	assert_int_equal(out->size, BLOCK_HEADER + info->stored);
	payload = malloc(info->stored);
	memcpy(payload, out->data + BLOCK_HEADER, info->stored);
	err = block_open(info, payload, facts);
	free(payload);
	return err;
}

static void test_round_trip(void **state)
{
	struct facts *facts = facts_new(1), *back = facts_new(1);
	struct buffer out = {0};
	struct block_info info;

	(void)state;
	facts_add_all(facts);
	((struct fact *)facts->bytes)->time =
		7; /* neither first nor last need be the first or last */
	((struct fact *)(facts->bytes + facts->last))->time = 500;
	assert_int_equal(block_make(facts->bytes, facts->size, BLOCK_CHECKPOINT, -5, &out), 0);
	assert_int_equal(open_block(&out, &info, back->bytes), 0);
	assert_memory_equal(back->bytes, facts->bytes, facts->size);
	assert_int_equal(info.kind, BLOCK_CHECKPOINT);
	assert_int_equal(info.raw, facts->size);
	assert_int_equal(info.wall_offset, -5);
	assert_int_equal(info.facts, (FACT_TYPE_COUNT + 3) * 23 + 1);
	assert_int_equal(info.transitions, 23);
	assert_int_equal(info.first, 7);
	assert_true(info.last >= 1000000 && info.last <= facts->time + 20000);
	buffer_free(&out);
	free(facts);
	free(back);
}

static void test_empty(void **state)
{
	struct buffer out = {0};
	struct block_info info;
	char none[1];

	(void)state;
	assert_int_equal(block_make(NULL, 0, BLOCK_CHECKPOINT_END, 0, &out), 0);
	assert_int_equal(open_block(&out, &info, none), 0);
	assert_int_equal(info.raw + info.facts + info.transitions, 0);
	assert_int_equal(info.first + info.last, 0);
	buffer_free(&out);
}

static void test_largest(void **state)
{
	struct facts *facts = facts_new(2), *back = facts_new(1);
	struct buffer out = {0};
	struct block_info info;

	(void)state;
	while (facts->size + FACT_MAX_SIZE <= BLOCK_RAW_MAX)
		facts_add_any(facts, UINT16_MAX, (FACT_MAX_SIZE - 24) / 8);
	assert_int_equal(facts->size, BLOCK_RAW_MAX);
	assert_int_equal(block_make(facts->bytes, facts->size, BLOCK_FACTS, 0, &out), 0);
	assert_int_equal(open_block(&out, &info, back->bytes), 0);
	assert_memory_equal(back->bytes, facts->bytes, facts->size);
	buffer_free(&out);

	facts_add(facts, FACT_TICK, 24);
	assert_int_equal(block_make(facts->bytes, facts->size, BLOCK_FACTS, 0, &out), -EINVAL);
	assert_int_equal(out.size, 0);
	buffer_free(&out);
	free(facts);
	free(back);
}

static void test_refuses_parts(void **state)
{
	struct facts *facts = facts_new(3);
	struct buffer out = {0};

	(void)state;
	facts_add_any(facts, FACT_STATE, 0);
	buffer_text(&out, "before");
	assert_int_equal(block_make(facts->bytes, facts->size - 8, BLOCK_FACTS, 0, &out), -EINVAL);
	assert_int_equal(out.size, strlen("before"));
	buffer_free(&out);
	free(facts);
}

/* The file format, to the byte. */
static void test_header_bytes(void **state)
{
	static const uint8_t expected[] = {
		'T',  'B',  'L',  'K',  64,   0,    1,    0,
		0,    0,    0,    0,    24,   0,    0,    0, /* stored is set below */
		0,    0,    0,    0,    1,    0,    0,    0,
		0,    0,    0,    0,    0,    0,    0,    0, /* ... and coded */
		8,    7,    6,    5,    4,    3,    2,    1,
		8,    7,    6,    5,    4,    3,    2,    1, /* first and last */
		0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	struct facts *facts = facts_new(4);
	struct buffer out = {0};
	uint32_t crc;
	uint8_t header[BLOCK_HEADER];

	(void)state;
	facts_add(facts, FACT_TICK, 24)->time = 0x0102030405060708;
	assert_int_equal(block_make(facts->bytes, facts->size, BLOCK_FACTS, -2, &out), 0);
	memcpy(header, out.data, BLOCK_HEADER);
	assert_int_equal(header[8], out.size - BLOCK_HEADER);
	header[8] = 0;
	header[16] = 0;
	assert_memory_equal(header, expected, sizeof(expected));
	crc = (uint32_t)crc32(0, bytes_of(&out) + BLOCK_HEADER, (uInt)(out.size - BLOCK_HEADER));
	assert_memory_equal(out.data + 56, &crc, 4);
	crc = (uint32_t)crc32(0, bytes_of(&out), 60);
	assert_memory_equal(out.data + 60, &crc, 4);
	buffer_free(&out);
	free(facts);
}

static void seal(uint8_t header[BLOCK_HEADER])
{
	uint32_t crc = (uint32_t)crc32(0, header, 60);

	memcpy(header + 60, &crc, sizeof(crc));
}

/* Any flipped bit of a block is found, in its header or in its payload. */
static void test_flipped(void **state)
{
	struct facts *facts = facts_new(5), *back = facts_new(1);
	struct buffer out = {0};
	struct block_info info;

	(void)state;
	facts_add_any(facts, FACT_STATE, 0);
	facts_add_any(facts, FACT_NAME, 30);
	assert_int_equal(block_make(facts->bytes, facts->size, BLOCK_FACTS, 1, &out), 0);
	for (size_t at = 0; at < out.size; at++) {
		for (int flip = 1; flip < 256; flip++) {
			out.data[at] ^= (char)flip;
			if (at < BLOCK_HEADER)
				assert_int_equal(block_parse(bytes_of(&out), &info), -EBADMSG);
			else
				assert_int_equal(open_block(&out, &info, back->bytes), -EBADMSG);
			out.data[at] ^= (char)flip;
		}
	}
	buffer_free(&out);
	free(facts);
	free(back);
}

/* Headers with a right checksum that nobody should allocate memory for. */
static void test_limits(void **state)
{
	static const struct {
		unsigned int at;
		uint32_t limit;
	} limits[] = {{8, BLOCK_STORED_MAX}, {12, BLOCK_RAW_MAX}, {16, BLOCK_CODED_MAX}};
	struct buffer out = {0};
	struct block_info info;
	uint8_t header[BLOCK_HEADER];

	(void)state;
	assert_int_equal(block_make(NULL, 0, BLOCK_FACTS, 0, &out), 0);
	for (size_t i = 0; i < 3; i++) {
		memcpy(header, out.data, sizeof(header));
		memcpy(header + limits[i].at, &limits[i].limit, 4);
		seal(header);
		assert_int_equal(block_parse(header, &info), 0);
		for (uint32_t over = 1; over; over <<= 1) {
			uint32_t value = limits[i].limit + over;

			if (value <= limits[i].limit)
				continue;
			memcpy(header + limits[i].at, &value, 4);
			seal(header);
			assert_int_equal(block_parse(header, &info), -EBADMSG);
		}
	}
	memcpy(header, out.data, sizeof(header));
	header[6] = 200; /* a kind of block that is not known yet */
	seal(header);
	assert_int_equal(block_parse(header, &info), 0);
	assert_int_equal(info.kind, 200);
	buffer_free(&out);
}

/* A right checksum over what is no block, or not that block. */
static void test_garbage_payload(void **state)
{
	struct facts *facts = facts_new(6), *back = facts_new(1);
	struct buffer out = {0};
	struct block_info info;
	uint8_t garbage[200];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t size = facts_random(facts) % sizeof(garbage);
		char coded[100];
		size_t coded_size = facts_random(facts) % sizeof(coded);

		for (size_t i = 0; i < sizeof(garbage); i++)
			garbage[i] = (uint8_t)facts_random(facts);
		for (size_t i = 0; i < sizeof(coded); i++)
			coded[i] = (char)facts_random(facts);
		info = (struct block_info){.kind = BLOCK_FACTS, .raw = 240, .coded = 100};
		if (round % 2) { /* zstd is content, the codec must not be */
			info.coded = (uint32_t)coded_size;
			size = ZSTD_compress(garbage, sizeof(garbage), coded, coded_size, 1);
		}
		info.stored = (uint32_t)size;
		info.crc = (uint32_t)crc32(0, garbage, (uInt)size);
		assert_int_equal(block_open(&info, garbage, back->bytes), -EBADMSG);
	}
	buffer_free(&out);
	free(facts);
	free(back);
}

/* The header's counts are held against the facts. */
static void test_lying_header(void **state)
{
	struct facts *facts = facts_new(7), *back = facts_new(1);
	struct buffer out = {0};
	struct block_info info, lie;

	(void)state;
	facts_add_any(facts, FACT_STATE, 0);
	facts_add_any(facts, FACT_SEEN, 0);
	assert_int_equal(block_make(facts->bytes, facts->size, BLOCK_FACTS, 0, &out), 0);
	assert_int_equal(open_block(&out, &info, back->bytes), 0);
	for (int which = 0; which < 6; which++) {
		lie = info;
		lie.facts += which == 0;
		lie.transitions += which == 1;
		lie.first -= which == 2;
		lie.last += which == 3;
		lie.coded += which == 4;
		lie.raw += which == 5 ? 24 : 0;
		assert_int_equal(block_open(&lie, out.data + BLOCK_HEADER, back->bytes), -EBADMSG);
	}
	buffer_free(&out);
	free(facts);
	free(back);
}

static void test_version_1(void **state)
{
	struct block_info info;
	void *facts;

	(void)state;
	assert_int_equal(block_parse(block_v1, &info), 0);
	assert_int_equal(BLOCK_HEADER + info.stored, sizeof(block_v1));
	assert_int_equal(info.raw, BLOCK_V1_RAW);
	assert_int_equal(info.facts, BLOCK_V1_FACTS);
	facts = malloc(info.raw);
	assert_int_equal(block_open(&info, block_v1 + BLOCK_HEADER, facts), 0);
	assert_int_equal(crc32(0, facts, info.raw), BLOCK_V1_FACTS_CRC);
	free(facts);
}

static void test_file_header(void **state)
{
	static const struct file_info made = {
		.boot_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		.session = 0x1122334455667788,
		.sequence = 3,
		.wall = -1,
	};
	static const uint8_t expected[60] = {
		'T', 'C', 'P', 'T', 'R',  'A',  'I',  'L',  1,    0,    0,    0,    64,   0,
		0,   0,   1,   2,   3,    4,    5,    6,    7,    8,    9,    10,   11,   12,
		13,  14,  15,  16,  0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 3,    0,
		0,   0,   0,   0,   0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	uint8_t header[FILE_HEADER];
	struct file_info read = {0};

	(void)state;
	file_make(&made, header);
	assert_memory_equal(header, expected, sizeof(expected));
	assert_int_equal(file_parse(header, &read), 0);
	assert_memory_equal(&read, &made, sizeof(read));
	for (size_t at = 0; at < FILE_HEADER; at++) {
		for (int flip = 1; flip < 256; flip++) {
			header[at] ^= (uint8_t)flip;
			assert_int_equal(file_parse(header, &read), -EBADMSG);
			header[at] ^= (uint8_t)flip;
		}
	}
	header[8] = 2;
	seal(header);
	assert_int_equal(file_parse(header, &read), -EPROTONOSUPPORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_empty),
		cmocka_unit_test(test_largest),      cmocka_unit_test(test_refuses_parts),
		cmocka_unit_test(test_header_bytes), cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_limits),       cmocka_unit_test(test_garbage_payload),
		cmocka_unit_test(test_lying_header), cmocka_unit_test(test_version_1),
		cmocka_unit_test(test_file_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
