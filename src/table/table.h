/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket table: a pure fold over facts. No clock, no I/O, no libbpf: the
 * same facts give the same table, live or replayed.
 */
#ifndef TCPTRAIL_TABLE_TABLE_H
#define TCPTRAIL_TABLE_TABLE_H

#include "base/buffer.h"
#include "table/change.h"
#include "table/names.h"
#include "table/row.h"

struct table;

typedef void table_change_fn(const struct change *change, void *arg);

#define TABLE_ROWS_DEFAULT 2000000U

/* max_rows: cap on sockets, 0: the default; hitting it is a loss. NULL: no memory. */
struct table *table_new(uint32_t max_rows);
void table_free(struct table *table);

/* Makes the table ask (table_next_question), by QUESTION_BITs; a replay leaves that off. */
void table_enable_questions(struct table *table, uint32_t kinds);

/* Who is told of changes, in order, from within table_apply. */
void table_set_listener(struct table *table, table_change_fn *fn, void *arg);

/*
 * Folds one fact in. 0; -EINVAL: malformed (too short for its type), nothing
 * changed. Unknown types are skipped.
 */
int table_apply(struct table *table, const struct fact *fact);

/* Time of the newest fact, and of the first one; ns of CLOCK_BOOTTIME. 0: none came yet. */
uint64_t table_now(const struct table *table);
uint64_t table_began(const struct table *table);
/* Wall clock (ns since 1970) of a boot time; 0 before any FACT_CLOCK. */
int64_t table_wall(const struct table *table, uint64_t boot);

struct names *table_names(struct table *table);

/* What the table would like to know; the answer is a fact. */
enum question_kind {
	ASK_MINI = 1, /* is this mini-socket there? -> FACT_SEEN (SAMPLE_POINT) or FACT_GONE */
	ASK_PORT,     /* which local port did sk get? -> FACT_SEEN (SAMPLE_POINT) */
	ASK_TASK,     /* who is this process? -> FACT_PROCESS, NAME_TASK; or FACT_EXIT */
	ASK_STACK,    /* it was forgotten: once it is met again -> FACT_STACK */
	ASK_FIN,      /* is this mini-socket in FIN_WAIT2 still? -> as ASK_MINI */
	ASK_END,      /* is there a socket at sk still? -> as ASK_MINI */
};
#define QUESTION_BIT(kind) (1U << (kind))

struct question {
	enum question_kind kind;
	uint32_t pid;   /* ASK_TASK, as start */
	uint64_t start; /* 0: not known */
	uint64_t stack; /* ASK_STACK: its id */
	uint64_t sk, cookie;
	struct fact_sample s; /* family, netns, tuple, cookie, state */
};

/* The row's family, namespace, addresses, cookie and state, as a sample. */
void row_sample(const struct row *row, struct fact_sample *s);

/* Takes the next question of these kinds that is due at the table's time. false: none. */
bool table_next_question(struct table *table, uint32_t kinds, struct question *question);
/*
 * Adds the indices (uint32_t) of the rows whose sockets the walk at work has not seen: of those
 * whose address in the kernel is known its end would retire them; of open ones it would say that
 * nobody holds them.
 */
void table_missed(const struct table *table, enum fact_walk_kind kind, struct buffer *rows);
/* Did the last walk over holders miss open sockets that no walk before missed? Another one tells. */
bool table_wants_holders(const struct table *table);
/* How many transitions came twice so far, see bpf/state.bpf.c. */
uint64_t table_told_twice(const struct table *table);

/* Rows in an order that the facts determine; nascent ones are left out. */
struct row_iter {
	uint32_t index;
};
const struct row *table_first(const struct table *table, struct row_iter *iter);
const struct row *table_next(const struct table *table, struct row_iter *iter);
#define table_for_each(table, iter, row)                                                           \
	for ((row) = table_first(table, &(iter)); (row); (row) = table_next(table, &(iter)))

/* NULL: there is none at that index, which is `self` of a row, now. */
const struct row *table_row(const struct table *table, uint32_t index);
const struct row *table_find_cookie(const struct table *table, uint64_t cookie);
/* By inode of sockfs, as rows were when a WALK_HOLDERS began. For facts that know no better. */
const struct row *table_find_inode(struct table *table, uint32_t inode);
/* The listener whose queue a passive socket belongs to; NULL: not known, or one of several. */
const struct row *table_find_listener(const struct table *table, const struct row *row);
/*
 * How many it may belong to: several share an address. LISTENERS_COUNTED + 1: more than those.
 * any: one of them; NULL: there is none.
 */
#define LISTENERS_COUNTED 32
uint32_t table_count_listeners(const struct table *table, const struct row *row,
                               const struct row **any);
/* How many others listen at the same address, up to LISTENERS_COUNTED; idle: nothing waits there. */
uint32_t table_siblings(const struct table *table, const struct row *listener, uint32_t *idle);
/* Adds the indices (uint32_t) of the namespace's listeners in whose queues sockets waited. */
void table_queues(const struct table *table, uint32_t netns, struct buffer *rows);

/*
 * Did the other end connect? If the beginning of the socket was not seen, its ports decide.
 */
bool row_is_passive(const struct table *table, const struct row *row);

/* The MPTCP socket that the row is a subflow of; NULL: it is none, or it has outlived it. */
const struct row *table_find_mptcp(const struct table *table, const struct row *row);
/* Of an MPTCP socket the first subflow, of a subflow the next one; NULL: none. */
const struct row *table_next_subflow(const struct table *table, const struct row *row);

const struct origin *table_origin(const struct table *table, uint32_t index); /* NULL: ROW_NONE */
const struct task *table_task(const struct table *table, uint32_t index);     /* NULL: ROW_NONE */
const struct holder *table_holder(const struct table *table, uint32_t index); /* NULL: ROW_NONE */
const struct step *table_step(const struct table *table, uint32_t index);     /* NULL: ROW_NONE */

/*
 * Whom to name for the row: a present holder, else who created it, else the
 * listener's owner. fd: -1 if not known; more: further holders.
 */
struct owner {
	const struct task *task; /* NULL: nobody known */
	int fd;
	uint32_t more;
	enum owner_source source;
	enum holding holding;
	bool queued;        /* all this is of the listener: it waits to be accepted */
	uint32_t listeners; /* > 1: one of so many, and it is not known which */
};
/* When the newest walk over fds began; 0: there was none. */
uint64_t table_holders_time(const struct table *table);
void table_owner(const struct table *table, const struct row *row, struct owner *owner);

/* The process by pid and start, 0: whichever has the pid. NULL: not known. */
const struct task *table_find_task(const struct table *table, uint32_t pid, uint64_t start);
/* All known processes: from index 0 on, the next one; NULL: no more. */
const struct task *table_next_task(const struct table *table, uint32_t *index);

const struct stack *table_find_stack(const struct table *table, uint64_t id); /* NULL: not known */

/*
 * The row of the connection's other end, when that is on this host, too: in the
 * same namespace, or in another if the sequence numbers say so. NULL: it is not,
 * or that cannot be told.
 */
const struct row *table_find_peer(const struct table *table, const struct row *row);

struct state_time {
	uint64_t ns;   /* 0: it was not in this state */
	bool at_least; /* a lower bound */
};

/* Time in each state so far, the present one included up to now; indexed by enum tcp_state. */
void table_time_in_states(const struct table *table, const struct row *row,
                          struct state_time times[STATE_COUNT]);

struct totals {
	uint32_t rows, rows_max;
	uint32_t by_state[STATE_COUNT]; /* but for subflows, which their MPTCP sockets stand for */
	uint32_t subflows;
	uint64_t transitions; /* seen since start */
	uint64_t retransmits[RETRANSMIT_KIND_COUNT];
	uint64_t rsts_sent, rsts_received;
	uint64_t lost[LOSS_WHERE_COUNT]; /* LOSS_WHERE_COUNT entries, index 0 unused */
	bool lost_uncounted;             /* some loss came without a number */
	uint64_t healed;                 /* rows a walk had to correct */
	bool holders_known;              /* a WALK_HOLDERS has completed */
};
void table_totals(const struct table *table, struct totals *totals);

#endif
