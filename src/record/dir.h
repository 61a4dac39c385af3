/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a recording: one alone, or those of a directory, which are called
 * 20261125T031200.123456Z.tcptrail by when they begin. Other files there are left alone.
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
	int fd;                   /* opened by dir_open(); -1: opened when it is read */
	uint64_t size;            /* bytes */
	struct file_info info;
};

/* Oldest first: by session, then by sequence. */
struct dir {
	struct dir_file *files;
	size_t count;
	char *path;
	int fd;            /* of the directory or the file: later renames do not matter */
	size_t unreadable; /* files of that name that could not be opened or read, or are no recording */
	int flags;         /* of open(2), for its files */
	bool alone;        /* it is a file */
};

/*
 * Opens what is at path, and reads nothing of any file: a file, or a directory and its files,
 * as many as may be open. 0, or -errno with diag.
 */
int dir_open(struct dir *dir, const char *path, struct diag *diag);
/* Is it a directory, or a file that begins as a recording does? */
bool dir_is_recording(const struct dir *dir);
/*
 * Of what dir_open() has opened, keeps the files that begin with a file header; for a single file
 * that is told if it does not. 0, or -errno with diag: it is freed.
 */
int dir_read(struct dir *dir, struct diag *diag);
/* Both for an fd of a directory, without files that symbolic links name. 0 or -errno. */
int dir_list_own(struct dir *dir, int fd);
void dir_free(struct dir *dir);

/* An fd of the file, as open(2) has it; -errno. */
int dir_open_file(const struct dir *dir, const struct dir_file *file);
/*
 * A new file in the directory, begun now (ns since 1970), read and written by its owner alone;
 * its name goes to `name`. An fd, or -errno.
 */
int dir_create_file(int fd, int64_t wall, char name[DIR_NAME_SIZE]);

#endif
