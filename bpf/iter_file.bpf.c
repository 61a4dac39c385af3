// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A walk over the fds of all tasks: the holders of each TCP socket. */
#include "mptcp.h"
#include "sock.h"
#include "task.h"

/* Set where walk_sockets is not available: the walk used instead reports no addresses. */
bool show_all = false;

/* A socket in CLOSE is in no hash table, so the walk over sockets misses it. */
static __always_inline bool needs_seen(struct sock *sk)
{
	return show_all || BPF_CORE_READ(sk, __sk_common.skc_state) == STATE_CLOSE;
}

static __always_inline int write_seen(struct seq_file *seq, struct sock *sk)
{
	struct fact_seen seen = {};

	fact_begin(&seen.h, FACT_SEEN, sizeof(seen), sk);
	sample_probed(&seen.s, sk);
	return bpf_seq_write(seq, &seen, sizeof(seen));
}

static __always_inline __u64 cookie_of(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
}

/* One fd of a socket. 1: no room; the kernel calls again for the same file. */
static __always_inline int write_holder(struct bpf_iter__task_file *ctx, struct task_struct *task,
                                        struct file *file, struct sock *sk, __u64 cookie)
{
	struct fact_holder holder = {};
	struct task_struct *leader = task->group_leader;

	fact_begin(&holder.h, FACT_HOLDER, sizeof(holder), sk);
	holder.cookie = cookie;
	holder.pid = task->tgid;
	holder.start = task_start(leader);
	holder.fd = ctx->fd;
	holder.inode = file->f_inode->i_ino;
	holder.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	comm_read(holder.comm, leader);
	return bpf_seq_write(ctx->meta->seq, &holder, sizeof(holder)) != 0;
}

/* The MPTCP socket itself is in no hash table, so the walk over sockets misses it. */
static __always_inline int write_mptcp(struct bpf_iter__task_file *ctx, struct sock *msk)
{
	struct fact_seen seen = {};

	fact_begin(&seen.h, FACT_SEEN, sizeof(seen), msk);
	sample_mptcp(&seen.s, msk);
	return bpf_seq_write(ctx->meta->seq, &seen, sizeof(seen));
}

static __always_inline int write_subflow(struct bpf_iter__task_file *ctx, struct sock *msk,
                                         struct sock *subflow)
{
	struct fact_mptcp fact;

	fact_begin(&fact.h, FACT_MPTCP, sizeof(fact), msk);
	mptcp_fill(&fact, msk, subflow);
	return bpf_seq_write(ctx->meta->seq, &fact, sizeof(fact)) != 0;
}

SEC("iter/task_file")
int walk_holders(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct subflow_walk subflows;
	struct socket *socket;
	struct sock *sk, *subflow;

	if (!task || !file || (file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	socket = file->private_data;
	sk = BPF_CORE_READ(socket, sk);
	if (!is_mptcp(sk)) {
		sk = tcp_socket(sk);
		if (sk && !(needs_seen(sk) && write_seen(ctx->meta->seq, sk)))
			write_holder(ctx, task, file, sk, cookie_of(sk));
		return 0;
	}
	if (write_mptcp(ctx, sk) || write_holder(ctx, task, file, sk, 0))
		return 0;
	subflow_begin(&subflows, sk);
	for (int i = 0; i < SUBFLOWS_MAX; i++) {
		subflow = subflow_next(&subflows);
		if (!subflow || (needs_seen(subflow) && write_seen(ctx->meta->seq, subflow)) ||
		    write_holder(ctx, task, file, subflow, cookie_of(subflow)) ||
		    write_subflow(ctx, sk, subflow))
			break;
	}
	return 0;
}
