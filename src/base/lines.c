/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/lines.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (64 << 10)

struct lines {
	int fd;
	size_t used;
	char bytes[PIPE_BUF];
};

static int write_all(int fd, const char *from, size_t size)
{
	while (size) {
		ssize_t done = write(fd, from, size);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			from += done;
			size -= (size_t)done;
		}
	}
	return 0;
}

/* Writes the complete lines; all, if there is none and no room for the end of the first. */
static int flush_lines(struct lines *lines)
{
	const char *end = memrchr(lines->bytes, '\n', lines->used);
	size_t size = end ? (size_t)(end + 1 - lines->bytes) : 0;
	int err;

	if (!size && lines->used == sizeof(lines->bytes))
		size = lines->used;
	err = write_all(lines->fd, lines->bytes, size);
	lines->used -= size;
	memmove(lines->bytes, lines->bytes + size, lines->used);
	return err;
}

static ssize_t write_lines(void *cookie, const char *from, size_t size)
{
	struct lines *lines = cookie;
	int err = 0;

	for (size_t done = 0; done < size && !err;) {
		size_t room = sizeof(lines->bytes) - lines->used;
		size_t part = size - done < room ? size - done : room;

		memcpy(lines->bytes + lines->used, from + done, part);
		lines->used += part;
		done += part;
		if (part == room)
			err = flush_lines(lines);
	}
	err = err ? err : flush_lines(lines);
	if (!err)
		return (ssize_t)size;
	errno = -err;
	return 0; /* an error, to fopencookie(3) */
}

static int close_lines(void *cookie)
{
	struct lines *lines = cookie;
	int err = write_all(lines->fd, lines->bytes, lines->used);

	free(lines);
	errno = err ? -err : errno;
	return err ? EOF : 0;
}

FILE *lines_open(int fd)
{
	const cookie_io_functions_t functions = {.write = write_lines, .close = close_lines};
	struct lines *lines = calloc(1, sizeof(*lines));
	FILE *file = lines ? fopencookie(lines, "w", functions) : NULL;

	if (!file) {
		free(lines);
		return NULL;
	}
	lines->fd = fd;
	setvbuf(file, NULL, _IOFBF, BUFFER_BYTES);
	return file;
}
