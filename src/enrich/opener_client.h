/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files for the process that reads stacks. It may not open files itself, so it asks the opener. It
 * requests a module of a process, not a path.
 */
#ifndef TCPTRAIL_ENRICH_OPENER_CLIENT_H
#define TCPTRAIL_ENRICH_OPENER_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define OPENER_SLOTS        64  /* processes that the opener keeps at a time */
#define OPENER_NAME_MAX     256 /* NAME_MAX and NUL */
#define OPENER_BUILD_ID_MAX 64  /* bytes of a build id */

enum opener_kind {
	OPENER_MAPS,     /* /proc/PID/maps; the slot belongs to this process from now on */
	OPENER_MODULE,   /* the file that is mapped at the address */
	OPENER_BUILD_ID, /* debug information for a build id */
	OPENER_LINK, /* debug information that .gnu_debuglink of the module at the address names */
	OPENER_PERFMAP, /* names of a JIT compiler's code */
};

enum opener_place {
	PLACE_HOST,         /* /usr/lib/debug of the host */
	PLACE_PROCESS,      /* /usr/lib/debug of the process's root */
	PLACE_BESIDE,       /* OPENER_LINK only: in the folder of the module */
	PLACE_BESIDE_DEBUG, /* OPENER_LINK only: in .debug there */
};

struct opener_request {
	uint32_t kind, place, slot;
	uint32_t pid, size; /* size: of name */
	uint32_t pad;
	uint64_t address; /* OPENER_MAPS: when the process started */
	char name[OPENER_NAME_MAX];
};

struct opener_reply {
	int32_t err; /* 0: an fd comes with the reply */
	uint32_t pad;
};

/* One slot of the opener. */
struct opener_client {
	int socket;
	uint32_t slot;
};

/*
 * Each returns an fd, which the caller closes, or -errno. If the opener has ended, they end this
 * process.
 */
int opener_open_maps(const struct opener_client *client, uint32_t pid, uint64_t start);
int opener_open_module(const struct opener_client *client, uint64_t address);
int opener_open_build_id(const struct opener_client *client, enum opener_place place,
                         const unsigned char *id, size_t size);
int opener_open_link(const struct opener_client *client, enum opener_place place, uint64_t address,
                     const char *link);
int opener_open_perfmap(const struct opener_client *client);

#endif
