/* SPDX-License-Identifier: BSD-2-Clause */
/* What a cgroup path tells about the container or unit it belongs to. */
#ifndef TCPTRAIL_CORE_CONTAINER_H
#define TCPTRAIL_CORE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

struct container {
	char runtime[16]; /* docker, containerd, crio, podman, lxc, systemd, ... */
	char id[256]; /* container id (whole), or name of a unit or user slice (UNIT_NAME_MAX) */
	char pod[40]; /* Kubernetes pod uid with dashes; "" if none */
	char user_slice[24]; /* "user-1000.slice" that it is in, or is; "" if none */
};

/* path: from the cgroup hierarchy's root. false: tells none. */
bool container_parse(const char *path, struct container *container);

#endif
