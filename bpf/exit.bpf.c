// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Processes that end: their sockets may live on, or be held by others. */
#include "task.h"

/*
 * The last thread is the one that leaves none alive (do_exit(), kernel/exit.c,
 * 5.10..7.2). Its files are closed after this, so the transitions come later.
 */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct fact_exit *fact;

	if (BPF_CORE_READ(task, signal, live.counter) || BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return 0;
	fact = fact_reserve(FACT_EXIT, sizeof(*fact), NULL);
	if (!fact)
		return 0;
	fact->start = task_start(BPF_CORE_READ(task, group_leader));
	fact->pid = BPF_CORE_READ(task, tgid);
	fact->pad = 0;
	fact_submit(fact);
	return 0;
}
