/* SPDX-License-Identifier: BSD-2-Clause */
/* Used by doing_read(): parses files of /proc/PID. */
#ifndef TCPTRAIL_ENRICH_DOING_TEXT_H
#define TCPTRAIL_ENRICH_DOING_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "enrich/doing.h"

/* The soft limit of open files in /proc/PID/limits; UINT64_MAX: unlimited. 0 or -EINVAL. */
int doing_parse_limit(const char *text, uint64_t *limit);

/*
 * Makes a group of one thread from /proc/PID/task/TID/syscall. native: the process has our word
 * size, so its syscalls have the numbers we know.
 */
void doing_parse_syscall(const char *text, bool native, struct doing_group *group);

#endif
