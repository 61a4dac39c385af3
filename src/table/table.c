/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/table_private.h"
#include "fact/kind.h"

static void init(struct table *t, uint32_t max_rows)
{
	pool_init(&t->rows, sizeof(struct row), max_rows);
	pool_init(&t->tasks, sizeof(struct task), TASKS_MAX);
	pool_init(&t->origins, sizeof(struct origin), POOL_NONE);
	pool_init(&t->stacks, sizeof(struct stack), POOL_NONE);
	pool_init(&t->frames, sizeof(struct frame), POOL_NONE);
	t->idle_first = t->idle_last = ROW_NONE;
	pool_init(&t->holders, sizeof(struct holder), POOL_NONE);
	pool_init(&t->steps, sizeof(struct step), POOL_NONE);
	pool_init(&t->spaces, sizeof(struct space), POOL_NONE);
	pool_init(&t->counters, sizeof(struct host_counters), POOL_NONE);
	t->first_counters = t->last_counters = ROW_NONE;
	t->totals.rows_max = max_rows;
}

struct table *table_new(uint32_t max_rows)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	init(t, max_rows ? max_rows : TABLE_ROWS_DEFAULT);
	t->secret = t->tombs.secret = hash_key_new();
	t->names = names_new(UINT32_MAX);
	if (t->names)
		return t;
	table_free(t);
	return NULL;
}

/* All but the names. */
static void free_parts(struct table *t)
{
	pool_free(&t->rows);
	tasks_free(t);
	stacks_free(t);
	pool_free(&t->holders);
	pool_free(&t->steps);
	free(t->by_sk.buckets);
	free(t->by_tuple.buckets);
	free(t->by_pair.buckets);
	free(t->by_listener.buckets);
	free(t->by_cookie.buckets);
	free(t->holder_index.buckets);
	pool_free(&t->spaces);
	free(t->space_index.buckets);
	inodes_forget(t);
	counters_free(t);
	ask_free(t);
	tombs_clear(&t->tombs);
}

void table_free(struct table *t)
{
	if (!t)
		return;
	free_parts(t);
	names_free(t->names);
	free(t);
}

void table_reset(struct table *t)
{
	const struct table old = *t;

	free_parts(t);
	*t = (struct table){
		.names = old.names,
		.listener = old.listener,
		.listener_arg = old.listener_arg,
		.asks = old.asks,
		.secret = old.secret,
		.tombs.secret = old.secret,
		.ids = old.ids,
	};
	names_forget(t->names);
	init(t, old.rows.max);
}

void table_enable_questions(struct table *t, uint32_t kinds)
{
	t->asks = kinds;
}

void table_set_listener(struct table *t, table_change_fn *fn, void *arg)
{
	t->listener = fn;
	t->listener_arg = arg;
}

static void fold_loss(struct table *t, const struct fact_loss *fact)
{
	if (fact->where && fact->where < LOSS_WHERE_COUNT)
		loss_count(t, fact->where, fact->count);
	if (fact->where == LOSS_WALK) /* told when all are over: some have no end */
		walks_abandon(t);
}

static void fold_clock(struct table *t, const struct fact_clock *fact)
{
	t->wall_offset = clock_wall_offset(fact->wall, fact->h.time);
}

static void fold(struct table *t, const struct fact *fact)
{
	switch ((enum fact_type)fact->type) {
	case FACT_CLOCK:
		fold_clock(t, (const struct fact_clock *)fact);
		break;
	case FACT_STATE:
		t->traced = true;
		fold_state(t, (const struct fact_state *)fact);
		break;
	case FACT_DESTROY:
		t->traced = true;
		fold_destroy(t, (const struct fact_destroy *)fact);
		break;
	case FACT_RETRANSMIT:
		fold_retransmit(t, (const struct fact_retransmit *)fact);
		break;
	case FACT_SYNACK:
		fold_synack(t, (const struct fact_synack *)fact);
		break;
	case FACT_RST_SENT:
	case FACT_RST_RECEIVED:
		fold_reset(t, (const struct fact_reset *)fact);
		break;
	case FACT_ACCEPT:
		fold_accept(t, (const struct fact_syscall *)fact);
		break;
	case FACT_CONNECT:
		fold_connect(t, (const struct fact_syscall *)fact);
		break;
	case FACT_WALK_BEGIN:
		fold_walk_begin(t, (const struct fact_walk *)fact);
		break;
	case FACT_SEEN:
		fold_seen(t, (const struct fact_seen *)fact);
		break;
	case FACT_WALK_END:
		fold_walk_end(t, (const struct fact_walk *)fact);
		break;
	case FACT_HOLDER:
		fold_holder(t, (const struct fact_holder *)fact);
		break;
	case FACT_GONE:
		fold_gone(t, (const struct fact_seen *)fact);
		break;
	case FACT_LOSS:
		fold_loss(t, (const struct fact_loss *)fact);
		break;
	case FACT_NAME:
		names_apply(t->names, (const struct fact_name *)fact);
		break;
	case FACT_PROCESS:
		fold_process(t, (const struct fact_process *)fact);
		break;
	case FACT_MPTCP:
		fold_mptcp(t, (const struct fact_mptcp *)fact);
		break;
	case FACT_NETNS_GONE:
		fold_netns_gone(t, (const struct fact_netns *)fact);
		break;
	case FACT_EXIT:
		fold_exit(t, (const struct fact_exit *)fact);
		break;
	case FACT_STACK:
		fold_stack(t, (const struct fact_stack *)fact);
		break;
	case FACT_DOING:
		fold_doing(t, (const struct fact_doing *)fact);
		break;
	case FACT_COUNTER:
		fold_counter(t, (const struct fact_counter *)fact);
		break;
	case FACT_PARENT:
		fold_parent(t, (const struct fact_parent *)fact);
		break;
	case FACT_LAST_DATA:
		fold_last_data(t, (const struct fact_last_data *)fact);
		break;
	case FACT_TICK:
	case FACT_TABLE:
	case FACT_TABLE_TASK:
	case FACT_TABLE_ORIGIN:
	case FACT_TABLE_ROW:
	case FACT_TABLE_HOLDER:
	case FACT_TABLE_END:
	case FACT_TYPE_COUNT:
		break;
	}
}

int table_apply(struct table *t, const struct fact *fact)
{
	int err;

	if (fact->len < sizeof(*fact))
		return -EINVAL;
	if (!fact_size(fact->type))
		return 0;
	if (!fact_is_whole(fact))
		return -EINVAL;
	if (restore_take(t, fact, &err))
		return err;
	/* Names may be told ahead of a checkpoint, which has them, too. */
	t->used |= fact->type != FACT_NAME;
	if (fact->time > t->now)
		t->now = fact->time;
	if (!t->began)
		t->began = fact->time;
	fold(t, fact);
	return 0;
}

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

bool table_wants_holders(const struct table *t)
{
	return t->unheld;
}

uint64_t table_told_twice(const struct table *t)
{
	return t->told_twice;
}

static const struct row *row_from(const struct table *t, struct row_iter *iter)
{
	for (; iter->index < t->rows.used; iter->index++) {
		const struct row *row = row_at(t, iter->index);

		if (row->used && !(row->flags & ROW_NASCENT))
			return row;
	}
	return NULL;
}

const struct row *table_first(const struct table *t, struct row_iter *iter)
{
	iter->index = 0;
	return row_from(t, iter);
}

const struct row *table_next(const struct table *t, struct row_iter *iter)
{
	iter->index++;
	return row_from(t, iter);
}

const struct row *table_row(const struct table *t, uint32_t index)
{
	const struct row *row = index < t->rows.used ? row_at(t, index) : NULL;

	return row && row->used ? row : NULL;
}

const struct row *table_find_cookie(const struct table *t, uint64_t cookie)
{
	struct row_iter iter;
	const struct row *row;

	if (!cookie)
		return NULL;
	table_for_each (t, iter, row)
		if (row->cookie == cookie)
			return row;
	return NULL;
}

const struct step *table_step(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->steps, index);
}

static void add_time(struct state_time *time, uint64_t from, uint64_t until, bool exact)
{
	if (until <= from)
		return;
	time->ns += until - from;
	time->at_least |= !exact;
}

/* Who was met in a state, or whose change was inferred, may have been in it for longer. */
void table_time_in_states(const struct table *t, const struct row *row,
                          struct state_time times[STATE_COUNT])
{
	const struct step *step = table_step(t, row->history), *last = NULL;

	memset(times, 0, STATE_COUNT * sizeof(*times));
	for (; step; step = table_step(t, step->next)) {
		if (step->kind != STEP_STATE)
			continue;
		if (last)
			add_time(&times[last->a], last->time, step->time, last->b && step->b);
		last = step;
	}
	if (last)
		add_time(&times[last->a], last->time, t->now, last->b);
}

void table_totals(const struct table *t, struct totals *totals)
{
	*totals = t->totals;
}
