/* SPDX-License-Identifier: BSD-2-Clause */
/* Notices: lines on stderr. They are no data. */
#ifndef TCPTRAIL_SESSION_NOTICE_H
#define TCPTRAIL_SESSION_NOTICE_H

#include <stdint.h>

/*
 * Prints "tcptrail: ...". The text may hold anything that comes from outside (a file's name, a word
 * of a file): it never reaches a terminal raw, see escape_terminal().
 */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without "tcptrail: ", for lines that other programs write in a form of their own. */
void notice_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Reports the number of files of a recording that could not be opened; 0: prints nothing. */
void notice_unreadable(const char *path, uint64_t files);

#endif
