/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One socket as the table knows it. Everybody may read it; only src/table writes it. Times are ns
 * of CLOCK_BOOTTIME, ports are in host order, addresses in network order (AF_INET: the first 4
 * bytes).
 */
#ifndef TCPTRAIL_TABLE_ROW_H
#define TCPTRAIL_TABLE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "table/state.h"
#include "fact_table.h"

#define ROW_NONE UINT32_MAX

/* What the process that is named for a row has of the socket. */
enum holding {
	HOLDING_UNKNOWN,
	HOLDING_OPEN,   /* it has the socket open */
	HOLDING_CLOSED, /* it had the socket, and still runs */
	HOLDING_EXITED, /* it had the socket, and has ended */
	HOLDING_HIDDEN, /* the socket is open, but not by an fd that we can see */
	HOLDING_KERNEL, /* it is a socket of the kernel */
	HOLDING_COUNT
};

struct row {
	uint64_t id; /* its number in the table: no other row has or had it */
	uint64_t sk; /* kernel address; 0: none any more (mini-socket) */
	uint64_t cookie;
	uint64_t born;    /* when it was made, or first seen */
	uint64_t since;   /* when it entered its state; at the latest, if not ROW_SINCE_EXACT */
	uint64_t touched; /* time of the last fact about it */
	uint64_t changed; /* time of the last event (not walk) about it */
	union {
		uint64_t deadline; /* mini-socket: when it is due to end */
		uint64_t parent;   /* others: cookie of its listener; 0: not known */
	};
	uint64_t cgroup;
	uint64_t bytes_acked;
	uint64_t bytes_received;
	uint8_t laddr[16];
	uint8_t raddr[16];
	uint32_t netns;
	uint32_t ifindex; /* bound to; 0: none */
	uint32_t uid;
	uint32_t inode;
	uint32_t rqueue;
	uint32_t wqueue;
	uint32_t timer_ms; /* left at the time of the sample */
	uint32_t flags;    /* enum row_flag */
	uint32_t iss, irs; /* as in fact_sample; 0: not known */
	/*
	 * ms, up to the last sample, for which nothing was read although there always was something
	 * to read (a FIN counts): a lower bound. 0: not known.
	 */
	uint32_t unread_ms;
	/*
	 * CLOSE_WAIT: bytes that the peer acknowledged between the last two samples that differ in
	 * that. 0: none, or both sides have been silent for long since.
	 */
	uint32_t answered;
	/* s: when the last segment came, or data was sent, as of the last sample. 0: not known. */
	uint32_t heard;
	/*
	 */
	uint32_t received, sent;
	uint16_t lport;
	uint16_t rport;
	uint16_t err;         /* last sk_err seen, errno */
	uint8_t family;       /* AF_INET, AF_INET6 */
	uint8_t state;        /* enum tcp_state */
	uint8_t closer;       /* enum closer */
	uint8_t owner_source; /* enum owner_source of owner */
	uint8_t timer;        /* enum fact_timer */
	uint8_t retrans;
	uint8_t probes;
	uint8_t rst_sent_reason;
	uint16_t rsts_sent;
	uint16_t rsts_received;
	uint8_t used;  /* 0: free slot */
	uint8_t prior; /* state before the present one */
	uint32_t retransmits[RETRANSMIT_KIND_COUNT];
	uint32_t owner;     /* origin index: creator or acceptor; ROW_NONE */
	uint32_t holders;   /* first of its holders; ROW_NONE */
	uint32_t history;   /* first of its steps; ROW_NONE */
	uint32_t last_step; /* last of its steps */
	/*
	 * Links of indices. A listener is in the indices of listeners and of cookies; it has no use
	 * for those of tuples and pairs, and shares their links.
	 */
	uint32_t next_sk, next_tuple, next_pair;
	uint32_t back_tuple, back_pair;
	uint32_t next_in_netns, back_in_netns; /* rows of the same namespace */
	uint32_t gen_seen;                     /* walk that saw it last */
	uint32_t self;                         /* its own index */
	uint16_t steps;
	uint16_t steps_dropped;
	/* ROW_MPTCP: the first of its subflows; ROW_SUBFLOW: its MPTCP socket. */
	uint32_t mptcp;
	union {
		uint32_t token;        /* ROW_MPTCP: as ss -M prints it; 0: a listener has none */
		uint32_t next_subflow; /* ROW_SUBFLOW: of the same MPTCP socket */
	};
};

_Static_assert(sizeof(struct row) <= 288, "memory for a million sockets is planned with this");

/* Threads of a process that were in the same syscall, on the same fd if the syscall has one. */
struct task_doing {
	uint32_t threads;
	int32_t fd;       /* -1: none */
	char syscall[24]; /* "running": in no syscall; "": not known */
};

/* A process that owns or holds sockets. Shared by rows, counted. */
struct task {
	uint64_t start;  /* (pid, start) names a process for good; 0: not known */
	uint64_t exited; /* when it ended; 0: it runs, or its end is not known */
	uint32_t pid;
	uint32_t refs;
	uint32_t uid;             /* known if `described` */
	char comm[FACT_COMM_LEN]; /* any bytes but NUL */
	char *args;               /* as /proc/PID/cmdline has them; NULL: not known */
	uint32_t args_size;
	bool described;           /* a FACT_PROCESS came: it is kept until it ends */
	struct task_doing *doing; /* largest group first; NULL: not looked up */
	uint32_t doing_count;
	uint32_t fds, fd_limit; /* 0: not known */
	uint32_t next, back;
};

/* Which thread of a process made a socket, and from where. Shared by rows, counted. */
struct origin {
	uint64_t stack; /* id; 0: not captured */
	uint32_t task;
	uint32_t tid; /* 0: not known */
	uint32_t refs;
	uint32_t next;
	char comm[FACT_COMM_LEN];   /* of the process at that time: an exec changes it */
	char thread[FACT_COMM_LEN]; /* of the thread; "": not known */
};

/* A user stack. Shared by origins, counted. */
struct stack {
	uint64_t id;
	uint64_t space; /* NAME_FRAME (ip, space) names its frames */
	uint64_t *ips;  /* innermost first; NULL: no FACT_STACK yet */
	uint32_t count;
	uint32_t next;
	uint32_t refs;
	uint32_t before, after; /* among stacks without a reference, oldest first; ROW_NONE: none */
	bool saved;             /* already in the checkpoint that is being made */
};

/* One (pid, fd) that refers to a socket. */
struct holder {
	uint32_t task;
	int32_t fd;
	uint32_t next; /* ROW_NONE: last */
	uint32_t gen;
	uint32_t row;   /* ROW_NONE: not in the index, see holders.c */
	uint32_t chain; /* in the index */
};

/* One step of a socket's life. */
struct step {
	uint64_t time;
	uint32_t next;
	uint8_t kind; /* enum step_kind */
	uint8_t a;
	uint8_t b;
	uint8_t pad;
};

/* The row's family, namespace, addresses, cookie and state, as a sample. */
void row_sample(const struct row *row, struct fact_sample *s);
/* Is the other end an address of this host: the same address, or a loopback address? */
bool row_is_to_itself(const struct row *row);

static inline bool row_is_listener(const struct row *row)
{
	return row->state == STATE_LISTEN;
}

#endif
