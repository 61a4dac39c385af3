/* SPDX-License-Identifier: BSD-2-Clause */
#include "record/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"

#define FDS_LEFT 64 /* fds kept for other purposes */

static bool has_suffix(const char *name)
{
	size_t length = strlen(name), suffix = strlen(DIR_SUFFIX);

	return length > suffix && length < DIR_NAME_SIZE &&
	       !strcmp(name + length - suffix, DIR_SUFFIX);
}

/*
 * 0; -ENODATA: it is shorter than a file header, as one that is just being made; -EBADMSG: it does
 * not begin with one; another -errno: it cannot be read.
 */
static int read_header(int fd, struct dir_file *file)
{
	uint8_t header[FILE_HEADER];
	struct stat stat;
	ssize_t size;

	if (fstat(fd, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -EBADMSG;
	size = pread(fd, header, sizeof(header), 0);
	if (size < 0)
		return -errno;
	file->size = (uint64_t)stat.st_size;
	return size == sizeof(header) ? file_parse(header, &file->info) : -ENODATA;
}

/* The process or the host lacks fds or memory; the file is not at fault. */
static bool is_exhausted(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM;
}

/* A file that cannot be read must not hide the others. Returns 1. */
static int skip(struct dir *dir, int error)
{
	dir->unreadable += error != ENOENT;
	return 1;
}

/* Closes the fd of keep_open(). */
static void close_file(struct dir_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

/* 0; 1: the file is empty, or cannot be read; -errno. */
static int read_file(struct dir *dir, struct dir_file *file)
{
	int fd = dir_open_file(dir, file), err;

	if (fd < 0) /* deleted meanwhile, a loop of links, no permission */
		return dir->alone || is_exhausted(-fd) ? fd : skip(dir, -fd);
	err = read_header(fd, file);
	close(fd);
	if (err == -ENODATA)
		return dir->alone ? -EBADMSG : 1;
	return err && !dir->alone ? skip(dir, -err) : err;
}

static int add_name(struct dir *dir, const char *name)
{
	struct dir_file *files = array_add(dir->files, dir->count, sizeof(*files));

	if (!files)
		return -ENOMEM;
	dir->files = files;
	files[dir->count] = (struct dir_file){.fd = -1};
	strcpy(files[dir->count++].name, name);
	return 0;
}

static int by_age(const void *a, const void *b)
{
	const struct file_info *left = &((const struct dir_file *)a)->info;
	const struct file_info *right = &((const struct dir_file *)b)->info;

	if (left->session != right->session)
		return left->session < right->session ? -1 : 1;
	return (left->sequence > right->sequence) - (left->sequence < right->sequence);
}

static int list_names(struct dir *dir)
{
	/* A new open file, because the position of readdir() belongs to it. */
	int fd = openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!stream) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	/* cppcheck-suppress readdirCalled ; no other thread uses the stream */
	while (!err && (entry = readdir(stream)))
		if (has_suffix(entry->d_name))
			err = add_name(dir, entry->d_name);
	closedir(stream);
	return err;
}

/* Opens the path and lists the names. */
static int begin(struct dir *dir, const char *path)
{
	struct stat stat;

	*dir = (struct dir){.path = strdup(path), .fd = -1};
	if (!dir->path)
		return -ENOMEM;
	/* O_NONBLOCK: do not wait for a writer of a pipe. */
	dir->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (dir->fd < 0 || fstat(dir->fd, &stat))
		return -errno;
	dir->alone = !S_ISDIR(stat.st_mode);
	return dir->alone ? add_name(dir, "") : list_names(dir);
}

/* A file that cannot be opened is tried again, and counted, when it is read. */
static void keep_open(struct dir *dir)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (size_t i = 0; i < dir->count && !dir->alone; i++) {
		int fd = dir_open_file(dir, &dir->files[i]);

		if (fd >= 0 && (rlim_t)fd + FDS_LEFT > limit.rlim_cur) {
			close(fd);
			return;
		}
		dir->files[i].fd = fd;
	}
}

/* 0, or -errno with diag, and dir is freed. */
static int conclude(struct dir *dir, int err, struct diag *diag)
{
	if (!err)
		return 0;
	if (err == -EBADMSG)
		diag_fail(diag, err, "%s: not a recording", dir->path);
	else if (err == -EPROTONOSUPPORT)
		diag_fail(diag, err, "%s: unknown format: recorded by a newer tcptrail", dir->path);
	else
		diag_fail(diag, err, "cannot read %s: %s", dir->path ? dir->path : "it",
		          strerror(-err));
	dir_free(dir);
	return err;
}

int dir_open(struct dir *dir, const char *path, struct diag *diag)
{
	int err = begin(dir, path);

	if (!err)
		keep_open(dir);
	return conclude(dir, err, diag);
}

bool dir_is_recording(const struct dir *dir)
{
	struct dir_file file;

	return !dir->alone || !read_header(dir->fd, &file);
}

static int read_files(struct dir *dir)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < dir->count; i++) {
		if (err >= 0)
			err = read_file(dir, &dir->files[i]);
		if (!err)
			dir->files[kept++] = dir->files[i];
		else
			close_file(&dir->files[i]);
	}
	dir->count = kept;
	if (kept)
		qsort(dir->files, kept, sizeof(*dir->files), by_age);
	return err < 0 ? err : 0;
}

int dir_read(struct dir *dir, struct diag *diag)
{
	return conclude(dir, read_files(dir), diag);
}

int dir_list_own(struct dir *dir, int fd)
{
	int err;

	*dir = (struct dir){.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0), .flags = O_NOFOLLOW};
	err = dir->fd < 0 ? -errno : list_names(dir);
	if (!err)
		err = read_files(dir);
	if (err)
		dir_free(dir);
	return err;
}

void dir_free(struct dir *dir)
{
	for (size_t i = 0; i < dir->count; i++)
		close_file(&dir->files[i]);
	if (dir->fd >= 0)
		close(dir->fd);
	free(dir->files);
	free(dir->path);
	*dir = (struct dir){.fd = -1};
}

int dir_open_file(const struct dir *dir, const struct dir_file *file)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | dir->flags;
	int opened = dir->alone ? dir->fd : file->fd;
	int fd =
		opened < 0 ? openat(dir->fd, file->name, flags) : fcntl(opened, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int dir_create_file(int fd, int64_t wall, char name[DIR_NAME_SIZE])
{
	const time_t seconds = wall / (int64_t)NS_PER_SEC;
	char text[32];
	struct tm tm;
	int file;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%S", &tm);
	snprintf(name, DIR_NAME_SIZE, "%s.%06uZ" DIR_SUFFIX, text,
	         (unsigned int)(wall % (int64_t)NS_PER_SEC / 1000));
	file = openat(fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	/* cppcheck-suppress resourceLeak ; the caller closes it */
	return file < 0 ? -errno : file;
}
