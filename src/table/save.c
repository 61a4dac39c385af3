/* SPDX-License-Identifier: BSD-2-Clause */
/* The table as facts. load.c takes them back. */
#include "table/save.h"

#include <errno.h>
#include <string.h>

#include "fact/kind.h"
#include "fact/words.h"
#include "table/counters_private.h"
#include "table/mib_private.h"
#include "table/order_private.h"
#include "table/stacks_private.h"
#include "table/tasks_private.h"

_Static_assert(sizeof(struct row) == 288, "a new member needs a place in FACT_TABLE_ROW");
_Static_assert(RETRANSMIT_KIND_COUNT <= FACT_TABLE_RETRANSMITS, "all kinds have a place");
_Static_assert(LOSS_WHERE_COUNT <= FACT_TABLE_LOSSES, "all losses have a place");

/* Where the facts go; counts them. */
struct reporter {
	const struct table *table;
	struct fact_sink sink;
	uint32_t facts;
};

static void pass(const struct fact *fact, void *arg)
{
	struct reporter *reporter = arg;

	reporter->facts++;
	fact_emit(&reporter->sink, fact);
}

/* count: elements of the array at its end */
static void report(struct reporter *reporter, struct fact *fact, enum fact_type type,
                   uint32_t count)
{
	fact->type = (uint16_t)type;
	fact->len = fact_length(type, count);
	fact->time = reporter->table->now;
	pass(fact, reporter);
}

static void report_head(struct reporter *reporter)
{
	const struct table *t = reporter->table;
	const struct totals *totals = &t->totals;
	struct fact_table fact = {
		.began = t->began,
		.wall_offset = t->wall_offset,
		.gen = t->gen,
		.walk_netns = t->walk_netns,
		.holder_gen = t->holder_gen,
		.walk_begin = t->walk_begin,
		.hold_begin = t->hold_begin,
		.transitions = totals->transitions,
		.rsts_sent = totals->rsts_sent,
		.rsts_received = totals->rsts_received,
		.healed = totals->healed,
	};

	fact.flags |= t->traced ? TABLE_TRACED : 0;
	fact.flags |= totals->holders_known ? TABLE_HOLDERS_KNOWN : 0;
	fact.flags |= totals->lost_uncounted ? TABLE_LOST_UNCOUNTED : 0;
	memcpy(fact.retransmits, totals->retransmits, sizeof(totals->retransmits));
	memcpy(fact.lost, totals->lost, sizeof(totals->lost));
	memcpy(fact.unreported, t->unreported, sizeof(t->unreported));
	report(reporter, &fact.h, FACT_TABLE, 0);
}

/* --- beside the sockets --------------------------------------------------------------------- */

static void report_stack(const struct stack *stack, void *reporter)
{
	union {
		struct fact_stack fact;
		char room[sizeof(struct fact_stack) + FACT_STACK_MAX * sizeof(uint64_t)];
	} u;

	memset(&u, 0, sizeof(u));
	u.fact.id = stack->id;
	u.fact.space = stack->space;
	u.fact.count = stack->count;
	memcpy(u.fact.ips, stack->ips, stack->count * sizeof(*stack->ips));
	report(reporter, &u.fact.h, FACT_STACK, stack->count);
}

static void report_counters(struct reporter *reporter)
{
	const struct netns_counters *counters = counters_first(reporter->table);

	for (; counters; counters = counters_next(reporter->table, counters)) {
		struct fact_counter fact = {.netns = counters->netns};

		for (uint32_t i = COUNTER_NONE + 1; i < COUNTER_COUNT; i++) {
			if (!counters->known[i])
				continue;
			fact.counter = i;
			fact.value = counters->first[i];
			report(reporter, &fact.h, FACT_COUNTER, 0);
			fact.value = counters->now[i];
			report(reporter, &fact.h, FACT_COUNTER, 0);
		}
	}
}

static void report_doing(struct reporter *reporter, const struct task *task)
{
	for (uint32_t i = 0; i < task->doing_count; i++) {
		const struct task_doing *doing = &task->doing[i];
		struct fact_doing fact = {
			.start = task->start,
			.pid = task->pid,
			.index = i,
			.threads = doing->threads,
			.fd = doing->fd,
			.fds = task->fds,
			.fd_limit = task->fd_limit,
		};

		memcpy(fact.syscall, doing->syscall, sizeof(fact.syscall));
		report(reporter, &fact.h, FACT_DOING, 0);
	}
}

static void report_task(struct reporter *reporter, const struct task *task, uint32_t index)
{
	union {
		struct fact_table_task fact;
		char room[sizeof(struct fact_table_task) + FACT_ARGS_MAX];
	} u;

	memset(&u, 0, sizeof(u));
	u.fact.start = task->start;
	u.fact.exited = task->exited;
	u.fact.index = index;
	u.fact.pid = task->pid;
	u.fact.uid = task->uid;
	u.fact.described = task->described;
	u.fact.fds = task->fds;
	u.fact.fd_limit = task->fd_limit;
	memcpy(u.fact.comm, task->comm, sizeof(u.fact.comm));
	u.fact.size = task->args_size;
	if (task->args_size)
		memcpy(u.fact.args, task->args, task->args_size);
	report(reporter, &u.fact.h, FACT_TABLE_TASK, task->args_size);
	report_doing(reporter, task);
}

static void report_tasks(struct reporter *reporter)
{
	const struct task *task;

	for (uint32_t i = 0; (task = task_next(reporter->table, &i));)
		report_task(reporter, task, i - 1);
}

static void report_origins(struct reporter *reporter)
{
	for (uint32_t i = 0; i < reporter->table->origins.used; i++) {
		const struct origin *origin = origin_at(reporter->table, i);
		struct fact_table_origin fact = {
			.stack = origin->stack,
			.index = i,
			.task = origin->task,
			.tid = origin->tid,
		};

		if (!origin->refs)
			continue;
		memcpy(fact.comm, origin->comm, sizeof(fact.comm));
		memcpy(fact.thread, origin->thread, sizeof(fact.thread));
		report(reporter, &fact.h, FACT_TABLE_ORIGIN, 0);
	}
}

/* --- sockets -------------------------------------------------------------------------------- */

static void fill_sample(struct fact_sample *s, const struct row *row)
{
	row_sample(row, s);
	s->flags = 0; /* the flags of the row are saved */
	s->cgroup = row->cgroup;
	s->bytes_acked = row->bytes_acked;
	s->bytes_received = row->bytes_received;
	s->uid = row->uid;
	s->inode = row->inode;
	s->rqueue = row->rqueue;
	s->wqueue = row->wqueue;
	s->timer_ms = row->timer_ms;
	s->err = row->err;
	s->timer = row->timer;
	s->retrans = row->retrans;
	s->probes = row->probes;
	s->iss = row->iss;
	s->irs = row->irs;
}

static void fill_row(struct fact_table_row *fact, const struct row *row)
{
	fact->h.sk = row->sk;
	fact->born = row->born;
	fact->since = row->since;
	fact->touched = row->touched;
	fact->changed = row->changed;
	if (row->flags & ROW_MINI)
		fact->deadline = row->deadline;
	else
		fact->parent = row->parent;
	fact->index = row->self;
	fact->flags = row->flags;
	fact->owner = row->owner + 1; /* ROW_NONE: 0 */
	fact->gen_seen = row->gen_seen;
	memcpy(fact->retransmits, row->retransmits, sizeof(row->retransmits));
	fact->rsts_sent = row->rsts_sent;
	fact->rsts_received = row->rsts_received;
	fact->steps_dropped = row->steps_dropped;
	fact->closer = row->closer;
	fact->owner_source = row->owner_source;
	fact->rst_sent_reason = row->rst_sent_reason;
	fact->prior = row->prior;
	if (row->flags & ROW_SUBFLOW)
		fact->subflow_of = row->mptcp + 1;
	if (row->flags & ROW_MPTCP)
		fact->token = row->token;
	fact->unread_ms = row->unread_ms;
	fact->answered = row->answered;
	fact->received = row->received;
	fact->sent = row->sent;
	fact->s.idle_ms = row->heard;
}

static void report_row(struct reporter *reporter, const struct row *row)
{
	const struct table *t = reporter->table;
	const struct step *step = step_at(t, row->history);
	union {
		struct fact_table_row fact;
		char room[sizeof(struct fact_table_row) +
		          FACT_STEPS_MAX * sizeof(struct fact_step)];
	} u;

	memset(&u.fact, 0, sizeof(u.fact));
	fill_row(&u.fact, row);
	fill_sample(&u.fact.s, row);
	for (; step; step = step_at(t, step->next))
		u.fact.steps[u.fact.count++] = (struct fact_step){
			.time = step->time, .kind = step->kind, .a = step->a, .b = step->b};
	report(reporter, &u.fact.h, FACT_TABLE_ROW, u.fact.count);
}

static void report_rows(struct reporter *reporter)
{
	for (uint32_t i = 0; i < reporter->table->rows.used; i++) {
		const struct row *row = row_at(reporter->table, i);

		if (row->used)
			report_row(reporter, row);
	}
}

static void report_holders_of(struct reporter *reporter, const struct row *row)
{
	const struct table *t = reporter->table;
	const struct holder *holder = holder_at(t, row->holders);

	for (; holder; holder = holder_at(t, holder->next)) {
		struct fact_table_holder fact = {
			.row = row->self,
			.task = holder->task,
			.fd = holder->fd,
			.gen = holder->gen,
		};

		report(reporter, &fact.h, FACT_TABLE_HOLDER, 0);
	}
}

static void report_holders(struct reporter *reporter)
{
	for (uint32_t i = 0; i < reporter->table->rows.used; i++) {
		const struct row *row = row_at(reporter->table, i);

		if (row->used)
			report_holders_of(reporter, row);
	}
}

/* --- all ------------------------------------------------------------------------------------ */

int table_checkpoint(struct table *t, fact_fn *fn, void *arg)
{
	struct reporter reporter = {.table = t, .sink = {fn, arg}};
	const struct fact_sink counted = {pass, &reporter};
	struct fact_table_end end = {0};

	if (t->walking || t->holding || t->load.state != LOAD_NONE)
		return -EBUSY;
	report_head(&reporter);
	names_save(t->names, t->now, &counted);
	stacks_each(t, report_stack, &reporter);
	report_counters(&reporter);
	mib_save(t, &counted);
	report_tasks(&reporter);
	report_origins(&reporter);
	report_rows(&reporter);
	report_holders(&reporter);
	end.facts = reporter.facts;
	report(&reporter, &end.h, FACT_TABLE_END, 0);
	table_order(t);
	return 0;
}

static void collect(const struct fact *fact, void *arg)
{
	buffer_add(arg, fact, fact->len);
}

int table_dump(struct table *t, struct buffer *out)
{
	int err = table_checkpoint(t, collect, out);

	if (err)
		return err;
	return out->failed ? -ENOMEM : 0;
}

int table_equal(struct table *a, struct table *b)
{
	struct buffer of_a = {0}, of_b = {0};
	int err = table_dump(a, &of_a);

	if (!err)
		err = table_dump(b, &of_b);
	if (!err)
		err = of_a.size == of_b.size && !memcmp(of_a.data, of_b.data, of_a.size);
	buffer_free(&of_a);
	buffer_free(&of_b);
	return err;
}
