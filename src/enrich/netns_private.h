/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of netns_enumerate: what its ways of finding namespaces add to. */
#ifndef TCPTRAIL_ENRICH_NETNS_PRIVATE_H
#define TCPTRAIL_ENRICH_NETNS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enrich/netns.h"

struct netns_scan {
	struct netns_list list;
	size_t room; /* of list.entries */
};

/*
 * Notes one way to a namespace. The first path that fits and the first name
 * stay; NULL: none known. 0 or -ENOMEM.
 */
int netns_scan_add(struct netns_scan *scan, uint32_t inode, const char *path, const char *name);

/*
 * Is it for lack of files or memory that something could not be looked at? Then it may be there,
 * and a list without it would be wrong.
 */
bool netns_is_shortage(int err);

/* Adds what is mounted or linked under /run/netns, then every other nsfs mount. */
int netns_find_mounts(struct netns_scan *scan);

/* Inode that such a link tells, or 0. */
uint32_t netns_read_link(int dir, const char *path);

/* Device of nsfs, so that an inode number is not mistaken for another file's. */
dev_t netns_device(void);

#endif
