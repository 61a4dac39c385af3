/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What /proc tells of one process. A process is a pid and the time it started:
 * the kernel gives pids again, so whoever has a pid from the past has a time
 * with it, and gets nothing of another process that has the pid by now.
 */
#ifndef TCPTRAIL_ENRICH_PROCESS_H
#define TCPTRAIL_ENRICH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROCESS_ARGS_MAX    1024
#define PROCESS_CGROUP_MAX  1025       /* FACT_NAME_MAX and its NUL */
#define PROCESS_UID_UNKNOWN UINT32_MAX /* no user has it: (uid_t)-1 */

/* What could not be read, or is too long, is "" or PROCESS_UID_UNKNOWN. */
struct process_info {
	uint64_t start_ticks; /* since boot, in 1 / sysconf(_SC_CLK_TCK) s */
	/*
	 * The effective one: a socket's uid is that of its maker's fsuid, which follows the
	 * effective uid (net/socket.c, sock_alloc), so the two agree for setuid programs. What a
	 * process may do goes by it, too; who typed the command is another question.
	 */
	uint32_t uid;
	char comm[16];
	size_t args_size; /* bytes of args; 0: a kernel thread, a zombie, not to be read */
	/* As in /proc/PID/cmdline: each ends with NUL, but for the last one if cut; then NUL. */
	char args[PROCESS_ARGS_MAX];
	char cgroup[PROCESS_CGROUP_MAX]; /* that names the container; "/": in none */
};

/*
 * start: ns of CLOCK_BOOTTIME, task_struct.start_boottime of the thread group leader; 0: not
 * known, whoever has the pid is it. 0 or -errno; -ESRCH: gone, or the pid is another process's.
 * Zombies are there still. What ends while it is read is told as far as it was read.
 */
int process_read(uint32_t pid, uint64_t start, struct process_info *info);

/*
 * Are the kernel's own pids (those of the initial pid namespace, which BPF programs tell) the ones
 * that we find in /proc?
 */
bool process_pids_are_global(void);

/*
 * Does the process run? Not when a zombie, unless only its first thread has ended. Where /proc
 * does not let us see (hidepid), a process that has the pid is taken for it.
 */
bool process_alive(uint32_t pid, uint64_t start);

#endif
