/* SPDX-License-Identifier: BSD-2-Clause */
/* The mappings of a process: what frames need of /proc/PID/maps. */
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
	struct mapping *list; /* sorted by address */
	size_t count;
};

/*
 * Replaces *maps by what it reads from an fd of /proc/PID/maps, which stays open. 0; or -errno,
 * with *maps empty.
 */
int maps_read(struct maps *maps, int fd);
void maps_free(struct maps *maps);

/* The mapping that contains the address; NULL: none. */
const struct mapping *maps_find(const struct maps *maps, uint64_t address);

/*
 * Finds the next file at or after *index. A mapped file is a row of mappings of one file, including
 * its anonymous parts (bss). Sets *index to the first and *last to the last of them. false: no more
 * files.
 */
bool maps_next_file(const struct maps *maps, size_t *index, size_t *last);

#endif
