/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a JIT compiler wrote of its code into /tmp/perf-PID.map: a line for each
 * piece, "START SIZE NAME", numbers in hexadecimal. Node writes it as it compiles
 * (--perf-basic-prof), the JVM when asked (jcmd PID Compiler.perfmap).
 */
#ifndef TCPTRAIL_ENRICH_PERFMAP_H
#define TCPTRAIL_ENRICH_PERFMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct perfmap_entry {
	uint64_t start, size;
	uint32_t name;  /* offset in names */
	uint32_t order; /* place in the file: later ones replace earlier ones */
};

struct perfmap {
	struct perfmap_entry *entries; /* the first `sorted` by start, then order */
	size_t count, room, sorted;
	char *names;
	size_t names_size, names_room;
	uint64_t longest; /* size of the longest piece */
	struct stat stat; /* of the file, as last read */
	uint64_t read;    /* bytes of it, up to the end of a line */
};

/* All zero is an empty map. */
void perfmap_free(struct perfmap *map);

/* Adds the whole lines of the text; others are skipped. Returns the bytes of whole lines. */
size_t perfmap_add(struct perfmap *map, const char *text, size_t size);

/* The piece that has the address, as written last; NULL: none. */
const struct perfmap_entry *perfmap_find(struct perfmap *map, uint64_t address);
const char *perfmap_name(const struct perfmap *map, const struct perfmap_entry *entry);

/* Reads what was added to the file since the last time; closes fd. false: nothing new. */
bool perfmap_read(struct perfmap *map, int fd);

#endif
