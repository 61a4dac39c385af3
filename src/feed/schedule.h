/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When to walk, and what: the one owner of that decision. Pure: time and costs are told.
 *
 * Walks that nothing calls for take a fixed share of one CPU at most, all threads together. What a
 * loss calls for runs soon; while losses go on, each such walk waits twice as long as the one
 * before.
 */
#ifndef TCPTRAIL_FEED_SCHEDULE_H
#define TCPTRAIL_FEED_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum walk_part {
	PART_SOCKETS, /* heals lost transitions */
	PART_HOLDERS, /* heals lost accepts and connects */
	PART_COUNT
};
#define PART_BIT(part) (1U << (part))

struct schedule {
	uint64_t least;            /* ns between walks of all parts */
	uint32_t parts;            /* PART_BITs: all there are */
	uint32_t wanted;           /* PART_BITs: what they would find may be missing */
	uint64_t cost[PART_COUNT]; /* ns of CPU, of the last one */
	uint64_t all;           /* when a walk of all parts ended; ns of CLOCK_BOOTTIME, as below */
	uint64_t last;          /* when any walk ended */
	uint64_t lost;          /* when something was, last */
	unsigned int doublings; /* of the time from a walk to the next one that a loss calls for */
	bool healing;           /* the walk under way, or else the last one, was called for */
};

/* least: 0 is the default. */
void schedule_init(struct schedule *schedule, uint64_t least, uint32_t parts);
/* Facts that these parts bring back were lost, or a walk of them failed. */
void schedule_want(struct schedule *schedule, uint32_t parts, uint64_t now);
/* What is to be walked now: PART_BITs, 0: nothing. */
uint32_t schedule_due(const struct schedule *schedule, uint64_t now);
/* A walk of these parts begins, or has ended: what is wanted in between waits its turn. */
void schedule_begun(struct schedule *schedule, uint32_t parts);
void schedule_ended(struct schedule *schedule, uint32_t parts, uint64_t now);

#endif
