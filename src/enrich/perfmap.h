/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that a JIT compiler writes for its code into /tmp/perf-PID.map: a line for each piece,
 * "START SIZE NAME", with hexadecimal numbers. Node writes it while it compiles
 * (--perf-basic-prof), the JVM on request (jcmd PID Compiler.perfmap).
 */
#ifndef TCPTRAIL_ENRICH_PERFMAP_H
#define TCPTRAIL_ENRICH_PERFMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buffer.h"

struct perfmap_entry {
	uint64_t start, size;
	uint32_t name;  /* offset in names */
	uint32_t order; /* position in the file: a later piece replaces an earlier one */
};

struct perfmap {
	struct perfmap_entry *entries; /* the first `sorted` ones are sorted by start, then order */
	size_t count, sorted;
	struct buffer names; /* each ends with NUL */
	uint64_t longest;    /* size of the longest piece */
	struct stat stat;    /* of the file, when it was last read */
	uint64_t read;       /* bytes of it, up to the end of a line */
};

/* A map of all zeros is empty. */
void perfmap_free(struct perfmap *map);

/* Adds the valid lines of the text. Returns the bytes of its whole lines. */
size_t perfmap_add(struct perfmap *map, const char *text, size_t size);

/* The piece that contains the address, the one written last; NULL: none. */
const struct perfmap_entry *perfmap_find(struct perfmap *map, uint64_t address);
const char *perfmap_name(const struct perfmap *map, const struct perfmap_entry *entry);

/* Reads what was added to the file since the last call; closes fd. false: nothing new. */
bool perfmap_read(struct perfmap *map, int fd);

#endif
