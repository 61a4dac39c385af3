/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens files whose names and contents other users choose, without the side effects that open() can
 * have.
 */
#ifndef TCPTRAIL_ENRICH_OPEN_REGULAR_H
#define TCPTRAIL_ENRICH_OPEN_REGULAR_H

#include <sys/stat.h>

/*
 * Opens a regular file to read it. Does not even open anything else (a device, a fifo). fd or
 * -errno.
 */
int open_regular(const char *path, struct stat *stat);
/*
 * Opens it below the directory root, which symbolic links cannot leave: absolute links start there.
 * flags: O_NOFOLLOW or 0.
 */
int open_regular_in(int root, const char *path, int flags, struct stat *stat);

#endif
