/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/perfmap.c */
/* Only what is pure of it: reading the file is tested live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "enrich/perfmap.h"

static void add(struct perfmap *map, const char *text)
{
	perfmap_add(map, text, strlen(text));
}

static void expect(struct perfmap *map, uint64_t address, const char *name)
{
	const struct perfmap_entry *entry = perfmap_find(map, address);

	if (!name)
		assert_null(entry);
	else
		assert_string_equal(entry ? perfmap_name(map, entry) : "(none)", name);
}

static void finds_by_address(void **state)
{
	struct perfmap map = {0};

	(void)state;
	expect(&map, 0x1000, NULL);
	add(&map,
	    "2000 10 second one\n1000 20 LazyCompile:~f /a b.js:1\n0x3000 0x8 java.lang.X::y\n");
	expect(&map, 0xfff, NULL);
	expect(&map, 0x1000, "LazyCompile:~f /a b.js:1");
	expect(&map, 0x101f, "LazyCompile:~f /a b.js:1");
	expect(&map, 0x1020, NULL);
	expect(&map, 0x200f, "second one");
	expect(&map, 0x3007, "java.lang.X::y");
	expect(&map, UINT64_MAX, NULL);
	perfmap_free(&map);
}

static void last_one_wins(void **state)
{
	struct perfmap map = {0};

	(void)state;
	add(&map, "1000 100 old\n1040 20 inner\n");
	expect(&map, 0x1050, "inner");
	expect(&map, 0x1060, "old");
	add(&map, "1000 80 new\n");
	expect(&map, 0x1050, "new");
	expect(&map, 0x1080, "old");
	perfmap_free(&map);
}

static void takes_whole_lines_only(void **state)
{
	const char *text = "1000 10 a\n2000 10 b\n3000 1";
	struct perfmap map = {0};

	(void)state;
	assert_int_equal(perfmap_add(&map, text, strlen(text)), 20);
	expect(&map, 0x2000, "b");
	expect(&map, 0x3000, NULL);
	add(&map, "3000 10 c\n");
	expect(&map, 0x3000, "c");
	perfmap_free(&map);
}

static void skips_what_is_no_entry(void **state)
{
	struct perfmap map = {0};
	char text[2000];

	(void)state;
	add(&map, "\n\n \n1000\n1000 \n1000 10\n1000 10 \n1000  10 a\n-1000 10 a\n+1 1 a\nxyz 1 a\n"
	          "0x 1 a\n1000 0 a\nffffffffffffffff 10 a\n11111111111111111 1 a\n1000\n10 a\n");
	assert_int_equal(map.count, 0);
	memset(text, 'n', sizeof(text));
	memcpy(text, "1000 10 ", 8);
	text[sizeof(text) - 1] = '\n';
	perfmap_add(&map, text, sizeof(text));
	assert_int_equal(map.count, 1);
	assert_true(strlen(perfmap_name(&map, &map.entries[0])) < 1000);
	perfmap_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_by_address),
		cmocka_unit_test(last_one_wins),
		cmocka_unit_test(takes_whole_lines_only),
		cmocka_unit_test(skips_what_is_no_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
