/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Part of an accept queue, from peek_queue to user space. No fact and no file format. */
#ifndef TCPTRAIL_QUEUE_H
#define TCPTRAIL_QUEUE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define QUEUE_PART 128

struct queue_part {
	__u64 next; /* request to continue from; 0: the end */
	__u64 count;
	struct {
		__u64 sk, cookie;
	} children[QUEUE_PART];
};

#endif
