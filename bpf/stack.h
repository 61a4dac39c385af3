/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* User stacks by id. What they are is told once, through a ring of its own. */
#ifndef TCPTRAIL_BPF_STACK_H
#define TCPTRAIL_BPF_STACK_H

#include "kernel.h"

/* Set before loading; without it nothing below is loaded. */
extern const volatile bool want_stacks;
extern const volatile bool has_task_pt_regs; /* the helper: 5.15 */

#define THREAD_BYTES 16384 /* without KASAN, with pages of 4 KiB: THREAD_SIZE, 5.8..5.14 */

static __always_inline void *user_registers(struct task_struct *task)
{
	if (has_task_pt_regs)
		return (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	/* They are on top of the kernel stack (task_pt_regs(), arch/.../asm/processor.h). */
	return BPF_CORE_READ(task, stack) + THREAD_BYTES - bpf_core_type_size(struct pt_regs);
}

/*
 * The current task's user stack: the id of a FACT_STACK that user space makes of
 * the dump sent with it, unless one with that id was sent before. 0: not captured;
 * counted in stacks_lost if it could have been. To be called with nothing reserved
 * in the ring, by want_stacks only.
 */
__u64 stack_id(void);

#endif
