/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of one binary, sorted, and the places in it that were asked for. */
#ifndef TCPTRAIL_ENRICH_BINARY_H
#define TCPTRAIL_ENRICH_BINARY_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What tells a binary from another: its build id, else the file. */
struct binary_key {
	unsigned char build_id[32];
	uint32_t build_id_size; /* 0: none */
	uint32_t uid;           /* whose the file is: a build id can be forged */
	uint64_t size;
	uint64_t device, inode, changed; /* 0 if there is a build id */
};

struct function {
	uint64_t start, size; /* as in the ELF file; size 0: not told, up to the next one */
	uint32_t name;        /* offset in names */
	uint8_t rank;         /* less is better, of several names of one place */
};

/* A place that was asked for. */
struct place {
	uint64_t address;
	const struct function *function; /* NULL: none */
	char *source;                    /* "file:line"; NULL: not known */
	bool asked;
};

#define PLACES 4096 /* a power of two */

struct binary {
	struct binary_key key;
	struct function *functions; /* by start */
	size_t count, room;
	char *names;
	size_t names_size, names_room;
	struct place *places; /* by hash; a later one takes an earlier one's slot */
};

/* From a module's symbol tables: its own, its debug file's, its mini debug information's. */
struct binary *binary_read(Dwfl_Module *module, const struct binary_key *key);
void binary_free(struct binary *binary);

/* What is at the address (as in the ELF file). NULL: no memory. */
const struct place *binary_place(struct binary *binary, Dwfl_Module *module, uint64_t address);
const char *binary_function_name(const struct binary *binary, const struct function *function);

#endif
