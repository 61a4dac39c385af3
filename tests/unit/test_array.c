/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void room_is_doubled_and_content_stays(void **state)
{
	uint32_t *items = NULL;
	size_t room = 0;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		items = array_reserve(items, &room, i + 1, sizeof(*items));
		assert_non_null(items);
		assert_true(room > i && (room < 32 || room <= 2 * (size_t)i));
		items[i] = i;
	}
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(items[i], i);
	assert_ptr_equal(array_reserve(items, &room, 3, sizeof(*items)), items);
	free(items);
}

static void many_elements_at_once_have_room(void **state)
{
	size_t room = 0;
	char *bytes = array_reserve(NULL, &room, 100001, 1);

	(void)state;
	assert_non_null(bytes);
	assert_true(room >= 100001);
	bytes[100000] = 1;
	free(bytes);
}

static void too_much_is_refused_and_changes_nothing(void **state)
{
	size_t room = 0;
	uint64_t *items = array_reserve(NULL, &room, 1, sizeof(*items));
	size_t before = room;

	(void)state;
	assert_null(array_reserve(items, &room, SIZE_MAX, sizeof(*items)));
	assert_null(array_reserve(items, &room, SIZE_MAX / 4, sizeof(*items)));
	assert_int_equal(room, before);
	free(items);
}

/* Down and up again over a power of two, as a queue does. */
static void elements_are_added_one_by_one(void **state)
{
	uint64_t *items = NULL;
	size_t count = 0;

	(void)state;
	for (int round = 0; round < 3; round++) {
		while (count < 3000) {
			items = array_add(items, count, sizeof(*items));
			assert_non_null(items);
			items[count] = count;
			count++;
		}
		for (size_t i = 0; i < count; i++)
			assert_int_equal(items[i], i);
		count = (size_t)round * 16;
	}
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(room_is_doubled_and_content_stays),
		cmocka_unit_test(many_elements_at_once_have_room),
		cmocka_unit_test(too_much_is_refused_and_changes_nothing),
		cmocka_unit_test(elements_are_added_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
