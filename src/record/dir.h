/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a recording: a single file, or those of a directory, named after the time when they
 * begin: 20261125T031200.123456Z.tcptrail. Other files in the directory are ignored.
 */
#ifndef TCPTRAIL_RECORD_DIR_H
#define TCPTRAIL_RECORD_DIR_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/diag.h"
#include "record/block.h"

#define DIR_SUFFIX    ".tcptrail"
#define DIR_NAME_SIZE 64

struct dir_file {
	char name[DIR_NAME_SIZE]; /* "": the path itself is the file */
	int fd;                   /* opened by dir_open(); -1: opened at the time of reading */
	uint64_t size;            /* bytes */
	struct file_info info;
};

/* The oldest file first: by session, then by sequence. */
struct dir {
	struct dir_file *files;
	size_t count;
	char *path;
	int fd;            /* of the directory or the file, so that later renames do not matter */
	size_t unreadable; /* files that could not be opened or read, or are no recording */
	int flags;         /* of open(2), for its files */
	bool alone;        /* a single file */
};

/*
 * Opens a file, or a directory and as many of its files as the process may open. Reads nothing. 0,
 * or -errno with diag.
 */
int dir_open(struct dir *dir, const char *path, struct diag *diag);
/* Is it a directory, or a file that begins with a header of a recording? */
bool dir_is_recording(const struct dir *dir);
/*
 * Keeps the files that begin with a file header; for a single file, none is an error. 0, or -errno
 * with diag, and dir is freed.
 */
int dir_read(struct dir *dir, struct diag *diag);
/* Opens and reads by an fd of a directory; does not follow symbolic links. 0 or -errno. */
int dir_list_own(struct dir *dir, int fd);
void dir_free(struct dir *dir);

/* An fd of the file, or -errno. */
int dir_open_file(const struct dir *dir, const struct dir_file *file);
/*
 * Creates a file in the directory, named after `wall` (ns since 1970), for its owner alone. Returns
 * an fd and sets name, or returns -errno.
 */
int dir_create_file(int fd, int64_t wall, char name[DIR_NAME_SIZE]);

#endif
