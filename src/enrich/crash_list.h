/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs whose stacks have cost several readers: they are set aside for a while. */
#ifndef TCPTRAIL_ENRICH_CRASH_LIST_H
#define TCPTRAIL_ENRICH_CRASH_LIST_H

#include <stdbool.h>
#include <stdint.h>

#define CRASH_LIST_SIZE 64

/* A file, as /proc/PID/maps has it. */
struct program_key {
	uint64_t device, inode; /* inode 0: not known */
};

struct crash_entry {
	struct program_key key;
	uint64_t last; /* ns of CLOCK_BOOTTIME: when a reader ended last */
	uint32_t count;
};

struct crash_list {
	struct crash_entry list[CRASH_LIST_SIZE];
};

/* A reader ended while it read a stack of this program. */
void crash_list_add(struct crash_list *crashes, const struct program_key *key, uint64_t now);
/* Has that happened too often? */
bool crash_list_blocks(const struct crash_list *crashes, const struct program_key *key,
                       uint64_t now);

#endif
