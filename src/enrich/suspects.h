/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs whose stacks have cost several readers: they are set aside for a while. */
#ifndef TCPTRAIL_ENRICH_SUSPECTS_H
#define TCPTRAIL_ENRICH_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>

#define SUSPECTS 64

/* A file, as /proc/PID/maps has it. */
struct program_key {
	uint64_t device, inode; /* inode 0: not known */
};

struct suspect {
	struct program_key key;
	uint64_t last; /* ns of CLOCK_BOOTTIME: when a reader ended last */
	uint32_t count;
};

struct suspects {
	struct suspect list[SUSPECTS];
};

/* A reader ended while it read a stack of this program. */
void suspects_blame(struct suspects *suspects, const struct program_key *key, uint64_t now);
/* Has that happened too often? */
bool suspects_set_aside(const struct suspects *suspects, const struct program_key *key,
                        uint64_t now);

#endif
