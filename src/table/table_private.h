/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that make up the table; nobody else includes it. */
#ifndef TCPTRAIL_TABLE_TABLE_PRIVATE_H
#define TCPTRAIL_TABLE_TABLE_PRIVATE_H

#include "base/clock.h"
#include "base/hash.h"
#include "base/pool.h"
#include "table/host.h"
#include "table/table.h"

#define TIME_WAIT_LENGTH (60 * NS_PER_SEC) /* TCP_TIMEWAIT_LEN, include/net/tcp.h, a constant */

/* An index over rows: buckets of chains that run through the rows. */
struct index {
	uint32_t *buckets;
	uint32_t mask; /* buckets - 1 */
	uint32_t count;
};

/*
 * A mini-socket to be asked for at `due`, unless a fact changed `mark` meanwhile: its deadline, or
 * since when it is in FIN_WAIT2, if it is looked at for its peer's FIN.
 */
struct due {
	uint64_t due, mark;
	uint32_t row;
	uint32_t look; /* for the FIN: this is the n-th one */
};

struct heap {
	struct due *items;
	size_t count, room;
};

/* A full socket whose local port is to be read. */
struct port_wish {
	uint32_t row;
	uint64_t sk;
};

struct ports {
	struct port_wish *items;
	size_t count, room;
};

/* Processes to be asked about. */
struct task_wishes {
	struct task_wish {
		uint32_t pid;
		uint64_t start;
	} * items;
	size_t count, room;
};

/* Rows by inode, sorted; made when the first look-up wants it, for as long as a walk runs. */
struct inodes {
	struct inode_row {
		uint32_t inode, row;
	} * items;
	size_t count;
};

/* Sockets destroyed while a walk runs: a sample taken before must not revive them. */
struct tombstones {
	struct hash_key secret;
	uint64_t *slots; /* open addressing by address; 0: empty */
	uint64_t *times;
	size_t count, room;
};

/* A namespace that has rows, in the order in which they came; see spaces.c. */
struct space {
	uint32_t netns;
	uint32_t first, last;
	uint32_t rows;
	uint32_t next;
};

struct host_counters {
	uint32_t netns;
	uint32_t before, after; /* in the order in which they came */
	uint32_t next;
	uint64_t first[COUNTER_COUNT], now[COUNTER_COUNT];
	bool known[COUNTER_COUNT];
};

/* A checkpoint that comes in. */
struct restore {
	enum {
		RESTORE_NONE,
		RESTORE_FILLS, /* an empty table takes it over */
		RESTORE_PASSES /* the table has it all already, or it was refused */
	} state;
	uint64_t time;
	uint32_t facts;   /* so far */
	uint32_t task;    /* the newest one */
	uint32_t row;     /* that the newest holder is of */
	uint32_t holders; /* of that row, so far */
	uint32_t holder;  /* the newest one */
};

#define LISTENER_KINDS 4

/* A frame that stacks have; its name is kept for so long. */
struct frame {
	uint64_t ip, space;
	uint32_t refs, next;
};

/* Ids that the source must not think to be known. */
struct stack_wishes {
	uint64_t *items;
	size_t count, room;
};

struct table {
	struct pool rows, tasks, origins, holders, steps, stacks, frames, spaces, counters;
	struct index by_sk, by_tuple, by_pair, by_listener, by_cookie;
	struct index task_index, origin_index, stack_index, frame_index, space_index;
	struct index counter_index, holder_index;
	struct hash_key secret;
	uint64_t ids;                       /* handed out to rows so far */
	uint32_t listeners[LISTENER_KINDS]; /* of each kind, see places.c */
	uint32_t first_counters, last_counters;
	uint32_t stacks_known;                      /* with frames */
	uint32_t idle_first, idle_last, idle_count; /* stacks without an origin */
	struct names *names;
	struct heap heap, fins, ends;
	struct ports ports;
	struct task_wishes task_wishes;
	struct stack_wishes stack_wishes;
	uint64_t args_bytes; /* of all tasks */
	struct inodes inodes, asked_inodes;
	struct tombstones tombs;
	struct totals totals;
	uint64_t untold[LOSS_WHERE_COUNT];
	uint64_t told_twice; /* see table_told_twice() */
	table_change_fn *listener;
	void *listener_arg;
	uint64_t now, began;
	int64_t wall_offset; /* wall = boot + this; 0: not known */
	bool traced;         /* events have come: a change that has none is a loss */
	uint32_t asks;       /* QUESTION_BITs */
	bool walking;
	uint32_t gen;        /* of the newest walk over sockets */
	uint32_t walk_netns; /* of that walk */
	uint64_t walk_begin;
	bool holding;
	uint32_t holder_gen; /* of the newest walk over holders */
	uint64_t hold_begin;
	bool unheld; /* the last of them has flagged a row as ROW_UNHELD */
	struct restore restore;
	bool used; /* a fact has come that a checkpoint may know more of */
};

/* places.c: finding rows by kernel address, by connection, and listeners by port. */
struct chains rows_by_sk(struct table *t);
struct chains rows_by_tuple(struct table *t);
struct chains rows_by_listener(struct table *t);
struct chains rows_by_cookie(struct table *t);
/* In which of these its flags, state and addresses put it. */
bool place_is_tuple(const struct row *row);
bool place_is_listener(const struct row *row);
bool place_is_cookie(const struct row *row);
/* Into and out of all of them but the one by sk. 0, or -1: no memory. */
int place_add(struct table *t, struct row *row);
void place_remove(struct table *t, struct row *row);
struct row *row_find_sk(const struct table *t, uint64_t sk);
/* Same family, namespace and addresses, on any interface. */
bool row_has_ends(const struct row *row, const struct fact_sample *s);
/* ... and bound to the same one: networks apart from each other may use the same addresses. */
bool row_has_tuple(const struct row *row, const struct fact_sample *s);
bool row_other_cookie(const struct row *row, const struct fact_sample *s);
/* A connection by its tuple; flags: rows with any of these ROW_ bits, 0: any. */
struct row *row_find_tuple(const struct table *t, const struct fact_sample *s, uint32_t flags);
/* The next one of the same tuple: in CLOSE, or what is to be retired. */
struct row *row_next_tuple(const struct table *t, const struct row *row,
                           const struct fact_sample *s);
/* The one connection that has these addresses, on whichever interface; NULL: none, or many. */
struct row *row_find_ends(const struct table *t, const struct fact_sample *s);
/* A listener that the sample may be of. sk: the sample's address in the kernel, 0: not known. */
struct row *row_find_listening(const struct table *t, uint64_t sk, const struct fact_sample *s);
/*
 * Those of one kind (0 to LISTENER_KINDS - 1) that listen at these addresses, the newest first:
 * want has no more than those, and keeps to the kind. For as long as the table does not change.
 */
struct row *listener_first(const struct table *t, struct row *want, unsigned int kind);
struct row *listener_next(const struct table *t, const struct row *row, const struct row *want);
struct row *listener_by_cookie(const struct table *t, uint32_t netns, uint64_t cookie);
/* A full socket's row by its addresses, if no address in the kernel is known of it yet. */
struct row *row_find_unplaced(const struct table *t, const struct fact_sample *s,
                              enum tcp_state state);
/* The index by tuple has one row in CLOSE at most of each: this one, not those before it. */
void row_supersede(struct table *t, const struct row *row, const struct fact_sample *s);

/* rows.c */
struct row *row_at(const struct table *t, uint32_t index);
/* NULL: table at its cap or no memory; counted as loss. */
struct row *row_new(struct table *t, uint64_t sk, uint32_t netns, uint64_t time);
void row_drop(struct table *t, struct row *row);
void row_set_sk(struct table *t, struct row *row, uint64_t sk);
void row_set_cookie(struct table *t, struct row *row, uint64_t cookie);
/* Takes over addresses and ports; keeps the indices right. */
void row_set_tuple(struct table *t, struct row *row, const struct fact_sample *s);
/* Its addresses are those of a life that is over. */
void row_unplace(struct table *t, struct row *row);
/* State with its count; no step, no change. */
void row_set_state(struct table *t, struct row *row, enum tcp_state state);
void row_add_step(struct table *t, struct row *row, uint64_t time, enum step_kind kind, uint8_t a,
                  uint8_t b);
void row_forget_life(struct table *t, struct row *row);
/* Is it counted with its MPTCP socket? */
void row_set_subflow(struct table *t, struct row *row, bool is);
/*
 * A row of a checkpoint, at an index above all others: counted, and in the indices that its
 * address and flags say. -EINVAL: there is no such index, or one with its address;
 * -ENOMEM.
 */
int row_restore(struct table *t, const struct row *as, uint32_t index);

/* spaces.c: the rows of each namespace, in the order in which they came to it. */
int space_add(struct table *t, struct row *row);
void space_remove(struct table *t, struct row *row);
/* First one of a namespace; the next ones follow by next_in_space. */
struct row *space_first(const struct table *t, uint32_t netns);
/* All anew, by index. */
void spaces_order(struct table *t);

/* chain.c: an index over elements of a pool, which the caller finds and links by hash. */
struct chains {
	struct index *index;
	struct pool *pool;
	uint32_t *(*link)(void *element);
	uint64_t (*hash)(const struct hash_key *secret, const void *element);
	const struct hash_key *secret;
	uint32_t *(*back)(void *element); /* NULL: few elements have the same key, if any */
};
uint32_t chain_first(const struct index *index, uint64_t hash);
/* 0, or -1: no memory for the first buckets. */
int chain_add(const struct chains *chains, uint32_t element);
void chain_remove(const struct chains *chains, uint32_t element);
/*
 * Makes the index anew: of all elements that are in it; of those with the same key newest
 * first, then by their own index.
 */
void chain_rebuild(const struct chains *chains, bool (*is_in)(const void *element),
                   uint64_t (*born)(const void *element));

/* pairs.c: of connected rows, whose addresses must not change in between. */
struct chains rows_by_pair(struct table *t);
void pair_add(struct table *t, struct row *row);
void pair_remove(struct table *t, struct row *row);
/* In or out of it, as the row's state says. */
void pair_update(struct table *t, struct row *row);

/* tasks.c: processes, and the threads of theirs that made sockets. */
#define TASKS_MAX      (4U << 20)    /* PID_MAX_LIMIT, include/linux/threads.h */
#define TASK_DOING_MAX 16384U        /* as many as are ever told: THREADS_MAX, enrich/doing.c */
#define TASK_ARGS_MAX  (64ULL << 20) /* bytes of the arguments of all */
struct chains tasks_by_pid(struct table *t);
struct chains origins_by_all(struct table *t);
/* The process, with one reference more; ROW_NONE: pid is 0, or no memory. */
uint32_t task_ref(struct table *t, uint32_t pid, uint64_t start, const char *comm);
void task_unref(struct table *t, uint32_t index);
uint32_t origin_ref(struct table *t, const struct fact_task *task, uint64_t stack);
void origin_unref(struct table *t, uint32_t index);
void tasks_free(struct table *t);
/* Of a checkpoint, at an index above all others. 0, -EINVAL: there is no such; -ENOMEM. */
int task_restore(struct table *t, const struct fact_table_task *fact);
int origin_restore(struct table *t, const struct fact_table_origin *fact);
/* One reference more to what is at the index; ROW_NONE: nothing is. */
uint32_t task_ref_index(struct table *t, uint32_t index);
uint32_t origin_ref_index(struct table *t, uint32_t index);
/* A checkpoint is complete: what nothing in it refers to goes. */
void origins_let_go(struct table *t);
void tasks_let_go(struct table *t);
/* To the process at that index, which is there. 0 or -ENOMEM. */
int doing_add(struct table *t, uint32_t task, const struct fact_doing *fact);
void fold_process(struct table *t, const struct fact_process *fact);
void fold_exit(struct table *t, const struct fact_exit *fact);
void fold_doing(struct table *t, const struct fact_doing *fact);

/* holders.c: who made, and who holds a socket. */
void owner_set(struct table *t, struct row *row, const struct fact_task *task, uint64_t stack,
               enum owner_source source);
void holder_add(struct table *t, struct row *row, uint32_t pid, uint64_t start, const char *comm,
                int fd);
/*
 * One of a checkpoint, behind `after`, which is the count-th one; ROW_NONE: the first.
 * Its index, or ROW_NONE: no memory.
 */
uint32_t holder_restore(struct table *t, struct row *row, const struct fact_table_holder *fact,
                        uint32_t task, uint32_t after, uint32_t count);
/* Keeps those of the generation; 0: none. The last one known becomes the owner if there is none. */
void holders_keep(struct table *t, struct row *row, uint32_t gen);

/* listeners.c: whose queue a socket waits in. */
struct listening {
	const struct row *rows[LISTENERS_COUNTED];
	uint32_t count; /* LISTENERS_COUNTED + 1: more than that */
};
/* Those that the row may have come from: one, if it is known. */
void listening_find(const struct table *t, const struct row *row, struct listening *found);
/* Half-open, or nobody has accepted it yet: it belongs to whoever listens. */
bool row_awaits_accept(const struct row *row);
void fold_parent(struct table *t, const struct fact_parent *fact);
void fold_last_data(struct table *t, const struct fact_last_data *fact);

/* stacks.c */
#define STACKS_MAX  65536U
#define STACKS_IDLE 4096U /* kept without an origin */
void fold_stack(struct table *t, const struct fact_stack *fact);
/* An origin more, or less, has the stack; id 0: none. */
void stack_ref(struct table *t, uint64_t id);
void stack_unref(struct table *t, uint64_t id);
/* Drops the oldest of those without an origin, down to STACKS_IDLE. */
void stacks_trim(struct table *t);
/* All that are known, in an order that is the same in a table made of a checkpoint. */
void stacks_each(const struct table *t, void (*fn)(const struct stack *stack, void *arg),
                 void *arg);
void stacks_free(struct table *t);

/* fold_state.c, fold_signal.c, fold_walk.c: each folds the facts of its kind. */
void fold_state(struct table *t, const struct fact_state *fact);
/* A held-back transition to SYN_SENT is told now that the port is known, or will never be. */
void row_port_known(struct table *t, struct row *row);
void fold_destroy(struct table *t, const struct fact_destroy *fact);
void fold_retransmit(struct table *t, const struct fact_retransmit *fact);
void fold_synack(struct table *t, const struct fact_synack *fact);
void fold_reset(struct table *t, const struct fact_reset *fact);
void fold_accept(struct table *t, const struct fact_syscall *fact);
void fold_connect(struct table *t, const struct fact_syscall *fact);
void fold_walk_begin(struct table *t, const struct fact_walk *fact);
/* Those that run have failed, and have no end. */
void walks_abandon(struct table *t);
void fold_walk_end(struct table *t, const struct fact_walk *fact);
void fold_seen(struct table *t, const struct fact_seen *fact);
void fold_gone(struct table *t, const struct fact_seen *fact);
void fold_holder(struct table *t, const struct fact_holder *fact);

/* fold_mptcp.c: MPTCP sockets, and their subflows. */
void fold_mptcp(struct table *t, const struct fact_mptcp *fact);
/* It is none any more; nothing if it was none. */
void subflow_leave(struct table *t, struct row *row);
/* The row is about to be dropped: of both kinds. */
void mptcp_unlink(struct table *t, struct row *row);
/* The row has got addresses: if it is a subflow, its MPTCP socket may want them. */
void subflow_settled(struct table *t, const struct row *subflow, uint64_t time);
/* No program has it any more, nor its subflows; nothing if it is no MPTCP socket. */
void mptcp_orphaned(struct table *t, const struct row *row);
/* It has got addresses: the state that it came to before is told now. */
void mptcp_born(struct table *t, const struct row *row);
/* It has come to CLOSE, by that. Drops the row if it is gone by now. */
void mptcp_closed(struct table *t, struct row *row, const struct fact_state *fact);
/* -EINVAL: a subflow of a checkpoint is of no MPTCP socket. */
int mptcp_check(const struct table *t);
/* Of each MPTCP socket the subflows by index. */
void mptcp_order(struct table *t);

/* life.c: what both kinds of fact do to a row. */
/* Who began to end a connection that is in that state by now; CLOSER_NONE: no telling. */
enum closer closer_of_state(enum tcp_state state);
/* Its end was lost: another socket has the address by now, or it is destroyed. */
void row_outlived(struct table *t, struct row *row, uint64_t time);
/* Is the sample, of the row's address in the kernel, of another socket than the row? */
bool row_is_other(const struct row *row, const struct fact_sample *s);
/*
 * The row at a sample's address in the kernel. Addresses are handed out again:
 * the row of another socket, whose end was lost, is retired. NULL: none.
 */
struct row *row_of_address(struct table *t, uint64_t sk, const struct fact_sample *s,
                           uint64_t time);
void change_emit(struct table *t, const struct change *change);
/* The row enters a state; tells the listener. Lower bound of dwell if it was not exact. */
void row_enter(struct table *t, struct row *row, enum tcp_state state, uint64_t time, bool inferred,
               const struct fact_task *actor);
/*
 * As row_enter() of a transition that no event tells, but of which the cause is known: it came at
 * `time`, and the row was in the old state until `until` for sure.
 */
void row_infer(struct table *t, struct row *row, enum tcp_state state, uint64_t until,
               uint64_t time);
/* Its end as told by a walk, look-up or deadline: a change to CLOSE, then no row. */
void row_retire(struct table *t, struct row *row, uint64_t time);
/* Tells the listener that the row is another one from here on, and drops it. */
void row_become(struct table *t, struct row *row, const struct row *into, uint64_t time);
/* Tells the listener that the row ends, and drops it. */
void row_end(struct table *t, struct row *row, uint64_t time);
/* The socket at that address is no more: what a walk that runs has sampled before is not believed. */
void row_bury(struct table *t, uint64_t sk, uint64_t time);
/* A new row, met by a sample: the state and kind that it is found in. */
void row_meet_as(struct table *t, struct row *row, const struct fact_sample *s);
/* The row's full socket is gone, a mini-socket in `state` goes on. */
void row_become_mini(struct table *t, struct row *row, enum tcp_state state, uint64_t time,
                     uint64_t deadline);
/* Fields that every sample refreshes. */
void row_take_sample(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time);
/* A row that got its addresses: ends what stood there before, takes over its request socket. */
void row_settle(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time);
void loss_count(struct table *t, enum fact_loss_where where, uint64_t count);
/* Tells the listener of losses that were counted only. */
void loss_tell(struct table *t);

/* ask.c */
void ask_mini(struct table *t, const struct row *row, uint64_t due);
/* A mini-socket in FIN_WAIT2, known as such since `time`: has its peer's FIN come? */
void ask_fin(struct table *t, const struct row *row, uint64_t time);
void ask_port(struct table *t, const struct row *row);
/* An MPTCP socket that came to CLOSE at `time`: is it there still? */
void ask_end(struct table *t, const struct row *row, uint64_t time);
void ask_task(struct table *t, uint32_t pid, uint64_t start);
void ask_stack(struct table *t, uint64_t id);
void ask_free(struct table *t);

/* host.c */
void fold_counter(struct table *t, const struct fact_counter *fact);
void fold_netns_gone(struct table *t, const struct fact_netns *fact);
/* Those of all namespaces, in the order in which they came. */
const struct host_counters *counters_first(const struct table *t);
const struct host_counters *counters_next(const struct table *t,
                                          const struct host_counters *counters);
void counters_free(struct table *t);

/* inodes.c */
/*
 * As table_find_inode(), for folding. What others look up, and when, is in no recording:
 * it must not decide when the rows are sorted.
 */
struct row *inodes_find(struct table *t, uint32_t inode);
void inodes_forget(struct table *t);

/* tombs.c */
int tombs_add(struct tombstones *tombs, uint64_t sk, uint64_t time);
uint64_t tombs_time(const struct tombstones *tombs, uint64_t sk); /* 0: none */
void tombs_clear(struct tombstones *tombs);

/* order.c: what is in no fact, but decides what folding finds first, made a function of the rest */
void table_order(struct table *t);

/* table.c */
/* As new, but for who listens, what is asked for and the cap; no change is told. */
void table_reset(struct table *t);

/* restore.c */
/* Is the fact part of a checkpoint? Then it is dealt with: *err is 0, -EINVAL or -ENOMEM. */
bool restore_take(struct table *t, const struct fact *fact, int *err);

/* Counts one more, and stays at the most there is: 65,537 is never printed as 1. */
static inline void saturate(uint16_t *count)
{
	*count += *count < UINT16_MAX;
}

static inline uint64_t hash_netns(const struct hash_key *secret, uint32_t netns)
{
	uint64_t key = netns;

	return hash_keyed(secret, &key, sizeof(key));
}

#endif
