/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters of a network namespace that rules look at; their names are in fact/counters.h. */
#ifndef TCPTRAIL_FACT_COUNTER_H
#define TCPTRAIL_FACT_COUNTER_H

/*
 * Orphans and timewait sockets are numbers of now, of /proc/net/sockstat; the others only grow.
 * Orphans are those of the whole host (sockstat_seq_show() of net/ipv4/proc.c), as is their limit,
 * which can be read in the initial namespace only (6.18).
 * So are pages of memory. Of connection tracking the entries are a number of now, too.
 */
enum counter {
	COUNTER_NONE,
#define COUNTER(id, name) COUNTER_##id,
#include "fact/counters.h"
#undef COUNTER
	COUNTER_COUNT
};

#endif
