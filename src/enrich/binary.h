/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions of one binary, sorted by address, and a cache of the places in it that were looked
 * up.
 */
#ifndef TCPTRAIL_ENRICH_BINARY_H
#define TCPTRAIL_ENRICH_BINARY_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* What identifies a binary: its build id, or else its file. */
struct binary_key {
	unsigned char build_id[32];
	uint32_t build_id_size; /* 0: none */
	uint32_t uid;           /* owner of the file: a build id can be forged */
	uint64_t size;
	uint64_t device, inode, changed; /* 0 if there is a build id */
};

struct function {
	uint64_t start, size; /* as in the ELF file; size 0: unknown, up to the next function */
	uint32_t name;        /* offset in names */
	uint8_t rank;         /* of several names for one place the lowest rank is best */
};

/* A place that was looked up. */
struct place {
	uint64_t address;
	const struct function *function; /* NULL: no function */
	char *source;                    /* "file:line"; NULL: not known */
	bool used;
};

#define PLACES 4096 /* a power of two */

struct binary {
	struct binary_key key;
	struct function *functions; /* sorted by start */
	size_t count;
	struct buffer names;  /* each ends with NUL */
	struct place *places; /* by hash of the address; a new one replaces an old one */
};

/*
 * Reads the symbol tables of a module: its own, its debug file's, its mini debug information's.
 * NULL: no memory.
 */
struct binary *binary_read(Dwfl_Module *module, const struct binary_key *key);
void binary_free(struct binary *binary);

/* What is at this address of the ELF file. NULL: no memory. */
const struct place *binary_place(struct binary *binary, Dwfl_Module *module, uint64_t address);
const char *binary_function_name(const struct binary *binary, const struct function *function);

#endif
