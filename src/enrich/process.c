/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All is read below one open /proc/PID, which stays that process's: once it is
 * gone nothing can be read there, whoever gets the pid (fs/proc/base.c).
 */
#include "enrich/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "enrich/process_text.h"

/* 52 numbers and a comm (fs/proc/array.c, 6.18): less than this by far. */
#define STAT_MAX   2048
#define CGROUP_MAX 16384 /* all hierarchies of a process */

ssize_t process_read_file(int dir, const char *name, char *text, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
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

/* Does anybody have the pid, though /proc hides it? -EACCES or -ESRCH. */
static int why_absent(uint32_t pid)
{
	return kill((pid_t)pid, 0) && errno == ESRCH ? -ESRCH : -EACCES;
}

static int open_process(uint32_t pid)
{
	char path[32];
	int fd;

	if (!pid || pid > INT32_MAX)
		return -ESRCH; /* kill() has other uses of them */
	snprintf(path, sizeof(path), "/proc/%u", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return errno == ENOENT ? why_absent(pid) : -errno;
}

/*
 * The kernel cuts ns to ticks in the same way (nsec_to_clock_t). In a time
 * namespace whose boot clock is off it adds the offset: then no start fits.
 */
static bool is_start(uint64_t start, uint64_t ticks)
{
	return !start || start / (NS_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK)) == ticks;
}

int process_stat_at(int dir, const char *path, struct process_stat *stat)
{
	char text[STAT_MAX];
	ssize_t size = process_read_file(dir, path, text, sizeof(text));

	if (size < 0)
		return size == -ENOENT ? -ESRCH : (int)size;
	return process_parse_stat(text, stat) ? 0 : -EPROTO;
}

int process_check_at(int dir, uint64_t start, struct process_stat *stat)
{
	int err = process_stat_at(dir, "stat", stat);

	return !err && !is_start(start, stat->start_ticks) ? -ESRCH : err;
}

/* The owner of the directory, which unlike its files' does not depend on who may trace it. */
static uint32_t read_uid(int dir)
{
	struct stat st;

	return fstat(dir, &st) ? PROCESS_UID_UNKNOWN : st.st_uid;
}

static int read_process(int dir, uint64_t start, struct process_info *info)
{
	uint32_t uid = read_uid(dir); /* before stat: of a process that is gone it would be 0 */
	char cgroups[CGROUP_MAX];
	struct process_stat stat;
	ssize_t size;
	int err = process_check_at(dir, start, &stat);

	if (err)
		return err;
	info->uid = uid;
	info->start_ticks = stat.start_ticks;
	memcpy(info->comm, stat.comm, sizeof(info->comm));
	size = process_read_file(dir, "cmdline", info->args, sizeof(info->args));
	info->args_size = size > 0 ? (size_t)size : 0;
	process_read_file(dir, "cgroup", cgroups, sizeof(cgroups));
	process_parse_cgroup(cgroups, info->cgroup, sizeof(info->cgroup));
	return 0;
}

int process_read(uint32_t pid, uint64_t start, struct process_info *info)
{
	int dir = open_process(pid), err;

	if (dir < 0)
		return dir;
	err = read_process(dir, start, info);
	close(dir);
	return err;
}

bool process_alive(uint32_t pid, uint64_t start)
{
	struct process_stat stat;
	int dir = open_process(pid), err;

	if (dir < 0)
		return dir != -ESRCH;
	err = process_check_at(dir, start, &stat);
	close(dir);
	return err ? err != -ESRCH : !process_has_exited(&stat);
}

bool process_pids_are_global(void)
{
	const ino_t initial = 0xEFFFFFFC; /* PROC_PID_INIT_INO, include/linux/proc_ns.h, 3.8..7.2 */
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino == initial;
}
