/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who holds which socket, from /proc/PID/fd: where there are no BPF iterators
 * to tell. Sees the processes of our pid namespace that we may trace.
 */
#ifndef TCPTRAIL_ENRICH_PROCFD_H
#define TCPTRAIL_ENRICH_PROCFD_H

#include <stdint.h>

/* One fd of a process (thread group) that is a socket of any kind; inode of sockfs. */
typedef void procfd_fn(uint32_t pid, int fd, uint32_t inode, void *arg);

/*
 * Calls fn once for each socket fd, in no order. Processes come and go meanwhile: what is told
 * was so at some instant of the walk. *unreadable: processes seen whose fds we may not look at
 * (kernel threads and zombies have none). Processes whose first thread has ended and those that
 * /proc hides (hidepid=2) are passed over. 0, or -errno of /proc itself.
 */
int procfd_walk(procfd_fn *fn, void *arg, unsigned int *unreadable);

#endif
