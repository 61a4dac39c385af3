/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens and reads the files below /proc. What a file says is parsed elsewhere (process_text.h,
 * ...).
 */
#ifndef TCPTRAIL_ENRICH_PROC_FILE_H
#define TCPTRAIL_ENRICH_PROC_FILE_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enrich/process_text.h"

/* All functions take a path relative to the directory dir, or an absolute path. */

/*
 * Reads up to size - 1 bytes of a file and ends them with NUL. Returns their number; or -errno and
 * "".
 */
ssize_t proc_read_text(int dir, const char *path, char *text, size_t size);

/* Returns what the first read(2) of the file returns: a number of bytes, or -errno. */
ssize_t proc_read_bytes(int dir, const char *path, void *bytes, size_t size);

/*
 * Opens a directory to list it. NULL: errno says why. Does not follow a symbolic link at its end.
 */
DIR *proc_open_directory(int dir, const char *path);

/* The next entry of the directory whose name begins with a digit; NULL: no more. */
const char *proc_next_number(DIR *dir);

/*
 * Opens the directory /proc/PID. The fd stays with this process: after the process has ended,
 * nothing can be read there, whichever process gets the pid next (fs/proc/base.c). fd or -errno;
 * -ESRCH: no process has the pid; -EACCES: a process has it, but /proc hides it (hidepid).
 */
int proc_open_process(uint32_t pid);

/*
 * Reads and parses a file of the form of /proc/PID/stat. 0; -ESRCH: the process is gone; -EPROTO:
 * not of that form; another -errno.
 */
int proc_read_stat(int dir, const char *path, struct process_stat *stat);

/*
 * Reads "stat" in dir, the directory of a process. Also returns -ESRCH if the process did not start
 * at `start` (see process_read()).
 */
int proc_check_process(int dir, uint64_t start, struct process_stat *stat);

#endif
