/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed_schedule.h"

#include <stddef.h>

#include "base/clock.h"

#define LEAST_DEFAULT (5 * NS_PER_SEC)
#define SHARE         200               /* walks take at most 1/200 of a CPU: 0.5 % */
#define HEAL_DELAY    (NS_PER_SEC / 10) /* the first walk after a loss may be so near to another */
#define HEAL_SHARE    10                /* even then they take at most 1/10 of a CPU */
#define QUIET         2                 /* so many delays without a loss end the waiting */

void schedule_init(struct schedule *schedule, uint64_t least, uint32_t parts)
{
	*schedule = (struct schedule){
		.least = least ? least : LEAST_DEFAULT,
		.parts = parts,
		.delay = HEAL_DELAY,
	};
}

static uint64_t cost_of(const struct schedule *schedule, uint32_t parts)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < PART_COUNT; i++)
		if (parts & PART_BIT(i))
			cost += schedule->cost[i];
	return cost;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t interval(const struct schedule *schedule)
{
	return larger(schedule->least, cost_of(schedule, schedule->parts) * SHARE);
}

void schedule_want(struct schedule *schedule, uint32_t parts, uint64_t now)
{
	parts &= schedule->parts;
	if (!parts)
		return;
	if (now - schedule->lost >= schedule->delay * QUIET)
		schedule->delay = HEAL_DELAY;
	schedule->lost = now;
	schedule->wanted |= parts;
}

uint32_t schedule_due(const struct schedule *schedule, uint64_t now)
{
	uint64_t delay = larger(schedule->delay, cost_of(schedule, schedule->wanted) * HEAL_SHARE);

	if (now - schedule->all >= interval(schedule))
		return schedule->parts;
	return schedule->wanted && now - schedule->last >= delay ? schedule->wanted : 0;
}

void schedule_begun(struct schedule *schedule, uint32_t parts)
{
	uint64_t most = interval(schedule);

	schedule->healing = schedule->wanted & parts;
	if (schedule->healing)
		schedule->delay = schedule->delay * 2 < most ? schedule->delay * 2 : most;
	schedule->wanted &= ~parts;
}

void schedule_ended(struct schedule *schedule, uint32_t parts, uint64_t now)
{
	schedule->last = now;
	if (schedule->healing)
		schedule->lost = now; /* what was lost meanwhile is noticed only now */
	if (parts == schedule->parts)
		schedule->all = now;
}
