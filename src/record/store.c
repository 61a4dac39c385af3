/* SPDX-License-Identifier: BSD-2-Clause */
#include "record/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "record/dir.h"

#define SHARE     16 /* files per max_size and max_age: one deletion drops this share */
#define FILE_MOST (64U << 20)
#define ROOM      (4U << 20) /* free bytes that a try needs after the disk was full */

struct store {
	struct store_config config;
	struct file_info info; /* of the present file */
	char *path;
	char name[DIR_NAME_SIZE]; /* of the present file; "": the path itself */
	bool directory;
	bool full;        /* a single file has reached max_size */
	bool made;        /* this process created the single file */
	int lock, fd;     /* -1: none */
	uint64_t size;    /* of the present file */
	uint64_t others;  /* bytes of the other files of the directory, when last read */
	uint64_t written; /* since store_open() */
};

bool store_is_directory(const char *path)
{
	size_t length = strlen(path);
	struct stat stat_buf;

	if (length && path[length - 1] == '/')
		return true;
	return !stat(path, &stat_buf) && S_ISDIR(stat_buf.st_mode);
}

static int read_boot_id(uint8_t id[16])
{
	char text[64] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	const char *at = text;
	int err = file && fgets(text, sizeof(text), file) ? 0 : -EIO;

	if (file)
		fclose(file);
	for (int i = 0; !err && i < 16; i++) {
		uint64_t byte;

		at += *at == '-';
		if (parse_hex_digits(at, 2, &byte) != 2)
			return -EIO;
		id[i] = (uint8_t)byte;
		at += 2;
	}
	return err;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* Syncs the new name at path. Without permission to read the parent, a crash may lose the name. */
static int sync_parent(const char *path)
{
	char *copy = strdup(path);
	int fd, err = 0;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return errno == EACCES ? 0 : -errno;
	if (fsync(fd) && errno != EINVAL && errno != EROFS) /* not supported by every file system */
		err = -errno;
	close(fd);
	return err;
}

static int open_directory(struct store *store, struct diag *diag)
{
	bool made = !mkdir(store->path, 0700);
	int err;

	if (!made && errno != EEXIST)
		return diag_fail(diag, -errno, "cannot create the directory %s: %s", store->path,
		                 strerror(errno));
	store->lock = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->lock < 0)
		return diag_fail(diag, -errno, "cannot open the directory %s: %s", store->path,
		                 strerror(errno));
	err = made ? sync_parent(store->path) : 0;
	return err ? diag_fail(diag, err, "%s: cannot sync the new directory: %s", store->path,
	                       strerror(-err))
	           : 0;
}

/* Opens an empty file, which a recorder left that ended before it wrote. An fd or -1. */
static int open_empty(const char *path)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat stat;

	if (fd >= 0 && !fstat(fd, &stat) && S_ISREG(stat.st_mode) && !stat.st_size)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Never overwrites: an existing file may be the only record of something. */
static int open_file(struct store *store, struct diag *diag)
{
	int err;

	store->fd = open(store->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	store->made = store->fd >= 0;
	if (!store->made && errno == EEXIST) {
		store->fd = open_empty(store->path);
		errno = EEXIST;
	}
	if (store->fd < 0 && errno == EEXIST)
		return diag_fail(diag, -EEXIST, "%s already exists: choose another name",
		                 store->path);
	if (store->fd < 0)
		return diag_fail(diag, -errno, "cannot create the file %s: %s", store->path,
		                 strerror(errno));
	store->lock = fcntl(store->fd, F_DUPFD_CLOEXEC, 0);
	if (store->lock < 0)
		return diag_fail(diag, -errno, "%s: %s", store->path, strerror(errno));
	err = store->made ? sync_parent(store->path) : 0;
	return err ? diag_fail(diag, err, "%s: cannot sync the new file: %s", store->path,
	                       strerror(-err))
	           : 0;
}

/* A new session has a larger number than those that exist, even if the clock was put back. */
static void find_session(struct store *store)
{
	struct dir dir;

	if (!store->directory || dir_list_own(&dir, store->lock))
		return;
	if (dir.count)
		store->info.session = dir.files[dir.count - 1].info.session;
	dir_free(&dir);
}

int store_open(struct store **result, const struct store_config *config, struct diag *diag)
{
	struct store *store = calloc(1, sizeof(*store));
	int err = 0;

	if (!store)
		return diag_fail(diag, -ENOMEM, "out of memory");
	store->config = *config;
	store->lock = store->fd = -1;
	store->path = strdup(config->path);
	store->directory = store_is_directory(config->path);
	if (!store->path)
		err = diag_fail(diag, -ENOMEM, "out of memory");
	if (!err && read_boot_id(store->info.boot_id))
		err = diag_fail(diag, -EIO, "cannot read /proc/sys/kernel/random/boot_id");
	if (!err)
		err = (store->directory ? open_directory : open_file)(store, diag);
	if (!err && flock(store->lock, LOCK_EX | LOCK_NB))
		err = diag_fail(diag, -errno,
		                errno == EWOULDBLOCK ? "%s: another tcptrail is recording to it"
		                                     : "cannot lock %s",
		                config->path);
	if (err == -EWOULDBLOCK)
		store->made = false; /* the other process uses it */
	if (err) {
		store_close(store);
		return err;
	}
	find_session(store);
	*result = store;
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int store_close(struct store *store)
{
	int err;

	if (!store)
		return 0;
	err = store_sync(store);
	if (store->made && !store->size)
		unlink(store->path); /* nothing was written to it */
	close_fd(&store->fd);
	close_fd(&store->lock);
	free(store->path);
	free(store);
	return err;
}

/* --- bounds ----------------------------------------------------------------------------------- */

/* A file ends when the next one begins. */
static bool is_too_old(const struct store *store, const struct dir *dir, size_t i)
{
	int64_t now = (int64_t)clock_ns(CLOCK_REALTIME);
	int64_t end = i + 1 < dir->count ? dir->files[i + 1].info.wall : now, age;

	if (__builtin_sub_overflow(now, end, &age)) /* a damaged header may have any time */
		age = INT64_MAX;
	return store->config.max_age && age > (int64_t)store->config.max_age;
}

/*
 * Deletes files that are too old, and the oldest ones until `more` bytes fit; never the present
 * file. 0; -EFBIG: they do not fit; -errno: the directory cannot be read.
 */
static int keep_within(struct store *store, uint64_t more)
{
	uint64_t total = more;
	struct dir dir;
	int err;

	err = store->directory ? dir_list_own(&dir, store->lock) : 0;
	if (!store->directory || err)
		return err;
	for (size_t i = 0; i < dir.count; i++)
		total += dir.files[i].size;
	for (size_t i = 0; i < dir.count; i++) {
		const struct dir_file *file = &dir.files[i];

		if (!strcmp(file->name, store->name) ||
		    (total <= store->config.max_size && !is_too_old(store, &dir, i)))
			break;
		if (unlinkat(store->lock, file->name, 0) == 0)
			total -= file->size;
	}
	total -= more;
	store->others = total > store->size ? total - store->size : 0;
	dir_free(&dir);
	return store->others + store->size + more <= store->config.max_size ? 0 : -EFBIG;
}

static uint64_t file_most(const struct store *store)
{
	uint64_t share = store->config.max_size / SHARE;

	return share < FILE_MOST ? share : FILE_MOST;
}

bool store_wants_file(const struct store *store)
{
	int64_t age = (int64_t)clock_ns(CLOCK_REALTIME) - store->info.wall;

	if (!store->directory || store->fd < 0)
		return false;
	return store->size >= file_most(store) ||
	       (store->config.max_age && age > (int64_t)(store->config.max_age / SHARE));
}

bool store_is_full(const struct store *store)
{
	return store->full;
}

bool store_has_room(const struct store *store)
{
	struct statvfs vfs;

	if (fstatvfs(store->lock, &vfs))
		return true; /* the next write finds out */
	return (uint64_t)vfs.f_bavail * vfs.f_frsize >= ROOM;
}

uint64_t store_written(const struct store *store)
{
	return store->written;
}

/* --- files ------------------------------------------------------------------------------------ */

/* Makes room for size bytes within max_size. 0, or as keep_within(). */
static int make_room(struct store *store, size_t size)
{
	if (store->others + store->size + size <= store->config.max_size)
		return 0;
	if (store->directory && store->size + size <= store->config.max_size)
		return keep_within(store, size);
	store->full = !store->directory;
	return -EFBIG;
}

/* Removes what it wrote if it cannot write all. */
int store_write(struct store *store, const void *bytes, size_t size)
{
	const char *at = bytes;
	size_t left = size;
	int room;

	if (store->fd < 0)
		return -EBADF;
	room = store->full ? -EFBIG : make_room(store, size);
	if (room)
		return room;
	while (left) {
		ssize_t done = pwrite(store->fd, at, left, (off_t)(store->size + size - left));

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			int err = done ? -errno : -EIO;

			/* A file can shrink on a full disk. If it cannot, readers skip the part. */
			if (ftruncate(store->fd, (off_t)store->size))
				return err;
			return err;
		}
		at += done;
		left -= (size_t)done;
	}
	store->size += size;
	store->written += size;
	return 0;
}

int store_sync(struct store *store)
{
	return store->fd >= 0 && fdatasync(store->fd) ? -errno : 0;
}

static int write_header(struct store *store)
{
	uint8_t header[FILE_HEADER];

	file_make(&store->info, header);
	return store_write(store, header, sizeof(header));
}

int store_begin_file(struct store *store, bool session)
{
	int64_t wall = (int64_t)clock_ns(CLOCK_REALTIME);
	int fd, err = store_sync(store);

	store->info.sequence = session ? 0 : store->info.sequence + 1;
	store->info.wall = wall;
	if (session)
		store->info.session = (uint64_t)wall > store->info.session
		                              ? (uint64_t)wall
		                              : store->info.session + 1;
	if (!store->directory)
		return err ? err : write_header(store);
	if (store->fd >= 0 && store->size <= FILE_HEADER)
		unlinkat(store->lock, store->name, 0); /* nothing was written to it */
	close_fd(&store->fd);
	if (err)
		return err; /* the end of that file may be lost: a new session marks it */
	store->size = 0;
	err = keep_within(store, file_most(store));
	if (err && err != -EFBIG) /* the file may stay smaller */
		return err;
	fd = dir_create_file(store->lock, wall, store->name);
	if (fd < 0)
		return fd;
	store->fd = fd;
	err = write_header(store);
	if (!err && fsync(store->lock))
		err = -errno; /* a crash may lose the name */
	if (!err)
		return 0;
	unlinkat(store->lock, store->name, 0);
	close_fd(&store->fd);
	return err;
}
