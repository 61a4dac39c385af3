/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Namespaces that a mount or a link keeps and names: ip-netns(8), container
 * engines (/run/docker/netns/NAME), CNI (/run/netns/cni-UUID), and links to
 * /proc/PID/ns/net in /run/netns. Where process 1 has another mount namespace
 * (we are in a container with the host's pids, or a unit with PrivateMounts=)
 * its mounts count as well, as they can be reached through /proc/1/root.
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

#include "enrich/netns_finder.h"

/* What is missing is no error, nor is what we may not look at. */
static int shortage(int err)
{
	return netns_is_shortage(err) ? err : 0;
}

/* Inode of the network namespace that the file stands for, or 0. 0 or -errno. */
static int inode_of(int dir, const char *name, uint32_t *inode)
{
	struct stat stat;
	int fd;

	*inode = 0;
	/* Not opened unless of nsfs: who knows what opening does elsewhere. */
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

static int find_in_directory(struct netns_finder *finder, const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *dirent;
	char path[PATH_MAX];
	uint32_t inode;
	int err = 0;

	if (!dir)
		return shortage(-errno); /* else none were ever made */
	while (!err && (dirent = readdir(dir))) {
		err = inode_of(dirfd(dir), dirent->d_name, &inode);
		if (err || !inode)
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, dirent->d_name);
		err = netns_found(finder, inode, path, dirent->d_name);
	}
	closedir(dir);
	return err;
}

/* Where the mounts of a process are found: "" or "/proc/1/root" before their paths. */
struct view {
	struct netns_finder *finder;
	const char *root, *mountinfo;
};

/* /var/run is a link to /run nearly everywhere. */
static int find_in_directories(const struct view *view)
{
	char run[32], var[32];
	struct stat first, second;
	int err;

	snprintf(run, sizeof(run), "%s/run/netns", view->root);
	snprintf(var, sizeof(var), "%s/var/run/netns", view->root);
	err = find_in_directory(view->finder, run);
	if (err || stat(var, &second))
		return err;
	if (!stat(run, &first) && first.st_dev == second.st_dev && first.st_ino == second.st_ino)
		return 0;
	return find_in_directory(view->finder, var);
}

/* mountinfo writes space, tab, newline and backslash as \ooo. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] && from[2] && from[3]) {
			*to = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* What follows so many fields; NULL: there are fewer. Blanks within a field are escaped. */
static char *skip_fields(char *at, int count)
{
	for (; count && (at = strchr(at, ' ')); count--)
		at++;
	return at;
}

/* Anybody may call the source of a mount "net:[1]": the type alone tells what it is. */
static bool is_nsfs(const char *line)
{
	const char *separator = strstr(line, " - ");

	return separator && !strncmp(separator + 3, "nsfs ", 5);
}

/*
 * 99 25 0:4 net:[4026532281] /run/docker/netns/3f1c0a rw shared:7 - nsfs nsfs rw
 *           ^ root           ^ mount point
 */
static int find_in_line(const struct view *view, char *line)
{
	char *root = skip_fields(line, 3), *point, *end, *name;
	uint32_t inode = root && is_nsfs(line) ? netns_parse_link(root) : 0;
	char path[PATH_MAX];

	point = inode ? skip_fields(root, 1) : NULL;
	if (!point)
		return 0;
	end = strchr(point, ' ');
	if (end)
		*end = '\0';
	unescape(point);
	name = strrchr(point, '/');
	snprintf(path, sizeof(path), "%s%s", view->root, point);
	return netns_found(view->finder, inode, path, name ? name + 1 : point);
}

/*
 * The file is read by pieces as the kernel makes them; lines are short but for
 * overlayfs's options, which may be longer than the buffer and are cut then.
 */
static int read_mountinfo(const struct view *view, int fd)
{
	char buffer[2 * PATH_MAX];
	size_t used = 0;
	ssize_t got = 0;
	int err = 0;

	while (!err && (got = read(fd, buffer + used, sizeof(buffer) - 1 - used)) > 0) {
		char *line = buffer, *end;

		used += got;
		buffer[used] = '\0';
		while (!err && (end = strchr(line, '\n'))) {
			*end = '\0';
			err = find_in_line(view, line);
			line = end + 1;
		}
		used -= line - buffer;
		memmove(buffer, line, used);
		if (used == sizeof(buffer) - 1)
			used = 0;
	}
	if (!err && got < 0)
		err = shortage(-errno);
	return err;
}

static int find_in_view(const struct view *view)
{
	int err = find_in_directories(view);
	int fd;

	if (err)
		return err;
	fd = open(view->mountinfo, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return shortage(-errno); /* else names are a comfort */
	err = read_mountinfo(view, fd);
	close(fd);
	return err;
}

/* Also not when we may not know. */
static bool is_elsewhere(const char *one, const char *other)
{
	struct stat first, second;

	return !stat(one, &first) && !stat(other, &second) && first.st_ino != second.st_ino;
}

int netns_find_mounts(struct netns_finder *finder)
{
	const struct view own = {finder, "", "/proc/self/mountinfo"};
	const struct view first = {finder, "/proc/1/root", "/proc/1/mountinfo"};
	int err = find_in_view(&own);

	if (!err && is_elsewhere("/proc/self/ns/mnt", "/proc/1/ns/mnt"))
		err = find_in_view(&first);
	return err;
}
