/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Facts: the one stream that everything learned from outside enters by.
 *
 * Compiled by the BPF programs and by user space alike; the layout is also the
 * file format of a recording, hence fixed widths, explicit padding and size
 * asserts. A reader skips types it does not know by their length.
 *
 * All numbers are in host byte order, ports included. Times are nanoseconds of
 * CLOCK_BOOTTIME (goes on in suspend, never steps); FACT_CLOCK ties it to wall
 * clock. Zero means "unknown" in every field but counters.
 */
#ifndef TCPTRAIL_FACT_H
#define TCPTRAIL_FACT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define FACT_COMM_LEN  16
#define FACT_NAME_MAX  1024 /* longest string of a FACT_NAME, without its NUL */
#define FACT_ARGS_MAX  1024 /* most bytes of a FACT_PROCESS's arguments */
#define FACT_STACK_MAX 64   /* most frames of a FACT_STACK */
#define FACT_STEPS_MAX 48   /* most steps of a FACT_TABLE_ROW */

enum fact_type {
	FACT_CLOCK = 1,    /* wall clock at this instant */
	FACT_STATE,        /* a transition, before the kernel stores the new state */
	FACT_DESTROY,      /* tcp_destroy_sock: the address means nothing any more */
	FACT_RETRANSMIT,   /* tcp_retransmit_skb */
	FACT_SYNACK,       /* tcp_retransmit_synack; sk is the request socket */
	FACT_RST_SENT,     /* tcp_send_reset; sk may be 0 */
	FACT_RST_RECEIVED, /* tcp_receive_reset */
	FACT_ACCEPT,       /* accept or accept4 returned an fd */
	FACT_CONNECT,      /* connect returned */
	FACT_WALK_BEGIN,   /* a kernel walk starts */
	FACT_SEEN,         /* one socket, as a walk or a point look-up found it */
	FACT_WALK_END,     /* ... and is complete */
	FACT_HOLDER,       /* one fd that refers to a socket */
	FACT_GONE,         /* a point look-up: the kernel knows no such socket */
	FACT_LOSS,         /* facts were lost, how many and where */
	FACT_NAME,         /* what a number is called: netns, cgroup, user, host, ... */
	FACT_TICK,         /* time goes on; nothing else happened */
	FACT_PROCESS,      /* what is known of a process that has or had a socket */
	FACT_EXIT,         /* a process has ended */
	FACT_STACK,        /* a user stack, which facts name by its id */
	FACT_DOING,        /* one group of a process's threads, by the syscall they are in */
	FACT_COUNTER,      /* a counter of a network namespace, as nstat shows them */
	FACT_TABLE,        /* a checkpoint begins: the whole table, as facts up to its end */
	FACT_TABLE_TASK,   /* one process; its FACT_DOINGs follow it */
	FACT_TABLE_ORIGIN, /* which thread made a socket, and from where */
	FACT_TABLE_ROW,    /* one socket */
	FACT_TABLE_HOLDER, /* one fd of a socket; those of a socket come together, in order */
	FACT_TABLE_END,    /* ... and is complete */
	FACT_NETNS_GONE, /* a namespace and its sockets are no more; its inode may be given out again */
	FACT_PARENT,     /* the listener that a half-open or waiting connection came from */
	FACT_MPTCP,      /* a TCP socket is a subflow of an MPTCP socket */
	FACT_LAST_DATA, /* when data came last, and was sent last */
	FACT_TYPE_COUNT
};

/* Header of every fact. */
struct fact {
	__u16 type; /* enum fact_type */
	__u16 len;  /* bytes of the whole fact, this header included; multiple of 8 */
	__u32 pad;
	__u64 time; /* ns, CLOCK_BOOTTIME */
	__u64 sk;   /* struct sock * it is about; 0: none or not known */
};

/* Bits of fact_sample.flags. */
enum fact_sample_flag {
	SAMPLE_OWNED = 1 << 0,      /* sk_lock.owned: current task holds the socket lock */
	SAMPLE_DEAD = 1 << 1,       /* SOCK_DEAD: orphan, no fd refers to it */
	SAMPLE_DONE = 1 << 2,       /* SOCK_DONE: the peer's FIN was processed */
	SAMPLE_SOCKET = 1 << 3,     /* sk_socket != NULL: accepted, or opened by a process */
	SAMPLE_MINI = 1 << 4,       /* a timewait mini-socket (TIME_WAIT or orphan FIN_WAIT2) */
	SAMPLE_REQUEST = 1 << 5,    /* a request socket: half-open, not yet a struct tcp_sock */
	SAMPLE_NO_LINGER2 = 1 << 6, /* linger2 < 0: FIN_WAIT2 is never waited for */
	SAMPLE_ACKED = 1 << 7,      /* snd_una == write_seq: all sent, FIN included, is acked */
	SAMPLE_TUPLE = 1 << 8,      /* addresses and ports below are this socket's own */
	SAMPLE_QUEUES = 1 << 9,     /* rqueue and wqueue below are valid */
	SAMPLE_POINT = 1 << 10,     /* from a point look-up, not from a walk */
	SAMPLE_TIMER = 1 << 11,     /* timer fields are valid */
	SAMPLE_IDENT = 1 << 12,     /* uid, inode and cgroup are valid */
	SAMPLE_BYTES = 1 << 13,     /* bytes_acked and bytes_received are valid */
	SAMPLE_IDLE = 1 << 14,      /* idle_ms is valid */
	SAMPLE_KERNEL = 1 << 15,    /* its struct socket has no file: the kernel's own */
};

/* idiag_timer values, as inet_diag (net/ipv4/inet_diag.c, 5.10..7.2) reports them. */
enum fact_timer {
	TIMER_OFF = 0,
	TIMER_RETRANSMIT = 1, /* RTO, loss probe or RACK reordering */
	TIMER_KEEPALIVE = 2,  /* sk_timer: keepalive, or FIN_WAIT2 of an orphan */
	TIMER_TIMEWAIT = 3,
	TIMER_PROBE = 4, /* zero-window probe */
};

/* What one look at a socket tells. 120 bytes. */
struct fact_sample {
	__u64 cookie; /* ss -e prints it as "sk:" in hex; 0: none minted */
	__u64 cgroup; /* cgroup v2 id of the socket */
	__u64 bytes_acked;
	__u64 bytes_received;
	__u32 netns; /* inode number of the network namespace */
	__u32 uid;
	__u32 inode;    /* of sockfs; 0: no struct socket */
	__u32 rqueue;   /* bytes unread (a FIN counts 1); listener: accept queue length */
	__u32 wqueue;   /* bytes not acknowledged; listener: accept queue limit */
	__u32 timer_ms; /* ms until the timer fires; mini-socket: remaining life */
	__u16 flags;    /* enum fact_sample_flag */
	__u16 family;   /* AF_INET or AF_INET6 */
	__u16 lport;
	__u16 rport;
	__u16 err;    /* sk_err, errno value */
	__u8 state;   /* TCP_*, include/net/tcp_states.h */
	__u8 timer;   /* enum fact_timer */
	__u8 retrans; /* unanswered retransmissions of the running timer; a request: num_retrans */
	__u8 probes;  /* unanswered window or keepalive probes; a request: num_timeout */
	__u8 mptcp;   /* 1: an MPTCP socket, whose queues are in bytes of memory */
	__u8 pad;
	__u32 ifindex; /* interface it is bound to: SO_BINDTODEVICE, VRF, link-local; 0: none */
	__u32 idle_ms; /* since anything was heard from the peer, or was sent to it as data */
	/*
	 * Sequence numbers that the two streams began with, ours and the peer's, but for
	 * what SYN counts: the peer has them the other way round, one more or less.
	 * Of a mini-socket those that the streams have come to.
	 */
	__u32 iss, irs;
	__u8 laddr[16]; /* network order; AF_INET uses the first 4 bytes */
	__u8 raddr[16];
};

/*
 * A thread that is known to act on the socket. pid 0: none such. Pids are handed
 * out again: (pid, start) names a process for good.
 */
struct fact_task {
	__u32 pid; /* tgid, in the initial pid namespace */
	__u32 tid;
	__u64 start;                /* of the process: ns of CLOCK_BOOTTIME */
	char comm[FACT_COMM_LEN];   /* of the process; any bytes; NUL-terminated */
	char thread[FACT_COMM_LEN]; /* of the thread */
};

struct fact_clock {
	struct fact h;
	__s64 wall; /* ns since 1970 UTC (CLOCK_REALTIME) at h.time */
};

struct fact_state {
	struct fact h;
	__u8 old;
	__u8 new;
	__u8 pad[6];
	__u64 parent;          /* cookie of the listener, where a connection begins; 0: not known */
	__u64 stack;           /* id of a FACT_STACK: who connects or listens; 0: not captured */
	struct fact_task task; /* set only where SAMPLE_OWNED */
	struct fact_sample s;  /* s.state == old */
};

struct fact_destroy {
	struct fact h;
};

struct fact_retransmit {
	struct fact h;
	__u8 ca_state;    /* icsk_ca_state: 0 Open .. 3 Recovery, 4 Loss */
	__u8 pending;     /* icsk_pending: 5 = loss probe */
	__u8 retransmits; /* icsk_retransmits: n-th RTO in a row */
	__u8 pad;
	__u16 mss;    /* mss_cache: bytes of a full-sized segment, but for options; 0: not known */
	__u16 length; /* bytes that are sent again, 65535 if there are more; 0: not known, or none */
	struct fact_sample s;
};

struct fact_synack {
	struct fact h;
	__u8 retrans; /* req->num_retrans: SYN+ACKs sent again so far */
	__u8 timeouts;
	__u8 pad[6];
	struct fact_sample s; /* SAMPLE_REQUEST */
};

enum fact_reset_cause {
	RESET_ANSWER = 0, /* to a segment, or received */
	RESET_ACTIVE = 1, /* not in answer to a segment (skb == NULL) */
	RESET_SYN = 2,    /* to a SYN that no socket wants */
	RESET_OTHER = 3,  /* to another segment that no socket wants */
};

struct fact_reset {
	struct fact h;
	__u32 reason;          /* enum sk_rst_reason of the running kernel; 0: kernel tells none */
	__u32 active;          /* enum fact_reset_cause */
	struct fact_task task; /* set only where SAMPLE_OWNED */
	struct fact_sample s; /* sk == 0, or a listener's (it lacks SAMPLE_TUPLE): of the segment */
};

/* FACT_ACCEPT and FACT_CONNECT. */
struct fact_syscall {
	struct fact h; /* sk of the new (accept) or connecting socket */
	__u64 cookie;
	__u64 stack; /* of an accept; as in fact_state */
	struct fact_task task;
	__s32 fd;
	__s32 ret; /* connect: 0 or -errno (-EINPROGRESS is usual); accept: the fd */
	__u32 inode;
	__u32 netns;
	__u16 lport; /* as chosen by the kernel */
	__u16 pad[3];
};

enum fact_walk_kind {
	WALK_SOCKETS = 1, /* hash tables of one netns: all but unhashed CLOSE sockets */
	WALK_HOLDERS = 2, /* fds of all tasks of our pid namespace, all netns */
};

/* FACT_WALK_BEGIN and FACT_WALK_END. A walk that failed has no end. */
struct fact_walk {
	struct fact h;
	__u32 kind;   /* enum fact_walk_kind */
	__u32 netns;  /* WALK_SOCKETS: of which namespace */
	__u32 unseen; /* WALK_HOLDERS, at the end: processes whose fds we may not see */
	__u32 pad;
};

struct fact_seen { /* FACT_SEEN and FACT_GONE */
	struct fact h;
	struct fact_sample s;
};

/* Of a request socket in a walk; of what waits to be accepted in the listener's queue. */
struct fact_parent {
	struct fact h;
	__u64 cookie; /* 0: not known */
	__u64 parent; /* cookie of the listener */
};

/*
 * Of an ESTABLISHED socket that a walk met: who spoke last. Stamps of the kernel are jiffies; of two
 * that are equal, the earlier one is told as 1 ms longer ago if the order is known.
 */
struct fact_last_data {
	struct fact h;
	__u64 cookie;
	__u32 received_ms; /* since data came last, plus 1; 0: none ever came */
	__u32 sent_ms;     /* since data was sent last, plus 1; 0: none ever was */
};

struct fact_holder {
	struct fact h;
	__u64 cookie;
	__u32 pid;
	__s32 fd;
	__u32 inode;
	__u32 netns;
	__u64 start; /* of the process, as in fact_task */
	char comm[FACT_COMM_LEN];
};

/* Told before or soon after the first fact that names the process, and again after an exec. */
struct fact_process {
	struct fact h;
	__u64 start;
	__u32 pid;
	__u32 uid; /* effective, in the initial user namespace */
	char comm[FACT_COMM_LEN];
	__u32 size; /* bytes of args; 0: not known */
	__u32 pad;
	char args[]; /* as in /proc/PID/cmdline: each ends with NUL; cut at FACT_ARGS_MAX */
};

struct fact_exit {
	struct fact h;
	__u64 start;
	__u32 pid;
	__u32 pad;
};

struct fact_netns {
	struct fact h;
	__u32 netns;
	__u32 pad;
};

/* h.sk: the MPTCP socket. Comes after facts of both. */
struct fact_mptcp {
	struct fact h;
	__u64 subflow; /* address of the TCP socket */
	__u64 cookie;  /* ... and its cookie; 0: none minted */
	__u32 token;   /* of the connection, as this host made it: ss -M; 0: a listener has none */
	__u32 pad;
};

struct fact_stack {
	struct fact h;
	__u64 id;
	__u64 space; /* which address space: the same for a process until it execs */
	__u32 pid;
	__u32 count; /* frames */
	__u64 ips[]; /* innermost first; NAME_FRAME (ip, space) names them */
};

/* In the place of a syscall, for threads that are held. */
#define DOING_STOPPED "stopped"
#define DOING_TRACED  "traced"
#define DOING_FROZEN  "frozen"

/* A set of these, index 0 first, replaces what the process was doing before. */
struct fact_doing {
	struct fact h;
	__u64 start;
	__u32 pid;
	__u32 index;
	__u32 threads;
	__s32 fd;         /* that the syscall was given; -1: none */
	__u32 fds;        /* the process has open; 0: not known */
	__u32 fd_limit;   /* soft RLIMIT_NOFILE; 0: not known or none */
	char syscall[24]; /* name; "running": in none; "": could not be told */
};

/* By their names in /proc/net/netstat, snmp and sockstat; see enrich/host.h. */
struct fact_counter {
	struct fact h;
	__u32 netns;
	__u32 counter; /* enum counter, fact/counter.h */
	__u64 value;   /* since the namespace was made */
};

enum fact_loss_where {
	LOSS_RING = 1,  /* ring buffer was full */
	LOSS_RECURSION, /* a program was skipped because it interrupted itself */
	LOSS_TABLE,     /* the table was at its cap */
	LOSS_CHAIN,     /* a transition's old state was not the one known */
	LOSS_WALK,      /* a walk or look-up failed half-way */
	LOSS_OUTPUT,    /* the reader of our output did not keep up */
	LOSS_STACK,     /* a user stack could not be captured or kept */
	LOSS_WHERE_COUNT
};

struct fact_loss {
	struct fact h;
	__u32 where; /* enum fact_loss_where */
	__u32 pad;
	__u64 count; /* facts lost since the last such fact; 0: unknown how many */
};

enum fact_name_kind {
	NAME_NETNS = 1, /* key: inode; "host" is the name of the initial one */
	NAME_CGROUP,    /* key: cgroup id; name: path from the root of the hierarchy */
	NAME_RST,       /* key: reason; name as in enum sk_rst_reason, prefix cut */
	NAME_USER,      /* key: uid */
	NAME_PORT,      /* key: port, of /etc/services for tcp */
	NAME_HOST,      /* key: family and address, see fact/name.h */
	NAME_META,      /* key: enum fact_meta; about the recording itself */
	NAME_FRAME,     /* key: ip and space of a FACT_STACK; see fact/frame.h */
	NAME_TASK,      /* key: pid and start; cgroup path of a process, v1 where v2 tells none */
	NAME_SETTING,   /* key: enum setting (fact/setting.h) and netns; its text in /proc/sys */
	NAME_INTERFACE, /* key: index of a network interface, and netns */
	NAME_KIND_COUNT
};

/* What a recording says of itself: keys of NAME_META. */
enum fact_meta {
	META_HOST = 1, /* uname -n */
	META_KERNEL,   /* uname -r */
	META_MACHINE,  /* uname -m */
	META_VERSION,  /* of the tcptrail that records */
};

struct fact_name {
	struct fact h;
	__u32 kind; /* enum fact_name_kind */
	__u32 size; /* bytes of name, without NUL; 0: looked up, has no name */
	__u64 key[2];
	char name[]; /* NUL-terminated, then padded with NUL to a multiple of 8 */
};

/*
 * A checkpoint: the table (table/save.h) as it was at h.time, which all of its facts
 * share. FACT_TABLE, then FACT_NAME, FACT_STACK and FACT_COUNTER (each counter twice: its
 * first value and its newest), FACT_TABLE_TASK, _ORIGIN, _ROW and _HOLDER, FACT_TABLE_END.
 * Indices name elements of the table, and ascend.
 */
enum fact_table_flag {
	TABLE_TRACED = 1 << 0,         /* events have come, not walks alone */
	TABLE_HOLDERS_KNOWN = 1 << 1,  /* a WALK_HOLDERS has completed */
	TABLE_LOST_UNCOUNTED = 1 << 2, /* some loss came without a number */
};

#define FACT_TABLE_RETRANSMITS 8
#define FACT_TABLE_LOSSES      12

struct fact_table {
	struct fact h;
	__u64 began;       /* time of the first fact */
	__s64 wall_offset; /* wall clock = h.time + this; 0: not known */
	__u32 flags;       /* enum fact_table_flag */
	__u32 gen;         /* number of the newest walk over sockets; its namespace is */
	__u32 walk_netns;
	__u32 holder_gen; /* number of the newest walk over holders */
	__u64 walk_begin; /* of these walks */
	__u64 hold_begin;
	__u64 transitions; /* totals since it began, as the rest */
	__u64 rsts_sent;
	__u64 rsts_received;
	__u64 healed;
	__u64 retransmits[FACT_TABLE_RETRANSMITS]; /* by enum retransmit_kind, table/row.h */
	__u64 lost[FACT_TABLE_LOSSES];             /* by enum fact_loss_where */
	__u64 untold[FACT_TABLE_LOSSES];           /* of these, told to no view yet */
	__u64 spare[3];
};

struct fact_table_task {
	struct fact h;
	__u64 start;
	__u64 exited; /* when it ended; 0: it has not */
	__u32 index;
	__u32 pid;
	__u32 uid;           /* known if told */
	__u32 told;          /* 1: a FACT_PROCESS came */
	__u32 fds, fd_limit; /* as in fact_doing */
	char comm[FACT_COMM_LEN];
	__u32 size; /* bytes of args; 0: not known */
	__u32 pad;
	char args[]; /* as in fact_process */
};

struct fact_table_origin {
	struct fact h;
	__u64 stack;
	__u32 index;
	__u32 task; /* index of a FACT_TABLE_TASK */
	__u32 tid;
	__u32 pad;
	char comm[FACT_COMM_LEN];
	char thread[FACT_COMM_LEN];
};

struct fact_step {
	__u64 time;
	__u8 kind; /* enum step_kind, table/row.h, as what a and b mean */
	__u8 a;
	__u8 b;
	__u8 pad[5];
};

/* struct row, table/row.h. s.flags and s.pad are 0, s.idle_ms is row.heard. */
struct fact_table_row {
	struct fact h;
	__u64 born;
	__u64 since;
	__u64 touched;
	__u64 changed;
	__u64 deadline;
	__u64 parent;
	__u32 index;
	__u32 flags; /* enum row_flag */
	__u32 owner; /* index of a FACT_TABLE_ORIGIN, plus 1; 0: none */
	__u32 gen_seen;
	__u32 retransmits[FACT_TABLE_RETRANSMITS];
	__u16 rsts_sent;
	__u16 rsts_received;
	__u16 steps_dropped;
	__u8 closer;
	__u8 owner_source;
	__u8 rst_sent_reason;
	__u8 prior;
	__u8 pad[2];
	__u32 unread_ms;
	__u32 answered;
	__u32 count;      /* of steps */
	__u32 subflow_of; /* index of the FACT_TABLE_ROW of its MPTCP socket, plus 1; 0: of none */
	__u32 token;      /* of an MPTCP socket */
	__u32 received; /* ms of h.time's clock, the lower 32 bits; 0: none ever was, or not known */
	__u32 sent;
	struct fact_sample s;
	struct fact_step steps[];
};

struct fact_table_holder {
	struct fact h;
	__u32 row;  /* index of a FACT_TABLE_ROW */
	__u32 task; /* index of a FACT_TABLE_TASK */
	__s32 fd;
	__u32 gen;
};

struct fact_table_end {
	struct fact h;
	__u32 facts; /* of this checkpoint, FACT_TABLE included, this one not */
	__u32 pad;
};

#ifndef __VMLINUX_H__
_Static_assert(sizeof(struct fact) == 24, "fact header is file format");
_Static_assert(sizeof(struct fact_sample) == 120, "sample is file format");
_Static_assert(sizeof(struct fact_task) == 48, "task is file format");
_Static_assert(sizeof(struct fact_clock) == 32, "clock is file format");
_Static_assert(sizeof(struct fact_state) == 216, "state is file format");
_Static_assert(sizeof(struct fact_retransmit) == 152, "retransmit is file format");
_Static_assert(sizeof(struct fact_synack) == 152, "synack is file format");
_Static_assert(sizeof(struct fact_reset) == 200, "reset is file format");
_Static_assert(sizeof(struct fact_syscall) == 112, "syscall is file format");
_Static_assert(sizeof(struct fact_walk) == 40, "walk is file format");
_Static_assert(sizeof(struct fact_seen) == 144, "seen is file format");
_Static_assert(sizeof(struct fact_parent) == 40, "parent is file format");
_Static_assert(sizeof(struct fact_last_data) == 40, "last data is file format");
_Static_assert(sizeof(struct fact_holder) == 72, "holder is file format");
_Static_assert(sizeof(struct fact_process) == 64, "process is file format");
_Static_assert(sizeof(struct fact_exit) == 40, "exit is file format");
_Static_assert(sizeof(struct fact_netns) == 32, "netns is file format");
_Static_assert(sizeof(struct fact_mptcp) == 48, "MPTCP is file format");
_Static_assert(sizeof(struct fact_stack) == 48, "stack is file format");
_Static_assert(sizeof(struct fact_doing) == 80, "doing is file format");
_Static_assert(sizeof(struct fact_counter) == 40, "counter is file format");
_Static_assert(sizeof(struct fact_loss) == 40, "loss is file format");
_Static_assert(sizeof(struct fact_name) == 48, "name is file format");
_Static_assert(sizeof(struct fact_table) == 384, "table is file format");
_Static_assert(sizeof(struct fact_table_task) == 88, "task of a table is file format");
_Static_assert(sizeof(struct fact_table_origin) == 80, "origin of a table is file format");
_Static_assert(sizeof(struct fact_step) == 16, "step is file format");
_Static_assert(sizeof(struct fact_table_row) == 280, "row of a table is file format");
_Static_assert(sizeof(struct fact_table_holder) == 40, "holder of a table is file format");
_Static_assert(sizeof(struct fact_table_end) == 32, "end of a table is file format");
#endif

#endif
