/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/pool.h"

struct element {
	uint64_t number, more[4];
};

static void elements_are_zeroed_each_time(void **state)
{
	static const struct element zero;
	struct pool pool;
	uint32_t index;

	(void)state;
	pool_init(&pool, sizeof(struct element), 1);
	for (int i = 0; i < 3; i++) {
		index = pool_take(&pool);
		assert_int_equal(index, 0);
		assert_memory_equal(pool_at(&pool, index), &zero, sizeof(zero));
		memset(pool_at(&pool, index), 0xff, sizeof(zero));
		pool_put(&pool, index);
	}
	pool_free(&pool);
}

static void max_bounds_what_is_in_use(void **state)
{
	struct pool pool;

	(void)state;
	pool_init(&pool, sizeof(struct element), 3);
	assert_int_equal(pool_take(&pool), 0);
	assert_int_equal(pool_take(&pool), 1);
	assert_int_equal(pool_take(&pool), 2);
	assert_int_equal(pool_take(&pool), POOL_NONE);
	assert_int_equal(pool.live, 3);
	pool_put(&pool, 1);
	assert_int_equal(pool.live, 2);
	assert_int_equal(pool_take(&pool), 1);
	assert_int_equal(pool_take(&pool), POOL_NONE);
	assert_int_equal(pool.used, 3);
	pool_free(&pool);
}

static void pool_of_none_gives_none(void **state)
{
	struct pool pool;

	(void)state;
	pool_init(&pool, sizeof(struct element), 0);
	assert_int_equal(pool_take(&pool), POOL_NONE);
	pool_free(&pool);
	pool_free(&pool); /* once more is harmless */
}

static void elements_stay_where_they_are_while_it_grows(void **state)
{
	enum { COUNT = 5000 };
	struct pool pool;
	void *first;

	(void)state;
	pool_init(&pool, sizeof(struct element), POOL_NONE);
	first = pool_at(&pool, pool_take(&pool));
	for (uint32_t i = 1; i < COUNT; i++) {
		assert_int_equal(pool_take(&pool), i);
		((struct element *)pool_at(&pool, i))->number = i;
	}
	assert_ptr_equal(pool_at(&pool, 0), first);
	for (uint32_t i = 0; i < COUNT; i++)
		assert_int_equal(((struct element *)pool_at(&pool, i))->number, i);
	pool_free(&pool);
}

/* All that is put back comes again, each once, before memory grows. */
static void what_is_put_back_is_taken_again(void **state)
{
	enum { COUNT = 2000 };
	static uint8_t taken[COUNT];
	struct pool pool;

	(void)state;
	memset(taken, 0, sizeof(taken));
	pool_init(&pool, sizeof(uint32_t), POOL_NONE); /* as small as one may be */
	for (uint32_t i = 0; i < COUNT; i++)
		pool_take(&pool);
	for (uint32_t i = 0; i < COUNT; i++)
		pool_put(&pool, i * 7 % COUNT);
	assert_int_equal(pool.live, 0);
	for (uint32_t i = 0; i < COUNT; i++) {
		uint32_t index = pool_take(&pool);

		assert_true(index < COUNT);
		assert_int_equal(taken[index]++, 0);
	}
	assert_int_equal(pool.used, COUNT);
	assert_int_equal(pool_take(&pool), COUNT);
	pool_free(&pool);
}

static bool is_taken(const void *element)
{
	return ((const struct element *)element)->more[0]; /* behind what is the pool's */
}

static void mark(struct pool *pool, uint32_t index)
{
	((struct element *)pool_at(pool, index))->more[0] = 1;
}

static void ordered_it_gives_the_lowest_first(void **state)
{
	enum { COUNT = 5000, LEFT = 1500 };
	struct pool pool;

	(void)state;
	pool_init(&pool, sizeof(struct element), POOL_NONE);
	for (uint32_t i = 0; i < COUNT; i++)
		mark(&pool, pool_take(&pool));
	for (uint32_t i = COUNT; i > LEFT; i--)
		pool_put(&pool, i - 1);
	pool_put(&pool, 3);
	pool_put(&pool, 1);
	pool_put(&pool, 1200);
	pool_order(&pool, is_taken);
	assert_int_equal(pool.used, LEFT);
	assert_int_equal(pool.live, LEFT - 3);
	assert_int_equal(pool_take(&pool), 1);
	assert_int_equal(pool_take(&pool), 3);
	assert_int_equal(pool_take(&pool), 1200);
	for (uint32_t i = LEFT; i < COUNT; i++)
		assert_int_equal(pool_take(&pool), i);
	pool_free(&pool);
}

static void ordered_and_empty_it_begins_anew(void **state)
{
	struct pool pool;

	(void)state;
	pool_init(&pool, sizeof(struct element), POOL_NONE);
	pool_order(&pool, is_taken);
	for (uint32_t i = 0; i < 2048; i++)
		pool_take(&pool);
	for (uint32_t i = 0; i < 2048; i++)
		pool_put(&pool, i);
	pool_order(&pool, is_taken);
	assert_int_equal(pool.used, 0);
	assert_int_equal(pool_take(&pool), 0);
	pool_free(&pool);
}

static void claimed_are_above_all_others(void **state)
{
	struct pool pool;

	(void)state;
	pool_init(&pool, sizeof(struct element), 5000);
	assert_int_equal(pool_claim(&pool, 2), 0);
	mark(&pool, 2);
	assert_int_equal(pool_claim(&pool, 2), -1);
	assert_int_equal(pool_claim(&pool, 0), -1);
	assert_int_equal(pool_claim(&pool, 5000), -1);
	assert_int_equal(pool_claim(&pool, POOL_NONE), -1);
	assert_int_equal(pool_claim(&pool, 4999), 0);
	assert_int_equal(((struct element *)pool_at(&pool, 4999))->more[0], 0);
	mark(&pool, 4999);
	assert_int_equal(pool.live, 2);
	pool_order(&pool, is_taken);
	assert_int_equal(pool_take(&pool), 0);
	assert_int_equal(pool_take(&pool), 1);
	for (uint32_t i = 3; i < 4999; i++)
		assert_int_equal(pool_take(&pool), i);
	assert_int_equal(pool_take(&pool), POOL_NONE);
	pool_free(&pool);
}

static uint32_t chunks_with_memory(const struct pool *pool)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < pool->chunk_count; i++)
		count += pool->chunks[i].elements != NULL;
	return count;
}

/* What is claimed far up costs its own memory, not that of all below. */
static void a_far_index_takes_little_memory(void **state)
{
	static const struct element zero;
	struct pool pool;

	(void)state;
	pool_init(&pool, sizeof(struct element), 2000000);
	assert_int_equal(pool_claim(&pool, 1999999), 0);
	mark(&pool, 1999999);
	assert_int_equal(chunks_with_memory(&pool), 1);
	assert_memory_equal(pool_at(&pool, 1000000), &zero, sizeof(zero));
	pool_order(&pool, is_taken);
	assert_int_equal(chunks_with_memory(&pool), 1);
	for (uint32_t i = 0; i < 3000; i++) { /* the lowest first */
		assert_int_equal(pool_take(&pool), i);
		assert_memory_equal(pool_at(&pool, i), &zero, sizeof(zero));
	}
	assert_int_equal(chunks_with_memory(&pool), 4);
	pool_put(&pool, 5);
	assert_int_equal(pool_take(&pool), 5);
	assert_int_equal(pool_take(&pool), 3000);
	pool_free(&pool);
}

/* After a peak memory is given back, above the highest element and below. */
static void an_order_gives_memory_back(void **state)
{
	struct pool pool;

	(void)state;
	pool_init(&pool, sizeof(struct element), 100000);
	for (uint32_t i = 0; i < 50000; i++)
		mark(&pool, pool_take(&pool));
	for (uint32_t i = 0; i < 50000; i++)
		if (i != 20000 && i != 40000)
			pool_put(&pool, i);
	pool_order(&pool, is_taken);
	assert_int_equal(pool.used, 40001);
	assert_int_equal(chunks_with_memory(&pool), 2);
	for (uint32_t i = 0; i < 50000 - 2; i++) {
		uint32_t index = i + (i >= 20000) + (i >= 39999);

		assert_int_equal(pool_take(&pool), index);
		mark(&pool, index);
	}
	assert_int_equal(pool.live, 50000);
	pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_zeroed_each_time),
		cmocka_unit_test(max_bounds_what_is_in_use),
		cmocka_unit_test(pool_of_none_gives_none),
		cmocka_unit_test(elements_stay_where_they_are_while_it_grows),
		cmocka_unit_test(what_is_put_back_is_taken_again),
		cmocka_unit_test(ordered_it_gives_the_lowest_first),
		cmocka_unit_test(ordered_and_empty_it_begins_anew),
		cmocka_unit_test(claimed_are_above_all_others),
		cmocka_unit_test(a_far_index_takes_little_memory),
		cmocka_unit_test(an_order_gives_memory_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
