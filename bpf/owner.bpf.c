// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Who accepts and who connects. A transition cannot tell the first (accept
 * changes no state) nor the second's local port (chosen after it).
 */
#include "sock.h"
#include "mptcp.h"
#include "stack.h"
#include "task.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);   /* tid */
	__type(value, __u32); /* fd of the connect it is in */
} connecting SEC(".maps");

/* struct sock of a TCP socket's fd of the current task; of MPTCP the first subflow. NULL: none. */
static __always_inline struct sock *fd_sock(__u32 fd, __u32 *inode)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct file **files = BPF_CORE_READ(task, files, fdt, fd);
	struct file *file = NULL;
	struct socket *socket;
	struct sock *sk;

	bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	*inode = BPF_CORE_READ(file, f_inode, i_ino);
	return tcp_socket(sk);
}

static __always_inline int syscall_emit(__u16 type, __u32 fd, long ret)
{
	struct fact_syscall *fact;
	struct sock *sk;
	__u32 inode = 0;
	__u64 stack = 0;

	sk = fd_sock(fd, &inode);
	if (!sk)
		return 0;
	if (want_stacks && type == FACT_ACCEPT) /* a connect's is in its transition */
		stack = stack_id();
	fact = fact_reserve(type, sizeof(*fact), sk);
	if (!fact)
		return 0;
	fact->cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	task_read(&fact->task);
	fact->fd = fd;
	fact->ret = ret;
	fact->inode = inode;
	fact->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	*(__u64 *)&fact->lport = 0;
	fact->lport = BPF_CORE_READ(sk, __sk_common.skc_num);
	fact->stack = stack;
	fact_submit(fact);
	process_tell();
	return 0;
}

static __always_inline int accept_exit(struct trace_event_raw_sys_exit *ctx)
{
	long ret = ctx->ret;

	return ret < 0 ? 0 : syscall_emit(FACT_ACCEPT, ret, ret);
}

SEC("tp/syscalls/sys_exit_accept")
int on_accept(struct trace_event_raw_sys_exit *ctx)
{
	return accept_exit(ctx);
}

SEC("tp/syscalls/sys_exit_accept4")
int on_accept4(struct trace_event_raw_sys_exit *ctx)
{
	return accept_exit(ctx);
}

SEC("tp/syscalls/sys_enter_connect")
int on_connect_enter(struct trace_event_raw_sys_enter *ctx)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	__u32 fd = ctx->args[0];

	if (bpf_map_update_elem(&connecting, &tid, &fd, BPF_ANY))
		fact_lost(FACT_CONNECT);
	return 0;
}

SEC("tp/syscalls/sys_exit_connect")
int on_connect(struct trace_event_raw_sys_exit *ctx)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	__u32 *entry = bpf_map_lookup_elem(&connecting, &tid);
	__u32 fd;

	if (!entry)
		return 0;
	fd = *entry;
	bpf_map_delete_elem(&connecting, &tid);
	return syscall_emit(FACT_CONNECT, fd, ctx->ret);
}
