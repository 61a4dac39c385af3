/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checkpoints that come in. They may be damaged or forged: each fact is checked, so that the
 * invariants of the table hold, or it is empty.
 */
#include "table/load_private.h"

#include <errno.h>
#include <string.h>

#include "table/counters_private.h"
#include "table/emit_private.h"
#include "table/holders_private.h"
#include "table/mib_private.h"
#include "table/mptcp_private.h"
#include "table/order_private.h"
#include "table/origins_private.h"
#include "table/rows_private.h"
#include "table/stacks_private.h"
#include "table/store_private.h"
#include "table/tasks_private.h"

static bool is_table_fact(unsigned int type)
{
	return type >= FACT_TABLE && type <= FACT_TABLE_END;
}

/* Does the fact belong between the head and the end of the checkpoint? */
static bool is_part(const struct table *t, const struct fact *fact)
{
	return fact->time == t->load.time &&
	       (is_table_fact(fact->type) || fact->type == FACT_NAME || fact->type == FACT_STACK ||
	        fact->type == FACT_COUNTER || fact->type == FACT_COUNTS ||
	        fact->type == FACT_DOING);
}

/* --- head and end --------------------------------------------------------------------------- */

static void take_head(struct table *t, const struct fact_table *fact)
{
	struct totals *totals = &t->totals;

	t->now = fact->h.time;
	t->began = fact->began;
	t->wall_offset = fact->wall_offset;
	t->traced = fact->flags & TABLE_TRACED;
	t->gen = fact->gen;
	t->walk_netns = fact->walk_netns;
	t->holder_gen = fact->holder_gen;
	t->walk_begin = fact->walk_begin;
	t->hold_begin = fact->hold_begin;
	totals->holders_known = fact->flags & TABLE_HOLDERS_KNOWN;
	totals->lost_uncounted = fact->flags & TABLE_LOST_UNCOUNTED;
	totals->transitions = fact->transitions;
	totals->rsts_sent = fact->rsts_sent;
	totals->rsts_received = fact->rsts_received;
	totals->healed = fact->healed;
	memcpy(totals->retransmits, fact->retransmits, sizeof(totals->retransmits));
	for (int where = 1; where < LOSS_WHERE_COUNT; where++) {
		totals->lost[where] = fact->lost[where];
		t->unreported[where] = fact->unreported[where];
	}
}

static int begin(struct table *t, const struct fact_table *fact)
{
	bool fills = !t->used;

	if (fills)
		table_store_reset(t); /* a checkpoint without an end may have left something */
	t->load = (struct load){
		.state = fills ? LOAD_FILLS : LOAD_PASSES,
		.time = fact->h.time,
		.facts = 1,
		.task = ROW_NONE,
		.row = ROW_NONE,
		.holder = ROW_NONE,
	};
	if (fact->h.time > t->now)
		t->now = fact->h.time;
	if (!fills)
		return 0;
	if (fact->began > fact->h.time)
		return -EINVAL;
	take_head(t, fact);
	return 0;
}

/* The table that was saved had no task and no origin without a reference. */
static int finish(struct table *t, const struct fact_table_end *fact)
{
	uint32_t origins = t->origins.live, tasks = t->tasks.live;

	if (fact->facts != t->load.facts)
		return -EINVAL;
	if (mptcp_check(t))
		return -EINVAL;
	origins_drop_unused(t);
	tasks_drop_unused(t);
	stacks_trim(t);
	return t->origins.live == origins && t->tasks.live == tasks ? 0 : -EINVAL;
}

/* --- parts ---------------------------------------------------------------------------------- */

static int take_stack(struct table *t, const struct fact_stack *fact)
{
	uint32_t stacks = t->stacks.live;

	fold_stack(t, fact);
	return t->stacks.live == stacks + 1 ? 0 : -EINVAL;
}

static int take_task(struct table *t, const struct fact_table_task *fact)
{
	t->load.task = fact->index;
	return task_load(t, fact);
}

static int take_doing(struct table *t, const struct fact_doing *fact)
{
	const struct task *task = task_at(t, t->load.task);

	if (!task || task->pid != fact->pid || task->start != fact->start)
		return -EINVAL;
	return doing_add(t, t->load.task, fact);
}

static bool step_is_sound(const struct fact_table_row *fact, const struct fact_step *step)
{
	if (step->time > fact->h.time)
		return false;
	switch ((enum step_kind)step->kind) {
	case STEP_STATE:
		return step->a && step->a < STATE_COUNT;
	case STEP_RETRANSMIT:
		return step->a < RETRANSMIT_KIND_COUNT;
	case STEP_RST_SENT:
	case STEP_RST_RECEIVED:
		return true;
	}
	return false;
}

static bool row_is_sound(const struct fact_table_row *fact)
{
	uint64_t now = fact->h.time;

	if (!fact->s.state || fact->s.state >= STATE_COUNT || fact->prior >= STATE_COUNT ||
	    fact->closer >= CLOSER_COUNT || fact->owner_source >= OWNER_SOURCE_COUNT ||
	    fact->s.family > UINT8_MAX)
		return false;
	if (fact->born > now || fact->since > now || fact->touched > now || fact->changed > now)
		return false;
	if (fact->flags & ROW_MINI && (fact->h.sk || fact->flags & ROW_REQUEST))
		return false;
	if (fact->flags & ROW_FORMER && fact->s.state != STATE_CLOSE)
		return false;
	if (!!fact->subflow_of != !!(fact->flags & ROW_SUBFLOW) ||
	    (fact->flags & ROW_SUBFLOW && fact->flags & (ROW_MPTCP | ROW_MINI | ROW_REQUEST)))
		return false;
	if (fact->flags & ROW_MPTCP && (!fact->h.sk || fact->flags & (ROW_MINI | ROW_REQUEST)))
		return false;
	if (fact->flags & ROW_PORT_PENDING && fact->s.state != STATE_SYN_SENT)
		return false;
	for (uint32_t i = 0; i < fact->count; i++)
		if (!step_is_sound(fact, &fact->steps[i]))
			return false;
	return true;
}

static void row_of_fact(struct row *row, const struct fact_table_row *fact)
{
	const struct fact_sample *s = &fact->s;

	*row = (struct row){
		.sk = fact->h.sk,
		.cookie = s->cookie,
		.born = fact->born,
		.since = fact->since,
		.touched = fact->touched,
		.changed = fact->changed,
		.deadline = fact->flags & ROW_MINI ? fact->deadline : fact->parent,
		.cgroup = s->cgroup,
		.bytes_acked = s->bytes_acked,
		.bytes_received = s->bytes_received,
		.netns = s->netns,
		.ifindex = s->ifindex,
		.uid = s->uid,
		.inode = s->inode,
		.rqueue = s->rqueue,
		.wqueue = s->wqueue,
		.timer_ms = s->timer_ms,
		.flags = fact->flags,
		.iss = s->iss,
		.irs = s->irs,
		.lport = s->lport,
		.rport = s->rport,
		.err = s->err,
		.family = (uint8_t)s->family,
		.state = s->state,
		.closer = fact->closer,
		.owner_source = fact->owner_source,
		.timer = s->timer,
		.retrans = s->retrans,
		.probes = s->probes,
		.rst_sent_reason = fact->rst_sent_reason,
		.rsts_sent = fact->rsts_sent,
		.rsts_received = fact->rsts_received,
		.gen_seen = fact->gen_seen,
		.prior = fact->prior,
		.mptcp = fact->subflow_of - 1, /* 0: ROW_NONE */
		.token = fact->token,
		.unread_ms = fact->unread_ms,
		.answered = fact->answered,
		.received = fact->received,
		.sent = fact->sent,
		.heard = s->idle_ms,
	};
	memcpy(row->laddr, s->laddr, sizeof(row->laddr));
	memcpy(row->raddr, s->raddr, sizeof(row->raddr));
	memcpy(row->retransmits, fact->retransmits, sizeof(row->retransmits));
}

static int take_row(struct table *t, const struct fact_table_row *fact)
{
	struct row as, *row;
	int err;

	if (!row_is_sound(fact))
		return -EINVAL;
	row_of_fact(&as, fact);
	err = row_load(t, &as, fact->index);
	if (err)
		return err;
	row = row_at(t, fact->index);
	if (fact->owner) {
		row->owner = origin_ref_index(t, fact->owner - 1);
		if (row->owner == ROW_NONE)
			return -EINVAL;
	}
	for (uint32_t i = 0; i < fact->count; i++)
		row_add_step(t, row, fact->steps[i].time, fact->steps[i].kind, fact->steps[i].a,
		             fact->steps[i].b);
	if (row->steps_dropped) /* no memory, or more steps than a table keeps */
		return -EINVAL;
	row->steps_dropped = fact->steps_dropped;
	return 0;
}

/* The row of the holder; NULL: the row can have none. */
static struct row *row_of_holder(struct table *t, const struct fact_table_holder *fact)
{
	struct row *row = fact->row < t->rows.used ? row_at(t, fact->row) : NULL;

	if (!row || !row->used)
		return NULL;
	if (fact->row == t->load.row)
		return row;
	if (row->holders != ROW_NONE || row->flags & (ROW_ORPHAN | ROW_MINI))
		return NULL;
	t->load.row = fact->row;
	t->load.holders = 0;
	t->load.holder = ROW_NONE;
	return row;
}

static int take_holder(struct table *t, const struct fact_table_holder *fact)
{
	struct row *row = row_of_holder(t, fact);
	uint32_t task, index;

	if (!row)
		return -EINVAL;
	task = task_ref_index(t, fact->task);
	if (task == ROW_NONE)
		return -EINVAL;
	index = holder_load(t, row, fact, task, t->load.holder, t->load.holders++);
	if (index == ROW_NONE) {
		task_unref(t, task);
		return -ENOMEM;
	}
	t->load.holder = index;
	return 0;
}

/* --- fact by fact --------------------------------------------------------------------------- */

static int take(struct table *t, const struct fact *fact)
{
	t->load.facts++;
	switch (fact->type) {
	case FACT_NAME:
		return names_apply(t->names, (const struct fact_name *)fact);
	case FACT_STACK:
		return take_stack(t, (const struct fact_stack *)fact);
	case FACT_COUNTER:
		fold_counter(t, (const struct fact_counter *)fact);
		return 0;
	case FACT_COUNTS:
		fold_counts(t, (const struct fact_counts *)fact);
		return 0;
	case FACT_TABLE_TASK:
		return take_task(t, (const struct fact_table_task *)fact);
	case FACT_DOING:
		return take_doing(t, (const struct fact_doing *)fact);
	case FACT_TABLE_ORIGIN:
		return origin_load(t, (const struct fact_table_origin *)fact);
	case FACT_TABLE_ROW:
		return take_row(t, (const struct fact_table_row *)fact);
	case FACT_TABLE_HOLDER:
		return take_holder(t, (const struct fact_table_holder *)fact);
	default:
		return -EINVAL;
	}
}

/* Empties the table; the rest of the checkpoint is skipped. */
static int refuse(struct table *t, int err)
{
	const struct load restore = {.state = LOAD_PASSES, .time = t->load.time};

	table_store_reset(t);
	t->load = restore;
	return err;
}

static int end(struct table *t, const struct fact_table_end *fact)
{
	bool fills = t->load.state == LOAD_FILLS;
	int err = fills ? finish(t, fact) : 0;

	if (err) {
		table_store_reset(t);
		return err;
	}
	table_order(t);
	t->load = (struct load){.state = LOAD_NONE};
	t->used |= fills;
	return 0;
}

static void give_up(struct table *t)
{
	if (t->load.state == LOAD_FILLS)
		table_store_reset(t);
	t->load.state = LOAD_NONE;
}

bool load_take(struct table *t, const struct fact *fact, int *err)
{
	*err = 0;
	if (fact->type == FACT_TABLE) {
		*err = begin(t, (const struct fact_table *)fact);
	} else {
		if (t->load.state != LOAD_NONE && !is_part(t, fact))
			give_up(t);
		if (t->load.state == LOAD_NONE) /* skips a part without a head */
			return is_table_fact(fact->type);
		if (fact->type == FACT_TABLE_END)
			*err = end(t, (const struct fact_table_end *)fact);
		else if (t->load.state == LOAD_FILLS)
			*err = take(t, fact);
	}
	if (*err && t->load.state == LOAD_FILLS)
		*err = refuse(t, *err);
	return true;
}

void table_restart(struct table *t)
{
	for (uint32_t i = 0; t->load.state != LOAD_FILLS && i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);
		const struct change change = {.kind = CHANGE_END, .time = t->now, .row = row};

		if (row->used && !(row->flags & ROW_NASCENT))
			change_emit(t, &change);
	}
	table_store_reset(t);
}
