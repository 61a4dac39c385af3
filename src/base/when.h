/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moments as people name them, of a recording that began and ended some time:
 *
 *   start, end, now                     now: as the recording knows it, its end; where a list is
 *                                       asked for, start is when its first walk is complete
 *   -10m                                before its end (parse_duration)
 *   03:12  03:12:33.5  03:12Z           the last such moment not after its end
 *   2026-11-25                          the beginning of that day
 *   2026-11-25 03:12[:33[.5]][ZONE]     as format_time prints it
 *   2026-11-25T03:12[:33[.5]][ZONE]     ISO 8601, as format_time_iso prints it
 *   @1764040320[.5]                     seconds since 1970
 *
 * ZONE is Z, +01:00, +0100 or +01. Without one it is local time (TZ), or UTC if that is asked for.
 */
#ifndef TCPTRAIL_BASE_WHEN_H
#define TCPTRAIL_BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* For messages about a time that cannot be read. */
#define WHEN_EXPECTED                                                                              \
	"expected 03:12[:33[.5]], 2026-11-25 [03:12[:33[.5]]], ISO 8601 "                          \
	"(2026-11-25T03:12:33Z, +01:00), -10m (before the end), @SECONDS since 1970, start or end"

enum when_kind {
	WHEN_NONE, /* not given */
	WHEN_START,
	WHEN_END,
	WHEN_BEFORE, /* so long before the end */
	WHEN_CLOCK,  /* a time of day */
	WHEN_DATE,   /* a time of day on a day */
	WHEN_WALL,   /* ns since 1970 */
};

struct when {
	enum when_kind kind;
	bool zoned;      /* WHEN_CLOCK: with a zone; a date that has one is WHEN_WALL */
	int32_t east;    /* seconds that the zone is east of UTC */
	int64_t day;     /* WHEN_DATE: days since 1970-01-01, of the proleptic Gregorian calendar */
	int64_t clock;   /* WHEN_CLOCK, WHEN_DATE: ns since midnight, as clocks show it */
	uint64_t before; /* ns */
	int64_t wall;
};

/* Strict. 0, or -EINVAL: when is untouched. */
int when_parse(const char *text, struct when *when);

/*
 * ns since 1970 of a moment, in a recording from first to last; it need not be within. utc: what
 * has no zone is UTC.
 *
 * When clocks are put back they show the same time twice: the later one is meant that is not after
 * last. When they are put forward there are times they do not show: with a date, that is read as
 * if they had not been put forward (02:30 is 03:30 then); without, it is a day on which it is shown.
 *
 * 0, or -ERANGE: it is beyond what 64 bits of ns hold; -EINVAL: WHEN_NONE. *wall is untouched then.
 */
int when_resolve(const struct when *when, int64_t first, int64_t last, bool utc, int64_t *wall);

#endif
