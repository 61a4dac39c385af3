/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 16384 /* the kernel fills at most this much of a seq_file at once, mostly */

static int read_all(int fd, struct buffer *out)
{
	size_t begin = out->size;
	ssize_t got;

	for (;;) {
		if (out->size - begin > FILE_MOST)
			return -EFBIG;
		if (!buffer_reserve(out, PIECE))
			return -ENOMEM;
		got = read(fd, out->data + out->size, PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : 0;
		out->size += (size_t)got;
	}
}

int file_read(const char *path, struct buffer *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;
	struct stat stat;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &stat))
		err = -errno;
	else
		err = S_ISREG(stat.st_mode) ? read_all(fd, out) : -EINVAL;
	close(fd);
	return err;
}
