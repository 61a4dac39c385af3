/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes have a socket of any family open: by the inode of the socket (sockfs). */
#ifndef TCPTRAIL_LIST_HOLDERS_H
#define TCPTRAIL_LIST_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct list_holder {
	uint32_t pid;
	int32_t fd;
};

struct list_process {
	uint32_t pid;
	const char *comm;    /* command name */
	const char *program; /* argv[0] as netstat shows it: list_program() */
	const char *cgroup;  /* path; "": not known */
};

/* All holders of one socket. */
struct list_held {
	const struct list_holder *holders; /* by pid and fd: netstat shows the first */
	size_t count;
	size_t processes; /* number of different pids */
};

struct list_holders;

/* NULL: no memory. */
struct list_holders *list_holders_new(void);
void list_holders_free(struct list_holders *holders); /* NULL-safe */
/* 0 or -ENOMEM. The same fd may be added twice. */
int list_holders_add(struct list_holders *holders, uint32_t inode, uint32_t pid, int fd);
/* 0 or -ENOMEM. Copies the strings. */
int list_holders_add_process(struct list_holders *holders, const struct list_process *process);
/* The pids that were added, each once. Valid until the next change. */
size_t list_holders_pid_count(const struct list_holders *holders);
uint32_t list_holders_pid(const struct list_holders *holders, size_t index);

/*
 * Sorts and indexes, in time linear in the number of fds. Call it once, after all fds were added
 * and before the first look-up. Processes may be added later. 0 or -ENOMEM.
 */
int list_holders_seal(struct list_holders *holders);

/* false: no holder of the socket is known. holders NULL: none is. */
bool list_holders_find(const struct list_holders *holders, uint32_t inode, struct list_held *held);
/* NULL: not known. */
const struct list_process *list_holders_process(const struct list_holders *holders, uint32_t pid);

/*
 * The first process as netstat prints it, then the number of other processes: "4942/python3",
 * "4942/nginx: worker+3". Lives as long as holders. NULL: no memory.
 */
const char *list_holders_label(const struct list_holders *holders, const struct list_held *held);

/*
 * argv[0] as netstat shows it: its last part if it begins with "/". args is the text of
 * /proc/PID/cmdline; comm, if there are no arguments.
 */
const char *list_program(const char *args, const char *comm);

#endif
