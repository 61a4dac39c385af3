/* SPDX-License-Identifier: BSD-2-Clause */
/* All counters of the kernel's protocols in each namespace, and those of each interface. */
#ifndef TCPTRAIL_TABLE_MIB_H
#define TCPTRAIL_TABLE_MIB_H

#include <stddef.h>
#include <stdint.h>

struct table;

struct mib_value {
	uint64_t id;   /* NAME_COUNTER */
	uint64_t now;  /* as the kernel says */
	uint64_t base; /* now + base only grows, also if the counter begins anew */
};

/* How much the counter has grown, for differences between two times. */
static inline uint64_t mib_grown(const struct mib_value *value)
{
	return value->now + value->base;
}

/* The counters of a namespace, or of an interface in it, that are or were not 0. */
struct mib_set {
	uint64_t key;             /* netns and ifindex; sets are sorted by it */
	struct mib_value *values; /* by id */
	uint32_t count, room;
};

static inline uint32_t mib_netns(const struct mib_set *set)
{
	return (uint32_t)(set->key >> 32);
}

/* 0: these are the counters of the namespace. */
static inline uint32_t mib_ifindex(const struct mib_set *set)
{
	return (uint32_t)set->key;
}

/* NULL: nothing was reported of it. */
const struct mib_set *table_mib(const struct table *table, uint32_t netns, uint32_t ifindex);
/* The set at a place, for loops; NULL: there are no more. A namespace comes before its interfaces. */
const struct mib_set *table_mib_at(const struct table *table, size_t place);
/* The place of the first set of a namespace, or where it would be. */
size_t table_mib_place(const struct table *table, uint32_t netns);

/* NULL: it was always 0. */
const struct mib_value *mib_value(const struct mib_set *set, uint64_t id);

#endif
