/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network namespaces of the host: those of all tasks in /proc, and the bind mounts of
 * ip-netns(8), container engines and others, also in the mount namespace of process 1. Keeps no
 * file descriptor open between calls: it would keep a namespace alive that everybody else has left.
 */
#ifndef TCPTRAIL_ENRICH_NETNS_H
#define TCPTRAIL_ENRICH_NETNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/numbers.h"

struct netns_entry {
	uint32_t inode;
	char path[128]; /* opens it: /proc/PID/ns/net, /run/netns/NAME, or another mount */
	char name[256]; /* "host", the name for ip-netns or of another mount, or "" */
};

struct netns_list {
	struct netns_entry *entries; /* own namespace first */
	size_t count;
	struct numbers inodes; /* of the entries, in their order */
};

/*
 * Finds all namespaces that can be seen now. netns_list_free() frees *list. 0; or -errno with diag
 * and no list: for lack of fds or memory (-EMFILE, -ENFILE, -ENOMEM) some might be missing.
 */
int netns_enumerate(struct netns_list *list, struct diag *diag);
void netns_list_free(struct netns_list *list);
/* NULL: it is not in the list. */
const struct netns_entry *netns_find(const struct netns_list *list, uint32_t inode);

/*
 * Moves the calling thread into the entry's namespace, or back to the one that the process started
 * in. 0 or -errno (-ENOENT: the namespace is gone; -ESTALE: the path leads to another namespace
 * now).
 */
int netns_enter(const struct netns_entry *entry);
int netns_leave(void);

/* Inode of the namespace that this process started in. */
uint32_t netns_own(void);

#endif
