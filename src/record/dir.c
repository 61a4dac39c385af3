/* SPDX-License-Identifier: BSD-2-Clause */
#include "record/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static bool has_suffix(const char *name)
{
	size_t length = strlen(name), suffix = strlen(DIR_SUFFIX);

	return length > suffix && length < DIR_NAME_SIZE &&
	       !strcmp(name + length - suffix, DIR_SUFFIX);
}

/* 0; -EBADMSG: it does not begin with a file header; another -errno: it cannot be read. */
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
	return size == sizeof(header) ? file_parse(header, &file->info) : -EBADMSG;
}

/* Of us, not of the file: no file can be opened now. */
static bool is_exhausted(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM;
}

/* One that cannot be read must not hide the others. */
static int skip(struct dir *dir, int error)
{
	dir->unreadable += error != ENOENT;
	return 0;
}

static int add_file(struct dir *dir, int at, const char *name)
{
	struct dir_file file = {.name = ""}, *files;
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;

	if (fd < 0) /* not alone: deleted meanwhile, a link in a loop, another user's */
		return dir->alone || is_exhausted(errno) ? -errno : skip(dir, errno);
	err = read_header(fd, &file);
	close(fd);
	if ((err == -EBADMSG || err == -EPROTONOSUPPORT) && !dir->alone)
		return 0;
	if (err && !dir->alone)
		return skip(dir, -err);
	if (err)
		return err;
	if (!dir->alone)
		strcpy(file.name, name);
	files = reallocarray(dir->files, dir->count + 1, sizeof(*files));
	if (!files)
		return -ENOMEM;
	dir->files = files;
	files[dir->count++] = file;
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

static int list_directory(struct dir *dir, DIR *stream)
{
	struct dirent *entry;
	int err = 0;

	/* cppcheck-suppress readdirCalled ; the stream is ours alone */
	while (!err && (entry = readdir(stream)))
		if (has_suffix(entry->d_name))
			err = add_file(dir, dirfd(stream), entry->d_name);
	if (dir->count)
		qsort(dir->files, dir->count, sizeof(*dir->files), by_age);
	return err;
}

int dir_list(struct dir *dir, const char *path, struct diag *diag)
{
	DIR *stream = opendir(path);
	int err;

	*dir = (struct dir){.path = strdup(path), .alone = !stream && errno == ENOTDIR};
	if (!stream && !dir->alone)
		err = -errno;
	else if (!dir->path)
		err = -ENOMEM;
	else
		err = stream ? list_directory(dir, stream) : add_file(dir, AT_FDCWD, path);
	if (stream)
		closedir(stream);
	if (!err)
		return 0;
	dir_free(dir);
	if (err == -EBADMSG)
		return diag_fail(diag, err, "%s is no recording", path);
	if (err == -EPROTONOSUPPORT)
		return diag_fail(diag, err, "%s is of a newer tcptrail: its format is not known",
		                 path);
	return diag_fail(diag, err, "cannot read %s: %s", path, strerror(-err));
}

void dir_free(struct dir *dir)
{
	free(dir->files);
	free(dir->path);
	*dir = (struct dir){.files = NULL};
}

/* PATH/NAME, or PATH; freed by the caller. NULL: no memory. */
static char *file_path(const char *path, const char *name)
{
	char *whole;

	if (!name[0])
		return strdup(path);
	return asprintf(&whole, "%s/%s", path, name) < 0 ? NULL : whole;
}

int dir_open_file(const struct dir *dir, const struct dir_file *file)
{
	char *path = file_path(dir->path, file->name);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	int err = path ? -errno : -ENOMEM;

	free(path);
	return fd < 0 ? err : fd;
}

int dir_create_file(const char *path, int64_t wall, char name[DIR_NAME_SIZE])
{
	const time_t seconds = wall / (int64_t)NS_PER_SEC;
	char text[32], *whole;
	struct tm tm;
	int fd;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%S", &tm);
	snprintf(name, DIR_NAME_SIZE, "%s.%06uZ" DIR_SUFFIX, text,
	         (unsigned int)(wall % (int64_t)NS_PER_SEC / 1000));
	whole = file_path(path, name);
	if (!whole)
		return -ENOMEM;
	fd = open(whole, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = -errno;
	free(whole);
	return fd;
}
