/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a whole small file, such as one below /proc. */
#ifndef TCPTRAIL_BASE_FILE_H
#define TCPTRAIL_BASE_FILE_H

#include "base/buffer.h"

#define FILE_MOST (32U << 20) /* bytes; a longer file is refused */

/*
 * Adds the content of a regular file to out. 0 or -errno: -EFBIG, -ENOMEM; -EINVAL: it is no regular
 * file (opening a pipe would block).
 */
int file_read(const char *path, struct buffer *out);

#endif
