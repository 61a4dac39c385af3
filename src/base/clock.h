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

/* Time of facts: goes on in suspend, never steps. */
static inline uint64_t clock_boot(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

#endif
