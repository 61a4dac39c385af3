/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "base/format.h"

#define S 1000000000ULL

static void duration(uint64_t ns, const char *expected)
{
	char text[FORMAT_SIZE];

	format_duration(text, ns);
	assert_string_equal(text, expected);
}

static void durations_have_three_figures(void **state)
{
	(void)state;
	duration(0, "0s");
	duration(1, "1ns");
	duration(999, "999ns");
	duration(1000, "1.00us");
	duration(14200, "14.2us");
	duration(1530000, "1.53ms");
	duration(123456789, "123ms");
	duration(12300000000, "12.3s");
	duration(4 * 60 * S + 7 * S, "4m07s");
	duration((2 * 60 + 11) * 60 * S, "2h11m");
	duration((3 * 24 + 4) * 3600 * S, "3d04h");
	duration(UINT64_MAX, "213503d23h");
}

static void durations_never_say_more_than_is(void **state)
{
	(void)state;
	duration(9999, "9.99us");
	duration(99999, "99.9us");
	duration(999999, "999us");
	duration(999999999, "999ms");
	duration(60 * S - 1, "59.9s");
	duration(60 * S, "1m00s");
	duration(3600 * S - 1, "59m59s");
	duration(24 * 3600 * S - 1, "23h59m");
}

#define WALL 1795311243123456789LL /* 2026-11-22 01:34:03 UTC */

static void times_in_utc(void **state)
{
	char text[FORMAT_SIZE];

	(void)state;
	format_time(text, WALL, true);
	assert_string_equal(text, "2026-11-22 01:34:03.123456Z");
	format_time_iso(text, WALL, true);
	assert_string_equal(text, "2026-11-22T01:34:03.123456Z");
	format_time_iso(text, -1, true);
	assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
}

static void times_in_local_zones(void **state)
{
	char text[FORMAT_SIZE];

	(void)state;
	setenv("TZ", "TEST-5:45", 1);
	tzset();
	format_time(text, WALL, false);
	assert_string_equal(text, "2026-11-22 07:19:03.123456");
	format_time_iso(text, WALL, false);
	assert_string_equal(text, "2026-11-22T07:19:03.123456+05:45");
	setenv("TZ", "TEST3:30", 1);
	tzset();
	format_time_iso(text, WALL, false);
	assert_string_equal(text, "2026-11-21T22:04:03.123456-03:30");
	setenv("TZ", "TEST0", 1);
	tzset();
	format_time_iso(text, WALL, false);
	assert_string_equal(text, "2026-11-22T01:34:03.123456+00:00");
}

static void test_size(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0"},
		{1, "1"},
		{1023, "1023"},
		{1024, "1.00K"},
		{1570, "1.53K"},
		{10239, "9.99K"},
		{12 * 1024 + 400, "12.3K"},
		{1048575, "1023K"},
		{1048576, "1.00M"},
		{851443712, "812M"},
		{1ULL << 30, "1.00G"},
		{20ULL << 40, "20.0T"},
		{UINT64_MAX, "16777215T"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[FORMAT_SIZE];

		format_size(text, cases[i].bytes);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(durations_have_three_figures),
		cmocka_unit_test(durations_never_say_more_than_is),
		cmocka_unit_test(times_in_utc),
		cmocka_unit_test(times_in_local_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
