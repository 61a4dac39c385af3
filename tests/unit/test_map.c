/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/map.h"
#include "count/group.h"

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
	struct map map;
	const struct group_key key = key_of(1);

	(void)state;
	map_init(&map, sizeof(struct group_key), sizeof(struct entry));
	assert_null(map_find(&map, &key));
	map_free(&map);
}

/* Over several times that it grows: each is found, is itself, and stands as it came. */
static void many_keys_are_kept(void **state)
{
	struct map map;

	(void)state;
	map_init(&map, sizeof(struct group_key), sizeof(struct entry));
	for (uint16_t i = 0; i < 1000; i++) {
		const struct group_key key = key_of(i);
		struct entry *entry = map_get(&map, &key);

		assert_non_null(entry);
		assert_int_equal(entry->value, 0);
		assert_memory_equal(&entry->key, &key, sizeof(key));
		assert_int_equal(map_index(&map, entry), i);
		entry->value = 7000 + i;
	}
	assert_int_equal(map.count, 1000);
	for (uint16_t i = 0; i < 1000; i++) {
		const struct group_key key = key_of(i);
		const struct entry *entry = map_find(&map, &key);

		assert_non_null(entry);
		assert_int_equal(entry->value, 7000 + i);
		assert_ptr_equal(entry, map_at(&map, i));
		assert_ptr_equal(entry, map_get(&map, &key));
	}
	assert_int_equal(map.count, 1000);
	map_free(&map);
}

static void keys_that_differ_in_one_field_are_others(void **state)
{
	struct map map;
	struct group_key key = key_of(1);

	(void)state;
	map_init(&map, sizeof(struct group_key), sizeof(struct entry));
	map_get(&map, &key);
	key.class = 1;
	assert_null(map_find(&map, &key));
	key = key_of(1);
	key.addr[15] = 1;
	assert_null(map_find(&map, &key));
	key = key_of(1);
	key.start = 1;
	assert_null(map_find(&map, &key));
	key = key_of(1);
	assert_non_null(map_find(&map, &key));
	map_free(&map);
}

static void a_freed_map_is_empty_and_works_on(void **state)
{
	struct map map;
	const struct group_key key = key_of(1);
	struct entry *entry;

	(void)state;
	map_init(&map, sizeof(struct group_key), sizeof(struct entry));
	entry = map_get(&map, &key);
	entry->value = 9;
	map_free(&map);
	assert_int_equal(map.count, 0);
	assert_null(map_find(&map, &key));
	entry = map_get(&map, &key);
	assert_int_equal(entry->value, 0);
	map_free(&map);
}

static bool is_odd(const void *entry, void *arg)
{
	(void)arg;
	return ((const struct entry *)entry)->key.port % 2;
}

/* What is kept stands as before and is found, and memory goes with the rest. */
static void a_sweep_gives_memory_back(void **state)
{
	struct map map;

	(void)state;
	map_init(&map, sizeof(struct group_key), sizeof(struct entry));
	assert_int_equal(map_sweep(&map, is_odd, NULL), 0);
	for (uint32_t i = 0; i < 40000; i++) {
		struct group_key key = key_of(i < 200 ? (uint16_t)i : 0);

		key.pid = i < 200 ? 42 : i;
		((struct entry *)map_get(&map, &key))->value = i;
	}
	assert_int_equal(map_sweep(&map, is_odd, NULL), 0);
	assert_int_equal(map.count, 100);
	assert_in_range(map.room, 100, 200);
	assert_in_range(map.slot_count, 200, 400);
	for (uint16_t i = 0; i < 200; i++) {
		const struct group_key key = key_of(i);
		const struct entry *entry = map_find(&map, &key);

		assert_int_equal(entry != NULL, i % 2);
		if (entry)
			assert_int_equal(map_index(&map, entry), i / 2);
		if (entry)
			assert_int_equal(entry->value, i);
	}
	for (uint16_t i = 0; i < 1000; i++) { /* and it works on */
		const struct group_key key = key_of(i);

		assert_non_null(map_get(&map, &key));
	}
	assert_int_equal(map.count, 1000);
	map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_has_nothing),
		cmocka_unit_test(many_keys_are_kept),
		cmocka_unit_test(keys_that_differ_in_one_field_are_others),
		cmocka_unit_test(a_freed_map_is_empty_and_works_on),
		cmocka_unit_test(a_sweep_gives_memory_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
