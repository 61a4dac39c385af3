/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSTs and retransmits, counted by what they have in common. Their sockets may not exist any more.
 * Storms follow from changes alone, live or replayed. Memory is bounded: after STORMS_MAX storms,
 * new ones count by kind only.
 */
#ifndef TCPTRAIL_COUNT_STORM_H
#define TCPTRAIL_COUNT_STORM_H

#include "count/group.h"

#define STORMS_MAX 4096
#define STORM_ENDS 4 /* different remote addresses that one storm keeps */

/* What a process did when the kernel sent an RST, if that is certain. */
enum storm_act {
	STORM_ACT_NONE,   /* not known, or no process: the kernel answered a segment */
	STORM_ACT_UNREAD, /* closed the socket while it had unread data */
	STORM_ACT_CLOSED, /* closed the socket; no unread data is known */
	STORM_ACT_KILLED, /* ended a socket that no process had closed, as ss -K does */
};

struct storm_key {
	/*
	 * RSTs: process and place, as in a group. Retransmits: the remote address; SYN+ACKs: the
	 * local port, because a flood comes from any address. No state, no class.
	 */
	struct group_key place;
	uint8_t kind;      /* enum change_kind */
	uint8_t detail;    /* RST sent: the kernel's reason, 0: none; or
	                      enum retransmit_kind */
	uint8_t act;       /* RST sent: enum storm_act */
	uint8_t elsewhere; /* there were too many storms: place is empty */
	uint8_t pad[4];
	/*
	 * RSTs: command name of the process, which may have exited. The place has no pid then:
	 * all workers of one program are one storm.
	 */
	char comm[FACT_COMM_LEN];
};

struct storm {
	struct storm_key key;
	uint64_t start; /* start time of the process */
	uint32_t pid;   /* 0: not known, or several processes */
	bool several;   /* processes of this name */
	uint64_t count;
	uint64_t first, last; /* times */
	/*
	 * RSTs that lost no data: all sent data was acknowledged, all received data was read, and
	 * there was an answer or no data at all; or both ends had closed; or they came from clients
	 * that sent nothing and received no more than a greeting.
	 */
	uint64_t harmless;
	uint64_t burst;                    /* most of the other RSTs within a second */
	uint64_t burst_begin, burst_count; /* the latest such second, and its RSTs */
	uint64_t dying;                    /* RSTs that a process sent as it exited */
	uint64_t
		curt; /* RSTs sent within a second, on sockets that had sent less than ENDING_CURT bytes */
	uint64_t silent;      /* RSTs received on sockets that are not known to have sent data */
	uint64_t full, small; /* retransmits of full-sized segments and of smaller ones, if known */
	uint64_t stuck;       /* full-sized segments that were retransmitted three times or more */
	uint64_t here;        /* events whose other end was known to be on this host */
	uint64_t syns, others;        /* RSTs of no socket: answers to a SYN, to other segments */
	uint64_t unread;              /* bytes in receive queues, if known */
	uint32_t states[STATE_COUNT]; /* events by state of the socket */
	/* The first remote addresses, and how often each occurred. */
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
 * A table_change_fn: counts RSTs and retransmits. An RST that answers a SYN of this host does not
 * count: it is a refused connect().
 */
void storms_change(const struct change *change, void *storms);

size_t storms_count(const struct storms *storms);
/* In the order in which they started. Valid as long as the storms. */
const struct storm *storms_at(const struct storms *storms, size_t index);

/* Average number in ten seconds, from the first to the last event. */
double storm_rate(const struct storm *storm);

/* "TCP_ABORT_ON_CLOSE", "RTO"; "reason 7" if the name is not known; "" if the reason is not. */
const char *storm_detail(const struct storm *storm, const struct table *table, char buf[16]);

#endif
