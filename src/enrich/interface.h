/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_ENRICH_INTERFACE_H
#define TCPTRAIL_ENRICH_INTERFACE_H

#include <stdint.h>

#define INTERFACE_NAME_SIZE 16 /* IFNAMSIZ */

/*
 * The name of the interface in the namespace that the thread is in. 0 or -errno (-ENXIO, -ENODEV:
 * there is no such interface).
 */
int interface_name(uint32_t ifindex, char name[INTERFACE_NAME_SIZE]);

/* A socket for interface_read(), in the namespace that the thread is in: an fd or -errno. */
int interface_open(void);

struct interface_state {
	uint32_t ifindex, flags, mtu; /* flags: IFF_..., 16 bits */
};

/* 0 or -errno (-ENODEV: there is no such interface). */
int interface_read(int fd, const char *name, struct interface_state *state);

#endif
