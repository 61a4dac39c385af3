/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of netns.h share. */
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
 * Adds one way to a namespace. Keeps the first path that fits and the first name; NULL: not known.
 * 0 or -ENOMEM.
 */
int netns_scan_add(struct netns_scan *scan, uint32_t inode, const char *path, const char *name);

/*
 * Does the error mean a lack of fds or memory? Then the namespace may exist, and a list without it
 * would be wrong.
 */
bool netns_is_shortage(int err);

/* Adds what is mounted or linked below /run/netns, then all other nsfs mounts. */
int netns_find_mounts(struct netns_scan *scan);

/* Inode of the namespace that the link /proc/PID/ns/net names, or 0. */
uint32_t netns_read_link(int dir, const char *path);

/* Device of nsfs: an inode number means a namespace only there. */
dev_t netns_device(void);

#endif
