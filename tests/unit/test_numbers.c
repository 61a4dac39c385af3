/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void nothing_is_found_in_an_empty_set(void **state)
{
	struct numbers numbers = {0};

	(void)state;
	assert_int_equal(numbers_find(&numbers, 0), NUMBERS_NONE);
	numbers_free(&numbers);
}

static void places_are_in_the_order_of_coming(void **state)
{
	struct numbers numbers = {0};

	(void)state;
	/* As kernels hand out inodes: in a row, and far apart. */
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(numbers_add(&numbers, i % 2 ? 4026531840U + i : i * 65536), i);
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(numbers_find(&numbers, i % 2 ? 4026531840U + i : i * 65536), i);
	assert_int_equal(numbers_find(&numbers, 3), NUMBERS_NONE);
	assert_int_equal(numbers_add(&numbers, 0), 0);
	assert_int_equal(numbers_count(&numbers), 10000);
	numbers_free(&numbers);
	assert_int_equal(numbers_find(&numbers, 0), NUMBERS_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_in_an_empty_set),
		cmocka_unit_test(places_are_in_the_order_of_coming),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
