/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens files that others name and own, without any harm that opening could do. */
#ifndef TCPTRAIL_ENRICH_OPEN_REGULAR_H
#define TCPTRAIL_ENRICH_OPEN_REGULAR_H

#include <sys/stat.h>

/*
 * A regular file, for reading. Anything else (a device, a fifo) is not even opened. fd or
 * -errno.
 */
int open_regular(const char *path, struct stat *stat);
/*
 * The same below the directory root, which symbolic links do not lead out of: absolute ones
 * begin there. flags: O_NOFOLLOW or 0.
 */
int open_regular_in(int root, const char *path, int flags, struct stat *stat);

#endif
