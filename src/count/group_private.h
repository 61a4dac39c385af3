/* SPDX-License-Identifier: BSD-2-Clause */
/* What the group*.c files share. */
#ifndef TCPTRAIL_COUNT_GROUP_PRIVATE_H
#define TCPTRAIL_COUNT_GROUP_PRIVATE_H

#include "count/flows.h"
#include "count/group.h"

/* One socket of a group. */
struct member {
	const struct row *row;
	uint64_t age, stack;
	uint32_t group;
};

/* Sockets entered minus sockets left. */
struct growth_key {
	uint64_t start;
	uint32_t pid;
	uint16_t state;
	uint16_t all; /* 1: of all processes, pid is 0 */
};

struct growth {
	struct growth_key key;
	int64_t by;
};

struct groups {
	const struct table *table;
	uint64_t since;
	struct flows flows;
	struct map groups;
	struct map growth; /* of struct growth; empty: not summed up yet */
	struct member *members;
	size_t member_count, member_room;
};

/* Sets ages and stack of a group. It takes the members sorted by age and sorts them by stack. */
void group_measure(struct group *group, struct member *members);
/* Sets other_family of the groups of failed connects. 0 or -ENOMEM. */
int groups_find_other_family(struct groups *groups);
/* Does the change end a connection for the process that has the socket? */
bool change_is_ending(const struct change *change);
/* Sets *ending to how it ended: one of its counts is 1. */
void ending_of(const struct table *table, const struct change *change, struct endings *ending);

/* Orders members by group, then by age. */
int member_compare(const void *a, const void *b);

#endif
