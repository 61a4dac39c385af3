// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The end of processes. Their sockets may live on, or have other holders. */
#include "task.h"

/*
 * The last thread leaves no live one behind (do_exit(), kernel/exit.c, 5.10..7.2). The kernel
 * closes its files after this, so the transitions follow.
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
