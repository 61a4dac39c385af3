/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of groups share. */
#ifndef TCPTRAIL_COUNT_GROUP_PRIVATE_H
#define TCPTRAIL_COUNT_GROUP_PRIVATE_H

#include "count/flows.h"
#include "count/group.h"

/* Of a group in the making: one socket. */
struct member {
	const struct row *row;
	uint64_t age, stack;
	uint32_t group;
};

/* How many more came into a state than left it. */
struct growth_key {
	uint64_t start;
	uint32_t pid;
	uint16_t state;
	uint16_t all; /* all processes: no pid */
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
	struct map growth; /* struct growth; empty: to be summed up */
	struct member *members;
	size_t member_count, member_room;
};

/* Ages and stacks of a group's members, which are sorted by age; afterwards by stack. */
void group_measure(struct group *group, struct member *members);
/* Sets other_family of the groups of failed connects. 0 or -ENOMEM. */
int groups_find_other_family(struct groups *groups);
/* Does a connection end by it, as who has the socket sees it? How: adds to nothing, sets ending. */
bool change_is_ending(const struct change *change);
void ending_of(const struct table *table, const struct change *change, struct endings *ending);

/* By group, then by age. */
int member_compare(const void *a, const void *b);

#endif
