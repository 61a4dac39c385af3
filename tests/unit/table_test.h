/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of the table: facts as text, changes as text, and a recount of
 * everything the table counts or indexes after each fact. The recount looks
 * into the table's private parts: that is what it is for.
 *
 *   100ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT flags=tuple,done CLIENT
 *
 * Times may be written with ns, us, ms or s behind them.
 */
#ifndef TCPTRAIL_TABLE_TEST_H
#define TCPTRAIL_TABLE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "table/counters.h"
#include "table/rows_private.h"
#include "table/table.h"
#include "fact/text.h"

/* A client of 10.0.0.1, its server, and a second namespace of the same addresses. */
#define CLIENT   " local=10.0.0.1:40000 remote=10.0.0.2:80 netns=7 "
#define UNBOUND  " local=10.0.0.1:0 remote=10.0.0.2:80 netns=7 "
#define SERVER   " local=10.0.0.2:80 remote=10.0.0.1:40000 netns=7 "
#define LISTENER " local=0.0.0.0:80 remote=0.0.0.0:0 netns=7 "

/* --- recount -------------------------------------------------------------------------------- */

struct recount {
	uint32_t rows, by_state[STATE_COUNT], subflows, linked;
	uint32_t with_sk, with_tuple, with_pair, with_cookie, listeners, holders, steps;
	uint32_t *task_refs, *origin_refs;
};

static inline uint32_t check_chain(const struct table *t, const struct index *index, size_t link)
{
	uint32_t count = 0;

	for (uint32_t i = 0; index->buckets && i <= index->mask; i++) {
		uint32_t at = index->buckets[i];

		for (; at != ROW_NONE; count++) {
			const struct row *row = row_at(t, at);

			assert_true(row->used);
			assert_true(count < t->rows.used);
			memcpy(&at, (const char *)row + link, sizeof(at));
		}
	}
	assert_int_equal(count, index->count);
	return count;
}

static inline void check_steps(const struct table *t, const struct row *row, struct recount *all)
{
	struct state_time times[STATE_COUNT];
	uint64_t sum = 0;
	uint32_t at = row->history, last = ROW_NONE, count = 0;

	for (; at != ROW_NONE; count++) {
		const struct step *step = table_step(t, at);

		assert_true(step->kind <= STEP_RST_RECEIVED);
		if (step->kind == STEP_STATE)
			assert_in_range(step->a, 1, STATE_COUNT - 1);
		last = at;
		at = step->next;
	}
	assert_int_equal(count, row->steps);
	assert_int_equal(last, row->last_step);
	all->steps += count;
	table_time_in_states(t, row, times);
	for (int i = 0; i < STATE_COUNT; i++)
		sum += times[i].ns;
	if (row->history != ROW_NONE && !row->steps_dropped)
		assert_true(sum <= t->now);
}

static inline void check_holders(const struct table *t, const struct row *row, struct recount *all)
{
	const struct holder *holder = table_holder(t, row->holders);

	for (; holder; holder = table_holder(t, holder->next)) {
		assert_true(holder->task < t->tasks.used);
		all->task_refs[holder->task]++;
		all->holders++;
	}
	if (row->owner != ROW_NONE)
		all->origin_refs[row->owner]++;
}

/* Who made it; NULL: not known. */
static inline const struct task *row_creator(const struct table *t, const struct row *row)
{
	const struct origin *origin = table_origin(t, row->owner);

	return origin ? table_task(t, origin->task) : NULL;
}

static inline void check_row(const struct table *t, const struct row *row, struct recount *all)
{
	struct fact_sample s;
	const struct row *found;

	assert_in_range(row->state, 1, STATE_COUNT - 1);
	assert_true(row->since <= t->now);
	assert_true(row->touched <= t->now && row->changed <= t->now);
	assert_true(row->owner == ROW_NONE || row_creator(t, row)->pid);
	all->with_pair += (row->flags & ROW_PAIRED) != 0;
	if (row->flags & ROW_MINI) {
		assert_int_equal(row->sk, 0);
		assert_int_equal(row->holders, ROW_NONE);
		assert_false(row->flags & ROW_REQUEST);
	}
	if (row->flags & ROW_ORPHAN)
		assert_int_equal(row->holders, ROW_NONE);
	if (row->flags & ROW_PORT_PENDING)
		assert_int_equal(row->state, STATE_SYN_SENT);
	if (row->sk) {
		all->with_sk++;
		assert_ptr_equal(row_find_sk(t, row->sk), row);
	}
	if (row_in_tuples(row)) {
		all->with_tuple++;
		row_sample(row, &s);
		found = row_find_tuple(t, &s, 0);
		while (found && found != row)
			found = row_next_tuple(t, found, &s);
		assert_ptr_equal(found, row);
	}
	if (row->flags & ROW_FORMER)
		assert_true(row->state == STATE_CLOSE && row->flags & ROW_INDEXED);
	all->with_cookie += row_in_cookies(row);
	all->listeners += row_in_listeners(row);
	check_steps(t, row, all);
	check_holders(t, row, all);
}

static inline void check_origins(const struct table *t, const struct recount *all)
{
	uint32_t live = 0;

	for (uint32_t i = 0; i < t->origins.used; i++) {
		if (!all->origin_refs[i])
			continue;
		live++;
		assert_int_equal(table_origin(t, i)->refs, all->origin_refs[i]);
		all->task_refs[table_origin(t, i)->task]++;
	}
	assert_int_equal(live, t->origins.live);
	assert_int_equal(live, t->origin_index.count);
}

/* One that was told of stays until it ends. */
static inline void check_tasks(const struct table *t, const struct recount *all)
{
	const struct task *task;
	uint32_t live = 0;

	for (uint32_t i = 0; (task = table_next_task(t, &i)); live++) {
		assert_int_equal(task->refs, all->task_refs[i - 1]);
		assert_true(task->refs || (task->described && !task->exited));
	}
	assert_int_equal(live, t->tasks.live);
	assert_int_equal(live, t->task_index.count);
}

/* Each row is in the list of its namespace, and in no other. */
static inline void check_spaces(const struct table *t)
{
	uint32_t listed = 0;

	for (uint32_t i = 0; i < t->netns_rows.used; i++) {
		const struct netns_rows *space = pool_at(&t->netns_rows, i);
		const struct row *row = space->rows ? row_at(t, space->first) : NULL;
		uint32_t before = ROW_NONE, count = 0;

		for (; row; row = row_at(t, row->next_in_netns)) {
			assert_true(row->used);
			assert_int_equal(row->netns, space->netns);
			assert_int_equal(row->back_in_netns, before);
			before = row->self;
			count++;
		}
		assert_int_equal(count, space->rows);
		if (count)
			assert_int_equal(before, space->last);
		listed += count;
	}
	assert_int_equal(listed, t->rows.live);
}

static inline uint32_t count_subflows(const struct table *t, const struct row *row)
{
	const struct row *subflow = row->flags & ROW_MPTCP ? table_next_subflow(t, row) : NULL;
	uint32_t count = 0;

	for (; subflow; subflow = table_next_subflow(t, subflow), count++)
		assert_ptr_equal(table_find_mptcp(t, subflow), row);
	return count;
}

/* Everything that is counted or indexed, against the rows themselves. */
static inline void check_table(const struct table *t)
{
	struct recount all = {0};
	struct totals totals;

	all.task_refs = calloc(t->tasks.used + 1, sizeof(*all.task_refs));
	all.origin_refs = calloc(t->origins.used + 1, sizeof(*all.origin_refs));
	assert_non_null(all.task_refs);
	assert_non_null(all.origin_refs);
	for (uint32_t i = 0; i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);

		if (!row->used)
			continue;
		assert_int_equal(row->self, i);
		all.rows++;
		if (row->flags & ROW_SUBFLOW)
			all.subflows++;
		else
			all.by_state[row->state]++;
		all.linked += count_subflows(t, row);
		check_row(t, row, &all);
	}
	table_totals(t, &totals);
	assert_int_equal(totals.rows, all.rows);
	assert_memory_equal(totals.by_state, all.by_state, sizeof(all.by_state));
	assert_int_equal(totals.subflows, all.subflows);
	assert_int_equal(all.linked, all.subflows);
	assert_int_equal(totals.lost[0], 0);
	assert_int_equal(t->rows.live, all.rows);
	assert_int_equal(t->steps.live, all.steps);
	assert_int_equal(t->holders.live, all.holders);
	assert_int_equal(check_chain(t, &t->by_sk, offsetof(struct row, next_sk)), all.with_sk);
	assert_int_equal(check_chain(t, &t->by_tuple, offsetof(struct row, next_tuple)),
	                 all.with_tuple);
	assert_int_equal(check_chain(t, &t->by_pair, offsetof(struct row, next_pair)),
	                 all.with_pair);
	assert_int_equal(check_chain(t, &t->by_listener, offsetof(struct row, next_tuple)),
	                 all.listeners);
	assert_int_equal(check_chain(t, &t->by_cookie, offsetof(struct row, next_pair)),
	                 all.with_cookie);
	check_spaces(t);
	check_origins(t, &all);
	check_tasks(t, &all);
	free(all.origin_refs);
	free(all.task_refs);
}

/* --- a table with what it told -------------------------------------------------------------- */

struct trial {
	struct table *table;
	char log[16384];
	size_t used;
};

static inline void log_print(struct trial *trial, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	trial->used += (size_t)vsnprintf(trial->log + trial->used, sizeof(trial->log) - trial->used,
	                                 format, args);
	va_end(args);
	assert_true(trial->used < sizeof(trial->log));
}

/* 41ms, 1500us: the largest unit that leaves no fraction. */
static inline void log_time(struct trial *trial, uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = {{NS_PER_SEC, "s"}, {NS_PER_MS, "ms"}, {NS_PER_US, "us"}, {1, "ns"}};
	int i = 0;

	while (ns % units[i].ns)
		i++;
	log_print(trial, "%llu%s", (unsigned long long)(ns / units[i].ns), units[i].name);
}

static inline void log_actor(struct trial *trial, const struct change *change)
{
	if (change->actor.pid)
		log_print(trial, " @%u", change->actor.pid);
}

/*
 *   :40000 SYN_SENT>ESTABLISHED =40ms @4242
 *
 * local port, states, dwell (=: exact, >: at least, ?: not known), "~" if it
 * was inferred, the actor.
 */
static inline void log_state(struct trial *trial, const struct change *change)
{
	log_print(trial, "%s>%s ", state_name(change->old), state_name(change->new));
	if (change->dwell_known) {
		/* "for 0 ns" would be a time that nobody knows. */
		assert_true(change->dwell > 0);
		log_print(trial, change->dwell_exact ? "=" : ">");
		log_time(trial, change->dwell);
	} else {
		assert_int_equal(change->dwell, 0);
		log_print(trial, "?");
	}
	assert_false(change->inferred && change->dwell_exact);
	if (change->inferred)
		log_print(trial, " ~");
	log_actor(trial, change);
}

static inline void log_change(const struct change *change, void *arg)
{
	struct trial *trial = arg;

	assert_true(change->time <= table_now(trial->table));
	if (change->kind == CHANGE_LOSS) {
		assert_null(change->row);
		log_print(trial, "lost %s %llu\n", loss_where_name(change->where),
		          (unsigned long long)change->count);
		return;
	}
	assert_non_null(change->row);
	/* Every row has one, or is no line. */
	if (change->kind == CHANGE_END || change->kind == CHANGE_BECAME ||
	    change->kind == CHANGE_SUBFLOW)
		return;
	log_print(trial, ":%u ", change->row->lport);
	switch (change->kind) {
	case CHANGE_STATE:
		/* The row is told as it is after the change. */
		assert_int_equal(change->row->state, change->new);
		log_state(trial, change);
		break;
	case CHANGE_RETRANSMIT:
		log_print(trial, "retransmit %s", retransmit_kind_name(change->retransmit));
		break;
	case CHANGE_RST_SENT:
		log_print(trial, "rst_sent %u", change->reason);
		log_actor(trial, change);
		break;
	case CHANGE_RST_RECEIVED:
		log_print(trial, "rst_received");
		break;
	case CHANGE_CONNECT_FAILED:
		log_print(trial, "connect failed %u", change->err);
		break;
	case CHANGE_LOSS:
	case CHANGE_END:
	case CHANGE_BECAME:
	case CHANGE_SUBFLOW:
	case CHANGE_KIND_COUNT:
		fail();
	}
	log_print(trial, "\n");
}

static inline void trial_begin(struct trial *trial, uint32_t max_rows)
{
	memset(trial, 0, sizeof(*trial));
	trial->table = table_new(max_rows);
	assert_non_null(trial->table);
	table_set_listener(trial->table, log_change, trial);
}

static inline void trial_end(struct trial *trial)
{
	check_table(trial->table);
	table_free(trial->table);
}

/* "41ms state ..." as "41000000 state ..."; a plain number stays. */
static inline void line_in_ns(const char *line, char *ns, size_t size)
{
	char *unit;
	uint64_t time = strtoull(line, &unit, 10);
	const char *rest = unit + strcspn(unit, " ");
	uint64_t factor = 1;

	if (unit == line) {
		snprintf(ns, size, "%s", line);
		return;
	}
	if (*unit == 's')
		factor = NS_PER_SEC;
	else if (*unit == 'm')
		factor = NS_PER_MS;
	else if (*unit == 'u')
		factor = NS_PER_US;
	snprintf(ns, size, "%llu%s", (unsigned long long)(time * factor), rest);
}

/* Folds one line; empty ones are let pass. */
static inline void fact_line(struct trial *trial, const char *line)
{
	uint64_t fact[FACT_MAX_SIZE / sizeof(uint64_t)];
	struct diag diag = {""};
	char ns[1024];
	int got;

	line_in_ns(line, ns, sizeof(ns));
	got = fact_text_parse(ns, (struct fact *)fact, &diag);
	if (got < 0)
		fail_msg("%s: %s", line, diag.text);
	if (got)
		assert_int_equal(table_apply(trial->table, (struct fact *)fact), 0);
}

/* Folds lines of facts; recounts after each. */
static inline void facts(struct trial *trial, const char *lines)
{
	char *copy = strdup(lines), *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		fact_line(trial, line);
		check_table(trial->table);
	}
	free(copy);
}

/* What was told since it was last asked for. */
static inline void told(struct trial *trial, const char *expected)
{
	assert_string_equal(trial->log, expected);
	trial->used = 0;
	trial->log[0] = '\0';
}

static inline void forget_told(struct trial *trial)
{
	trial->used = 0;
	trial->log[0] = '\0';
}

/* The only row there is. */
static inline const struct row *only(const struct trial *trial)
{
	struct row_iter iter;
	const struct row *row = table_first(trial->table, &iter);

	assert_non_null(row);
	assert_null(table_next(trial->table, &iter));
	return row;
}

static inline const struct row *row_by_cookie(const struct trial *trial, uint64_t cookie)
{
	const struct row *row = table_find_cookie(trial->table, cookie);

	assert_non_null(row);
	return row;
}

static inline void nothing_left(const struct trial *trial)
{
	struct row_iter iter;

	assert_null(table_first(trial->table, &iter));
}

static inline struct totals totals_of(const struct trial *trial)
{
	struct totals totals;

	table_totals(trial->table, &totals);
	return totals;
}

/* Opens a test: declares its trial, with a table of so many rows. */
#define TRIAL(rows)                                                                                \
	struct trial trial;                                                                        \
                                                                                                   \
	(void)state;                                                                               \
	trial_begin(&trial, rows)

/* A fact as it goes through a file: printed, and read back to the same bytes. */
static inline void apply_by_text(struct table *table, const struct fact *fact)
{
	uint64_t copy[FACT_MAX_SIZE / sizeof(uint64_t)];
	char line[8192] = "";
	struct diag diag = {""};
	FILE *out = fmemopen(line, sizeof(line), "w");

	assert_non_null(out);
	assert_int_equal(fact_text_print(out, fact), 0);
	fclose(out);
	if (fact_text_parse(line, (struct fact *)copy, &diag) != 1)
		fail_msg("%s%s", line, diag.text);
	assert_memory_equal(copy, fact, fact->len);
	assert_int_equal(table_apply(table, (struct fact *)copy), 0);
}

#endif
