/* SPDX-License-Identifier: BSD-2-Clause */
/* A stream that writes whole lines, so that the output ends with a line when a signal ends us. */
#ifndef TCPTRAIL_BASE_LINES_H
#define TCPTRAIL_BASE_LINES_H

#include <stdio.h>

/*
 * Each write to fd has whole lines and at most PIPE_BUF bytes, which a pipe takes as a whole or not
 * at all (POSIX, write()); a longer line is written alone. A flush holds back an incomplete line;
 * fclose() writes it and leaves fd open. NULL: failed, errno is set.
 */
FILE *lines_open(int fd);

/*
 * The number of bytes, of size bytes, to write to fd at once: whole lines, and for a pipe at most
 * PIPE_BUF bytes. 0: the first line has no end yet. Before a longer line it waits until the pipe is
 * empty, because only then the pipe may take the line as a whole.
 */
size_t lines_piece(int fd, const char *from, size_t size);

#endif
