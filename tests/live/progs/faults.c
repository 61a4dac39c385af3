/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LD_PRELOAD: what seldom happens, at will. While the file $HUNG_DISK is there the disk takes nothing;
 * while the file $FAILED_WAIT is there waiting for events fails; while the file $LATE_LOOP is there no
 * timer can be made, with which the loop begins.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <unistd.h>

static int is_there(const char *variable)
{
	const char *path = getenv(variable);

	return path && !access(path, F_OK);
}

static void wait_while(const char *variable)
{
	while (is_there(variable))
		usleep(10000);
}

int timerfd_create(int clock, int flags)
{
	wait_while("LATE_LOOP");
	return (int)syscall(SYS_timerfd_create, clock, flags);
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
	wait_while("HUNG_DISK");
	return syscall(SYS_pwrite64, fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at)
{
	return pwrite(fd, bytes, size, at);
}

int fdatasync(int fd)
{
	wait_while("HUNG_DISK");
	return (int)syscall(SYS_fdatasync, fd);
}
