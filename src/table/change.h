/* SPDX-License-Identifier: BSD-2-Clause */
/* What a fact changed, told to the views of the stream. */
#ifndef TCPTRAIL_TABLE_CHANGE_H
#define TCPTRAIL_TABLE_CHANGE_H

#include "table/row.h"

enum change_kind {
	CHANGE_STATE = 1,
	CHANGE_RETRANSMIT,
	CHANGE_RST_SENT,
	CHANGE_RST_RECEIVED,
	CHANGE_LOSS,
	CHANGE_END,     /* the row is dropped after this: a last look at it */
	CHANGE_BECAME,  /* ... likewise, but the socket goes on as another row: a request's child */
	CHANGE_SUBFLOW, /* it is counted with its MPTCP socket from here on, or no more */
	CHANGE_CONNECT_FAILED, /* with an error that no transition told; no line of its own */
	CHANGE_KIND_COUNT
};

/* Why a connect failed: what the kernel's errors come down to. */
enum connect_failure {
	CONNECT_FAILURE_NONE,
	CONNECT_REFUSED,     /* an RST came back */
	CONNECT_UNREACHABLE, /* ICMP said so, or no neighbour answers */
	CONNECT_TIMED_OUT,   /* nothing came back */
	CONNECT_NO_PORT,     /* no local port was free */
	CONNECT_GIVEN_UP,    /* the program has closed it, or ended, before anything came back */
	CONNECT_FAILURE_COUNT
};

struct change {
	enum change_kind kind;
	/* When it happened; of an inferred one, when its cause did, or when it was noticed. */
	uint64_t time;
	/*
	 * As it is after the change; NULL for CHANGE_LOSS. Of a listener's RST with the ends of
	 * the segment that it refuses.
	 */
	const struct row *row;
	uint8_t old, new; /* CHANGE_STATE, CHANGE_CONNECT_FAILED: enum tcp_state */
	uint64_t into;    /* CHANGE_BECAME: the id of the row that goes on */
	uint16_t err;     /* CHANGE_CONNECT_FAILED: errno */
	bool dwell_known; /* some time in the old state is known */
	bool dwell_exact; /* ... all of it; else dwell is a lower bound */
	bool inferred;    /* not an event of the kernel: told by a walk, look-up or deadline */
	uint64_t dwell;   /* ns in the old state */
	enum retransmit_kind retransmit;
	/* ... of segments that are as large as may be, or smaller; neither: not known, or no data */
	bool full, small;
	uint8_t timeouts;            /* ... so many in a row were not answered */
	enum fact_reset_cause cause; /* RST sent */
	uint32_t reason;             /* RST sent: kernel's reason number; 0 none */
	struct fact_task actor;      /* who did it, where certain; pid 0: not known */
	enum fact_loss_where where;  /* CHANGE_LOSS */
	uint64_t count;
};

enum connect_failure connect_failure_of(int err);
/* The failure that the change is the first and only one to tell, by event or by syscall. */
enum connect_failure change_connect_failure(const struct change *change);

/* Is it told in a line of a stream? */
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
