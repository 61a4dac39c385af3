/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes one readlinkat() for each file, of which hosts have many: resolves no path from the root,
 * and formats one short path for each process.
 */
#include "enrich/procfd.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "enrich/mount_text.h"
#include "enrich/proc_file.h"

struct walk {
	procfd_fn *fn;
	void *arg;
	int proc; /* of /proc */
	unsigned int unreadable;
};

/* false: there is permission to list the links, but not to read them. */
static bool walk_fds(const struct walk *walk, uint32_t pid, DIR *dir)
{
	struct dirent *dirent;
	uint64_t fd;
	uint32_t inode;
	char link[64];
	ssize_t size;

	while ((dirent = readdir(dir))) {
		if (parse_number(dirent->d_name, 0, INT32_MAX, &fd))
			continue; /* . and .. */
		size = readlinkat(dirfd(dir), dirent->d_name, link, sizeof(link) - 1);
		if (size < 0 && (errno == EACCES || errno == EPERM))
			return false;
		if (size < 0)
			continue; /* closed meanwhile, or the process has ended */
		link[size] = '\0';
		inode = link_inode(link, "socket"); /* sockfs_dname(), net/socket.c */
		if (inode)
			walk->fn(pid, (int)fd, inode, walk->arg);
	}
	return true;
}

/* May the process have files? A kernel thread or a zombie has none. */
static bool has_files(const struct walk *walk, const char *pid)
{
	struct process_stat stat;
	char path[32];
	int err;

	snprintf(path, sizeof(path), "%.20s/stat", pid);
	err = proc_read_stat(walk->proc, path, &stat);
	return err ? err != -ESRCH : !stat.kernel && !process_has_exited(&stat);
}

/* 0: there is no permission to read the process, or it has ended. */
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

	if (parse_number(name, 1, INT32_MAX, &pid))
		return 0; /* another file of /proc */
	snprintf(path, sizeof(path), "%.20s/fd", name);
	dir = proc_open_directory(walk->proc, path);
	if (!dir)
		return give_up(walk, name, errno);
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
