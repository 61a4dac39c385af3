/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed/schedule.h"

#include <stddef.h>

#include "base/clock.h"

#define LEAST_DEFAULT (5 * NS_PER_SEC)
#define SHARE         200               /* walks take at most 1/200 of a CPU: 0.5 % */
#define HEAL_DELAY    (NS_PER_SEC / 10) /* after a loss, from one walk to the next */
#define HEAL_SHARE    2 /* or this many times its cost, if that is more; doubled each time */
#define QUIET         2 /* after this many delays without a loss the doubling ends */

void schedule_init(struct schedule *schedule, uint64_t least, uint32_t parts)
{
	*schedule = (struct schedule){
		.least = least ? least : LEAST_DEFAULT,
		.parts = parts,
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

static uint64_t heal_delay(const struct schedule *schedule)
{
	uint64_t first = larger(HEAL_DELAY, cost_of(schedule, schedule->parts) * HEAL_SHARE);
	uint64_t most = interval(schedule), delay = first;

	for (unsigned int i = 0; i < schedule->doublings && delay < most; i++)
		delay *= 2;
	return delay < most ? delay : most;
}

void schedule_request(struct schedule *schedule, uint32_t parts, uint64_t now)
{
	parts &= schedule->parts;
	if (!parts)
		return;
	if (now - schedule->lost >= heal_delay(schedule) * QUIET)
		schedule->doublings = 0;
	schedule->lost = now;
	schedule->requested |= parts;
}

uint32_t schedule_due(const struct schedule *schedule, uint64_t now)
{
	if (now - schedule->all >= interval(schedule))
		return schedule->parts;
	return now - schedule->last >= heal_delay(schedule) ? schedule->requested : 0;
}

void schedule_begun(struct schedule *schedule, uint32_t parts)
{
	schedule->healing = schedule->requested & parts;
	if (schedule->healing && heal_delay(schedule) < interval(schedule))
		schedule->doublings++;
	schedule->requested &= ~parts;
}

void schedule_ended(struct schedule *schedule, uint32_t parts, uint64_t now)
{
	schedule->last = now;
	if (schedule->healing)
		schedule->lost = now; /* a loss during the walk is noticed only now */
	if (parts == schedule->parts)
		schedule->all = now;
}
