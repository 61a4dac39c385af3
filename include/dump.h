/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the kernel copies of a thread for its stack to be unwound in user space:
 * registers and the innermost part of the stack. Never leaves this machine.
 */
#ifndef TCPTRAIL_DUMP_H
#define TCPTRAIL_DUMP_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define STACK_BYTES 8192 /* copied at most: what lies further out is not seen */
#define STACK_REGS  32   /* x86_64 has 17, arm64 32 */

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

#endif
