/* SPDX-License-Identifier: BSD-2-Clause */
/* What is mapped in a process: /proc/PID/maps, reduced to what frames need. */
#ifndef TCPTRAIL_ENRICH_MAPS_H
#define TCPTRAIL_ENRICH_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapping {
	uint64_t start, end, offset;
	uint64_t inode; /* 0: no file */
	uint32_t major, minor;
	bool executable;
	const char *path; /* as the process names it; "": none */
};

struct maps {
	struct mapping *list; /* by address */
	size_t count;
};

/* Reads anew, from an fd of /proc/PID/maps, which it leaves open. 0 or -errno: none then. */
int maps_read(struct maps *maps, int fd);
void maps_free(struct maps *maps);

/* The mapping with the address; NULL: none. */
const struct mapping *maps_find(const struct maps *maps, uint64_t address);

/*
 * A file as it is mapped: from index on, the next row of mappings of one file, with
 * what lies between (its bss). *last: index of the last of them. false: no more.
 */
bool maps_next_file(const struct maps *maps, size_t *index, size_t *last);

#endif
