/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The only place that reads struct task_struct: the task that acts on a socket. */
#ifndef TCPTRAIL_BPF_TASK_H
#define TCPTRAIL_BPF_TASK_H

#include "submit.h"

#define PF_KTHREAD    0x00200000 /* include/linux/sched.h; the same since 2.6.31 */
#define ARGS_CAPTURED 512        /* a power of two; user space reads longer arguments from /proc */

/* Processes that were reported to user space: pid to task_space(). */
struct reported_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u64);
};

extern struct reported_map reported SEC(".maps");

static __always_inline __u64 task_start(struct task_struct *leader)
{
	return BPF_CORE_READ(leader, start_boottime);
}

/* Identifies the address space: it changes with an exec, and with a new process. */
static __always_inline __u64 task_space(struct task_struct *task)
{
	return task_start(BPF_CORE_READ(task, group_leader)) + BPF_CORE_READ(task, self_exec_id);
}

/* Up to 5.16 the bytes after the NUL are of an earlier name (__set_task_comm(), fs/exec.c). */
static __always_inline void comm_read(char *comm, struct task_struct *leader)
{
	__builtin_memset(comm, 0, FACT_COMM_LEN);
	bpf_core_read_str(comm, FACT_COMM_LEN, &leader->comm);
}

static __always_inline void task_clear(struct fact_task *task)
{
	__builtin_memset(task, 0, sizeof(*task));
}

/* A kernel thread takes locks for other tasks (the worker of MPTCP), so it is ignored. */
static __always_inline void task_read(struct fact_task *fact)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct *leader;
	__u64 id = bpf_get_current_pid_tgid();

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD) {
		task_clear(fact);
		return;
	}
	leader = BPF_CORE_READ(task, group_leader);
	fact->pid = id >> 32;
	fact->tid = (__u32)id;
	fact->start = task_start(leader);
	comm_read(fact->comm, leader);
	bpf_get_current_comm(fact->thread, sizeof(fact->thread));
}

/*
 * Reports the current process with its arguments, once until it execs, because it may end before
 * user space can read /proc. Call it after the fact that has its pid.
 */
static __always_inline void process_report(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 space = task_space(task), start, size;
	__u64 *known = bpf_map_lookup_elem(&reported, &pid);
	struct fact_process *fact;

	if ((known && *known == space) || BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return;
	fact = fact_reserve(FACT_PROCESS, sizeof(*fact) + ARGS_CAPTURED, NULL);
	if (!fact)
		return;
	fact->start = task_start(leader);
	fact->pid = pid;
	fact->uid = BPF_CORE_READ(task, cred, euid.val);
	comm_read(fact->comm, leader);
	start = BPF_CORE_READ(task, mm, arg_start);
	size = BPF_CORE_READ(task, mm, arg_end) - start;
	if (size > ARGS_CAPTURED)
		size = ARGS_CAPTURED;
	fact->size = fact->pad = 0;
	if (size && !bpf_probe_read_user(fact->args, size, (void *)start))
		fact->size = size;
	bpf_map_update_elem(&reported, &pid, &space, BPF_ANY);
	fact_submit(fact);
}

#endif
