/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The facts of a checkpoint, which is the whole table. Only user space makes them. See fact.h. */
#ifndef TCPTRAIL_FACT_TABLE_H
#define TCPTRAIL_FACT_TABLE_H

#include "fact.h"

#define FACT_STEPS_MAX 48 /* most steps of a FACT_TABLE_ROW */

enum retransmit_kind {
	RETRANSMIT_SYN,
	RETRANSMIT_SYNACK,
	RETRANSMIT_RTO,
	RETRANSMIT_FAST,       /* recovery: fast retransmit or RACK */
	RETRANSMIT_TLP,        /* tail loss probe */
	RETRANSMIT_SLOW_START, /* after an RTO, in state Loss */
	RETRANSMIT_KIND_COUNT
};

/* The end that closed the connection, or the cause. */
enum closer {
	CLOSER_NONE,
	CLOSER_LOCAL, /* we sent the first FIN */
	CLOSER_PEER,  /* the peer did */
	CLOSER_BOTH,  /* simultaneous close */
	CLOSER_LOCAL_RESET,
	CLOSER_PEER_RESET,
	CLOSER_REFUSED, /* SYN answered by RST */
	CLOSER_TIMEOUT, /* retransmissions exhausted, keepalive or user timeout */
	CLOSER_KILLED,  /* ss -K and the like (ECONNABORTED) */
	CLOSER_ERROR,   /* another sk_err, e.g. host unreachable */
	CLOSER_COUNT
};

/* The source of the owner, the best first. */
enum owner_source {
	OWNER_NONE,
	OWNER_CONNECT,
	OWNER_ACCEPT,
	OWNER_LISTEN,
	OWNER_WALK,     /* seen holding the fd */
	OWNER_CLOSE,    /* task that closed it */
	OWNER_LISTENER, /* not accepted yet: the process that listens */
	OWNER_CGROUP,   /* no visible process: the container or unit of the cgroup */
	OWNER_SOURCE_COUNT
};

enum row_flag {
	ROW_SINCE_EXACT = 1 << 0,  /* the transition to the present state was seen */
	ROW_NASCENT = 1 << 1,      /* born by LISTEN->SYN_RECV, own addresses not known yet */
	ROW_MINI = 1 << 2,         /* is a timewait mini-socket now */
	ROW_REQUEST = 1 << 3,      /* request socket */
	ROW_HEALED = 1 << 4,       /* corrected by a walk after a loss of events */
	ROW_ORPHAN = 1 << 5,       /* no fd refers to it */
	ROW_SOCKET = 1 << 6,       /* has a struct socket: not in an accept queue */
	ROW_PORT_PENDING = 1 << 7, /* SYN_SENT whose local port is not known yet */
	ROW_BORN_EXACT = 1 << 8,   /* its creation was seen */
	ROW_CONFIRMED = 1 << 9,    /* mini-socket: the kernel confirmed that it exists */
	ROW_QUEUES = 1 << 10,      /* rqueue and wqueue were measured */
	ROW_TIMER = 1 << 11,       /* timer fields were measured at `touched` */
	ROW_IDENT = 1 << 12,       /* uid, inode and cgroup are known */
	ROW_BYTES = 1 << 13,       /* bytes_acked and bytes_received are known */
	ROW_LISTENED = 1 << 14,    /* came from a listener: a passive open */
	ROW_CONNECTED = 1 << 15,   /* came from connect: an active open */
	ROW_INDEXED = 1 << 16,     /* its addresses are known */
	ROW_PAIRED = 1 << 17,      /* indexed by the addresses of its peer */
	ROW_HIDDEN = 1 << 18,      /* open, but two walks over all visible fds did not find it */
	ROW_KERNEL = 1 << 19,      /* a socket of the kernel: its struct socket has no file */
	ROW_READ = 1 << 20,        /* bytes were read between two samples */
	ROW_FORMER = 1 << 21,      /* in CLOSE, and a newer row has its former addresses */
	ROW_UNHELD = 1 << 22,      /* the same, after one such walk */
	ROW_MPTCP = 1 << 23,       /* an MPTCP socket, to which the fd of the program refers */
	ROW_SUBFLOW = 1 << 24,     /* a subflow of an MPTCP socket; not counted beside it */
	ROW_BOUND = 1 << 25,       /* bind() chose its local port, before connect() would */
	ROW_FLAGS_END = 1 << 26
};

enum step_kind {
	STEP_STATE,      /* entered state `a`; b: 1 if exact */
	STEP_RETRANSMIT, /* kind a */
	STEP_RST_SENT,   /* reason a */
	STEP_RST_RECEIVED,
};

/*
 * A checkpoint is the table (table/save.h) at h.time, which is equal in all its facts. It has
 * FACT_TABLE, then FACT_NAME, FACT_STACK and FACT_COUNTER (each counter twice: the first value and
 * the newest), FACT_TABLE_TASK, _ORIGIN, _ROW and _HOLDER, FACT_TABLE_END. Indices refer to
 * elements of the table, and ascend.
 */
enum fact_table_flag {
	TABLE_TRACED = 1 << 0,         /* it has seen events, not only walks */
	TABLE_HOLDERS_KNOWN = 1 << 1,  /* a WALK_HOLDERS has completed */
	TABLE_LOST_UNCOUNTED = 1 << 2, /* a loss had an unknown size */
};

#define FACT_TABLE_RETRANSMITS 8
#define FACT_TABLE_LOSSES      12

struct fact_table {
	struct fact h;
	__u64 began;       /* time of the first fact */
	__s64 wall_offset; /* wall clock = h.time + this; 0: not known */
	__u32 flags;       /* enum fact_table_flag */
	__u32 gen;         /* number of the newest walk over sockets, of walk_netns */
	__u32 walk_netns;
	__u32 holder_gen; /* number of the newest walk over holders */
	__u64 walk_begin; /* when these walks began */
	__u64 hold_begin;
	__u64 transitions; /* totals since `began`, as below */
	__u64 rsts_sent;
	__u64 rsts_received;
	__u64 healed;
	__u64 retransmits[FACT_TABLE_RETRANSMITS]; /* by enum retransmit_kind */
	__u64 lost[FACT_TABLE_LOSSES];             /* by enum fact_loss_where */
	__u64 unreported[FACT_TABLE_LOSSES];       /* those that no view has reported yet */
	__u64 spare[3];
};

struct fact_table_task {
	struct fact h;
	__u64 start;
	__u64 exited; /* when it ended; 0: alive */
	__u32 index;
	__u32 pid;
	__u32 uid;           /* valid if a FACT_PROCESS came */
	__u32 described;     /* 1: a FACT_PROCESS came */
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
	__u8 kind; /* enum step_kind */
	__u8 a;
	__u8 b;
	__u8 pad[5];
};

/* A struct row (table/row.h). s.flags and s.pad are 0, s.idle_ms is row.heard. */
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
	__u32 subflow_of; /* index of the FACT_TABLE_ROW of its MPTCP socket, plus 1; 0: none */
	__u32 token;      /* of an MPTCP socket */
	__u32 received;   /* ms of CLOCK_BOOTTIME, the lower 32 bits; 0: never, or not known */
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
	__u32 facts; /* of this checkpoint, with FACT_TABLE and without this one */
	__u32 pad;
};

_Static_assert(sizeof(struct fact_table) == 384, "table is file format");
_Static_assert(sizeof(struct fact_table_task) == 88, "task of a table is file format");
_Static_assert(sizeof(struct fact_table_origin) == 80, "origin of a table is file format");
_Static_assert(sizeof(struct fact_step) == 16, "step is file format");
_Static_assert(sizeof(struct fact_table_row) == 280, "row of a table is file format");
_Static_assert(sizeof(struct fact_table_holder) == 40, "holder of a table is file format");
_Static_assert(sizeof(struct fact_table_end) == 32, "end of a table is file format");

#endif
