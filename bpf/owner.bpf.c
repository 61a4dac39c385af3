// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Calls of accept and connect. A transition reports neither the process that accepts (accept
 * changes no state) nor the local port of a connect (the kernel chooses it later).
 */
#include "sock.h"
#include "mptcp.h"
#include "stack.h"
#include "task.h"

/* The socket of an fd of the current task; NULL: none. */
static __always_inline struct sock *fd_sock(__u32 fd, __u32 *inode)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file = NULL;
	struct socket *socket;
	struct sock *sk;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	*inode = BPF_CORE_READ(file, f_inode, i_ino);
	return sk;
}

static __always_inline int syscall_report(__u16 type, __u32 fd, long ret, struct sock *sk,
                                          __u64 cookie, __u32 inode)
{
	struct fact_syscall *fact;
	__u64 stack = 0;

	if (want_stacks && type == FACT_ACCEPT) /* the transition has the stack of a connect */
		stack = stack_id();
	fact = fact_reserve(type, sizeof(*fact), sk);
	if (!fact)
		return 0;
	fact->cookie = cookie;
	task_read(&fact->task);
	fact->fd = fd;
	fact->ret = ret;
	fact->inode = inode;
	fact->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	*(__u64 *)&fact->lport = 0;
	fact->lport = BPF_CORE_READ(sk, __sk_common.skc_num);
	fact->stack = stack;
	fact_submit(fact);
	process_report();
	return 0;
}

/* With MPTCP, reports the first subflow too. */
static __always_inline int syscall_emit(__u16 type, __u32 fd, long ret)
{
	__u32 inode = 0;
	struct sock *sk = fd_sock(fd, &inode), *subflow = tcp_socket(sk);

	if (sk && sk != subflow && is_mptcp(sk))
		syscall_report(type, fd, ret, sk, 0, inode);
	if (subflow)
		syscall_report(type, fd, ret, subflow,
		               BPF_CORE_READ(subflow, __sk_common.skc_cookie.counter), inode);
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

/*
 * The first argument of the syscall that returns in the current task. The saved registers still
 * have it: the syscall wrote only the register of the result. false: the registers are of another
 * syscall.
 */
static __always_inline bool first_argument(__s32 syscall, __u32 *value)
{
	struct pt_regs *regs = user_registers((void *)bpf_get_current_task());

#if defined(__TARGET_ARCH_x86)
	*value = BPF_CORE_READ(regs, di);
	return (__s32)BPF_CORE_READ(regs, orig_ax) == syscall;
#elif defined(__TARGET_ARCH_arm64)
	*value = BPF_CORE_READ(regs, orig_x0);
	return BPF_CORE_READ(regs, syscallno) == syscall;
#endif
}

SEC("tp/syscalls/sys_exit_connect")
int on_connect(struct trace_event_raw_sys_exit *ctx)
{
	__u32 fd;

	/*
	 * The kernel sets only 4 of the 8 bytes of the id (struct syscall_tp_t, trace_syscalls.c).
	 */
	if (first_argument((__s32)ctx->id, &fd))
		return syscall_emit(FACT_CONNECT, fd, ctx->ret);
	fact_lost(FACT_CONNECT);
	return 0;
}
