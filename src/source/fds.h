/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which process has which socket of any family open, by a BPF iterator over files (5.8). It loads
 * one small program, so it starts faster than struct live.
 */
#ifndef TCPTRAIL_SOURCE_FDS_H
#define TCPTRAIL_SOURCE_FDS_H

#include <stdint.h>

/* Called for each fd that is a socket, by pid and fd; inode of sockfs. 0, or -errno to stop. */
typedef int fds_fn(uint32_t pid, int fd, uint32_t inode, void *arg);

/*
 * Walks over the fds of all processes of our pid namespace. Pids are those of the initial pid
 * namespace. 0, or -errno: the kernel has no such iterator, or refuses it, or a read or fn failed;
 * fn may have been called then.
 */
int fds_walk(fds_fn *fn, void *arg);

#endif
