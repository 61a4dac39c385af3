/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which process holds which socket, from /proc/PID/fd, for kernels without BPF iterators. Sees the
 * processes of our pid namespace that we may trace.
 */
#ifndef TCPTRAIL_ENRICH_PROCFD_H
#define TCPTRAIL_ENRICH_PROCFD_H

#include <stdint.h>

/* Called for an fd of a process (thread group) that is a socket of any kind; inode of sockfs. */
typedef void procfd_fn(uint32_t pid, int fd, uint32_t inode, void *arg);

/*
 * Calls fn once for each socket fd, in no order. Processes come and go meanwhile: each fd existed
 * at some instant of the walk. *unreadable: number of processes whose fds cannot be read (kernel
 * threads and zombies have none). Skips processes whose first thread has ended and those that /proc
 * hides (hidepid=2). 0, or -errno of /proc itself.
 */
int procfd_walk(procfd_fn *fn, void *arg, unsigned int *unreadable);

#endif
