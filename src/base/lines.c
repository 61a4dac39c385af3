/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BUFFER_BYTES (64 << 10)
#define LINE_BYTES   (64 << 10) /* longest line that is written as a whole */
#define EMPTY_POLL   2000       /* us */

struct lines {
	int fd;
	size_t used;
	char bytes[LINE_BYTES];
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

/* There is no event for an empty pipe. A pipe smaller than size is not waited for. */
static void await_empty_pipe(int fd, size_t size)
{
	int room = fcntl(fd, F_GETPIPE_SZ), unread;

	while (room > 0 && (size_t)room >= size && !ioctl(fd, FIONREAD, &unread) && unread > 0)
		usleep(EMPTY_POLL);
}

size_t lines_piece(int fd, const char *from, size_t size)
{
	const char *end = memrchr(from, '\n', size < PIPE_BUF ? size : PIPE_BUF);

	if (!end)
		end = memchr(from, '\n', size);
	if (end && end - from >= PIPE_BUF)
		await_empty_pipe(fd, (size_t)(end + 1 - from));
	return end ? (size_t)(end + 1 - from) : 0;
}

/* Writes the complete lines. If the buffer is full without one, it writes all bytes. */
static int flush_lines(struct lines *lines)
{
	size_t done = 0, size;
	int err = 0;

	while (!err && (size = lines_piece(lines->fd, lines->bytes + done, lines->used - done))) {
		err = write_all(lines->fd, lines->bytes + done, size);
		done += size;
	}
	if (!done && lines->used == sizeof(lines->bytes)) {
		done = lines->used;
		err = write_all(lines->fd, lines->bytes, done);
	}
	lines->used -= done;
	memmove(lines->bytes, lines->bytes + done, lines->used);
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
	return 0; /* means an error to fopencookie(3) */
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
