/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes into a namespace and back. The only state: the way home. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/netns_finder.h"

/*
 * Opened at first use, before any netns_enter, and kept: after setns() nothing
 * in /proc leads back for sure. It keeps alive no namespace but our own.
 */
static struct {
	int fd;
	uint32_t inode;
	dev_t device;
} own = {.fd = -1};

static int open_own(void)
{
	struct stat stat;
	int fd;

	if (own.fd >= 0)
		return 0;
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &stat)) {
		close(fd);
		return -EIO;
	}
	own.fd = fd;
	own.inode = stat.st_ino;
	own.device = stat.st_dev;
	return 0;
}

uint32_t netns_own(void)
{
	return open_own() ? 0 : own.inode;
}

dev_t netns_device(void)
{
	return open_own() ? 0 : own.device;
}

int netns_leave(void)
{
	int err = open_own();

	if (err)
		return err;
	return setns(own.fd, CLONE_NEWNET) ? -errno : 0;
}

static int enter_fd(int fd, uint32_t inode)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	/* The pid was reused, or the mount point is an empty file again. */
	if (stat.st_dev != own.device || stat.st_ino != inode)
		return -ESTALE;
	return setns(fd, CLONE_NEWNET) ? -errno : 0;
}

int netns_enter(const struct netns_entry *entry)
{
	int err = open_own();
	int fd;

	if (err)
		return err;
	if (entry->inode == own.inode)
		return netns_leave();
	fd = open(entry->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ESRCH || errno == ENOTDIR ? -ENOENT : -errno;
	err = enter_fd(fd, entry->inode);
	close(fd);
	return err;
}
