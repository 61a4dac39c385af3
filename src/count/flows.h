/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who came into a state and who left it, by group key, and which connects failed. Memory is
 * bounded by the sockets that are there: of places without any, those where something
 * happened last are kept, and what is forgotten is counted. Private to count/group.c.
 */
#ifndef TCPTRAIL_COUNT_FLOWS_H
#define TCPTRAIL_COUNT_FLOWS_H

#include "base/map.h"
#include "count/group.h"

/* What a flow is of; the class in its key. */
enum flow_class {
	FLOW_OWNED,     /* one process at one place */
	FLOW_PLACE,     /* all processes there */
	FLOW_EXITED,    /* processes there that have exited, as far as connects failed; no pid */
	FLOW_ELSEWHERE, /* of places that were forgotten: process, or none if exited, and state */
};

struct flow {
	struct group_key key;
	uint64_t entered, left;
	uint64_t failed[CONNECT_FAILURE_COUNT]; /* of SYN_SENT */
	uint64_t since;           /* it counts from then on; 0: from the beginning on */
	uint64_t last;            /* when it counted last */
	char comm[FACT_COMM_LEN]; /* if any has failed; "": of several names */
	uint64_t waited;        /* ns that connects which the program gave up have waited, in all */
	struct endings endings; /* of ESTABLISHED */
	bool local;             /* one that failed went to an address of its own */
	bool lives;             /* sockets are there, as of the last sweep */
};

struct flows {
	const struct table *table;
	struct map map;
	uint32_t *came; /* by row: number of the flow that its entry counts in, 0: none */
	size_t came_room;
	size_t limit; /* of flows: then those that can be spared go */
	bool forgets; /* some have gone: what seems new may have been there before */
	struct groups_forgotten forgotten;
};

/* Flows without a socket that are kept, the latest ones: of failed connects, and as many others. */
#define FLOWS_IDLE  16384
#define FLOWS_FIRST (2 * FLOWS_IDLE) /* before any are forgotten */

void flows_init(struct flows *flows, const struct table *table);
void flows_free(struct flows *flows);

/* The socket left the state of `from` and came into that of `to`; keys differ in nothing else. */
void flows_move(struct flows *flows, const struct row *row, const struct group_key *from,
                const struct group_key *to);
/* It came into the state of the key without leaving another: it counts by itself now. */
void flows_enter(struct flows *flows, const struct row *row, const struct group_key *key);
/* It is as if it had not come into its state: its MPTCP socket counts in its place. */
void flows_undo(struct flows *flows, const struct row *row);
/* A connection of the key, whose state is ESTABLISHED, has ended so. */
void flows_ending(struct flows *flows, const struct group_key *key, const struct endings *ending);
/* The row is no more; goes_on: another one is the socket's. */
void flows_end(struct flows *flows, const struct row *row, bool goes_on);
/* A connect of the key failed; local: to an address of this host; waited: ns, if the program gave it up. */
void flows_fail(struct flows *flows, const struct group_key *key, enum connect_failure failure,
                const char comm[FACT_COMM_LEN], bool local, uint64_t waited);
/* Did it come into its present state while it was watched? */
bool flows_has_come(const struct flows *flows, const struct row *row);
/*
 * Whose it is may not have been known when it came, or it has changed hands: that of a worker
 * that accepts is its master's, who listens, as long as it is in the queue.
 */
void flows_correct(struct flows *flows, const struct row *row, const struct group_key *key);

/* Of the key's process at its place, and of all there; NULL: nobody came or went. No class. */
const struct flow *flows_find(const struct flows *flows, const struct group_key *key);
const struct flow *flows_find_place(const struct flows *flows, const struct group_key *key);
/* A flow by its number, below flows->map.count. */
const struct flow *flows_at(const struct flows *flows, size_t index);
/* Connects of the flow that failed, for whatever reason. */
uint64_t flow_failures(const struct flow *flow);
/* Has the process of the key exited, or is none known? */
bool flow_has_exited(const struct table *table, const struct group_key *key);

#endif
