/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "recording.h"

/* Encodes and decodes; the coded bytes are of just their size, so that ASan sees a byte too far. */
static void assert_round_trip(const struct facts *facts)
{
	struct buffer coded = {0};
	char *exact, *back;

	assert_int_equal(codec_encode(facts->bytes, facts->size, &coded), 0);
	exact = malloc(coded.size + !coded.size);
	back = malloc(facts->size + !facts->size);
	if (coded.size)
		memcpy(exact, coded.data, coded.size);
	assert_int_equal(codec_decode(exact, coded.size, back, facts->size), 0);
	assert_memory_equal(back, facts->bytes, facts->size);
	free(exact);
	free(back);
	buffer_free(&coded);
}

static void test_all_types(void **state)
{
	struct facts *facts = facts_new(1);

	(void)state;
	facts_add_all(facts);
	assert_round_trip(facts);
	free(facts);
}

static void test_empty(void **state)
{
	struct facts *facts = facts_new(1);

	(void)state;
	assert_round_trip(facts);
	free(facts);
}

/* Many of the smallest, some of the largest, and in between. */
static void test_big(void **state)
{
	struct facts *facts = facts_new(2);

	(void)state;
	while (facts->size + sizeof(struct fact) <= CODEC_RAW_MAX)
		facts_add_any(facts, FACT_TICK, 0);
	assert_round_trip(facts);

	facts->size = 0;
	while (facts->size + FACT_MAX_SIZE <= CODEC_RAW_MAX)
		facts_add_any(facts, UINT16_MAX, (FACT_MAX_SIZE - 24) / 8);
	assert_round_trip(facts);

	facts->size = 0;
	while (facts->size + FACT_MAX_SIZE <= CODEC_RAW_MAX) {
		facts_add_any(facts, (uint16_t)(facts_random(facts) % (FACT_TYPE_COUNT + 2)),
		              facts_random(facts) % 30);
		for (uint64_t i = facts_random(facts) % 4; i; i--)
			facts_add_like(facts);
	}
	while (facts->size > CODEC_RAW_MAX)
		facts->size = facts->last;
	assert_round_trip(facts);
	free(facts);
}

/* More sockets than any table of them holds, met again from near and far. */
static void test_many_sockets(void **state)
{
	struct facts *facts = facts_new(3);

	(void)state;
	for (uint64_t i = 0; i < 40000; i++)
		facts_add(facts, FACT_DESTROY, 24)->sk = i < 20000 ? i : facts_random(facts) % i;
	assert_round_trip(facts);
	free(facts);
}

/* More types and more ways for them to differ than are known at a time. */
static void test_many_kinds(void **state)
{
	struct facts *facts = facts_new(11);

	(void)state;
	for (unsigned int i = 0; i < 1500; i++) {
		struct fact *fact =
			facts_add_any(facts, (uint16_t)(100 + facts_random(facts) % 600),
		                      facts_random(facts) % 40);

		fact->pad = facts_random(facts) % 8 ? 0 : (uint32_t)facts_random(facts);
		facts_add_like(facts);
	}
	for (unsigned int i = 0; i < 1000; i++) {
		struct fact_state *fact = (struct fact_state *)facts_add_any(facts, FACT_STATE, 0);

		fact->old = facts_random(facts) % 13;
		fact->new = facts_random(facts) % 13;
		memset(fact->pad, 0, sizeof(fact->pad));
		facts_add_like(facts);
	}
	assert_round_trip(facts);
	free(facts);
}

/* What differs by nothing but time and a number that counts on takes a few bytes. */
static void test_small(void **state)
{
	struct facts *facts = facts_new(12);
	struct buffer coded = {0};

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct fact_state *fact = (struct fact_state *)facts_add(facts, FACT_STATE,
		                                                         sizeof(struct fact_state));

		facts->time += 1000;
		fact->h.sk = i % 7;
		fact->s.cookie = i;
		strcpy(fact->task.comm, "server");
	}
	assert_int_equal(codec_encode(facts->bytes, facts->size, &coded), 0);
	assert_in_range(coded.size, 1, 1000 * 10);
	buffer_free(&coded);
	free(facts);
}

/* Time that stands still, goes back, and takes all its bits. */
static void test_times(void **state)
{
	static const uint64_t times[] = {0, 0, 5, 4, UINT64_MAX, 0, 1ULL << 63, 1ULL << 62, 7};
	struct facts *facts = facts_new(4);

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		facts_add(facts, FACT_TICK, 24)->time = times[i];
	assert_round_trip(facts);
	free(facts);
}

static void test_refuses_parts(void **state)
{
	struct facts *facts = facts_new(5);
	struct buffer out = {0};
	struct fact *fact;

	(void)state;
	facts_add_any(facts, FACT_STATE, 0);
	fact = facts_add_any(facts, FACT_NAME, 20);
	for (size_t cut = 1; cut < facts->size; cut++) {
		if (facts->size - cut != sizeof(struct fact_state))
			assert_int_equal(codec_encode(facts->bytes, facts->size - cut, &out),
			                 -EINVAL);
	}
	((struct fact_name *)fact)->size = 40;
	assert_int_equal(codec_encode(facts->bytes, facts->size, &out), -EINVAL);
	((struct fact_name *)fact)->size = 20;
	for (unsigned int len = 0; len <= UINT16_MAX; len++) {
		fact->len = (uint16_t)len;
		if (facts->last + len != facts->size)
			assert_int_equal(codec_encode(facts->bytes, facts->size, &out), -EINVAL);
	}
	assert_int_equal(out.size, 0);
	free(facts);
}

static void test_refuses_too_much(void **state)
{
	struct facts *facts = facts_new(6);
	struct buffer out = {0};

	(void)state;
	while (facts->size <= CODEC_RAW_MAX)
		facts_add(facts, FACT_TICK, 24);
	assert_int_equal(codec_encode(facts->bytes, facts->size, &out), -EINVAL);
	facts->size = 0;
	facts_add(facts, UINT16_MAX, FACT_MAX_SIZE + 8);
	assert_int_equal(codec_encode(facts->bytes, facts->size, &out), -EINVAL);
	assert_int_equal(out.size, 0);
	free(facts);
}

/* Every fact that comes out is one that could be applied, whatever goes in. */
static void assert_decodes_safely(const char *coded, size_t size, size_t raw)
{
	char *exact = malloc(size + !size), *back = malloc(raw + !raw);
	struct buffer again = {0};
	int err;

	if (size)
		memcpy(exact, coded, size);
	err = codec_decode(exact, size, back, raw);
	if (!err)
		assert_int_equal(codec_encode(back, raw, &again), 0);
	else
		assert_int_equal(err, -EBADMSG);
	buffer_free(&again);
	free(exact);
	free(back);
}

static void test_truncated(void **state)
{
	struct facts *facts = facts_new(7);
	struct buffer coded = {0};

	(void)state;
	facts_add_all(facts);
	assert_int_equal(codec_encode(facts->bytes, facts->size, &coded), 0);
	for (size_t size = 0; size < coded.size; size += size < 2000 ? 1 : 97)
		assert_decodes_safely(coded.data, size, facts->size);
	for (size_t raw = 0; raw < facts->size + 100; raw += raw < 2000 ? 1 : 101) {
		if (raw != facts->size)
			assert_decodes_safely(coded.data, coded.size, raw);
	}
	buffer_free(&coded);
	free(facts);
}

static void test_flipped(void **state)
{
	struct facts *facts = facts_new(8);
	struct buffer coded = {0};

	(void)state;
	facts_add_any(facts, FACT_NAME, 30);
	facts_add_any(facts, UINT16_MAX, 3);
	for (int i = 0; i < 5; i++) {
		facts_add_any(facts, FACT_STATE, 0);
		facts_add_like(facts);
		facts_add_any(facts, FACT_DESTROY, 0);
	}
	assert_int_equal(codec_encode(facts->bytes, facts->size, &coded), 0);
	for (size_t at = 0; at < coded.size; at++) {
		for (int flip = 1; flip < 256; flip <<= 1) {
			coded.data[at] ^= (char)flip;
			assert_decodes_safely(coded.data, coded.size, facts->size);
			coded.data[at] ^= (char)flip;
		}
	}
	buffer_free(&coded);
	free(facts);
}

static void test_garbage(void **state)
{
	struct facts *facts = facts_new(9);
	char bytes[300];

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t size = facts_random(facts) % sizeof(bytes);

		for (size_t i = 0; i < size; i++)
			bytes[i] = (char)(facts_random(facts) % 3 ? facts_random(facts) % 4
			                                          : facts_random(facts));
		assert_decodes_safely(bytes, size, facts_random(facts) % 2000);
	}
	free(facts);
}

/* What is there already stays in front. */
static void test_appends(void **state)
{
	struct facts *facts = facts_new(10);
	struct buffer out = {0}, alone = {0};

	(void)state;
	facts_add_any(facts, FACT_STATE, 0);
	buffer_text(&out, "before");
	assert_int_equal(codec_encode(facts->bytes, facts->size, &out), 0);
	assert_int_equal(codec_encode(facts->bytes, facts->size, &alone), 0);
	assert_int_equal(out.size, strlen("before") + alone.size);
	assert_memory_equal(out.data, "before", strlen("before"));
	assert_memory_equal(out.data + strlen("before"), alone.data, alone.size);
	buffer_free(&out);
	buffer_free(&alone);
	free(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_types),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_big),
		cmocka_unit_test(test_many_sockets),
		cmocka_unit_test(test_many_kinds),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_refuses_parts),
		cmocka_unit_test(test_refuses_too_much),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_appends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
