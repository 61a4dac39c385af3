/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moments in a recording, as users write them:
 *
 *   start, end, now                     now is the end of the recording; for a list, start is the
 *                                       end of the first walk
 *   -10m                                before its end (parse_duration)
 *   03:12  03:12:33.5  03:12Z           the last such time not after its end
 *   2026-11-25                          the start of that day
 *   2026-11-25 03:12[:33[.5]][ZONE]     as format_time prints it
 *   2026-11-25T03:12[:33[.5]][ZONE]     ISO 8601, as format_time_iso prints it
 *   @1764040320[.5]                     seconds since 1970
 *
 * ZONE is Z, +01:00, +0100 or +01. Without a zone it is local time (TZ), or UTC with --utc.
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
	WHEN_BEFORE, /* this long before the end */
	WHEN_CLOCK,  /* a time of day */
	WHEN_DATE,   /* a time of day on a day */
	WHEN_WALL,   /* ns since 1970 */
};

struct when {
	enum when_kind kind;
	bool zoned;      /* WHEN_CLOCK: with a zone; a date with a zone is WHEN_WALL */
	int32_t east;    /* offset of the zone from UTC in seconds, east is positive */
	int64_t day;     /* WHEN_DATE: days since 1970-01-01, of the proleptic Gregorian calendar */
	int64_t clock;   /* WHEN_CLOCK, WHEN_DATE: ns since midnight of the clock */
	uint64_t before; /* ns */
	int64_t wall;
};

/* Strict. 0, or -EINVAL: when is untouched. */
int when_parse(const char *text, struct when *when);

/*
 * ns since 1970 of a moment in a recording from first to last; the result may lie outside. utc: a
 * time without a zone is UTC.
 *
 * When clocks are put back they show a time twice: the result is the later one, if it is not after
 * last. When clocks are put forward they skip times: with a date, the result is the time by the old
 * offset (02:30 becomes 03:30); without a date, it is on a day when clocks show the time.
 *
 * 0; -ERANGE: 64 bits of ns cannot hold it; -EINVAL: WHEN_NONE. A failure leaves *wall as it was.
 */
int when_resolve(const struct when *when, int64_t first, int64_t last, bool utc, int64_t *wall);

#endif
