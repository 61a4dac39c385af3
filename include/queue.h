/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Part of an accept queue, as peek_queue hands it to user space. No fact: it stays in the program. */
#ifndef TCPTRAIL_QUEUE_H
#define TCPTRAIL_QUEUE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define QUEUE_PART 128

struct queue_part {
	__u64 next; /* where to go on; 0: that is all */
	__u64 count;
	struct {
		__u64 sk, cookie;
	} children[QUEUE_PART];
};

#endif
