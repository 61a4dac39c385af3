/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a whole file of /proc or debugfs, so that records can point into it. */
#ifndef TCPTRAIL_LIST_FILE_TEXT_H
#define TCPTRAIL_LIST_FILE_TEXT_H

#include <stddef.h>

struct list;

/*
 * *text gets the content, ended with NUL, which lives as long as the list. 0; -ENOENT: there is no
 * such file; -EISDIR and others. It opens only regular files: a pipe in the place of the file would
 * block.
 */
int file_text(struct list *list, const char *path, char **text, size_t *size);

/*
 * Cuts the next line off: ends it with NUL and moves *text behind it. NULL: there is none. Skips
 * empty lines.
 */
char *file_text_line(char **text);

/* Splits a line at its blanks, in place, into at most `most` words. Returns how many. */
size_t file_text_words(char *line, char *words[], size_t most);

#endif
