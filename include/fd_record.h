/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What bpf/fds.bpf.c writes for each fd of a socket. */
#ifndef TCPTRAIL_FD_RECORD_H
#define TCPTRAIL_FD_RECORD_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

struct fd_record {
	__u32 inode; /* of sockfs */
	__u32 pid;   /* thread group, in the initial pid namespace */
	__s32 fd;
};

#endif
