/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Namespaces that a mount keeps and names: ip-netns(8), container engines (/run/docker/netns/NAME),
 * CNI (/run/netns/cni-UUID), and links to /proc/PID/ns/net in /run/netns. If process 1 has another
 * mount namespace (in a container with the host's pids, or a unit with PrivateMounts=), its mounts
 * are read too, because /proc/1/root leads to them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/mount_text.h"
#include "enrich/netns_private.h"

#define READ_BYTES 16384 /* of mountinfo in one read; stdio would take 1024 */

/* A missing file is no error, and neither is a lack of permission. */
static int shortage(int err)
{
	return netns_is_shortage(err) ? err : 0;
}

/* Sets *inode to the network namespace that the file refers to, or 0. 0 or -errno. */
static int inode_of(int dir, const char *name, uint32_t *inode)
{
	struct stat stat;
	int fd;

	*inode = 0;
	/* Open only files of nsfs: elsewhere open() may have side effects. */
	if (fstatat(dir, name, &stat, 0))
		return shortage(-errno);
	if (stat.st_dev != netns_device())
		return 0;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return shortage(-errno);
	if (!fstat(fd, &stat) && ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		*inode = stat.st_ino;
	close(fd);
	return 0;
}

static int find_in_directory(struct netns_scan *scan, const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *dirent;
	char path[PATH_MAX];
	uint32_t inode;
	int err = 0;

	if (!dir)
		return shortage(-errno); /* otherwise there are no named namespaces */
	while (!err && (dirent = readdir(dir))) {
		err = inode_of(dirfd(dir), dirent->d_name, &inode);
		if (err || !inode)
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, dirent->d_name);
		err = netns_scan_add(scan, inode, path, dirent->d_name);
	}
	closedir(dir);
	return err;
}

/* How to read the mounts of a process: root ("" or "/proc/1/root") goes before their paths. */
struct view {
	struct netns_scan *scan;
	const char *root, *mountinfo;
};

/* On most hosts /var/run is a link to /run: do not list it twice. */
static int find_in_directories(const struct view *view)
{
	char run[32], var[32];
	struct stat first, second;
	int err;

	snprintf(run, sizeof(run), "%s/run/netns", view->root);
	snprintf(var, sizeof(var), "%s/var/run/netns", view->root);
	err = find_in_directory(view->scan, run);
	if (err || stat(var, &second))
		return err;
	if (!stat(run, &first) && first.st_dev == second.st_dev && first.st_ino == second.st_ino)
		return 0;
	return find_in_directory(view->scan, var);
}

static int find_in_line(const struct view *view, char *line)
{
	struct mount_line mount;
	char path[PATH_MAX], *name;
	uint32_t inode;

	if (!mount_parse_line(line, &mount))
		return 0;
	inode = mount_netns(&mount);
	if (!inode)
		return 0;
	name = strrchr(mount.point, '/');
	snprintf(path, sizeof(path), "%s%s", view->root, mount.point);
	return netns_scan_add(view->scan, inode, path, name ? name + 1 : mount.point);
}

static int read_mountinfo(const struct view *view, FILE *mountinfo)
{
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	setvbuf(mountinfo, NULL, _IOFBF, READ_BYTES);
	while (!err && getline(&line, &room, mountinfo) >= 0)
		err = find_in_line(view, line);
	if (!err && ferror(mountinfo))
		err = shortage(-errno);
	free(line);
	return err;
}

static int find_in_view(const struct view *view)
{
	int err = find_in_directories(view);
	FILE *mountinfo;

	if (err)
		return err;
	mountinfo = fopen(view->mountinfo, "re");
	if (!mountinfo)
		return shortage(-errno); /* otherwise only names are missing */
	err = read_mountinfo(view, mountinfo);
	fclose(mountinfo);
	return err;
}

/* false also if permission is missing. */
static bool is_elsewhere(const char *one, const char *other)
{
	struct stat first, second;

	return !stat(one, &first) && !stat(other, &second) && first.st_ino != second.st_ino;
}

int netns_find_mounts(struct netns_scan *scan)
{
	const struct view own = {scan, "", "/proc/self/mountinfo"};
	const struct view first = {scan, "/proc/1/root", "/proc/1/mountinfo"};
	int err = find_in_view(&own);

	if (!err && is_elsewhere("/proc/self/ns/mnt", "/proc/1/ns/mnt"))
		err = find_in_view(&first);
	return err;
}
