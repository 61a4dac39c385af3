/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/group_map.h"

struct entry {
	struct group_key key;
	uint64_t value;
};

static struct group_key key_of(uint16_t port)
{
	return (struct group_key){.pid = 42, .port = port, .state = STATE_CLOSE_WAIT};
}

static void an_empty_map_has_nothing(void **state)
{
	struct group_map map;
	const struct group_key key = key_of(1);

	(void)state;
	group_map_init(&map, sizeof(struct entry));
	assert_null(group_map_find(&map, &key));
	group_map_free(&map);
}

/* Over several times that it grows: each is found, is itself, and stands as it came. */
static void many_keys_are_kept(void **state)
{
	struct group_map map;

	(void)state;
	group_map_init(&map, sizeof(struct entry));
	for (uint16_t i = 0; i < 1000; i++) {
		const struct group_key key = key_of(i);
		struct entry *entry = group_map_get(&map, &key);

		assert_non_null(entry);
		assert_int_equal(entry->value, 0);
		assert_memory_equal(&entry->key, &key, sizeof(key));
		assert_int_equal(group_map_index(&map, entry), i);
		entry->value = 7000 + i;
	}
	assert_int_equal(map.count, 1000);
	for (uint16_t i = 0; i < 1000; i++) {
		const struct group_key key = key_of(i);
		const struct entry *entry = group_map_find(&map, &key);

		assert_non_null(entry);
		assert_int_equal(entry->value, 7000 + i);
		assert_ptr_equal(entry, group_map_at(&map, i));
		assert_ptr_equal(entry, group_map_get(&map, &key));
	}
	assert_int_equal(map.count, 1000);
	group_map_free(&map);
}

static void keys_that_differ_in_one_field_are_others(void **state)
{
	struct group_map map;
	struct group_key key = key_of(1);

	(void)state;
	group_map_init(&map, sizeof(struct entry));
	group_map_get(&map, &key);
	key.class = 1;
	assert_null(group_map_find(&map, &key));
	key = key_of(1);
	key.addr[15] = 1;
	assert_null(group_map_find(&map, &key));
	key = key_of(1);
	key.start = 1;
	assert_null(group_map_find(&map, &key));
	key = key_of(1);
	assert_non_null(group_map_find(&map, &key));
	group_map_free(&map);
}

static void a_freed_map_is_empty_and_works_on(void **state)
{
	struct group_map map;
	const struct group_key key = key_of(1);
	struct entry *entry;

	(void)state;
	group_map_init(&map, sizeof(struct entry));
	entry = group_map_get(&map, &key);
	entry->value = 9;
	group_map_free(&map);
	assert_int_equal(map.count, 0);
	assert_null(group_map_find(&map, &key));
	entry = group_map_get(&map, &key);
	assert_int_equal(entry->value, 0);
	group_map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_has_nothing),
		cmocka_unit_test(many_keys_are_kept),
		cmocka_unit_test(keys_that_differ_in_one_field_are_others),
		cmocka_unit_test(a_freed_map_is_empty_and_works_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
