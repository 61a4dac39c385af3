/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LD_PRELOAD: what seldom happens, at will. While the file $HUNG_DISK is there the disk takes nothing;
 * while the file $FAILED_WAIT is there waiting for events fails.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static int is_there(const char *variable)
{
	const char *path = getenv(variable);

	return path && !access(path, F_OK);
}

static void wait_for_disk(void)
{
	while (is_there("HUNG_DISK"))
		usleep(10000);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
	if (is_there("FAILED_WAIT")) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_epoll_pwait, epoll, events, most, timeout, NULL, 0);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	wait_for_disk();
	return syscall(SYS_pwrite64, fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at)
{
	return pwrite(fd, bytes, size, at);
}

int fdatasync(int fd)
{
	wait_for_disk();
	return (int)syscall(SYS_fdatasync, fd);
}
