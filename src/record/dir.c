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

static int add_file(struct dir *dir, const struct dir_file *file)
{
	struct dir_file *files = reallocarray(dir->files, dir->count + 1, sizeof(*files));

	if (!files)
		return -ENOMEM;
	dir->files = files;
	files[dir->count++] = *file;
	return 0;
}

/* flags: of open(2). */
static int add_entry(struct dir *dir, const char *name, int flags)
{
	int fd = openat(dir->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags), err;
	struct dir_file file = {.name = ""};

	if (fd < 0) /* deleted meanwhile, a link in a loop, another user's */
		return is_exhausted(errno) ? -errno : skip(dir, errno);
	err = read_header(fd, &file);
	close(fd);
	if (err == -EBADMSG || err == -EPROTONOSUPPORT)
		return 0;
	if (err)
		return skip(dir, -err);
	strcpy(file.name, name);
	return add_file(dir, &file);
}

static int by_age(const void *a, const void *b)
{
	const struct file_info *left = &((const struct dir_file *)a)->info;
	const struct file_info *right = &((const struct dir_file *)b)->info;

	if (left->session != right->session)
		return left->session < right->session ? -1 : 1;
	return (left->sequence > right->sequence) - (left->sequence < right->sequence);
}

static int list_entries(struct dir *dir, int flags)
{
	/* An fd of its own: the position is the open file's. */
	int fd = openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!stream) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	/* cppcheck-suppress readdirCalled ; the stream is ours alone */
	while (!err && (entry = readdir(stream)))
		if (has_suffix(entry->d_name))
			err = add_entry(dir, entry->d_name, flags);
	closedir(stream);
	if (dir->count)
		qsort(dir->files, dir->count, sizeof(*dir->files), by_age);
	return err;
}

static int list_path(struct dir *dir, const char *path)
{
	struct dir_file alone = {.name = ""};
	struct stat stat;
	int err;

	dir->path = strdup(path);
	if (!dir->path)
		return -ENOMEM;
	dir->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (dir->fd < 0 || fstat(dir->fd, &stat))
		return -errno;
	dir->alone = !S_ISDIR(stat.st_mode);
	if (!dir->alone)
		return list_entries(dir, 0);
	err = read_header(dir->fd, &alone);
	return err ? err : add_file(dir, &alone);
}

int dir_list(struct dir *dir, const char *path, struct diag *diag)
{
	int err;

	*dir = (struct dir){.fd = -1};
	err = list_path(dir, path);
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

int dir_list_own(struct dir *dir, int fd)
{
	int err;

	*dir = (struct dir){.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)};
	err = dir->fd < 0 ? -errno : list_entries(dir, O_NOFOLLOW);
	if (err)
		dir_free(dir);
	return err;
}

void dir_free(struct dir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	free(dir->files);
	free(dir->path);
	*dir = (struct dir){.fd = -1};
}

int dir_open_file(const struct dir *dir, const struct dir_file *file)
{
	int fd = dir->alone ? fcntl(dir->fd, F_DUPFD_CLOEXEC, 0)
	                    : openat(dir->fd, file->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

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
