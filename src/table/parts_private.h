/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of the table: struct table, and what its parts consist of. Each part has its functions
 * in files of its own.
 */
#ifndef TCPTRAIL_TABLE_PARTS_PRIVATE_H
#define TCPTRAIL_TABLE_PARTS_PRIVATE_H

#include "base/hash.h"
#include "base/pool.h"
#include "fact/counter.h"
#include "table/chain_private.h"
#include "table/change.h"
#include "table/names.h"
#include "table/totals.h"

/* --- pending lookups ------------------------------------------------------------------------ */

/* A lookup of a row, to be made at `due`. */
struct due {
	uint64_t due;
	/* Of the row: its deadline, or when it entered its state. Once that differs, it is void. */
	uint64_t mark;
	uint32_t row;
	uint32_t look; /* for a FIN: this is the n-th lookup */
};

struct heap {
	struct due *items;
	size_t count, room;
};

/* Full sockets whose local port is to be read. */
struct ports {
	struct pending_port {
		uint32_t row;
		uint64_t sk;
	} * items;
	size_t count, room;
};

/* Processes that /proc is to describe. */
struct pending_tasks {
	struct pending_task {
		uint32_t pid;
		uint64_t start;
	} * items;
	size_t count, room;
};

/* Ids of stacks that the source must report again. */
struct pending_stacks {
	uint64_t *items;
	size_t count, room;
};

struct pending {
	uint32_t kinds; /* LOOKUP_BITs that are enabled */
	struct heap minis, fins, ends;
	struct ports ports;
	struct pending_tasks tasks;
	struct pending_stacks stacks;
};

/* --- others --------------------------------------------------------------------------------- */

/* Rows by inode, sorted. Made by the first search of a walk, kept until the walk ends. */
struct inodes {
	struct inode_row {
		uint32_t inode, row;
	} * items;
	size_t count;
};

/* Sockets destroyed while a walk runs: a sample taken before must not revive them. */
struct tombstones {
	struct hash_key secret;
	uint64_t *slots; /* open addressing by kernel address; 0: empty */
	uint64_t *times;
	size_t count, room;
};

/* The rows of a namespace, in the order in which they came; see netns_rows.c. */
struct netns_rows {
	uint32_t netns;
	uint32_t first, last;
	uint32_t rows;
	uint32_t next; /* in the index */
};

/* The counters of a namespace. */
struct netns_counters {
	uint32_t netns;
	uint32_t before, after; /* in the order in which they came */
	uint32_t next;          /* in the index */
	uint64_t first[COUNTER_COUNT], now[COUNTER_COUNT];
	bool known[COUNTER_COUNT];
};

/* Counters of namespaces and interfaces; table/mib.h. */
struct mibs {
	struct mib_set *sets;
	size_t count, room;
	uint32_t values; /* of all sets */
};

/* A frame that stacks have in common. Its name is kept while one of them exists. */
struct stack_frame {
	uint64_t ip, space;
	uint32_t refs, next;
};

/* A checkpoint that is being loaded. */
struct load {
	enum {
		LOAD_NONE,
		LOAD_FILLS, /* an empty table takes it over */
		LOAD_PASSES /* the table has all of it already, or it was refused */
	} state;
	uint64_t time;
	uint32_t facts;   /* so far */
	uint32_t task;    /* the newest task */
	uint32_t row;     /* of the newest holder */
	uint32_t holders; /* of that row, so far */
	uint32_t holder;  /* the newest holder */
};

/* Listeners by what is known of them: their kernel address, their cookie, both, neither. */
#define LISTENER_KINDS 4

#define TASKS_MAX      (4U << 20)    /* PID_MAX_LIMIT, include/linux/threads.h */
#define TASK_DOING_MAX 16384U        /* the most that are reported: THREADS_MAX, enrich/doing.c */
#define TASK_ARGS_MAX  (64ULL << 20) /* bytes of the arguments of all processes */
#define STACKS_MAX     65536U
#define STACKS_IDLE    4096U /* kept without an origin */

struct table {
	struct pool rows, tasks, origins, holders, steps, stacks, frames, netns_rows, counters;
	struct index by_sk, by_tuple, by_pair, by_listener, by_cookie;
	struct index task_index, origin_index, stack_index, frame_index, netns_index;
	struct index counter_index, holder_index;
	struct hash_key secret;
	uint64_t ids;                       /* given to rows so far */
	uint32_t listeners[LISTENER_KINDS]; /* how many rows of each kind */
	uint32_t first_counters, last_counters;
	uint32_t stacks_known;                      /* stacks with frames */
	uint32_t idle_first, idle_last, idle_count; /* stacks without an origin */
	struct names *names;
	struct pending pending;
	uint64_t args_bytes; /* of all tasks */
	struct mibs mibs;
	struct inodes inodes, source_inodes;
	struct tombstones tombstones;
	struct totals totals;
	uint64_t unreported[LOSS_WHERE_COUNT]; /* losses that no change has reported yet */
	uint64_t repeated;                     /* see table_repeated() */
	table_change_fn *listener;
	void *listener_arg;
	uint64_t now, began;
	int64_t wall_offset; /* wall = boot + this; 0: not known */
	bool traced;         /* events come: a change without one is a loss */
	bool walking;
	uint32_t gen;        /* of the newest walk over sockets */
	uint32_t walk_netns; /* of that walk */
	uint64_t walk_begin;
	bool holding;
	uint32_t holder_gen; /* of the newest walk over holders */
	uint64_t hold_begin;
	bool unheld; /* that walk has marked a row with ROW_UNHELD */
	struct load load;
	bool used; /* a fact has come that a checkpoint does not replace */
};

/* --- elements by index; NULL: the index is ROW_NONE ----------------------------------------- */

static inline struct row *row_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->rows, index);
}

static inline struct step *step_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->steps, index);
}

static inline struct task *task_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->tasks, index);
}

static inline struct origin *origin_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->origins, index);
}

static inline struct holder *holder_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->holders, index);
}

/* The MPTCP socket that the row is a subflow of; NULL: none. */
static inline struct row *mptcp_of(const struct table *t, const struct row *row)
{
	return row->flags & ROW_SUBFLOW ? row_at(t, row->mptcp) : NULL;
}

/* Of an MPTCP socket the first subflow, of a subflow the next one; NULL: none. */
static inline struct row *subflow_next(const struct table *t, const struct row *row)
{
	if (row->flags & ROW_MPTCP)
		return row_at(t, row->mptcp);
	return row->flags & ROW_SUBFLOW ? row_at(t, row->next_subflow) : NULL;
}

static inline uint64_t hash_netns(const struct hash_key *secret, uint32_t netns)
{
	uint64_t key = netns;

	return hash_keyed(secret, &key, sizeof(key));
}

#endif
