/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the table: rows, and what belongs to them. */
#ifndef TCPTRAIL_TABLE_LOOKUP_H
#define TCPTRAIL_TABLE_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "table/listeners.h"
#include "table/row.h"

struct table;

/* Rows in an order that the facts determine; nascent rows are left out. */
struct row_iter {
	uint32_t index;
};
const struct row *table_first(const struct table *table, struct row_iter *iter);
const struct row *table_next(const struct table *table, struct row_iter *iter);
#define table_for_each(table, iter, row)                                                           \
	for ((row) = table_first(table, &(iter)); (row); (row) = table_next(table, &(iter)))

/* The row whose `self` is the index; NULL: there is none now. */
const struct row *table_row(const struct table *table, uint32_t index);
const struct row *table_find_cookie(const struct table *table, uint64_t cookie);
/*
 * By inode of sockfs, as rows were when a WALK_HOLDERS began. For sources that know a socket by
 * nothing else.
 */
const struct row *table_find_inode(struct table *table, uint32_t inode);

/* The MPTCP socket that the row is a subflow of; NULL: none, or it is gone. */
const struct row *table_find_mptcp(const struct table *table, const struct row *row);
/* Of an MPTCP socket the first subflow, of a subflow the next one; NULL: none. */
const struct row *table_next_subflow(const struct table *table, const struct row *row);

/* NULL: the index is ROW_NONE. */
const struct origin *table_origin(const struct table *table, uint32_t index);
const struct task *table_task(const struct table *table, uint32_t index);
const struct holder *table_holder(const struct table *table, uint32_t index);
const struct step *table_step(const struct table *table, uint32_t index);

/*
 * The process to name for a row: a present holder, else its creator, else the owner of its
 * listener.
 */
struct owner {
	const struct task *task; /* NULL: not known */
	int fd;                  /* -1: not known */
	uint32_t more;           /* further holders */
	enum owner_source source;
	enum holding holding;
	bool queued;        /* all of this is of the listener: the socket waits to be accepted */
	uint32_t listeners; /* above 1: it belongs to one of so many listeners, not known which */
};
void table_owner(const struct table *table, const struct row *row, struct owner *owner);
/* When the newest walk over fds began; 0: there was none. */
uint64_t table_holders_time(const struct table *table);

/* The process by pid and start; start 0: the process that has the pid now. NULL: not known. */
const struct task *table_find_task(const struct table *table, uint32_t pid, uint64_t start);
/* All known processes: begin with index 0. NULL: no more. */
const struct task *table_next_task(const struct table *table, uint32_t *index);

const struct stack *table_find_stack(const struct table *table, uint64_t id); /* NULL: not known */

/*
 * The row of the connection's other end, if that is on this host too: in the same namespace, or in
 * another one if the sequence numbers match. NULL: it is not on this host, or not known.
 */
const struct row *table_find_peer(const struct table *table, const struct row *row);

struct state_time {
	uint64_t ns;   /* 0: it was not in this state */
	bool at_least; /* a lower bound */
};

/* Time in each state so far, the present state up to now; indexed by enum tcp_state. */
void table_time_in_states(const struct table *table, const struct row *row,
                          struct state_time times[STATE_COUNT]);

#endif
