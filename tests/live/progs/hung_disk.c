/* SPDX-License-Identifier: BSD-2-Clause */
/* LD_PRELOAD: a disk that takes nothing while the file $HUNG_DISK is there. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static void wait_for_disk(void)
{
	const char *hung = getenv("HUNG_DISK");

	while (hung && !access(hung, F_OK))
		usleep(10000);
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
