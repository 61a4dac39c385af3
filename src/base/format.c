/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define US     1000ULL
#define MS     (1000 * US)
#define SECOND (1000 * MS)
#define MINUTE 60
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

char *format_number(char *text, uint64_t number, int digits)
{
	char reversed[24];
	int count = 0;

	do
		reversed[count++] = (char)('0' + number % 10);
	while ((number /= 10) || count < digits);
	while (count)
		*text++ = reversed[--count];
	*text = '\0';
	return text;
}

static void format_figures(char *text, uint64_t number, uint64_t unit, const char *name)
{
	uint64_t whole = number / unit;
	uint64_t rest = number % unit;

	text = format_number(text, whole, 1);
	if (whole < 100)
		*text++ = '.';
	if (whole < 10)
		text = format_number(text, rest * 100 / unit, 2);
	else if (whole < 100)
		text = format_number(text, rest * 10 / unit, 1);
	strcpy(text, name);
}

static void format_pair(char *text, uint64_t seconds, uint64_t large, const char *large_name,
                        uint64_t small, const char *small_name)
{
	text = format_number(text, seconds / large, 1);
	text = format_number(stpcpy(text, large_name), seconds % large / small, 2);
	strcpy(text, small_name);
}

void format_duration(char text[FORMAT_SIZE], uint64_t ns)
{
	uint64_t seconds = ns / SECOND;

	if (!ns)
		snprintf(text, FORMAT_SIZE, "0s");
	else if (ns < US)
		snprintf(text, FORMAT_SIZE, "%" PRIu64 "ns", ns);
	else if (ns < MS)
		format_figures(text, ns, US, "us");
	else if (ns < SECOND)
		format_figures(text, ns, MS, "ms");
	else if (seconds < MINUTE)
		format_figures(text, ns, SECOND, "s");
	else if (seconds < HOUR)
		format_pair(text, seconds, MINUTE, "m", 1, "s");
	else if (seconds < DAY)
		format_pair(text, seconds, HOUR, "h", MINUTE, "m");
	else
		format_pair(text, seconds, DAY, "d", HOUR, "h");
}

void format_ago(char text[FORMAT_SIZE], uint64_t ns)
{
	static const struct {
		uint64_t seconds, below; /* of the unit; where the next unit begins */
		char unit;
	} units[] = {{1, MINUTE, 's'},
	             {MINUTE, HOUR, 'm'},
	             {HOUR, 2 * DAY, 'h'},
	             {DAY, UINT64_MAX, 'd'}};
	uint64_t seconds = ns / SECOND;
	size_t unit = 0;

	while (seconds >= units[unit].below)
		unit++;
	snprintf(text, FORMAT_SIZE, "%" PRIu64 "%c", seconds / units[unit].seconds,
	         units[unit].unit);
}

void format_size(char text[FORMAT_SIZE], uint64_t bytes)
{
	static const char units[] = "KMGT";
	char name[2] = "";
	uint64_t unit = 1;

	for (int i = 0; units[i] && bytes / unit >= 1024; i++) {
		unit *= 1024;
		name[0] = units[i];
	}
	if (unit > 1)
		format_figures(text, bytes, unit, name);
	else
		format_number(text, bytes, 1);
}

static char *format_part(char *text, int number, int digits, char after)
{
	text = format_number(text, (uint64_t)number, digits);
	*text++ = after;
	return text;
}

/* Writes date and time with microseconds; returns the offset from UTC in minutes. */
static int format_clock(char text[FORMAT_SIZE], int64_t wall, bool utc, char between)
{
	time_t seconds = wall / (int64_t)SECOND;
	int64_t rest = wall % (int64_t)SECOND;
	struct tm tm = {0};

	if (rest < 0) {
		rest += (int64_t)SECOND;
		seconds--;
	}
	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	/* The widths are fixed: every year that 64 bits of ns reach has four digits. */
	text = format_part(text, tm.tm_year + 1900, 4, '-');
	text = format_part(text, tm.tm_mon + 1, 2, '-');
	text = format_part(text, tm.tm_mday, 2, between);
	text = format_part(text, tm.tm_hour, 2, ':');
	text = format_part(text, tm.tm_min, 2, ':');
	text = format_part(text, tm.tm_sec, 2, '.');
	format_number(text, (uint64_t)rest / US, 6);
	return (int)(tm.tm_gmtoff / 60);
}

void format_time(char text[FORMAT_SIZE], int64_t wall, bool utc)
{
	format_clock(text, wall, utc, ' ');
	if (utc)
		strcat(text, "Z");
}

void format_time_iso(char text[FORMAT_SIZE], int64_t wall, bool utc)
{
	int offset = format_clock(text, wall, utc, 'T');

	text += strlen(text);
	if (utc) {
		strcpy(text, "Z");
		return;
	}
	*text++ = offset < 0 ? '-' : '+';
	text = format_part(text, abs(offset) / 60, 2, ':');
	format_number(text, (uint64_t)(abs(offset) % 60), 2);
}
