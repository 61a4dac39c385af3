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

#endif
