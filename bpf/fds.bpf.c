// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A walk over the fds of all tasks: which process has which socket of any family open. An object of
 * its own, because it loads in a small part of the time that the probes take.
 */
#include "kernel.h"
#include "fd_record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("iter/task_file")
int walk_fds(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct fd_record record = {};

	if (!task || !file || (file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	record.inode = file->f_inode->i_ino;
	record.pid = task->tgid;
	record.fd = ctx->fd;
	/* Without room the kernel calls again for the same file. */
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
