/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/table.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fact/kind.h"
#include "table/counters_private.h"
#include "table/emit_private.h"
#include "table/fold_mptcp_private.h"
#include "table/fold_seen_private.h"
#include "table/fold_signal_private.h"
#include "table/fold_state_private.h"
#include "table/fold_walk_private.h"
#include "table/load_private.h"
#include "table/mib_private.h"
#include "table/stacks_private.h"
#include "table/store_private.h"
#include "table/tasks_private.h"

struct table *table_new(uint32_t max_rows)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	if (!table_store_open(t, max_rows ? max_rows : TABLE_ROWS_DEFAULT))
		return t;
	table_free(t);
	return NULL;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	table_store_free(t);
	free(t);
}

void table_enable_lookups(struct table *t, uint32_t kinds)
{
	t->pending.kinds = kinds;
}

void table_set_listener(struct table *t, table_change_fn *fn, void *arg)
{
	t->listener = fn;
	t->listener_arg = arg;
}

/* --- facts ---------------------------------------------------------------------------------- */

static void fold_loss(struct table *t, const struct fact_loss *fact)
{
	if (fact->where && fact->where < LOSS_WHERE_COUNT)
		loss_count(t, fact->where, fact->count);
	if (fact->where == LOSS_WALK) /* a failed walk has no end */
		walks_abandon(t);
}

static void fold_clock(struct table *t, const struct fact_clock *fact)
{
	t->wall_offset = clock_wall_offset(fact->wall, fact->h.time);
}

static void fold_name(struct table *t, const struct fact_name *fact)
{
	names_apply(t->names, fact);
}

/* FACT_TICK: table_apply() notes the time of each fact. */
static void fold_time(struct table *t, const struct fact *fact)
{
	(void)t;
	(void)fact;
}

/* One row for each type of fact: its struct, and what folds it. */
#define FOLDS(ROW)                                                                                 \
	ROW(FACT_CLOCK, fact_clock, fold_clock)                                                    \
	ROW(FACT_STATE, fact_state, fold_state)                                                    \
	ROW(FACT_DESTROY, fact_destroy, fold_destroy)                                              \
	ROW(FACT_RETRANSMIT, fact_retransmit, fold_retransmit)                                     \
	ROW(FACT_SYNACK, fact_synack, fold_synack)                                                 \
	ROW(FACT_RST_SENT, fact_reset, fold_reset)                                                 \
	ROW(FACT_RST_RECEIVED, fact_reset, fold_reset)                                             \
	ROW(FACT_ACCEPT, fact_syscall, fold_accept)                                                \
	ROW(FACT_CONNECT, fact_syscall, fold_connect)                                              \
	ROW(FACT_WALK_BEGIN, fact_walk, fold_walk_begin)                                           \
	ROW(FACT_SEEN, fact_seen, fold_seen)                                                       \
	ROW(FACT_WALK_END, fact_walk, fold_walk_end)                                               \
	ROW(FACT_HOLDER, fact_holder, fold_holder)                                                 \
	ROW(FACT_GONE, fact_seen, fold_gone)                                                       \
	ROW(FACT_LOSS, fact_loss, fold_loss)                                                       \
	ROW(FACT_NAME, fact_name, fold_name)                                                       \
	ROW(FACT_TICK, fact, fold_time)                                                            \
	ROW(FACT_PROCESS, fact_process, fold_process)                                              \
	ROW(FACT_EXIT, fact_exit, fold_exit)                                                       \
	ROW(FACT_STACK, fact_stack, fold_stack)                                                    \
	ROW(FACT_DOING, fact_doing, fold_doing)                                                    \
	ROW(FACT_COUNTER, fact_counter, fold_counter)                                              \
	ROW(FACT_NETNS_GONE, fact_netns, fold_netns_gone)                                          \
	ROW(FACT_PARENT, fact_parent, fold_parent)                                                 \
	ROW(FACT_MPTCP, fact_mptcp, fold_mptcp)                                                    \
	ROW(FACT_LAST_DATA, fact_last_data, fold_last_data)                                        \
	ROW(FACT_COUNTS, fact_counts, fold_counts)

/* load_take() takes these before they would be folded. */
#define LOADS(ROW)                                                                                 \
	ROW(FACT_TABLE, fact_table)                                                                \
	ROW(FACT_TABLE_TASK, fact_table_task)                                                      \
	ROW(FACT_TABLE_ORIGIN, fact_table_origin)                                                  \
	ROW(FACT_TABLE_ROW, fact_table_row)                                                        \
	ROW(FACT_TABLE_HOLDER, fact_table_holder)                                                  \
	ROW(FACT_TABLE_END, fact_table_end)

#define CALL(type, of, fn)                                                                         \
	static void call_##type(struct table *t, const struct fact *fact)                          \
	{                                                                                          \
		fn(t, (const struct of *)fact);                                                    \
	}
FOLDS(CALL)

static const struct fold {
	uint32_t size; /* of the struct that `fn` reads */
	void (*fn)(struct table *t, const struct fact *fact);
} folds[FACT_TYPE_COUNT] = {
#define FOLD(type, of, fn) [type] = {sizeof(struct of), call_##type},
#define LOAD(type, of)     [type] = {sizeof(struct of), NULL},
	FOLDS(FOLD) LOADS(LOAD)};

#define ONE(...) +1
_Static_assert(FOLDS(ONE) LOADS(ONE) == FACT_TYPE_COUNT - 1, "one row for each type of fact");

int table_apply(struct table *t, const struct fact *fact)
{
	const struct fold *fold;
	int err;

	if (fact->len < sizeof(*fact))
		return -EINVAL;
	if (!fact_size(fact->type))
		return 0;
	fold = &folds[fact->type];
	if (!fact_is_whole(fact) || fact->len < fold->size)
		return -EINVAL;
	if (load_take(t, fact, &err))
		return err;
	/* Names may come before a checkpoint, which has them too. */
	t->used |= fact->type != FACT_NAME;
	if (fact->time > t->now)
		t->now = fact->time;
	if (!t->began)
		t->began = fact->time;
	fold->fn(t, fact);
	return 0;
}

/* --- what it says of itself ----------------------------------------------------------------- */

uint64_t table_now(const struct table *t)
{
	return t->now;
}

uint64_t table_began(const struct table *t)
{
	return t->began;
}

int64_t table_wall(const struct table *t, uint64_t boot)
{
	return clock_wall(boot, t->wall_offset);
}

struct names *table_names(struct table *t)
{
	return t->names;
}

void table_totals(const struct table *t, struct totals *totals)
{
	*totals = t->totals;
}

bool table_wants_holders(const struct table *t)
{
	return t->unheld;
}

uint64_t table_repeated(const struct table *t)
{
	return t->repeated;
}
