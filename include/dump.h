/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * User stacks between the kernel side and user space. No file format.
 *
 * The kernel side copies what is necessary to unwind the stack of a thread: the registers and the
 * innermost part of the stack. User space unwinds it, and returns a rule for each frame. With the
 * rules the kernel side walks the same frames itself, and need not copy a known stack again.
 */
#ifndef TCPTRAIL_DUMP_H
#define TCPTRAIL_DUMP_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "mix.h"

#define STACK_BYTES 16384 /* copied at most; frames beyond are not seen */
#define STACK_REGS  32    /* x86_64 has 17, arm64 32 */

struct stack_dump {
	__u64 id;    /* of the FACT_STACK that is made of it */
	__u64 space; /* as in fact_stack */
	__u64 start; /* of the process, as in fact_task */
	__u32 pid;   /* tgid */
	__u32 tid;
	__u64 pc, sp;
	__u64 regs[STACK_REGS]; /* by DWARF register number */
	__u32 size;             /* bytes that follow */
	__u32 pad;
	__u8 bytes[]; /* of the stack, from sp on */
};

enum stack_rule_flag {
	RULE_BY_FP = 1 << 0, /* the end of the frame is relative to fp, otherwise to sp */
	RULE_LINK = 1 << 1,  /* the return address is in the link register (arm64) */
	RULE_SAVED = 1 << 2, /* the frame pointer is saved on the stack, otherwise unchanged */
	RULE_LAST = 1 << 3,  /* the outermost frame */
};

/* The way from a frame to its caller: the simple cases of DWARF call frame information. */
struct stack_rule {
	__s32 cfa; /* from fp or sp to the end of the frame, which is the sp of the caller */
	__s16 ra;  /* from the end of the frame to the return address */
	__s16 fp;  /* ... to the saved frame pointer */
	__u32 flags;
};

/* The key of a rule: one ip of one address space. */
static inline __u64 stack_rule_key(__u64 space, __u64 ip)
{
	return hash_mix(hash_mix(0, space), ip);
}

#endif
