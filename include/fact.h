/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Facts: the one stream by which all data from outside enters the program.
 *
 * The BPF programs and user space both compile this header. The layout is also the file format of a
 * recording, so it has fixed widths, explicit padding and size asserts. A reader skips unknown
 * types by their length.
 *
 * All numbers are in host byte order, ports too. Times are nanoseconds of CLOCK_BOOTTIME, which
 * runs during suspend and never steps; FACT_CLOCK gives the wall clock. Zero means "unknown" in
 * every member but counters.
 */
#ifndef TCPTRAIL_FACT_H
#define TCPTRAIL_FACT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define FACT_COMM_LEN   16
#define FACT_NAME_MAX   1024 /* longest string of a FACT_NAME, without its NUL */
#define FACT_ARGS_MAX   1024 /* most bytes of the arguments in a FACT_PROCESS */
#define FACT_STACK_MAX  64   /* most frames of a FACT_STACK */
#define FACT_COUNTS_MAX 240  /* most changes in a FACT_COUNTS */

enum fact_type {
	FACT_CLOCK = 1,    /* wall clock at this instant */
	FACT_STATE,        /* a transition, before the kernel stores the new state */
	FACT_DESTROY,      /* tcp_destroy_sock: the address is invalid from here on */
	FACT_RETRANSMIT,   /* tcp_retransmit_skb */
	FACT_SYNACK,       /* tcp_retransmit_synack; sk is the request socket */
	FACT_RST_SENT,     /* tcp_send_reset; sk may be 0 */
	FACT_RST_RECEIVED, /* tcp_receive_reset */
	FACT_ACCEPT,       /* accept or accept4 returned an fd */
	FACT_CONNECT,      /* connect returned */
	FACT_WALK_BEGIN,   /* a kernel walk starts */
	FACT_SEEN,         /* one socket, found by a walk or a point lookup */
	FACT_WALK_END,     /* the walk is complete */
	FACT_HOLDER,       /* one fd that refers to a socket */
	FACT_GONE,         /* a point lookup found no such socket */
	FACT_LOSS,         /* number of lost facts, and where */
	FACT_NAME,         /* the name of a number: netns, cgroup, user, host, ... */
	FACT_TICK,         /* time passed without other facts */
	FACT_PROCESS,      /* a process that has or had a socket */
	FACT_EXIT,         /* a process has ended */
	FACT_STACK,        /* a user stack; other facts have its id */
	FACT_DOING,        /* one group of the threads of a process, by the syscall they are in */
	FACT_COUNTER,      /* a counter of a network namespace, as in nstat(8) */
	FACT_TABLE,        /* a checkpoint begins: facts up to its end are the whole table */
	FACT_TABLE_TASK,   /* one process; its FACT_DOINGs follow */
	FACT_TABLE_ORIGIN, /* the thread and the stack that made a socket */
	FACT_TABLE_ROW,    /* one socket */
	FACT_TABLE_HOLDER, /* one fd of a socket; the fds of a socket are consecutive, in order */
	FACT_TABLE_END,    /* the checkpoint is complete */
	FACT_NETNS_GONE,   /* a namespace is gone with its sockets; its inode may be reused */
	FACT_PARENT,       /* the listener of a half-open or waiting connection */
	FACT_MPTCP,        /* a TCP socket is a subflow of an MPTCP socket */
	FACT_LAST_DATA,    /* when data was last received and last sent */
	FACT_COUNTS,       /* counters of a namespace or an interface that changed */
	FACT_TYPE_COUNT
};

/* Header of every fact. */
struct fact {
	__u16 type; /* enum fact_type */
	__u16 len;  /* bytes of the whole fact, this header included; multiple of 8 */
	__u32 pad;
	__u64 time; /* ns, CLOCK_BOOTTIME */
	__u64 sk;   /* address of the struct sock; 0: none or not known */
};

/* TCP states by the kernel's numbers (include/net/tcp_states.h); the same from 5.8 to 7.2. */
enum tcp_state {
	STATE_UNKNOWN = 0,
	STATE_ESTABLISHED = 1,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT1,
	STATE_FIN_WAIT2,
	STATE_TIME_WAIT,
	STATE_CLOSE,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
	STATE_NEW_SYN_RECV, /* a request socket; printed SYN_RECV like everyone does */
	STATE_COUNT
};

/* Bits of fact_sample.flags. */
enum fact_sample_flag {
	SAMPLE_OWNED = 1 << 0,      /* sk_lock.owned: the current task holds the socket lock */
	SAMPLE_DEAD = 1 << 1,       /* SOCK_DEAD: an orphan, no fd refers to it */
	SAMPLE_DONE = 1 << 2,       /* SOCK_DONE: the peer's FIN was processed */
	SAMPLE_SOCKET = 1 << 3,     /* sk_socket != NULL: accepted, or opened by a process */
	SAMPLE_MINI = 1 << 4,       /* a timewait mini-socket (TIME_WAIT or orphan FIN_WAIT2) */
	SAMPLE_REQUEST = 1 << 5,    /* a request socket: half-open, not yet a struct tcp_sock */
	SAMPLE_NO_LINGER2 = 1 << 6, /* linger2 < 0: it skips FIN_WAIT2 after close() */
	SAMPLE_ACKED = 1 << 7,      /* snd_una == write_seq: all data and a FIN are acknowledged */
	SAMPLE_TUPLE = 1 << 8,      /* addresses and ports are those of this socket */
	SAMPLE_QUEUES = 1 << 9,     /* rqueue and wqueue are valid */
	SAMPLE_POINT = 1 << 10,     /* from a point lookup, not from a walk */
	SAMPLE_TIMER = 1 << 11,     /* timer fields are valid */
	SAMPLE_IDENT = 1 << 12,     /* uid, inode and cgroup are valid */
	SAMPLE_BYTES = 1 << 13,     /* bytes_acked and bytes_received are valid */
	SAMPLE_IDLE = 1 << 14,      /* idle_ms is valid */
	SAMPLE_KERNEL = 1 << 15,    /* its struct socket has no file: a socket of the kernel */
	SAMPLE_END = 1 << 16
};

/* idiag_timer values, as inet_diag (net/ipv4/inet_diag.c, 5.10..7.2) reports them. */
enum fact_timer {
	TIMER_OFF = 0,
	TIMER_RETRANSMIT = 1, /* RTO, loss probe or RACK reordering */
	TIMER_KEEPALIVE = 2,  /* sk_timer: keepalive, or FIN_WAIT2 of an orphan */
	TIMER_TIMEWAIT = 3,
	TIMER_PROBE = 4, /* zero-window probe */
};

/* The state of a socket at one time. 120 bytes. */
struct fact_sample {
	__u64 cookie; /* ss -e prints it as "sk:" in hex; 0: not assigned yet */
	__u64 cgroup; /* cgroup v2 id of the socket */
	__u64 bytes_acked;
	__u64 bytes_received;
	__u32 netns; /* inode number of the network namespace */
	__u32 uid;
	__u32 inode;    /* of sockfs; 0: no struct socket */
	__u32 rqueue;   /* unread bytes (a FIN counts 1); listener: length of the accept queue */
	__u32 wqueue;   /* unacknowledged bytes; listener: limit of the accept queue */
	__u32 timer_ms; /* ms until the timer fires; mini-socket: remaining lifetime */
	__u16 flags;    /* enum fact_sample_flag */
	__u16 family;   /* AF_INET or AF_INET6 */
	__u16 lport;
	__u16 rport;
	__u16 err;    /* sk_err, an errno */
	__u8 state;   /* TCP_*, include/net/tcp_states.h */
	__u8 timer;   /* enum fact_timer */
	__u8 retrans; /* unanswered retransmissions of the running timer; a request: num_retrans */
	__u8 probes;  /* unanswered window or keepalive probes; a request: num_timeout */
	__u8 mptcp;   /* 1: an MPTCP socket; its queues count bytes of memory */
	__u8 pad;
	__u32 ifindex; /* interface it is bound to: SO_BINDTODEVICE, VRF, link-local; 0: none */
	__u32 idle_ms; /* since the last segment from the peer, or the last data to it */
	/*
	 * Initial sequence numbers, ours and the peer's, which may be off by one for the SYN. The
	 * other end of the connection has the two exchanged. Mini-socket: the present sequence
	 * numbers.
	 */
	__u32 iss, irs;
	__u8 laddr[16]; /* network order; AF_INET uses the first 4 bytes */
	__u8 raddr[16];
};

/*
 * A thread that acts on the socket for certain. pid 0: none. Pids are reused; (pid, start)
 * identifies a process for ever.
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
	__u64 parent;          /* cookie of the listener of a new connection; 0: not known */
	__u64 stack;           /* id of the FACT_STACK that connects or listens; 0: not captured */
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
	__u8 retransmits; /* icsk_retransmits: number of RTOs in a row */
	__u8 pad;
	__u16 mss;    /* mss_cache: bytes of a full segment without options; 0: not known */
	__u16 length; /* retransmitted bytes, at most 65535; 0: not known, or none */
	struct fact_sample s;
};

struct fact_synack {
	struct fact h;
	__u8 retrans; /* req->num_retrans: SYN+ACKs retransmitted so far */
	__u8 timeouts;
	__u8 pad[6];
	struct fact_sample s; /* SAMPLE_REQUEST */
};

enum fact_reset_cause {
	RESET_ANSWER = 0, /* in answer to a segment, or received */
	RESET_ACTIVE = 1, /* not in answer to a segment (skb == NULL) */
	RESET_SYN = 2,    /* to a SYN without a socket */
	RESET_OTHER = 3,  /* to another segment without a socket */
};

struct fact_reset {
	struct fact h;
	__u32 reason;          /* enum sk_rst_reason of the running kernel; 0: not reported */
	__u32 active;          /* enum fact_reset_cause */
	struct fact_task task; /* set only where SAMPLE_OWNED */
	struct fact_sample s;  /* sk == 0, or no SAMPLE_TUPLE (a listener): of the segment */
};

/* FACT_ACCEPT and FACT_CONNECT. */
struct fact_syscall {
	struct fact h; /* sk of the new (accept) or connecting socket */
	__u64 cookie;
	__u64 stack; /* of accept(); as in fact_state */
	struct fact_task task;
	__s32 fd;
	__s32 ret; /* connect: 0 or -errno (-EINPROGRESS is usual); accept: the fd */
	__u32 inode;
	__u32 netns;
	__u16 lport; /* chosen by the kernel */
	__u16 pad[3];
};

enum fact_walk_kind {
	WALK_SOCKETS = 1, /* the hash tables of one netns: all but unhashed CLOSE sockets */
	WALK_HOLDERS = 2, /* the fds of all tasks of our pid namespace, in all netns */
};

/* FACT_WALK_BEGIN and FACT_WALK_END. A failed walk has no end. */
struct fact_walk {
	struct fact h;
	__u32 kind;   /* enum fact_walk_kind */
	__u32 netns;  /* WALK_SOCKETS: the namespace */
	__u32 unseen; /* WALK_HOLDERS, at the end: processes whose fds cannot be read */
	__u32 pad;
};

struct fact_seen { /* FACT_SEEN and FACT_GONE */
	struct fact h;
	struct fact_sample s;
};

/* Of a request socket, or of a connection in the accept queue of the listener. */
struct fact_parent {
	struct fact h;
	__u64 cookie; /* 0: not known */
	__u64 parent; /* cookie of the listener */
};

/*
 * Of an ESTABLISHED socket in a walk: which end sent data last. The timestamps of the kernel are
 * jiffies. If both are equal and the order is known, the earlier one is 1 ms older here.
 */
struct fact_last_data {
	struct fact h;
	__u64 cookie;
	__u32 received_ms; /* since data was last received, plus 1; 0: never */
	__u32 sent_ms;     /* since data was last sent, plus 1; 0: never */
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

/* Comes before or soon after the first fact about the process, and again after an exec. */
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

/* h.sk: the MPTCP socket. Comes after facts about both sockets. */
struct fact_mptcp {
	struct fact h;
	__u64 subflow; /* address of the TCP socket */
	__u64 cookie;  /* cookie of the TCP socket; 0: not assigned yet */
	__u32 token;   /* of the connection, made by this host, as in ss -M; 0: a listener */
	__u32 pad;
};

struct fact_stack {
	struct fact h;
	__u64 id;
	__u64 space; /* address space: the same for a process until it execs */
	__u32 pid;
	__u32 count; /* frames */
	__u64 ips[]; /* innermost first; the names are NAME_FRAMEs (ip, space) */
};

/* Instead of a syscall, for stopped threads. */
#define DOING_STOPPED "stopped"
#define DOING_TRACED  "traced"
#define DOING_FROZEN  "frozen"

/* A set of these, index 0 first, replaces the earlier set of the process. */
struct fact_doing {
	struct fact h;
	__u64 start;
	__u32 pid;
	__u32 index;
	__u32 threads;
	__s32 fd;         /* argument of the syscall; -1: none */
	__u32 fds;        /* open fds of the process; 0: not known */
	__u32 fd_limit;   /* soft RLIMIT_NOFILE; 0: not known or none */
	char syscall[24]; /* name; "running": in none; "": not known */
};

/* By their names in /proc/net/netstat, snmp and sockstat; see enrich/host.h. */
struct fact_counter {
	struct fact h;
	__u32 netns;
	__u32 counter; /* enum counter, fact/counter.h */
	__u64 value;   /* since the namespace was created */
};

enum fact_counts_flag {
	COUNTS_FIRST = 1 << 0, /* it may have existed before: the values are not growth */
	COUNTS_GONE = 1 << 1,  /* the interface is gone */
	COUNTS_SAVED = 1 << 2, /* in a checkpoint: values, not changes */
	COUNTS_BASE = 1 << 3,  /* in a checkpoint: what to add to the values to get their growth */
};

/*
 * All counters of the kernel's protocols in a namespace, or those of an interface. A counter without
 * a change is 0. Bits of a change: 0..47 the difference, two's complement; 48..62 the id of the
 * counter (NAME_COUNTER); 63: the difference counts 2^40, and the next change has the rest.
 */
struct fact_counts {
	struct fact h;
	__u32 netns;
	__u32 ifindex; /* 0: counters of the namespace */
	__u32 flags;   /* enum fact_counts_flag */
	__u32 count;
	__u64 changes[];
};

enum fact_loss_where {
	LOSS_RING = 1,  /* ring buffer was full */
	LOSS_RECURSION, /* the kernel skipped a program that would interrupt itself */
	LOSS_TABLE,     /* the table was full */
	LOSS_CHAIN,     /* the old state of a transition differed from the known state */
	LOSS_WALK,      /* a walk or lookup failed */
	LOSS_OUTPUT,    /* the reader of our output was too slow */
	LOSS_STACK,     /* a user stack could not be captured or stored */
	LOSS_WHERE_COUNT
};

struct fact_loss {
	struct fact h;
	__u32 where; /* enum fact_loss_where */
	__u32 pad;
	__u64 count; /* facts lost since the last FACT_LOSS; 0: an unknown number */
};

enum fact_name_kind {
	NAME_NETNS = 1, /* key: inode; the initial one is named "host" */
	NAME_CGROUP,    /* key: cgroup id; name: path from the root of the hierarchy */
	NAME_RST,       /* key: reason; name as in enum sk_rst_reason, without the prefix */
	NAME_USER,      /* key: uid */
	NAME_PORT,      /* key: port, and IP protocol of the name in /etc/services; 0: tcp */
	NAME_HOST,      /* key: family and address, see fact/name.h */
	NAME_META,      /* key: enum fact_meta; about the recording itself */
	NAME_FRAME,     /* key: ip and space of a FACT_STACK; see fact/frame.h */
	NAME_TASK,      /* key: pid and start; cgroup path of a process, of v1 if v2 has none */
	NAME_SETTING,   /* key: enum setting (fact/setting.h) and netns; its text in /proc/sys */
	NAME_INTERFACE, /* key: index of a network interface, and netns */
	NAME_NETWORK,   /* key: IPv4 network in host order; never in a recording */
	NAME_PROTOCOL,  /* key: number of an IP protocol; never in a recording */
	NAME_COUNTER,   /* key: id in FACT_COUNTS; as in nstat(8), or IfRxBytes, ... (fact/mib.h) */
	NAME_KIND_COUNT
};

/* Properties of a recording: keys of NAME_META. */
enum fact_meta {
	META_HOST = 1, /* uname -n */
	META_KERNEL,   /* uname -r */
	META_MACHINE,  /* uname -m */
	META_VERSION,  /* of the tcptrail that recorded */
};

struct fact_name {
	struct fact h;
	__u32 kind; /* enum fact_name_kind */
	__u32 size; /* bytes of name, without NUL; 0: a lookup found no name */
	__u64 key[2];
	char name[]; /* NUL-terminated, then padded with NUL to a multiple of 8 */
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
_Static_assert(sizeof(struct fact_counts) == 40, "counts is file format");
_Static_assert(sizeof(struct fact_loss) == 40, "loss is file format");
_Static_assert(sizeof(struct fact_name) == 48, "name is file format");
#endif

#endif
