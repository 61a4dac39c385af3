/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs whose stacks have ended several readers. Their stacks are not read for a while. */
#ifndef TCPTRAIL_ENRICH_CRASH_LIST_H
#define TCPTRAIL_ENRICH_CRASH_LIST_H

#include <stdbool.h>
#include <stdint.h>

#define CRASH_LIST_SIZE 64

/* The file of a program, as in /proc/PID/maps. */
struct program_key {
	uint64_t device, inode; /* inode 0: not known */
};

struct crash_entry {
	struct program_key key;
	uint64_t last; /* ns of CLOCK_BOOTTIME: when a reader last ended */
	uint32_t count;
};

struct crash_list {
	struct crash_entry list[CRASH_LIST_SIZE];
};

/* Notes that a reader ended while it read a stack of this program. */
void crash_list_add(struct crash_list *crashes, const struct program_key *key, uint64_t now);
/* Has that happened so often that the program is blocked? */
bool crash_list_blocks(const struct crash_list *crashes, const struct program_key *key,
                       uint64_t now);

#endif
