/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened to sockets that may be gone by now: RSTs and retransmits, counted
 * by what they have in common. Pure: made of changes, live or replayed. Memory is
 * bounded: what comes after STORMS_MAX different ones is counted by kind alone.
 */
#ifndef TCPTRAIL_COUNT_STORM_H
#define TCPTRAIL_COUNT_STORM_H

#include "count/group.h"

#define STORMS_MAX 4096
#define STORM_ENDS 4 /* addresses that are told apart in one */

/* What a process did when an RST was sent, where that is certain. */
enum storm_act {
	STORM_ACT_NONE,   /* not known, or nothing: it answered a segment */
	STORM_ACT_UNREAD, /* it closed the socket, and there was data that nobody had read */
	STORM_ACT_CLOSED, /* it closed the socket, and all was read, or that is not known */
	STORM_ACT_KILLED, /* it ended a socket that nobody had closed, as ss -K does */
};

struct storm_key {
	/*
	 * RSTs: process, and port or remote end, as of a group; retransmits: the remote
	 * address alone, but of SYN+ACKs our port alone: a flood comes from any address.
	 * No state, no class.
	 */
	struct group_key place;
	uint8_t kind;      /* enum change_kind */
	uint8_t detail;    /* RST sent: kernel's reason number, 0: it tells none;
	                      enum retransmit_kind */
	uint8_t act;       /* RST sent: enum storm_act */
	uint8_t elsewhere; /* there were too many: place is empty */
	uint8_t pad[4];
	/*
	 * RSTs: of the process, which may be gone. Workers of one program are one storm: the place
	 * has no pid.
	 */
	char comm[FACT_COMM_LEN];
};

struct storm {
	struct storm_key key;
	uint64_t start; /* of the process */
	uint32_t pid;   /* 0: not known, or several */
	bool several;   /* processes of that name */
	uint64_t count;
	uint64_t first, last; /* times */
	/*
	 * RSTs that lost nothing: all that was sent is acknowledged, all that came is read, and
	 * there was an answer, or no byte at all; or both ends had closed; or they came from clients
	 * that had asked nothing and were sent no more than a greeting.
	 */
	uint64_t harmless;
	uint64_t burst;                    /* of the others, the most within a second */
	uint64_t burst_begin, burst_count; /* ... of the latest such second */
	uint64_t dying;                    /* RSTs that a process sent as it ended */
	uint64_t silent; /* RSTs received on sockets that have sent nothing, as far as is known */
	uint64_t full,
		small;  /* retransmits of full-sized segments, and of smaller ones, where known */
	uint64_t stuck; /* full ones that were sent again for the third time or more */
	uint64_t here;  /* whose other end is on this host, as far as was known then */
	uint64_t syns, others; /* RSTs for no socket: in answer to a SYN, to anything else */
	uint64_t unread;       /* bytes that were in receive queues, where that is known */
	uint32_t
		states[STATE_COUNT]; /* how many sockets were in which; a socket may be met twice */
	/* Where it came from or went to, the first ones, and how often each. */
	struct storm_end {
		uint8_t addr[16]; /* IPv4 as ::ffff:0:0/96 */
		uint64_t count;
	} ends[STORM_ENDS];
};

struct storms;

/* NULL: no memory. */
struct storms *storms_new(const struct table *table);
void storms_free(struct storms *storms);

/*
 * A table_change_fn: counts RSTs and retransmits. An RST that answers our SYN is none
 * of them: that is a connect() which was refused.
 */
void storms_change(const struct change *change, void *storms);

size_t storms_count(const struct storms *storms);
/* Valid as long as the storms are, in the order in which they began. */
const struct storm *storms_at(const struct storms *storms, size_t index);

/* How many there were in ten seconds, on the average of the time from the first to the last. */
double storm_rate(const struct storm *storm);

/* "TCP_ABORT_ON_CLOSE", "RTO"; a number if that is all that is known of it, "": not even that. */
const char *storm_detail(const struct storm *storm, const struct table *table, char buf[16]);

#endif
