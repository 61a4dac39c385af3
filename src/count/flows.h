/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts sockets that enter and leave a state, and connects that fail, by group key. Memory is
 * bounded: flows that have a socket stay; of the others the latest FLOWS_IDLE stay, and the counts
 * of forgotten flows go into a common one. Only count/group*.c uses this.
 */
#ifndef TCPTRAIL_COUNT_FLOWS_H
#define TCPTRAIL_COUNT_FLOWS_H

#include "base/map.h"
#include "count/group.h"

/* What a flow counts; the class in its key. */
enum flow_class {
	FLOW_OWNED,     /* one process at one place */
	FLOW_PLACE,     /* all processes there */
	FLOW_EXITED,    /* failed connects of processes there that have exited; no pid */
	FLOW_ELSEWHERE, /* forgotten places of one process (no pid: of all exited ones), by state */
};

struct flow {
	struct group_key key;
	uint64_t entered, left;
	uint64_t failed[CONNECT_FAILURE_COUNT]; /* if the state is SYN_SENT */
	uint64_t since;           /* it has counted since this time; 0: since the start */
	uint64_t last;            /* time of the last count */
	char comm[FACT_COMM_LEN]; /* if a connect failed; "": processes of several names */
	uint64_t waited;          /* ns: total wait of connects that the program gave up */
	struct endings endings;   /* if the state is ESTABLISHED */
	bool local;               /* a failed connect was to an address of this host */
	bool lives;               /* it had a socket at the last sweep */
};

struct flows {
	const struct table *table;
	struct map map;
	uint32_t *came; /* by row: number of the flow that counted it, 0: none */
	size_t came_room;
	size_t limit; /* number of flows that triggers a sweep */
	bool forgets; /* some were forgotten: a new flow may be an old one */
	struct groups_forgotten forgotten;
};

/* Number of kept flows without a socket: this many with failed connects, and this many others. */
#define FLOWS_IDLE  16384
#define FLOWS_FIRST (2 * FLOWS_IDLE) /* the first sweep comes at this number */

void flows_init(struct flows *flows, const struct table *table);
void flows_free(struct flows *flows);

/* The socket moved from the state of `from` to that of `to`. The keys differ only in the state. */
void flows_move(struct flows *flows, const struct row *row, const struct group_key *from,
                const struct group_key *to);
/* The socket counts in the state of the key from now on. It left no other state. */
void flows_enter(struct flows *flows, const struct row *row, const struct group_key *key);
/* Takes back that the socket entered its state: its MPTCP socket counts instead. */
void flows_undo(struct flows *flows, const struct row *row);
/* A connection of the key ended. The state of the key is ESTABLISHED. */
void flows_ending(struct flows *flows, const struct group_key *key, const struct endings *ending);
/* The row ends. goes_on: the socket continues as another row. */
void flows_end(struct flows *flows, const struct row *row, bool goes_on);
/* A connect of the key failed. local: to this host. waited: ns, if the program gave up. */
void flows_fail(struct flows *flows, const struct group_key *key, enum connect_failure failure,
                const char comm[FACT_COMM_LEN], bool local, uint64_t waited);
/* Did the socket enter its current state while it was watched? */
bool flows_has_come(const struct flows *flows, const struct row *row);
/*
 * Moves the count of a socket to its current owner. The owner may have been unknown when the socket
 * entered the state, or another one: a connection in the accept queue belongs to the process that
 * listens, and then to the worker that accepts it.
 */
void flows_correct(struct flows *flows, const struct row *row, const struct group_key *key);

/* The flow of the key's process at its place, and of all processes there. NULL: none. */
const struct flow *flows_find(const struct flows *flows, const struct group_key *key);
const struct flow *flows_find_place(const struct flows *flows, const struct group_key *key);
/* A flow by its number, below flows->map.count. */
const struct flow *flows_at(const struct flows *flows, size_t index);
/* Number of failed connects, of all reasons. */
uint64_t flow_failures(const struct flow *flow);
/* Has the process of the key exited, or is none known? */
bool flow_has_exited(const struct table *table, const struct group_key *key);

#endif
