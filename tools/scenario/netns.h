/* SPDX-License-Identifier: BSD-2-Clause */
/* Network namespaces and the devices in them. Nothing here outlives the process that made it. */
#ifndef SCENARIO_NETNS_H
#define SCENARIO_NETNS_H

#include <stdint.h>
#include <sys/types.h>

void netns_unshare(void);        /* enters a new namespace, with lo up */
int netns_of_process(pid_t pid); /* an fd for netns_enter() */
int netns_of_socket(int fd);     /* the same; the fd is cached, do not close it */
uint64_t netns_inode(int nsfd);
int netns_current(void);
void netns_enter(int nsfd);

/* A veth pair NAME here, PEER in the namespace of process pid. */
void veth_make(const char *name, const char *peer, pid_t pid);
void device_address(const char *name, const char *address, const char *netmask);
void device_peer(const char *name, const char *address); /* of a point-to-point device */
void device_up(const char *name);
void device_up_again(const char *name); /* of a veth, when its peer is up */

/* A TUN device: what the kernel sends through it is read from the fd, and the other way round. */
int tun_make(const char *name);

#endif
