/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/sorted.h"

struct element {
	uint64_t start;
	char rest[5];
};

static size_t first_above(size_t count, uint64_t key)
{
	static const struct element elements[] = {{3, ""}, {5, ""}, {5, ""}, {UINT64_MAX, ""}};

	return sorted_first_above(elements, count, sizeof(elements[0]), key);
}

static void finds_the_first_above(void **state)
{
	(void)state;
	assert_int_equal(first_above(4, 0), 0);
	assert_int_equal(first_above(4, 3), 1);
	assert_int_equal(first_above(4, 4), 1);
	assert_int_equal(first_above(4, 5), 3);
	assert_int_equal(first_above(3, 5), 3);
	assert_int_equal(first_above(4, UINT64_MAX - 1), 3);
	assert_int_equal(first_above(4, UINT64_MAX), 4);
	assert_int_equal(first_above(1, 2), 0);
}

static void finds_nothing_in_an_empty_array(void **state)
{
	(void)state;
	assert_int_equal(first_above(0, 1), 0);
	assert_int_equal(sorted_first_above(NULL, 0, sizeof(struct element), 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_first_above),
		cmocka_unit_test(finds_nothing_in_an_empty_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
