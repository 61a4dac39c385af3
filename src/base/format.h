/* SPDX-License-Identifier: BSD-2-Clause */
/* Times and sizes as people read them. */
#ifndef TCPTRAIL_BASE_FORMAT_H
#define TCPTRAIL_BASE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any result of the functions below. */
#define FORMAT_SIZE 48

/* Three digits, cut and not rounded: 850ns 14.2us 1.53ms 12.3s 4m07s 2h11m 3d04h. */
void format_duration(char text[FORMAT_SIZE], uint64_t ns);
/* One unit, the rest cut: "25s", "3m", "2h", "5d". */
void format_ago(char text[FORMAT_SIZE], uint64_t ns);

/* Three digits, cut, in powers of 1024, as parse_size() reads them: 512 1.53K 12.3M 812G. */
void format_size(char text[FORMAT_SIZE], uint64_t bytes);

/* ns since 1970: "2026-11-22 01:34:03.123456" in local time, or in UTC with a "Z". */
void format_time(char text[FORMAT_SIZE], int64_t wall, bool utc);
/* ISO 8601: "2026-11-22T01:34:03.123456+01:00", or in UTC with a "Z". */
void format_time_iso(char text[FORMAT_SIZE], int64_t wall, bool utc);

/*
 * Writes the number with at least `digits` digits (leading zeros) and a NUL. Returns the address of
 * the NUL. For the stream of events, where printf is too slow.
 */
char *format_number(char *text, uint64_t number, int digits);

#endif
