/* SPDX-License-Identifier: BSD-2-Clause */
/* What a fact changed, for the views of the stream. */
#ifndef TCPTRAIL_TABLE_CHANGE_H
#define TCPTRAIL_TABLE_CHANGE_H

#include "table/row.h"

enum change_kind {
	CHANGE_STATE = 1,
	CHANGE_RETRANSMIT,
	CHANGE_RST_SENT,
	CHANGE_RST_RECEIVED,
	CHANGE_LOSS,
	CHANGE_END,    /* the row is dropped after this: a last look at it */
	CHANGE_BECAME, /* likewise, but the socket goes on as another row: the child of a request */
	CHANGE_SUBFLOW,        /* it is counted with its MPTCP socket from here on, or no longer */
	CHANGE_CONNECT_FAILED, /* with an error that no transition showed; has no line of its own */
	CHANGE_KIND_COUNT
};

/* Why a connect failed: the kernel's errors in groups. */
enum connect_failure {
	CONNECT_FAILURE_NONE,
	CONNECT_REFUSED,     /* an RST came back */
	CONNECT_UNREACHABLE, /* by ICMP, or no neighbour answered */
	CONNECT_TIMED_OUT,   /* nothing came back */
	CONNECT_NO_PORT,     /* no local port was free */
	CONNECT_GIVEN_UP,    /* the program closed it, or ended, before an answer came */
	CONNECT_FAILURE_COUNT
};

struct change {
	enum change_kind kind;
	/* When it happened. If inferred: when its cause happened, or when it was noticed. */
	uint64_t time;
	/*
	 * The row after the change; NULL for CHANGE_LOSS. For an RST of a listener: with the ends
	 * of the segment that it refuses.
	 */
	const struct row *row;
	uint8_t old, new; /* CHANGE_STATE, CHANGE_CONNECT_FAILED: enum tcp_state */
	uint64_t into;    /* CHANGE_BECAME: the id of the row that goes on */
	uint16_t err;     /* CHANGE_CONNECT_FAILED: errno */
	bool dwell_known; /* some time in the old state is known */
	bool dwell_exact; /* all of it is known; otherwise dwell is a lower bound */
	bool inferred;    /* no event of the kernel: from a walk, lookup or deadline */
	uint64_t dwell;   /* ns in the old state */
	enum retransmit_kind retransmit;
	/* The segment is full-sized, or smaller; neither: not known, or no data */
	bool full, small;
	uint8_t timeouts;            /* timeouts in a row without an answer */
	enum fact_reset_cause cause; /* RST sent */
	uint32_t reason;             /* RST sent: kernel's reason number; 0 none */
	struct fact_task actor;      /* who did it, if that is certain; pid 0: not known */
	enum fact_loss_where where;  /* CHANGE_LOSS */
	uint64_t count;
};

typedef void table_change_fn(const struct change *change, void *arg);

enum connect_failure connect_failure_of(int err);
/* The failure that this change alone reports, from an event or from a syscall. */
enum connect_failure change_connect_failure(const struct change *change);

/* Does the change have a line in the stream? */
static inline bool change_has_line(const struct change *change)
{
	return change->kind != CHANGE_END && change->kind != CHANGE_BECAME &&
	       change->kind != CHANGE_SUBFLOW && change->kind != CHANGE_CONNECT_FAILED;
}

/* "SYN", "SYN+ACK", "RTO", "fast", "TLP", "slow-start" */
const char *retransmit_kind_name(enum retransmit_kind kind);
/* "", "local", "peer", "both", "local-reset", ... */
const char *closer_name(enum closer closer);
/* "", "connect", "accept", "listen", "fd-walk", "close", "listener", "cgroup" */
const char *owner_source_name(enum owner_source source);
/* "", "open", "closed", "exited", "hidden", "kernel" */
const char *holding_name(enum holding holding);
/* "ring-buffer", "recursion", "table", "chain", "walk", "output", "stack" */
const char *loss_where_name(enum fact_loss_where where);

#endif
