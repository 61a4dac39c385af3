/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept beside sockets goes with them: stacks, frames, names. */
#include "table/save.h"
#include "table/row.h"
#include "table_test.h"

#define STACKS 100000U

static void apply(struct table *table, const char *format, ...)
{
	uint64_t fact[FACT_MAX_SIZE / sizeof(uint64_t)];
	struct diag diag = {0};
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (fact_text_parse(line, (struct fact *)fact, &diag) != 1)
		fail_msg("%s: %s", line, diag.text);
	assert_int_equal(table_apply(table, (struct fact *)fact), 0);
}

/* Its names, the stack, and a socket that was made by it; all have numbers of the stack's own. */
static void tell_stack(struct table *table, unsigned int id)
{
	apply(table, "%u name kind=frame key=%u/%u name=\"own\"", id, id, id);
	apply(table, "%u name kind=frame key=1/1 name=\"main\"", id);
	apply(table, "%u stack id=%x space=%u pid=%u ips=%x,1", id, id, id, id, id);
}

static void connect_by(struct table *table, unsigned int sk, unsigned int id)
{
	apply(table,
	      "%u state sk=%x old=CLOSE new=SYN_SENT cookie=%u flags=owned,socket,tuple netns=7 "
	      "local=10.0.0.1:%u remote=10.0.0.2:80 pid=%u tid=%u start=%u comm=\"p\" stack=%x",
	      id, sk, sk, sk % 60000 + 1, id, id, id, id);
}

static void destroy(struct table *table, unsigned int sk)
{
	apply(table, "%u destroy sk=%x", 2 * STACKS, sk);
}

static struct table *new_table(void)
{
	struct table *table = table_new(0);

	assert_non_null(table);
	apply(table, "1 name kind=netns key=1 name=\"host\"");
	apply(table, "1 name kind=rst key=1 name=\"NO_SOCKET\"");
	return table;
}

static uint32_t count_asked(struct table *table)
{
	struct lookup lookup;
	uint32_t count = 0;

	while (table_next_lookup(table, LOOKUP_BIT(LOOKUP_STACK), &lookup))
		count += lookup.stack != 0;
	return count;
}

/* However many come and go: the table is bounded, and the source is told what it forgot. */
static void stacks_go_with_their_sockets(void **state)
{
	struct table *table = new_table();
	uint32_t asked = 0;
	struct totals totals;

	(void)state;
	table_enable_lookups(table, LOOKUP_BIT(LOOKUP_STACK));
	tell_stack(table, STACKS + 1);
	connect_by(table, STACKS + 1, STACKS + 1);
	for (unsigned int i = 1; i <= STACKS; i++) {
		tell_stack(table, i);
		connect_by(table, i, i);
		destroy(table, i);
		if (i % 1000 == 0)
			asked += count_asked(table);
	}
	assert_int_equal(table->stacks.live, STACKS_IDLE + 1);
	assert_int_equal(table->stacks_known, STACKS_IDLE + 1);
	assert_in_range(table->stacks.used, STACKS_IDLE, STACKS_IDLE + 64);
	assert_in_range(names_count(table->names, NAME_FRAME), STACKS_IDLE, 2 * STACKS_IDLE + 2);
	assert_int_equal(asked + count_asked(table), STACKS - STACKS_IDLE);
	assert_non_null(table_find_stack(table, STACKS + 1));
	assert_non_null(table_find_stack(table, STACKS));
	assert_null(table_find_stack(table, 1));
	assert_string_equal(names_find(table->names, name_key_number(NAME_NETNS, 1)), "host");
	assert_string_equal(names_find(table->names, name_key_number(NAME_RST, 1)), "NO_SOCKET");
	table_totals(table, &totals);
	assert_int_equal(totals.lost[LOSS_STACK], 0);
	/* One that was forgotten can be told again. */
	tell_stack(table, 1);
	assert_int_equal(table_find_stack(table, 1)->count, 2);
	table_free(table);
}

/* At the cap one that is lost is counted, and the source may try again once there is room. */
static void the_cap_counts_what_it_loses(void **state)
{
	struct table *table = new_table();
	struct totals totals;

	(void)state;
	table_enable_lookups(table, LOOKUP_BIT(LOOKUP_STACK));
	for (unsigned int i = 1; i <= STACKS_MAX + 10; i++) {
		tell_stack(table, i);
		connect_by(table, i, i);
	}
	table_totals(table, &totals);
	assert_int_equal(totals.lost[LOSS_STACK], 10);
	assert_int_equal(table->stacks_known, STACKS_MAX);
	assert_null(table_find_stack(table, STACKS_MAX + 1));
	assert_int_equal(count_asked(table), 10);
	destroy(table, 1);
	tell_stack(table, STACKS_MAX + 1);
	assert_non_null(table_find_stack(table, STACKS_MAX + 1));
	assert_null(table_find_stack(table, 1));
	table_free(table);
}

/* Its socket was told first: it is as good as one that came in time. */
static void a_late_stack_is_kept(void **state)
{
	struct table *table = new_table();

	(void)state;
	connect_by(table, 1, 1);
	assert_null(table_find_stack(table, 1));
	tell_stack(table, 1);
	assert_non_null(table_find_stack(table, 1));
	assert_int_equal(table->idle_count, 0);
	destroy(table, 1);
	assert_int_equal(table->idle_count, 1);
	/* One that never came leaves nothing behind. */
	connect_by(table, 2, 2);
	assert_int_equal(table->stacks.live, 2);
	destroy(table, 2);
	assert_int_equal(table->stacks.live, 1);
	table_free(table);
}

static void expect_same(struct table *a, struct table *b)
{
	assert_int_equal(table_equal(a, b), 1);
}

static void pass_on(const struct fact *fact, void *arg)
{
	assert_int_equal(table_apply(arg, fact), 0);
}

/* What goes next is the same in a table that was made of a checkpoint. */
static void a_checkpoint_forgets_alike(void **state)
{
	struct table *live = new_table(), *made = table_new(0);

	(void)state;
	for (unsigned int i = 1; i <= STACKS_IDLE + 500; i++) {
		tell_stack(live, i);
		connect_by(live, i, i);
	}
	for (unsigned int i = 1; i <= STACKS_IDLE; i++) /* in another order than they came */
		destroy(live, i % 2 ? i : STACKS_IDLE + 2 - i);
	connect_by(live, 70000, 70000); /* its stack is not told yet */
	assert_int_equal(table_checkpoint(live, pass_on, made), 0);
	expect_same(live, made);
	for (unsigned int i = 1; i <= 700; i++) {
		struct table *const both[] = {live, made};

		for (int each = 0; each < 2; each++) {
			tell_stack(both[each], 80000 + i);
			connect_by(both[each], 80000 + i, 80000 + i);
			destroy(both[each], i % 2 ? 80000 + i : STACKS_IDLE + i);
		}
	}
	assert_in_range(live->idle_count, STACKS_IDLE - 1, STACKS_IDLE);
	expect_same(live, made);
	table_free(live);
	table_free(made);
}

/* What no socket and no process has goes at the end of a walk over fds. */
static void names_go_with_the_last_walk(void **state)
{
	struct table *table = new_table();

	(void)state;
	for (unsigned int i = 1; i <= 3; i++) {
		apply(table, "1 name kind=cgroup key=%u name=\"/c%u\"", i, i);
		apply(table, "1 name kind=user key=%u name=\"u%u\"", i, i);
	}
	apply(table, "2 seen sk=a1 cookie=1 state=ESTABLISHED flags=tuple,socket,ident cgroup=2 "
	             "uid=2 netns=7 local=10.0.0.1:1 remote=10.0.0.2:80");
	apply(table, "2 process pid=42 start=100 uid=3 comm=\"p\"");
	apply(table, "3 walk_begin kind=holders");
	apply(table, "4 walk_end kind=holders");
	assert_null(names_find(table->names, name_key_number(NAME_CGROUP, 1)));
	assert_string_equal(names_find(table->names, name_key_number(NAME_CGROUP, 2)), "/c2");
	assert_null(names_find(table->names, name_key_number(NAME_CGROUP, 3)));
	assert_null(names_find(table->names, name_key_number(NAME_USER, 1)));
	assert_string_equal(names_find(table->names, name_key_number(NAME_USER, 2)), "u2");
	assert_string_equal(names_find(table->names, name_key_number(NAME_USER, 3)), "u3");
	apply(table, "5 destroy sk=a1");
	apply(table, "6 walk_begin kind=holders");
	apply(table, "7 walk_end kind=holders");
	assert_int_equal(names_count(table->names, NAME_CGROUP), 0);
	table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_go_with_their_sockets),
		cmocka_unit_test(the_cap_counts_what_it_loses),
		cmocka_unit_test(a_late_stack_is_kept),
		cmocka_unit_test(a_checkpoint_forgets_alike),
		cmocka_unit_test(names_go_with_the_last_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
