/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/owners.h"

#include <errno.h>

#include "enrich/process.h"
#include "enrich/procfd.h"
#include "source/fds.h"

struct reading {
	struct list_holders *holders;
	int err;
};

static int on_fd(uint32_t pid, int fd, uint32_t inode, void *arg)
{
	return list_holders_add(arg, inode, pid, fd);
}

static void on_proc_fd(uint32_t pid, int fd, uint32_t inode, void *arg)
{
	struct reading *reading = arg;

	if (!reading->err)
		reading->err = list_holders_add(reading->holders, inode, pid, fd);
}

static int read_proc(struct list_holders *holders, unsigned int *unreadable)
{
	struct reading reading = {.holders = holders};
	int err = procfd_walk(on_proc_fd, &reading, unreadable);

	return err ? err : reading.err;
}

static int add_process(struct list_holders *holders, uint32_t pid, const struct process_info *info)
{
	const struct list_process process = {
		.pid = pid,
		.comm = info->comm,
		.program = list_program(info->args_size ? info->args : "", info->comm),
		.cgroup = info->cgroup,
	};

	return list_holders_add_process(holders, &process);
}

/* A process that has ended meanwhile keeps its pid as its only name. */
static int name_processes(struct list_holders *holders)
{
	struct process_info info;
	int err = 0;

	for (size_t i = 0; !err && i < list_holders_pid_count(holders); i++) {
		uint32_t pid = list_holders_pid(holders, i);

		if (!process_read(pid, 0, &info))
			err = add_process(holders, pid, &info);
	}
	return err;
}

/*
 * In a pid namespace the iterator reports pids that /proc does not have. Where BPF fails half-way,
 * the fds of /proc come in addition, which are the same.
 */
static int read_into(struct owners *owners)
{
	int err = process_pids_are_global() ? fds_walk(on_fd, owners->holders) : -ENOTSUP;

	if (err && err != -ENOMEM)
		err = read_proc(owners->holders, &owners->unreadable);
	err = err ? err : list_holders_seal(owners->holders);
	return err ? err : name_processes(owners->holders);
}

int owners_read(struct owners *owners)
{
	struct owners result = {.holders = list_holders_new()};
	int err = result.holders ? read_into(&result) : -ENOMEM;

	if (err) {
		list_holders_free(result.holders);
		return err;
	}
	result.none = result.unreadable && !list_holders_pid_count(result.holders);
	*owners = result;
	return 0;
}
