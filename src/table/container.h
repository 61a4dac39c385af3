/* SPDX-License-Identifier: BSD-2-Clause */
/* What a cgroup path tells about the container or unit it belongs to. */
#ifndef TCPTRAIL_TABLE_CONTAINER_H
#define TCPTRAIL_TABLE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "table/table.h"

struct container {
	char runtime[16]; /* docker, containerd, crio, podman, lxc, systemd, ... */
	char id[256]; /* container id (whole), or name of a unit or user slice (UNIT_NAME_MAX) */
	char pod[40]; /* Kubernetes pod uid with dashes; "" if none */
	char user_slice[24]; /* "user-1000.slice" that it is in, or is; "" if none */
};

/* path: from the cgroup hierarchy's root. false: tells none. */
bool container_parse(const char *path, struct container *container);

/*
 * Cgroup path of a socket: its own, by the v2 hierarchy; where that names no
 * container (hosts with v1 hierarchies), that of the process that has or had it, if
 * it tells more. NULL: not known. Wishes for names, which changes nothing that the table tells.
 */
const char *row_cgroup_path(const struct table *table, const struct row *row);

/* What that path tells. */
bool row_find_container(const struct table *table, const struct row *row,
                        struct container *container);

#endif
