/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/process.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/proc_file.h"

#define CGROUP_MAX 16384 /* bytes, of all hierarchies of a process */

/*
 * The owner of the directory. Unlike the owner of its files, it does not depend on who may trace
 * it.
 */
static uint32_t read_uid(int dir)
{
	struct stat st;

	return fstat(dir, &st) ? PROCESS_UID_UNKNOWN : st.st_uid;
}

static int read_process(int dir, uint64_t start, struct process_info *info)
{
	uint32_t uid = read_uid(dir); /* before stat: for a process that has ended it is 0 */
	char cgroups[CGROUP_MAX];
	struct process_stat stat;
	ssize_t size;
	int err = proc_check_process(dir, start, &stat);

	if (err)
		return err;
	info->uid = uid;
	info->start_ticks = stat.start_ticks;
	memcpy(info->comm, stat.comm, sizeof(info->comm));
	size = proc_read_text(dir, "cmdline", info->args, sizeof(info->args));
	info->args_size = size > 0 ? (size_t)size : 0;
	proc_read_text(dir, "cgroup", cgroups, sizeof(cgroups));
	process_parse_cgroup(cgroups, info->cgroup, sizeof(info->cgroup));
	return 0;
}

int process_read(uint32_t pid, uint64_t start, struct process_info *info)
{
	int dir = proc_open_process(pid), err;

	if (dir < 0)
		return dir;
	err = read_process(dir, start, info);
	close(dir);
	return err;
}

bool process_alive(uint32_t pid, uint64_t start)
{
	struct process_stat stat;
	int dir = proc_open_process(pid), err;

	if (dir < 0)
		return dir != -ESRCH;
	err = proc_check_process(dir, start, &stat);
	close(dir);
	return err ? err != -ESRCH : !process_has_exited(&stat);
}

bool process_pids_are_global(void)
{
	const ino_t initial = 0xEFFFFFFC; /* PROC_PID_INIT_INO, include/linux/proc_ns.h, 3.8..7.2 */
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino == initial;
}
