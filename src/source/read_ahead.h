/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what a BPF iterator writes, by a thread that is some chunks ahead of who takes them. */
#ifndef TCPTRAIL_SOURCE_READ_AHEAD_H
#define TCPTRAIL_SOURCE_READ_AHEAD_H

#include <stddef.h>
#include <sys/types.h>

struct read_ahead;

/*
 * Of fd, which outlives it. Without `mapped` read() gives the records themselves, some pages at most;
 * else how many bytes of them are at `mapped` until the next read(), a u64 (walked.h). 0 or -errno.
 */
int read_ahead_open(struct read_ahead **ahead, int fd, const void *mapped);

/*
 * Waits for the next chunk, which holds whole records and stays until the next call. Its
 * size in bytes; 0: that was all; -errno of the read that failed.
 */
ssize_t read_ahead_next(struct read_ahead *ahead, const void **chunk);

/* Waits for a read that is under way. */
void read_ahead_close(struct read_ahead *ahead);

#endif
