/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of cgroups by their id, from the mounted cgroup v2 hierarchy (alone, or beside v1 as
 * /sys/fs/cgroup/unified).
 */
#ifndef TCPTRAIL_ENRICH_CGROUP_H
#define TCPTRAIL_ENRICH_CGROUP_H

#include <stdint.h>
#include <stdio.h>

#define CGROUP_PATH_MAX 4096

/* Where the hierarchy is mounted. */
struct cgroup_mount {
	char point[CGROUP_PATH_MAX]; /* mount point */
	char root[CGROUP_PATH_MAX];  /* part of the hierarchy that is mounted there; "": all */
};

struct cgroup_tree;

/* 0 or -errno; -ENOENT: there is no cgroup v2 mount. */
int cgroup_open(struct cgroup_tree **tree);
void cgroup_close(struct cgroup_tree *tree); /* NULL-safe */

/*
 * The path from the root of the hierarchy, as "/system.slice/ssh.service". 0; -ENOENT: no such
 * cgroup here (any more); -ENAMETOOLONG; another -errno. Without CAP_DAC_READ_SEARCH it searches
 * the whole tree, which it reads once between two calls of cgroup_forget().
 */
int cgroup_path(struct cgroup_tree *tree, uint64_t id, char *path, size_t size);
void cgroup_forget(struct cgroup_tree *tree);

/*
 * Finds the first cgroup2 mount in a mountinfo file, preferably one of the whole hierarchy. 0 or
 * -ENOENT.
 */
int cgroup_find_mount(FILE *mountinfo, struct cgroup_mount *mount);

#endif
