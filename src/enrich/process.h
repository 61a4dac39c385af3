/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What /proc says of one process. A process is a pid and its start time: the kernel reuses pids, so
 * a caller with an old pid passes the start time, and gets nothing about another process that has
 * the pid now.
 */
#ifndef TCPTRAIL_ENRICH_PROCESS_H
#define TCPTRAIL_ENRICH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROCESS_ARGS_MAX    1024
#define PROCESS_CGROUP_MAX  1025       /* FACT_NAME_MAX and its NUL */
#define PROCESS_UID_UNKNOWN UINT32_MAX /* no user has it: (uid_t)-1 */

/* What cannot be read, or is too long, is "" or PROCESS_UID_UNKNOWN. */
struct process_info {
	uint64_t start_ticks; /* since boot, in 1 / sysconf(_SC_CLK_TCK) s */
	/*
	 * The effective uid. A socket's uid is the fsuid of its creator (sock_alloc(),
	 * net/socket.c), which follows the effective uid, so the two agree for setuid programs. The
	 * effective uid also decides what a process may do.
	 */
	uint32_t uid;
	char comm[16];
	size_t args_size; /* bytes of args; 0: a kernel thread, a zombie, or not readable */
	/*
	 * As in /proc/PID/cmdline: each argument ends with NUL, except the last one if it was cut;
	 * then one NUL.
	 */
	char args[PROCESS_ARGS_MAX];
	char cgroup[PROCESS_CGROUP_MAX]; /* the path that names the container; "/": none */
};

/*
 * start: ns of CLOCK_BOOTTIME, task_struct.start_boottime of the thread group leader; 0: not known,
 * any process with the pid matches. 0 or -errno; -ESRCH: it is gone, or another process has the
 * pid. A zombie still exists. If the process ends meanwhile, *info has what was read until then.
 */
int process_read(uint32_t pid, uint64_t start, struct process_info *info);

/*
 * Does /proc show the kernel's own pids, those of the initial pid namespace, which BPF programs
 * report?
 */
bool process_pids_are_global(void);

/*
 * Does the process run? A zombie does not, unless only its first thread has ended. Where /proc
 * hides processes (hidepid), any process with the pid counts.
 */
bool process_alive(uint32_t pid, uint64_t start);

#endif
