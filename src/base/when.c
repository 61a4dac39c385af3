/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/when.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/parse.h"

#define SECOND      ((int64_t)NS_PER_SEC)
#define DAY_SECONDS INT64_C(86400)
#define DAY         (DAY_SECONDS * SECOND)

/* The years that 64 bits of ns since 1970 hold as a whole, with a margin of a day and a zone. */
#define YEAR_FIRST 1678
#define YEAR_LAST  2261
/* Leaves room to add and subtract days. */
#define WALL_MOST (INT64_MAX - 30 * DAY)

/* --- reading -------------------------------------------------------------------------------- */

/* A number of exactly `digits` digits, in min..max. */
static int read_part(const char **text, int digits, int min, int max, int *number)
{
	int sum = 0;

	for (int i = 0; i < digits; i++) {
		if (!isdigit((unsigned char)(*text)[i]))
			return -EINVAL;
		sum = sum * 10 + (*text)[i] - '0';
	}
	if (sum < min || sum > max)
		return -EINVAL;
	*text += digits;
	*number = sum;
	return 0;
}

/* Skips the character if it is the next one. */
static bool skip(const char **text, char c)
{
	if (**text != c)
		return false;
	++*text;
	return true;
}

/* A point and digits, or nothing: ns; what is below 1 ns is cut. */
static int read_fraction(const char **text, int64_t *ns)
{
	uint64_t fraction, scale;
	int err = parse_fraction(text, &fraction, &scale);

	if (!err)
		*ns = (int64_t)((unsigned __int128)fraction * NS_PER_SEC / scale);
	return err;
}

/* "03:12", "03:12:33", "03:12:33.5" */
static int read_clock(const char **text, int64_t *clock)
{
	int hour, minute, second = 0;
	int64_t ns = 0;

	if (read_part(text, 2, 0, 23, &hour) || !skip(text, ':') ||
	    read_part(text, 2, 0, 59, &minute))
		return -EINVAL;
	if (skip(text, ':') && (read_part(text, 2, 0, 59, &second) || read_fraction(text, &ns)))
		return -EINVAL;
	*clock = (hour * 3600 + minute * 60 + second) * SECOND + ns;
	return 0;
}

/* "Z", "+01:00", "+0100", "+01", or nothing */
static int read_zone(const char **text, bool *zoned, int32_t *east)
{
	int sign = **text == '-' ? -1 : 1, hours, minutes = 0;

	*zoned = **text != '\0';
	if (!*zoned || skip(text, 'Z'))
		return 0;
	if ((!skip(text, '+') && !skip(text, '-')) || read_part(text, 2, 0, 23, &hours))
		return -EINVAL;
	if ((skip(text, ':') || isdigit((unsigned char)**text)) &&
	    read_part(text, 2, 0, 59, &minutes))
		return -EINVAL;
	*east = sign * (hours * 3600 + minutes * 60);
	return 0;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days of the years 1..year, in the Gregorian calendar. */
static int64_t days_through(int year)
{
	return INT64_C(365) * year + year / 4 - year / 100 + year / 400;
}

/* "2026-11-25", as days since 1970-01-01 */
static int read_day(const char **text, int64_t *day)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, date, length;

	if (read_part(text, 4, YEAR_FIRST, YEAR_LAST, &year) || !skip(text, '-') ||
	    read_part(text, 2, 1, 12, &month) || !skip(text, '-'))
		return -EINVAL;
	length = lengths[month - 1] + (month == 2 && is_leap(year));
	if (read_part(text, 2, 1, length, &date))
		return -EINVAL;
	*day = days_through(year - 1) - days_through(1969) + date - 1;
	for (int before = 1; before < month; before++)
		*day += lengths[before - 1] + (before == 2 && is_leap(year));
	return 0;
}

static int parse_clock(const char *text, struct when *when)
{
	when->kind = WHEN_CLOCK;
	if (read_clock(&text, &when->clock) || read_zone(&text, &when->zoned, &when->east))
		return -EINVAL;
	return *text ? -EINVAL : 0;
}

static int parse_date(const char *text, struct when *when)
{
	when->kind = WHEN_DATE;
	if (read_day(&text, &when->day))
		return -EINVAL;
	if (!*text)
		return 0;
	if ((!skip(&text, ' ') && !skip(&text, 'T')) || read_clock(&text, &when->clock) ||
	    read_zone(&text, &when->zoned, &when->east) || *text)
		return -EINVAL;
	if (!when->zoned)
		return 0;
	when->kind = WHEN_WALL;
	when->wall = when->day * DAY + when->clock - when->east * SECOND;
	return 0;
}

static int parse_epoch(const char *text, struct when *when)
{
	uint64_t seconds;
	int64_t ns;

	when->kind = WHEN_WALL;
	if (parse_digits(&text, &seconds) || seconds >= INT64_MAX / SECOND ||
	    read_fraction(&text, &ns) || *text)
		return -EINVAL;
	when->wall = (int64_t)seconds * SECOND + ns;
	return 0;
}

static int parse_before(const char *text, struct when *when)
{
	when->kind = WHEN_BEFORE;
	return parse_duration(text, &when->before) ? -EINVAL : 0;
}

static int parse_any(const char *text, struct when *when)
{
	static const struct {
		const char *word;
		enum when_kind kind;
	} words[] = {{"start", WHEN_START}, {"end", WHEN_END}, {"now", WHEN_END}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(text, words[i].word)) {
			when->kind = words[i].kind;
			return 0;
		}
	}
	if (*text == '-')
		return parse_before(text + 1, when);
	if (*text == '@')
		return parse_epoch(text + 1, when);
	return strspn(text, "0123456789") == 2 ? parse_clock(text, when) : parse_date(text, when);
}

int when_parse(const char *text, struct when *when)
{
	struct when result = {0};
	int err = parse_any(text, &result);

	if (!err)
		*when = result;
	return err;
}

/* --- resolving a moment in a recording -------------------------------------------------------- */

/* The offset of local time from UTC at a time, in seconds; positive: east. */
static int64_t east_at(int64_t seconds)
{
	time_t time = seconds;
	struct tm tm = {0};

	localtime_r(&time, &tm);
	return tm.tm_gmtoff;
}

/*
 * Finds the 0, 1 or 2 times at which local clocks show `shown` (seconds, read as if UTC), the
 * earlier first. 0: clocks were put forward over it, and moments[0] is the time by the old offset.
 * Every offset is less than a day, so the offsets a day before and after are those around any
 * change.
 */
static int find_local(int64_t shown, int64_t moments[2])
{
	int64_t east = east_at(shown - DAY_SECONDS), later = east_at(shown + DAY_SECONDS);
	int count = 0;

	moments[0] = shown - east;
	if (east_at(moments[0]) == east)
		count = 1;
	if (later != east && east_at(shown - later) == later)
		moments[count++] = shown - later;
	return count;
}

/* Floor: times before 1970 are negative. */
static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The last time at which local clocks show day and clock, not after `last`. 0: there is none. */
static int find_before(int64_t day, int64_t clock, int64_t last, int64_t *wall)
{
	int64_t moments[2];
	int count = find_local(day * DAY_SECONDS + clock / SECOND, moments);

	while (count-- > 0) {
		*wall = moments[count] * SECOND + clock % SECOND;
		if (*wall <= last)
			return 1;
	}
	return 0;
}

static int64_t resolve_date(const struct when *when, int64_t last, bool utc)
{
	int64_t moments[2], wall;

	if (utc)
		return when->day * DAY + when->clock;
	if (find_before(when->day, when->clock, last, &wall))
		return wall;
	find_local(when->day * DAY_SECONDS + when->clock / SECOND, moments);
	return moments[0] * SECOND + when->clock % SECOND;
}

/* The last time not after `last` at which clocks of a zone `east` seconds east show it. */
static int64_t resolve_fixed(int64_t clock, int64_t last, int64_t east)
{
	int64_t day = floor_div(last + east * SECOND, DAY);
	int64_t wall = day * DAY + clock - east * SECOND;

	return wall > last ? wall - DAY : wall;
}

/*
 * The search begins a day after that of `last`, because clocks put back at midnight show that day
 * early. It goes days back, because clocks may skip the time on one day, and today it may be later.
 */
static int64_t resolve_local(int64_t clock, int64_t last)
{
	int64_t seconds = floor_div(last, SECOND);
	int64_t today = floor_div(seconds + east_at(seconds), DAY_SECONDS);
	int64_t wall;

	for (int64_t day = today + 1; day > today - 5; day--) {
		if (find_before(day, clock, last, &wall))
			return wall;
	}
	return resolve_fixed(clock, last, east_at(seconds));
}

int when_resolve(const struct when *when, int64_t first, int64_t last, bool utc, int64_t *wall)
{
	switch (when->kind) {
	case WHEN_NONE:
		return -EINVAL;
	case WHEN_START:
		*wall = first;
		break;
	case WHEN_END:
		*wall = last;
		break;
	case WHEN_BEFORE:
		if (when->before > (uint64_t)last - (uint64_t)INT64_MIN)
			return -ERANGE;
		*wall = (int64_t)((uint64_t)last - when->before);
		break;
	case WHEN_CLOCK:
		if (last > WALL_MOST || last < -WALL_MOST)
			return -ERANGE;
		*wall = when->zoned || utc ? resolve_fixed(when->clock, last, when->east)
		                           : resolve_local(when->clock, last);
		break;
	case WHEN_DATE:
		*wall = resolve_date(when, last, utc);
		break;
	case WHEN_WALL:
		*wall = when->wall;
		break;
	}
	return 0;
}
