/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define STAT_MAX 2048 /* more than 52 numbers and a comm take (fs/proc/array.c, 6.18) */

ssize_t proc_read_text(int dir, const char *path, char *text, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	text[0] = '\0';
	if (fd < 0)
		return -errno;
	do {
		got = read(fd, text + used, size - 1 - used);
		if (got > 0)
			used += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0 && !used)
		got = -errno;
	close(fd);
	text[used] = '\0';
	return got < 0 && !used ? got : (ssize_t)used;
}

ssize_t proc_read_bytes(int dir, const char *path, void *bytes, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, bytes, size);
	if (got < 0)
		got = -errno;
	close(fd);
	return got;
}

DIR *proc_open_directory(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *opened = fd < 0 ? NULL : fdopendir(fd);

	if (!opened && fd >= 0) {
		/* fdopendir() calls fstat(), which fails with ENOENT if the process ended (6.1). */
		int err = errno;

		close(fd);
		errno = err;
	}
	return opened;
}

const char *proc_next_number(DIR *dir)
{
	struct dirent *dirent;

	while ((dirent = readdir(dir)))
		if (*dirent->d_name >= '0' && *dirent->d_name <= '9')
			return dirent->d_name;
	return NULL;
}

/* -EACCES if a process has the pid, although /proc does not show it; else -ESRCH. */
static int absence_error(uint32_t pid)
{
	return kill((pid_t)pid, 0) && errno == ESRCH ? -ESRCH : -EACCES;
}

int proc_open_process(uint32_t pid)
{
	char path[32];
	int fd;

	if (!pid || pid > INT32_MAX)
		return -ESRCH; /* for kill() they mean process groups */
	snprintf(path, sizeof(path), "/proc/%u", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return errno == ENOENT ? absence_error(pid) : -errno;
}

int proc_read_stat(int dir, const char *path, struct process_stat *stat)
{
	char text[STAT_MAX];
	ssize_t size = proc_read_text(dir, path, text, sizeof(text));

	if (size < 0)
		return size == -ENOENT ? -ESRCH : (int)size;
	return process_parse_stat(text, stat) ? 0 : -EPROTO;
}

/*
 * The kernel rounds ns down to ticks in the same way (nsec_to_clock_t()). In a time namespace whose
 * boot clock has an offset the kernel adds it: then no start matches.
 */
static bool is_start(uint64_t start, uint64_t ticks)
{
	return !start || start / (NS_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK)) == ticks;
}

int proc_check_process(int dir, uint64_t start, struct process_stat *stat)
{
	int err = proc_read_stat(dir, "stat", stat);

	return !err && !is_start(start, stat->start_ticks) ? -ESRCH : err;
}
