/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/format.h"
#include "base/when.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S            INT64_C(1000000000)

/* Zones by their rules: no zoneinfo is needed. Berlin; one that goes back at midnight, to 23:00. */
#define UTC     "UTC0"
#define BERLIN  "CET-1CEST,M3.5.0,M10.5.0/3"
#define EVENING "XST4XDT,M3.2.0/0,M11.1.0/0"

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* A moment as ISO 8601 has it, in UTC; the tests' own reading of that. */
static int64_t utc(const char *text)
{
	int year, month, day, hour, minute;
	double second;
	struct tm tm;

	assert_int_equal(
		sscanf(text, "%d-%d-%dT%d:%d:%lfZ", &year, &month, &day, &hour, &minute, &second),
		6);
	tm = (struct tm){.tm_year = year - 1900,
	                 .tm_mon = month - 1,
	                 .tm_mday = day,
	                 .tm_hour = hour,
	                 .tm_min = minute};
	return timegm(&tm) * S + (int64_t)(second * 1e9 + 0.5);
}

/* What text is in a recording that ends at last; the other times are in UTC, too. */
static void expect(const char *text, const char *last, bool in_utc, const char *wall)
{
	struct when when;
	int64_t resolved = 7;
	char shown[FORMAT_SIZE];

	print_message("%s, end %s, TZ %s\n", text, last, getenv("TZ"));
	assert_int_equal(when_parse(text, &when), 0);
	assert_int_equal(
		when_resolve(&when, utc("2000-01-01T00:00:00Z"), utc(last), in_utc, &resolved), 0);
	format_time_iso(shown, resolved, true);
	if (resolved != utc(wall))
		fail_msg("%s, not %s", shown, wall);
}

struct reading {
	const char *text, *wall;
};

static const struct reading readings[] = {
	{"2026-11-25", "2026-11-25T00:00:00Z"},
	{"2026-11-25 03:12", "2026-11-25T03:12:00Z"},
	{"2026-11-25 03:12:33", "2026-11-25T03:12:33Z"},
	{"2026-11-25 03:12:33.123", "2026-11-25T03:12:33.123Z"},
	{"2026-11-25T03:12", "2026-11-25T03:12:00Z"},
	{"2026-11-25T03:12:33.5Z", "2026-11-25T03:12:33.5Z"},
	{"2026-11-25 03:12:33.5Z", "2026-11-25T03:12:33.5Z"},
	{"2026-11-25T03:12Z", "2026-11-25T03:12:00Z"},
	{"2026-11-25T03:12:33+01:00", "2026-11-25T02:12:33Z"},
	{"2026-11-25T03:12:33.25+0100", "2026-11-25T02:12:33.25Z"},
	{"2026-11-25T03:12+01", "2026-11-25T02:12:00Z"},
	{"2026-11-25T03:12-0330", "2026-11-25T06:42:00Z"},
	{"2026-11-25T03:12-05:45", "2026-11-25T08:57:00Z"},
	{"2026-11-25T00:30:00+14:00", "2026-11-24T10:30:00Z"},
	{"2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"},
	{"2024-02-29", "2024-02-29T00:00:00Z"},
	{"2024-03-01", "2024-03-01T00:00:00Z"},
	{"2000-02-29 23:59:59", "2000-02-29T23:59:59Z"},
	{"1970-01-01 00:00:01", "1970-01-01T00:00:01Z"},
	{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
	{"1678-01-01", "1678-01-01T00:00:00Z"},
	{"2261-12-31T23:59:59Z", "2261-12-31T23:59:59Z"},
	{"@0", "1970-01-01T00:00:00Z"},
	{"@1764040320", "2025-11-25T03:12:00Z"},
	{"@1764040320.5", "2025-11-25T03:12:00.5Z"},
	{"@9223372035", "2262-04-11T23:47:15Z"},
	{"end", "2026-11-25T12:00:00Z"},
	{"now", "2026-11-25T12:00:00Z"},
	{"start", "2000-01-01T00:00:00Z"},
	{"-0", "2026-11-25T12:00:00Z"},
	{"-10m", "2026-11-25T11:50:00Z"},
	{"-90", "2026-11-25T11:58:30Z"},
	{"-1h30m", "2026-11-25T10:30:00Z"},
	{"-500ms", "2026-11-25T11:59:59.5Z"},
	{"-1.5d", "2026-11-24T00:00:00Z"},
	{"-4m07s", "2026-11-25T11:55:53Z"}, /* as durations are printed */
	{"-3d04h", "2026-11-22T08:00:00Z"},
	{"12:00", "2026-11-25T12:00:00Z"},
	{"11:59:59.999", "2026-11-25T11:59:59.999Z"},
	{"12:00:00.000000001", "2026-11-24T12:00:00.000000001Z"},
	{"12:00:00.0000000001", "2026-11-25T12:00:00Z"}, /* cut */
	{"12:01", "2026-11-24T12:01:00Z"},
	{"00:00", "2026-11-25T00:00:00Z"},
	{"23:59:59", "2026-11-24T23:59:59Z"},
	{"03:12Z", "2026-11-25T03:12:00Z"},
	{"03:12+01:00", "2026-11-25T02:12:00Z"},
	{"12:30+01:00", "2026-11-25T11:30:00Z"},
	{"13:30+01:00", "2026-11-24T12:30:00Z"},
	{"00:30:15.5+1400", "2026-11-25T10:30:15.5Z"},
	{"23:00-12:00", "2026-11-25T11:00:00Z"},
};

static void test_utc(void **state)
{
	(void)state;
	set_zone(UTC);
	for (size_t i = 0; i < COUNT(readings); i++)
		expect(readings[i].text, "2026-11-25T12:00:00Z", false, readings[i].wall);
}

/* --utc: the zone of here is nothing to it. */
static void test_utc_asked(void **state)
{
	(void)state;
	set_zone(BERLIN);
	for (size_t i = 0; i < COUNT(readings); i++)
		expect(readings[i].text, "2026-11-25T12:00:00Z", true, readings[i].wall);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"x",
		"25:00",
		"24:00",
		"03:60",
		"03:12:60",
		"3:12",
		"03:1",
		"03:123",
		"003:12",
		"03",
		"03:",
		"03:12:",
		"03:12:3",
		"03:12:333",
		"03:12:33.",
		"03:12:33,5",
		"03:12.5",
		"03:12:33.5x",
		"03:12:33.5.5",
		" 03:12",
		"03:12 ",
		"03:12\n",
		"-03:12",
		"+03:12",
		"03:12PM",
		"03-12",
		"03:12 Z",
		"03:12z",
		"03:12ZZ",
		"03:12+",
		"03:12+1",
		"03:12+24:00",
		"03:12+01:60",
		"03:12+01:0",
		"03:12+01:",
		"03:12+010",
		"03:12+01000",
		"03:12+01:000",
		"03:12+01:00Z",
		"2026-13-01",
		"2026-00-01",
		"2026-02-30",
		"2026-02-29",
		"2100-02-29",
		"2026-04-31",
		"2026-01-00",
		"2026-01-32",
		"2026-1-1",
		"2026-11-251",
		"2026-11",
		"2026",
		"2026-11-25x",
		"2026-11-25 ",
		"2026-11-25T",
		"2026-11-25Z",
		"2026-11-25+01:00",
		"2026-11-25 25:00",
		"2026-11-25  03:12",
		"2026-11-25t03:12",
		"2026-11-25 03:12 +01:00",
		"2026-11-25 03:12:33x",
		"2026-11-25 03",
		"2026/11/25",
		"20261125T031233Z",
		"11-25-2026",
		"1677-12-31",
		"2262-01-01",
		"9999-12-31T23:59:59Z",
		"10000-01-01",
		"0000-01-01",
		"99999999999999999999-01-01",
		"-2026-11-25",
		"@",
		"@-1",
		"@+1",
		"@ 1",
		"@1.",
		"@1x",
		"@.5",
		"@1764040320Z",
		"@9223372036",
		"@99999999999999999999",
		"1764040320",
		"-",
		"--10m",
		"-10x",
		"-10m ",
		"- 10m",
		"-10m5h",
		"-99999999999999999999w",
		"10m",
		"+10m",
		"10m ago",
		"End",
		"ends",
		"yesterday",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct when when, before;

		memset(&when, 0x55, sizeof(when));
		before = when;
		print_message("\"%s\"\n", texts[i]);
		assert_int_equal(when_parse(texts[i], &when), -EINVAL);
		assert_memory_equal(&when, &before, sizeof(when));
	}
}

static void test_range(void **state)
{
	const struct when none = {.kind = WHEN_NONE}, clock = {.kind = WHEN_CLOCK};
	struct when when;
	int64_t wall = 7;

	(void)state;
	set_zone(UTC);
	assert_int_equal(when_resolve(&none, 0, 10 * S, false, &wall), -EINVAL);
	assert_int_equal(when_parse("-18446744073709551615ns", &when), 0);
	assert_int_equal(when_resolve(&when, 0, 10 * S, false, &wall), -ERANGE);
	assert_int_equal(when_resolve(&when, 0, INT64_MIN, false, &wall), -ERANGE);
	/* Ends that no recording has, unless it is damaged. */
	assert_int_equal(when_resolve(&clock, 0, INT64_MAX, false, &wall), -ERANGE);
	assert_int_equal(when_resolve(&clock, 0, INT64_MIN, true, &wall), -ERANGE);
	assert_int_equal(wall, 7);
	assert_int_equal(when_resolve(&when, 0, INT64_MAX, false, &wall), 0);
	assert_true(wall == INT64_MIN);
	assert_int_equal(when_parse("-10m", &when), 0);
	assert_int_equal(when_resolve(&when, 0, 10 * S, false, &wall), 0);
	assert_true(wall == -590 * S);
}

static void expect_each(const struct reading *list, size_t count, const char *last)
{
	for (size_t i = 0; i < count; i++)
		expect(list[i].text, last, false, list[i].wall);
}

static void test_local(void **state)
{
	static const struct reading winter[] = {
		{"2026-11-25 03:12", "2026-11-25T02:12:00Z"},
		{"2026-11-25", "2026-11-24T23:00:00Z"},
		{"2026-07-01", "2026-06-30T22:00:00Z"},
		{"2026-11-25T03:12Z", "2026-11-25T03:12:00Z"},
		{"13:00", "2026-11-25T12:00:00Z"},
		{"13:00:00.000001", "2026-11-24T12:00:00.000001Z"},
		{"00:30", "2026-11-24T23:30:00Z"},
		{"12:00Z", "2026-11-25T12:00:00Z"},
	};
	/* 23:30 in UTC is tomorrow here. */
	static const struct reading late[] = {
		{"00:15", "2026-06-30T22:15:00Z"},
		{"01:30", "2026-06-30T23:30:00Z"},
		{"01:31", "2026-06-29T23:31:00Z"},
	};

	(void)state;
	set_zone(BERLIN);
	expect_each(winter, COUNT(winter), "2026-11-25T12:00:00Z");
	expect_each(late, COUNT(late), "2026-06-30T23:30:00Z");
}

/* On 2026-03-29 clocks go from 02:00 to 03:00, at 01:00 in UTC. */
static void test_gap(void **state)
{
	static const struct reading noon[] = {
		{"2026-03-29 01:59:59", "2026-03-29T00:59:59Z"},
		{"2026-03-29 02:00", "2026-03-29T01:00:00Z"}, /* 03:00 */
		{"2026-03-29 02:30", "2026-03-29T01:30:00Z"}, /* 03:30 */
		{"2026-03-29 02:59:59.5", "2026-03-29T01:59:59.5Z"},
		{"2026-03-29 03:00", "2026-03-29T01:00:00Z"},
		{"2026-03-29 02:30+01:00", "2026-03-29T01:30:00Z"},
		{"2026-03-29 02:30+02:00", "2026-03-29T00:30:00Z"},
		{"01:30", "2026-03-29T00:30:00Z"},
		{"02:30", "2026-03-28T01:30:00Z"}, /* clocks did not show it today */
		{"03:30", "2026-03-29T01:30:00Z"},
	};
	static const struct reading soon[] = {
		/* five minutes after it */
		{"03:00", "2026-03-29T01:00:00Z"},
		{"03:30", "2026-03-28T02:30:00Z"},
		{"02:30", "2026-03-28T01:30:00Z"},
		{"2026-03-29 02:30", "2026-03-29T01:30:00Z"}, /* though not there yet */
		{"-10m", "2026-03-29T00:55:00Z"},
	};

	(void)state;
	set_zone(BERLIN);
	expect_each(noon, COUNT(noon), "2026-03-29T10:00:00Z");
	expect_each(soon, COUNT(soon), "2026-03-29T01:05:00Z");
	expect("02:30", "2026-03-30T10:00:00Z", false, "2026-03-30T00:30:00Z");
}

/* On 2026-10-25 clocks go from 03:00 to 02:00, at 01:00 in UTC. */
static void test_repeat(void **state)
{
	static const struct reading noon[] = {
		{"2026-10-25 01:59:59", "2026-10-24T23:59:59Z"},
		{"2026-10-25 02:00", "2026-10-25T01:00:00Z"}, /* the second one */
		{"2026-10-25 02:30", "2026-10-25T01:30:00Z"},
		{"2026-10-25 02:59:59.5", "2026-10-25T01:59:59.5Z"},
		{"2026-10-25 03:00", "2026-10-25T02:00:00Z"},
		{"2026-10-25 02:30+02:00", "2026-10-25T00:30:00Z"},
		{"2026-10-25 02:30+01:00", "2026-10-25T01:30:00Z"},
		{"01:30", "2026-10-24T23:30:00Z"},
		{"02:30", "2026-10-25T01:30:00Z"},
		{"02:30+02:00", "2026-10-25T00:30:00Z"},
	};
	static const struct reading between[] = {
		/* 02:15 for the second time */
		{"02:10", "2026-10-25T01:10:00Z"},
		{"02:30", "2026-10-25T00:30:00Z"}, /* the first one: the second is not there yet */
		{"2026-10-25 02:10", "2026-10-25T01:10:00Z"},
		{"2026-10-25 02:30", "2026-10-25T00:30:00Z"},
		{"03:00", "2026-10-24T01:00:00Z"},
	};

	(void)state;
	set_zone(BERLIN);
	expect_each(noon, COUNT(noon), "2026-10-25T10:00:00Z");
	expect_each(between, COUNT(between), "2026-10-25T01:15:00Z");
	/* 02:15 for the first time: it is neither today, nor not after the end */
	expect("02:30", "2026-10-25T00:15:00Z", false, "2026-10-24T00:30:00Z");
	expect("2026-10-25 02:30", "2026-10-25T00:15:00Z", false, "2026-10-25T00:30:00Z");
}

/* Back at midnight: 23:xx of the day before comes twice; forward at midnight: no 00:xx. */
static void test_midnight(void **state)
{
	static const struct reading back[] = {
		/* 23:30 for the second time, 2026-10-31 */
		{"23:30", "2026-11-01T03:30:00Z"},
		{"23:31", "2026-11-01T02:31:00Z"},
		{"22:00", "2026-11-01T01:00:00Z"},
		{"00:00", "2026-10-31T03:00:00Z"},
	};
	static const struct reading forward[] = {
		/* 2026-03-08 */
		{"00:30", "2026-03-07T04:30:00Z"},
		{"2026-03-08", "2026-03-08T04:00:00Z"},
		{"01:00", "2026-03-08T04:00:00Z"},
	};

	(void)state;
	set_zone(EVENING);
	expect_each(back, COUNT(back), "2026-11-01T03:30:00Z");
	expect_each(forward, COUNT(forward), "2026-03-08T16:00:00Z");
	/* Back at 00:01, to 23:01 of the day before: 00:00:30 was there already. */
	set_zone("NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01");
	expect("00:00:30", "2026-11-01T03:00:00Z", false, "2026-11-01T02:30:30Z");
}

/* What the tool prints is read back as what it was: where clocks show it twice, by its zone. */
static void test_printed(void **state)
{
	static const char *const zones[] = {UTC,       BERLIN,   EVENING, "XST-5:45",
	                                    "XST3:30", "XST-14", "XST12"};
	uint64_t seed = 42;

	(void)state;
	for (size_t z = 0; z < COUNT(zones); z++) {
		set_zone(zones[z]);
		for (int i = 0; i < 20000; i++) {
			char text[FORMAT_SIZE], again[FORMAT_SIZE];
			int64_t wall, read;
			bool in_utc = i % 2;
			struct when when;

			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			wall = (int64_t)(seed % (290ULL * 365 * 86400 * 1000000)) * 1000;
			format_time_iso(text, wall, in_utc);
			assert_int_equal(when_parse(text, &when), 0);
			assert_int_equal(when_resolve(&when, 0, 0, false, &read), 0);
			assert_true(read == wall);
			format_time(text, wall, in_utc);
			assert_int_equal(when_parse(text, &when), 0);
			assert_int_equal(when_resolve(&when, 0, wall, false, &read), 0);
			if (read != wall) /* the same hour again, or it is another time */
				fail_msg("%s is read as %" PRId64 ", not %" PRId64, text, read,
				         wall);
			format_time(again, read, in_utc);
			assert_string_equal(again, text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utc),     cmocka_unit_test(test_utc_asked),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_range),
		cmocka_unit_test(test_local),   cmocka_unit_test(test_gap),
		cmocka_unit_test(test_repeat),  cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
