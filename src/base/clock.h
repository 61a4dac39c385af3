/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_BASE_CLOCK_H
#define TCPTRAIL_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SEC 1000000000ULL
#define NS_PER_MS  1000000ULL
#define NS_PER_US  1000ULL

static inline uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* The clock of facts: it runs during suspend and never steps. */
static inline uint64_t clock_boot(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

/*
 * Wall clock minus boot time, and the wall clock (ns since 1970) that follows from it; 0: not
 * known. A damaged recording may hold any number, so the sums wrap around instead of overflowing.
 */
static inline int64_t clock_wall_offset(int64_t wall, uint64_t boot)
{
	return (int64_t)((uint64_t)wall - boot);
}

static inline int64_t clock_wall(uint64_t boot, int64_t offset)
{
	return offset ? (int64_t)(boot + (uint64_t)offset) : 0;
}

/* ms from now to a later end, for poll(2). Rounded up, so that a loop does not spin at the end. */
static inline int clock_poll_ms(uint64_t end, uint64_t now)
{
	return (int)((end - now + NS_PER_MS - 1) / NS_PER_MS);
}

#endif
