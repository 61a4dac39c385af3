/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters of a network namespace that rules look at; their names are in fact/counters.h. */
#ifndef TCPTRAIL_FACT_COUNTER_H
#define TCPTRAIL_FACT_COUNTER_H

#include <stdbool.h>

/*
 * Most counters only grow. ORPHANS, TIME_WAITS, CONNTRACK and MEMORY are present numbers. ORPHANS
 * and MEMORY count the whole host (sockstat_seq_show() of net/ipv4/proc.c); their limits can be
 * read in the initial namespace only (6.18).
 */
enum counter {
	COUNTER_NONE,
#define COUNTER(id, name) COUNTER_##id,
#include "fact/counters.h"
#undef COUNTER
	COUNTER_COUNT
};

static inline bool counter_only_grows(enum counter counter)
{
	return counter != COUNTER_ORPHANS && counter != COUNTER_TIME_WAITS &&
	       counter != COUNTER_CONNTRACK && counter != COUNTER_MEMORY;
}

#endif
