/* SPDX-License-Identifier: BSD-2-Clause */
/* A stream of whole lines: what a signal cuts off ends with a line. */
#ifndef TCPTRAIL_BASE_LINES_H
#define TCPTRAIL_BASE_LINES_H

#include <stdio.h>

/*
 * Each write to fd is of whole lines and of PIPE_BUF bytes at most, which a pipe takes as a whole or
 * not at all (POSIX, write()); a longer line is written by itself. A flush holds back a line that is
 * not complete; fclose() writes it and leaves fd open. NULL: no memory, errno tells.
 */
FILE *lines_open(int fd);

/*
 * Of size bytes, at most as many as are to be written to fd at once: whole lines, in a pipe no more
 * than it takes as a whole. 0: the first line has no end yet. A longer one is waited with until a pipe
 * is empty, for then it may take it as a whole.
 */
size_t lines_piece(int fd, const char *from, size_t size);

#endif
