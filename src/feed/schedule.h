/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decides when to walk, and what. Pure: the caller passes times and costs.
 *
 * Regular walks take at most a fixed share of one CPU, all threads together. A walk that a loss
 * requires starts soon; while losses go on, each such walk waits twice as long as the one before.
 */
#ifndef TCPTRAIL_FEED_SCHEDULE_H
#define TCPTRAIL_FEED_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum walk_part {
	PART_SOCKETS, /* replaces lost transitions */
	PART_HOLDERS, /* replaces lost accepts and connects */
	PART_COUNT
};
#define PART_BIT(part) (1U << (part))

struct schedule {
	uint64_t least;            /* ns between walks of all parts */
	uint32_t parts;            /* PART_BITs: all parts that are used */
	uint32_t requested;        /* PART_BITs: a walk of them is requested */
	uint64_t cost[PART_COUNT]; /* ns of CPU that the last walk took */
	uint64_t all;           /* when a walk of all parts ended; ns of CLOCK_BOOTTIME, as below */
	uint64_t last;          /* when any walk ended */
	uint64_t lost;          /* when the last loss was */
	unsigned int doublings; /* how often the delay before a requested walk was doubled */
	bool healing;           /* the current walk, or else the last one, was requested */
};

/* least: 0 means the default. */
void schedule_init(struct schedule *schedule, uint64_t least, uint32_t parts);
/* Requests a walk of these parts: their facts were lost, or a walk of them failed. */
void schedule_request(struct schedule *schedule, uint32_t parts, uint64_t now);
/* Which parts to walk now, as PART_BITs; 0: none. */
uint32_t schedule_due(const struct schedule *schedule, uint64_t now);
/*
 * A walk of these parts begins or has ended. What is requested in between waits for the next walk.
 */
void schedule_begun(struct schedule *schedule, uint32_t parts);
void schedule_ended(struct schedule *schedule, uint32_t parts, uint64_t now);

#endif
