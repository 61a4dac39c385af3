/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* User stacks by id. Each stack is sent once, through a ring buffer of its own. */
#ifndef TCPTRAIL_BPF_STACK_H
#define TCPTRAIL_BPF_STACK_H

#include "kernel.h"

/* Set before loading; if false, the code below is not loaded. */
extern const volatile bool want_stacks;
extern const volatile bool has_task_pt_regs; /* bpf_task_pt_regs(): 5.15 */

#define THREAD_BYTES 16384 /* without KASAN, with pages of 4 KiB: THREAD_SIZE, 5.8..5.14 */

static __always_inline void *user_registers(struct task_struct *task)
{
	if (has_task_pt_regs)
		return (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	/* The registers are at the top of the kernel stack (task_pt_regs(), asm/processor.h). */
	return BPF_CORE_READ(task, stack) + THREAD_BYTES - bpf_core_type_size(struct pt_regs);
}

/*
 * The id of the user stack of the current task. For a new id it sends a dump, of which user space
 * makes a FACT_STACK. 0: not captured; a failure is counted in stacks_lost. Call it only with
 * want_stacks, and while nothing is reserved in the ring buffer.
 */
__u64 stack_id(void);

#endif
