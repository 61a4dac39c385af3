/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The one place that reads struct task_struct: who acts on a socket. */
#ifndef TCPTRAIL_BPF_TASK_H
#define TCPTRAIL_BPF_TASK_H

#include "submit.h"

#define PF_KTHREAD    0x00200000 /* include/linux/sched.h; the same since 2.6.31 */
#define ARGS_CAPTURED 512        /* a power of two; user space reads longer ones from /proc */

/* Processes that user space has been told of: pid to what changes with an exec or a new process. */
struct told_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u64);
};

extern struct told_map told SEC(".maps");

static __always_inline __u64 task_start(struct task_struct *leader)
{
	return BPF_CORE_READ(leader, start_boottime);
}

/* Which address space: a process has another one once it execs. */
static __always_inline __u64 task_space(struct task_struct *task)
{
	return task_start(BPF_CORE_READ(task, group_leader)) + BPF_CORE_READ(task, self_exec_id);
}

/* Up to 5.16 what follows the NUL is left from an earlier name (__set_task_comm(), fs/exec.c). */
static __always_inline void comm_read(char *comm, struct task_struct *leader)
{
	__builtin_memset(comm, 0, FACT_COMM_LEN);
	bpf_core_read_str(comm, FACT_COMM_LEN, &leader->comm);
}

static __always_inline void task_clear(struct fact_task *task)
{
	__builtin_memset(task, 0, sizeof(*task));
}

/* A kernel thread owns locks on behalf of others (MPTCP's worker): it is nobody. */
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
 * Who the current process is, with its arguments, once until it execs: it may
 * be gone before user space can look. To be called after the fact that names it.
 */
static __always_inline void process_tell(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 space = task_space(task), start, size;
	__u64 *known = bpf_map_lookup_elem(&told, &pid);
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
	bpf_map_update_elem(&told, &pid, &space, BPF_ANY);
	fact_submit(fact);
}

#endif
