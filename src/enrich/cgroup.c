/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "enrich/proc_file.h"

/*
 * include/linux/exportfs.h; the handle of a kernfs file is its id, which is the inode (5.5 and
 * later)
 */
#define FILEID_KERNFS 0xfe
#define DEPTH_MAX     64

struct place {
	uint64_t id;
	char *path;
};

struct cgroup_tree {
	struct cgroup_mount mount;
	int fd; /* of the mount point */
	bool walked;
	struct place *places; /* sorted by id, valid while `walked` */
	size_t count;
};

int cgroup_open(struct cgroup_tree **tree)
{
	struct cgroup_tree *t = calloc(1, sizeof(*t));
	FILE *mountinfo = fopen("/proc/self/mountinfo", "re");
	int err = mountinfo ? 0 : -errno;

	if (!t)
		err = -ENOMEM;
	if (!err)
		err = cgroup_find_mount(mountinfo, &t->mount);
	if (mountinfo)
		fclose(mountinfo);
	if (!err) {
		t->fd = open(t->mount.point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = t->fd < 0 ? -errno : 0;
	}
	if (err)
		free(t);
	else
		*tree = t;
	return err;
}

void cgroup_forget(struct cgroup_tree *tree)
{
	if (!tree)
		return;
	for (size_t i = 0; i < tree->count; i++)
		free(tree->places[i].path);
	tree->count = 0;
	tree->walked = false;
}

void cgroup_close(struct cgroup_tree *tree)
{
	if (!tree)
		return;
	cgroup_forget(tree);
	free(tree->places);
	close(tree->fd);
	free(tree);
}

/* --- by handle -------------------------------------------------------------------------------- */

/* The path of the directory that fd is open on, from the root of the hierarchy. */
static int path_of_fd(const struct cgroup_tree *tree, int fd, char *path, size_t size)
{
	char link[64], full[CGROUP_PATH_MAX];
	size_t prefix = strlen(tree->mount.point);
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, full, sizeof(full) - 1);
	if (length < 0)
		return -errno;
	full[length] = '\0';
	if (process_cut_deleted(full)) /* a socket keeps its cgroup after rmdir */
		return -ENOENT;
	if (strncmp(full, tree->mount.point, prefix) || (full[prefix] && full[prefix] != '/'))
		return -ENOENT; /* outside of this mount, or unreachable */
	if ((size_t)snprintf(path, size, "%s%s", tree->mount.root, full + prefix) >= size)
		return -ENAMETOOLONG;
	return 0;
}

static int path_by_handle(const struct cgroup_tree *tree, uint64_t id, char *path, size_t size)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} u = {.handle = {.handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS}};
	int fd, err;

	memcpy(u.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(tree->fd, &u.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ESTALE ? -ENOENT : -errno;
	err = path_of_fd(tree, fd, path, size);
	close(fd);
	return err;
}

/* --- by a walk -------------------------------------------------------------------------------- */

static int add_place(struct cgroup_tree *tree, uint64_t id, const char *path)
{
	struct place *places = array_add(tree->places, tree->count, sizeof(*places));
	char *copy = places ? strdup(path) : NULL;

	if (places)
		tree->places = places;
	if (!copy)
		return -ENOMEM;
	places[tree->count++] = (struct place){.id = id, .path = copy};
	return 0;
}

/*
 * path: a buffer of CGROUP_PATH_MAX bytes with the path of the directory; unchanged on return.
 * Skips directories that cannot be read.
 */
static int walk(struct cgroup_tree *tree, int parent, const char *name, char *path, int depth)
{
	DIR *dir = proc_open_directory(parent, name);
	size_t length = strlen(path);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    length + strlen(entry->d_name) + 2 > CGROUP_PATH_MAX)
			continue;
		path[length] = '/';
		strcpy(path + length + 1, entry->d_name);
		err = add_place(tree, entry->d_ino, path);
		if (!err && depth < DEPTH_MAX)
			err = walk(tree, dirfd(dir), entry->d_name, path, depth + 1);
		path[length] = '\0';
	}
	closedir(dir);
	return err;
}

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

static int walk_all(struct cgroup_tree *tree)
{
	char path[CGROUP_PATH_MAX];
	struct stat st;
	int err;

	cgroup_forget(tree);
	strcpy(path, tree->mount.root);
	err = fstat(tree->fd, &st) ? -errno : add_place(tree, st.st_ino, path);
	if (!err)
		err = walk(tree, tree->fd, ".", path, 0);
	if (err)
		return err;
	qsort(tree->places, tree->count, sizeof(*tree->places), compare_places);
	tree->walked = true;
	return 0;
}

static int path_by_walk(struct cgroup_tree *tree, uint64_t id, char *path, size_t size)
{
	struct place key = {.id = id};
	const struct place *place;
	int err = tree->walked ? 0 : walk_all(tree);

	if (err)
		return err;
	place = bsearch(&key, tree->places, tree->count, sizeof(*tree->places), compare_places);
	if (!place)
		return -ENOENT;
	if (strlen(place->path) >= size)
		return -ENAMETOOLONG;
	strcpy(path, place->path);
	return 0;
}

int cgroup_path(struct cgroup_tree *tree, uint64_t id, char *path, size_t size)
{
	int err = path_by_handle(tree, id, path, size);

	if (err == -EPERM || err == -EACCES || err == -EOPNOTSUPP)
		err = path_by_walk(tree, id, path, size);
	if (!err && !path[0])
		strcpy(path, "/");
	return err;
}
