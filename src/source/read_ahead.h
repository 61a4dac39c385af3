/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the output of a BPF iterator in a thread that stays some chunks ahead of the consumer. */
#ifndef TCPTRAIL_SOURCE_READ_AHEAD_H
#define TCPTRAIL_SOURCE_READ_AHEAD_H

#include <stddef.h>
#include <sys/types.h>

struct read_ahead;

/*
 * Reads from fd, which must outlive it. If mapped is NULL, read() returns the records themselves,
 * some pages at most. Otherwise read() returns a u64: how many bytes of records are at `mapped`
 * until the next read() (walked.h). 0 or -errno.
 */
int read_ahead_open(struct read_ahead **ahead, int fd, const void *mapped);

/*
 * Waits for the next chunk. It has whole records and is valid until the next call. Its size in
 * bytes; 0: no more; -errno of the read() that failed.
 */
ssize_t read_ahead_next(struct read_ahead *ahead, const void **chunk);

/* Waits until a read() in progress returns. */
void read_ahead_close(struct read_ahead *ahead);

#endif
