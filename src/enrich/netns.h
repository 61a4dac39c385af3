/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network namespaces of the host: those of all tasks in /proc, and the bind
 * mounts of ip-netns(8), container engines and others, process 1's included. No
 * file descriptor is kept between calls, lest we keep a namespace alive that
 * everybody else has left.
 */
#ifndef TCPTRAIL_ENRICH_NETNS_H
#define TCPTRAIL_ENRICH_NETNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/numbers.h"

struct netns_entry {
	uint32_t inode;
	char path[128]; /* to open it by: /proc/PID/ns/net, /run/netns/NAME, another mount */
	char name[256]; /* "host", ip-netns name, or of another mount, or "" */
};

struct netns_list {
	struct netns_entry *entries; /* own namespace first */
	size_t count;
	struct numbers inodes; /* of the entries, in their order */
};

/*
 * Finds all that can be seen now; *list is freed by netns_list_free. 0; or -errno with diag: some
 * may be missing (-EMFILE, -ENFILE, -ENOMEM), and there is no list.
 */
int netns_enumerate(struct netns_list *list, struct diag *diag);
void netns_list_free(struct netns_list *list);
/* NULL: it is not in the list. */
const struct netns_entry *netns_find(const struct netns_list *list, uint32_t inode);

/*
 * Moves the calling thread into the entry's namespace / back to the one the
 * process started in. 0 or -errno (-ENOENT: it is gone meanwhile; -ESTALE: the path leads to
 * another namespace by now).
 */
int netns_enter(const struct netns_entry *entry);
int netns_leave(void);

/* Inode of the namespace this process started in. */
uint32_t netns_own(void);

#endif
