/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files for the process that reads stacks, which may open none itself: it asks the opener,
 * and gets them opened. It asks for a module of a process, not for a path.
 */
#ifndef TCPTRAIL_ENRICH_FILES_H
#define TCPTRAIL_ENRICH_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FILES_SLOTS     64  /* processes that the opener knows at a time */
#define FILES_NAME_MAX  256 /* NAME_MAX and NUL */
#define FILES_BUILD_MAX 64  /* bytes of a build id */

enum files_kind {
	FILES_PROCESS,  /* its /proc/PID/maps; the slot is its from now on */
	FILES_MODULE,   /* what is mapped at the address */
	FILES_BUILD_ID, /* debug information for a build id */
	FILES_LINK,     /* debug information by .gnu_debuglink of the module at the address */
	FILES_PERFMAP,  /* names of a JIT's code */
};

enum files_place {
	FILES_OF_HOST,      /* /usr/lib/debug as we see it */
	FILES_OF_PROCESS,   /* as the process does */
	FILES_BESIDE,       /* link only: where the module is, */
	FILES_BESIDE_DEBUG, /* and in .debug there */
};

struct files_request {
	uint32_t kind, place, slot;
	uint32_t pid, size; /* size: of name */
	uint32_t pad;
	uint64_t address; /* FILES_PROCESS: when the process started */
	char name[FILES_NAME_MAX];
};

struct files_reply {
	int32_t err; /* 0: an fd comes with it */
	uint32_t pad;
};

/* What asks: one process's slot. */
struct files {
	int socket;
	uint32_t slot;
};

/* An fd, which the caller closes, or -errno. The process ends if the opener has. */
int files_process(const struct files *files, uint32_t pid, uint64_t start);
int files_module(const struct files *files, uint64_t address);
int files_build_id(const struct files *files, enum files_place place, const unsigned char *id,
                   size_t size);
int files_link(const struct files *files, enum files_place place, uint64_t address,
               const char *link);
int files_perfmap(const struct files *files);

#endif
