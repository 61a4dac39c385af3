/* SPDX-License-Identifier: BSD-2-Clause */
/* The container or unit of a cgroup path. */
#ifndef TCPTRAIL_TABLE_CONTAINER_H
#define TCPTRAIL_TABLE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "table/row.h"

struct table;

struct container {
	char runtime[16]; /* docker, containerd, crio, podman, lxc, systemd, ... */
	char id[256]; /* whole id of a container, or name of a unit or user slice (UNIT_NAME_MAX) */
	char pod[40]; /* Kubernetes pod uid with dashes; "" if none */
	char user_slice[24]; /* "user-1000.slice": it is that, or is in it; "": none */
};

/* path: from the root of the cgroup hierarchy. false: no container, unit or user slice. */
bool container_parse(const char *path, struct container *container);

/* Room for the text of a container. */
#define CONTAINER_TEXT (sizeof(struct container))
/* "docker:3f4e5d6c7b8a", "systemd:nginx.service": a long id is cut to 12 digits, as tools print it. */
void container_print(const struct container *container, char *text, size_t size);

/*
 * Cgroup path of a socket: its own, of the v2 hierarchy. If that names no container (hosts with v1
 * hierarchies): the path of the process that has or had it, if that names one. NULL: not known.
 * Leaves pending queries for names; nothing else of the table changes.
 */
const char *row_cgroup_path(const struct table *table, const struct row *row);

/* The container of that path. false: none, or not known. */
bool row_find_container(const struct table *table, const struct row *row,
                        struct container *container);

#endif
