/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of cgroups by their id, from the cgroup v2 hierarchy that is mounted
 * here (alone, or beside v1 as /sys/fs/cgroup/unified).
 */
#ifndef TCPTRAIL_ENRICH_CGROUP_H
#define TCPTRAIL_ENRICH_CGROUP_H

#include <stdint.h>
#include <stdio.h>

#define CGROUP_PATH_MAX 4096

/* Where the hierarchy is mounted. */
struct cgroup_mount {
	char point[CGROUP_PATH_MAX]; /* mount point */
	char root[CGROUP_PATH_MAX];  /* what of the hierarchy is mounted there: mostly "" for "/" */
};

struct cgroup_tree;

/* -ENOENT: no cgroup v2 mount. 0 or -errno. */
int cgroup_open(struct cgroup_tree **tree);
void cgroup_close(struct cgroup_tree *tree); /* NULL-safe */

/*
 * The path from the root of the hierarchy, as "/system.slice/ssh.service". 0;
 * -ENOENT: no such cgroup here (any more); -ENAMETOOLONG; another -errno.
 * Without CAP_DAC_READ_SEARCH it is looked for in the whole tree, which is
 * read once between two calls of cgroup_forget().
 */
int cgroup_path(struct cgroup_tree *tree, uint64_t id, char *path, size_t size);
void cgroup_forget(struct cgroup_tree *tree);

/*
 * Finds the first cgroup2 mount of a mountinfo file, one of the whole hierarchy if any. 0, -ENOENT.
 */
int cgroup_find_mount(FILE *mountinfo, struct cgroup_mount *mount);

#endif
