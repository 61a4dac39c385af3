/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the two sides tell each other of user stacks. Never leaves this machine.
 *
 * The kernel copies of a thread what its stack is unwound from: registers and the
 * innermost part of the stack. User space answers with how it has found the way
 * from each frame to the next, so that the kernel finds it by itself next time, and
 * needs to copy nothing of a stack that is known.
 */
#ifndef TCPTRAIL_DUMP_H
#define TCPTRAIL_DUMP_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "mix.h"

#define STACK_BYTES 16384 /* copied at most: what lies further out is not seen */
#define STACK_REGS  32    /* x86_64 has 17, arm64 32 */

struct stack_dump {
	__u64 id;    /* of the FACT_STACK this becomes */
	__u64 space; /* as in it */
	__u64 start; /* of the process, as in fact_task */
	__u32 pid;   /* tgid */
	__u32 tid;
	__u64 pc, sp;
	__u64 regs[STACK_REGS]; /* by DWARF number of the machine */
	__u32 size;             /* bytes that follow */
	__u32 pad;
	__u8 bytes[]; /* of the stack, from sp on */
};

enum stack_rule_flag {
	RULE_BY_FP = 1 << 0, /* the frame's end is counted from the frame pointer, else from sp */
	RULE_LINK = 1 << 1,  /* the return address is in the link register (arm64) */
	RULE_SAVED = 1 << 2, /* the frame pointer was saved, else it is the caller's still */
	RULE_LAST = 1 << 3,  /* nothing has called this one */
};

/* From one frame to its caller's: what call frame information says, in its simple cases. */
struct stack_rule {
	__s32 cfa; /* from fp or sp to the frame's end, which is sp in the caller's */
	__s16 ra;  /* from the frame's end to the return address */
	__s16 fp;  /* ... to the saved frame pointer */
	__u32 flags;
};

/* A rule holds for one ip of one address space: this is the key to it. */
static inline __u64 stack_rule_key(__u64 space, __u64 ip)
{
	return hash_mix(hash_mix(0, space), ip);
}

#endif
