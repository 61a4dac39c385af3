/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/pattern.h"

static void a_star_stands_for_any_text(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool yes;
	} cases[] = {
		{"f99", "f99", true},
		{"f99", "f99c", false},
		{"f99", "f9", false},
		{"f99", "", false},
		{"f99*", "f99", true},
		{"f99*", "f99c", true},
		{"f99*", "f9", false},
		{"*9c", "f99c", true},
		{"*9c", "f99cd", false},
		{"f*c", "f99c", true},
		{"f*c", "f99", false},
		{"*", "", true},
		{"*", "any", true},
		{"**", "any", true},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "acb", false},
		{"", "", true},
		{"", "x", false},
		{"a?c", "abc", false},
		{"[ab]", "a", false},
		{"a*", "a*", true},
		{"*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s %s\n", cases[i].pattern, cases[i].text);
		assert_int_equal(pattern_match(cases[i].pattern, cases[i].text), cases[i].yes);
	}
}

static void a_part_ends_where_it_is_said_to(void **state)
{
	(void)state;
	assert_true(pattern_match_part("nginx", "nginx.service", 5));
	assert_false(pattern_match_part("nginx.", "nginx.service", 5));
	assert_true(pattern_match_part("ng*", "nginx.service", 5));
	assert_false(pattern_match_part("*service", "nginx.service", 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_star_stands_for_any_text),
		cmocka_unit_test(a_part_ends_where_it_is_said_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
