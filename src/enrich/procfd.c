/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Costs one readlinkat a file, of hosts with many of them: nothing is resolved
 * from the root, nothing is formatted but a short path a process.
 */
#include "enrich/procfd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "enrich/process_text.h"

struct walk {
	procfd_fn *fn;
	void *arg;
	int proc; /* of /proc */
	unsigned int unreadable;
};

/* "socket:[4242]" (net/socket.c, sockfs_dname). false: another file. */
static bool parse_link(char *link, uint64_t *inode)
{
	static const char head[] = "socket:[";
	size_t size = strlen(head);
	char *end = strchr(link, ']');

	if (!end || strncmp(link, head, size))
		return false;
	*end = '\0';
	return !parse_number(link + size, 1, UINT32_MAX, inode);
}

/* false: the links may be listed but not read. */
static bool walk_fds(const struct walk *walk, uint32_t pid, DIR *dir)
{
	struct dirent *dirent;
	uint64_t fd, inode;
	char link[64];
	ssize_t size;

	while ((dirent = readdir(dir))) {
		if (parse_number(dirent->d_name, 0, INT32_MAX, &fd))
			continue; /* . and .. */
		size = readlinkat(dirfd(dir), dirent->d_name, link, sizeof(link) - 1);
		if (size < 0 && (errno == EACCES || errno == EPERM))
			return false;
		if (size < 0)
			continue; /* closed meanwhile, or all of the process has ended */
		link[size] = '\0';
		if (parse_link(link, &inode))
			walk->fn(pid, (int)fd, (uint32_t)inode, walk->arg);
	}
	return true;
}

/* Is there anything to be seen? Not in a kernel thread or a zombie. */
static bool has_files(const struct walk *walk, const char *pid)
{
	struct process_stat stat;
	char path[32];
	int err;

	snprintf(path, sizeof(path), "%.20s/stat", pid);
	err = process_stat_at(walk->proc, path, &stat);
	return err ? err != -ESRCH : !stat.kernel && !process_has_exited(&stat);
}

/* 0: the process may not be looked at, or has ended. */
static int give_up(struct walk *walk, const char *pid, int err)
{
	if (err == EACCES || err == EPERM)
		walk->unreadable += has_files(walk, pid);
	else if (err != ENOENT && err != ESRCH)
		return -err;
	return 0;
}

static int walk_process(struct walk *walk, const char *name)
{
	uint64_t pid;
	char path[32];
	DIR *dir;
	int fd;

	if (parse_number(name, 1, INT32_MAX, &pid))
		return 0; /* another file of /proc */
	snprintf(path, sizeof(path), "%.20s/fd", name);
	fd = openat(walk->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return give_up(walk, name, errno);
	dir = fdopendir(fd);
	if (!dir) {
		int err = errno; /* its fstat() tells ENOENT of who has ended (6.1) */

		close(fd);
		return give_up(walk, name, err);
	}
	if (!walk_fds(walk, (uint32_t)pid, dir))
		walk->unreadable++;
	closedir(dir);
	return 0;
}

int procfd_walk(procfd_fn *fn, void *arg, unsigned int *unreadable)
{
	struct walk walk = {.fn = fn, .arg = arg};
	DIR *proc = opendir("/proc");
	struct dirent *dirent;
	int err = 0;

	if (!proc)
		return -errno;
	walk.proc = dirfd(proc);
	while (!err && (dirent = readdir(proc)))
		err = walk_process(&walk, dirent->d_name);
	closedir(proc);
	if (!err)
		*unreadable = walk.unreadable;
	return err;
}
