/* SPDX-License-Identifier: BSD-2-Clause */
/* Enters a namespace and returns. Its only state is the fd of our own namespace. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/netns_private.h"
#include "enrich/proc_file.h"

/*
 * Opened at first use, before any netns_enter(), and kept: after setns() no path of /proc is sure
 * to lead back. It keeps only our own namespace alive.
 */
static struct {
	int fd;
	uint32_t inode;
	dev_t device;
	bool away; /* true: setns() back is needed, which takes CAP_SYS_ADMIN */
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
	if (!own.away)
		return 0;
	if (setns(own.fd, CLONE_NEWNET))
		return -errno;
	own.away = false;
	return 0;
}

static int enter_fd(int fd, uint32_t inode)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	/* The pid was reused, or the mount point is an empty file again. */
	if (stat.st_dev != own.device || stat.st_ino != inode)
		return -ESTALE;
	if (setns(fd, CLONE_NEWNET))
		return -errno;
	own.away = true;
	return 0;
}

static int enter_path(int dir, const char *path, uint32_t inode)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int err;

	if (fd < 0)
		return errno == ESRCH || errno == ENOTDIR ? -ENOENT : -errno;
	err = enter_fd(fd, inode);
	close(fd);
	return err;
}

/*
 * The task that was found in the namespace may have been a visitor: nsenter, ip-netns, another
 * tcptrail. So try each task: the namespace is gone only when no task is in it. err: why the known
 * path failed; returned unless a task succeeds or fds or memory are short.
 */
static int enter_by_any_task(uint32_t inode, int err)
{
	DIR *proc = opendir("/proc");
	const char *pid;
	char path[32];

	if (!proc)
		return netns_is_shortage(-errno) ? -errno : err;
	while (err && !netns_is_shortage(err) && (pid = proc_next_number(proc))) {
		int tried;

		snprintf(path, sizeof(path), "%.20s/ns/net", pid);
		if (netns_read_link(dirfd(proc), path) != inode)
			continue;
		tried = enter_path(dirfd(proc), path, inode);
		if (!tried || netns_is_shortage(tried))
			err = tried;
	}
	closedir(proc);
	return err;
}

int netns_enter(const struct netns_entry *entry)
{
	int err = open_own();

	if (err)
		return err;
	if (entry->inode == own.inode)
		return netns_leave();
	err = enter_path(AT_FDCWD, entry->path, entry->inode);
	if (err == -ENOENT || err == -ESTALE)
		err = enter_by_any_task(entry->inode, err);
	return err;
}
