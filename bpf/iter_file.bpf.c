// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A walk over the fds of all tasks: who holds which TCP socket now. */
#include "sock.h"
#include "submit.h"

/* An unhashed socket is in no table that walk_sockets reads: show it here. */
static __always_inline int write_seen(struct seq_file *seq, struct sock *sk)
{
	struct fact_seen seen = {};

	fact_begin(&seen.h, FACT_SEEN, sizeof(seen), sk);
	sample_probed(&seen.s, sk);
	return bpf_seq_write(seq, &seen, sizeof(seen));
}

SEC("iter/task_file")
int walk_holders(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct fact_holder holder = {};
	struct socket *socket;
	struct sock *sk;
	__u16 family;

	if (!task || !file || (file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	socket = file->private_data;
	sk = BPF_CORE_READ(socket, sk);
	if (!sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return 0;
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_STATE_CLOSE &&
	    write_seen(ctx->meta->seq, sk))
		return 0;
	fact_begin(&holder.h, FACT_HOLDER, sizeof(holder), sk);
	holder.cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	holder.pid = task->tgid;
	holder.fd = ctx->fd;
	holder.inode = file->f_inode->i_ino;
	holder.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	BPF_CORE_READ_INTO(&holder.comm, task, group_leader, comm);
	bpf_seq_write(ctx->meta->seq, &holder, sizeof(holder));
	return 0;
}
