/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three tables hear of the small kernel: the live one, which asks, looks things up, ticks
 * and makes checkpoints; one that folds the recording from its beginning; and one that
 * begins at a checkpoint. They must stay equal to the byte, and tell the same changes.
 */
#include <errno.h>

#include "checkpoint_test.h"

#include "fact/name.h"
#include "model_walk.h"

enum { SEEDS = 8, ROUNDS = 120, STEPS = 60, STACKS = 50 };

struct listener {
	struct table *table;
	uint64_t told; /* hash of all since the newest checkpoint */
	uint64_t changes;
};

struct trio {
	struct model model;
	struct table *live, *whole, *begun;
	struct listener of_live, of_whole, of_begun;
	uint32_t rows;
	unsigned int seed;
	uint64_t restored; /* how often a checkpoint was taken back */
	uint64_t changes;  /* compared */
};

/* --- what is told ---------------------------------------------------------------------------- */

static void mix(struct listener *listener, uint64_t number)
{
	const uint64_t both[] = {listener->told, number};
	const struct hash_key none = {{0, 0}};

	listener->told = hash_keyed(&none, both, sizeof(both));
}

static void mix_row(struct listener *listener, const struct row *row)
{
	struct owner owner;
	const struct row *peer = table_find_peer(listener->table, row);

	table_owner(listener->table, row, &owner);
	mix(listener, owner.task ? owner.task->pid : 0);
	mix(listener, (uint64_t)owner.fd << 32 | owner.more);
	mix(listener, (uint64_t)owner.source << 32 | owner.holding);
	mix(listener, (uint64_t)row->self << 32 | row->flags);
	mix(listener, (uint64_t)row->state << 32 | row->lport);
	mix(listener, row->since);
	mix(listener, peer ? peer->self : ROW_NONE);
}

static void hear(const struct change *change, void *arg)
{
	struct listener *listener = arg;

	listener->changes++;
	mix(listener, change->kind);
	mix(listener, change->time);
	mix(listener, (uint64_t)change->old << 32 | change->new);
	mix(listener, change->dwell);
	mix(listener, (uint64_t)change->inferred << 32 | change->actor.pid);
	mix(listener, (uint64_t)change->where << 32 | change->retransmit);
	mix(listener, change->count);
	if (change->row)
		mix_row(listener, change->row);
}

static struct table *new_table(struct trio *trio, struct listener *listener)
{
	listener->table = table_new(trio->rows);
	assert_non_null(listener->table);
	table_set_listener(listener->table, hear, listener);
	return listener->table;
}

/* --- facts ----------------------------------------------------------------------------------- */

static void apply_to_all(struct trio *trio, const struct fact *fact)
{
	assert_int_equal(table_apply(trio->live, fact), 0);
	assert_int_equal(table_apply(trio->whole, fact), 0);
	if (trio->begun)
		assert_int_equal(table_apply(trio->begun, fact), 0);
}

/* Some know sockets by inode only, and some sockets have a stack. */
static void on_fact(const struct fact *fact, void *arg)
{
	struct trio *trio = arg;
	union {
		struct fact h;
		struct fact_holder holder;
		struct fact_syscall call;
		char room[512];
	} u;

	assert_true(fact->len <= sizeof(u));
	memcpy(&u, fact, fact->len);
	if (fact->type == FACT_HOLDER) {
		if (model_chance(&trio->model, 60))
			u.h.sk = 0;
		if (model_chance(&trio->model, 5)) /* while the walk goes on */
			model_step(&trio->model);
		table_find_inode(trio->live, u.holder.inode);
	}
	if (fact->type == FACT_ACCEPT || fact->type == FACT_CONNECT) {
		u.call.stack = model_random(&trio->model, STACKS);
		u.call.task.start = u.call.task.pid % 3 ? 7 : 0;
	}
	apply_to_all(trio, &u.h);
}

/* Found by inode, outside of any walk. */
static void tell_holder(struct trio *trio)
{
	struct fact_holder fact = {
		.h = {.type = FACT_HOLDER, .len = sizeof(fact), .time = trio->model.time},
		.pid = 100 + model_random(&trio->model, 40),
		.fd = 9,
		.inode = 5100 + model_random(&trio->model, 40),
	};

	apply_to_all(trio, &fact.h);
}

static void tell_name(struct trio *trio)
{
	struct model *m = &trio->model;
	const uint64_t key[2] = {0xffff0a000000 + model_random(m, 200), 0};
	enum fact_name_kind kind = 1 + model_random(m, NAME_KIND_COUNT - 1);
	union fact_name_buffer fact;
	char name[16];

	snprintf(name, sizeof(name), "name%u", model_random(m, 1000));
	fact_name_make(&fact, m->time, kind, key, model_chance(m, 10) ? "" : name);
	apply_to_all(trio, &fact.fact.h);
}

static void tell_stack(struct trio *trio)
{
	union {
		struct fact_stack fact;
		uint64_t room[64];
	} u = {0};
	uint32_t count = model_random(&trio->model, 20);

	u.fact = (struct fact_stack){
		.h = {.type = FACT_STACK,
	              .len = (uint16_t)(sizeof(u.fact) + count * 8),
	              .time = trio->model.time},
		.id = model_random(&trio->model, STACKS),
		.space = 77,
		.count = count,
	};
	for (uint32_t i = 0; i < count; i++)
		u.fact.ips[i] = model_random(&trio->model, 1 << 30);
	apply_to_all(trio, &u.fact.h);
}

static void tell_process(struct trio *trio)
{
	union {
		struct fact_process fact;
		uint64_t room[32];
	} u = {0};
	uint32_t size = model_random(&trio->model, 30), pid = 100 + model_random(&trio->model, 60);

	u.fact = (struct fact_process){
		.h = {.type = FACT_PROCESS,
	              .len = (uint16_t)((sizeof(u.fact) + size + 7) & ~7U),
	              .time = trio->model.time},
		.pid = pid,
		.start = model_random(&trio->model, 2) ? 7 : model_random(&trio->model, 3),
		.uid = model_random(&trio->model, 3),
		.comm = "process",
		.size = size,
	};
	memset(u.fact.args, 'a', size);
	apply_to_all(trio, &u.fact.h);
}

static void tell_exit(struct trio *trio)
{
	struct fact_exit fact = {
		.h = {.type = FACT_EXIT, .len = sizeof(fact), .time = trio->model.time},
		.pid = 100 + model_random(&trio->model, 60),
		.start = model_random(&trio->model, 2) ? 7 : model_random(&trio->model, 3),
	};

	apply_to_all(trio, &fact.h);
}

static void tell_doing(struct trio *trio)
{
	struct fact_doing fact = {
		.h = {.type = FACT_DOING, .len = sizeof(fact), .time = trio->model.time},
		.pid = 100 + model_random(&trio->model, 60),
		.threads = 1 + model_random(&trio->model, 5),
		.fd = -1,
		.fds = 10,
		.fd_limit = model_random(&trio->model, 1000),
		.syscall = "epoll_wait",
	};
	uint32_t groups = 1 + model_random(&trio->model, 3);

	for (; fact.index < groups; fact.index++)
		apply_to_all(trio, &fact.h);
}

static void tell_counter(struct trio *trio)
{
	struct fact_counter fact = {
		.h = {.type = FACT_COUNTER, .len = sizeof(fact), .time = trio->model.time},
		.netns = 7 + model_random(&trio->model, 5),
		.counter = 1 + model_random(&trio->model, COUNTER_COUNT - 1),
		.value = model_random(&trio->model, 1000),
	};

	apply_to_all(trio, &fact.h);
}

static void tell_clock(struct trio *trio)
{
	struct fact_clock fact = {
		.h = {.type = FACT_CLOCK, .len = sizeof(fact), .time = trio->model.time},
		.wall = 1700000000LL * (int64_t)NS_PER_SEC + model_random(&trio->model, 1000),
	};

	apply_to_all(trio, &fact.h);
}

/* A walk that fails: it has no end, but a loss. */
static void fail_walk(struct trio *trio)
{
	struct fact_walk walk = {.kind = 1 + model_random(&trio->model, 2), .netns = 7};
	struct fact_loss loss = {.where = LOSS_WALK};

	MODEL_PASS(&trio->model, &walk, FACT_WALK_BEGIN, 0);
	for (int i = 0; i < 20; i++)
		model_step(&trio->model);
	assert_int_equal(table_equal(trio->live, trio->live), -EBUSY);
	MODEL_PASS(&trio->model, &loss, FACT_LOSS, 0);
}

/* --- what is in no recording ----------------------------------------------------------------- */

/* Time goes on, past events that are in the ring still. */
static void tick(struct trio *trio)
{
	struct fact fact = {
		.type = FACT_TICK, .len = sizeof(fact), .time = trio->model.time + NS_PER_MS};

	assert_int_equal(table_apply(trio->live, &fact), 0);
}

static void ask(struct trio *trio)
{
	struct names *names = table_names(trio->live);
	struct lookup lookup;
	struct name_key key;

	for (int i = 0; i < 20; i++)
		table_next_lookup(trio->live, ~0U, &lookup);
	table_find_inode(trio->live, 5100 + model_random(&trio->model, 40));
	key = name_key_number(NAME_HOST, 0xffff0a000000 + model_random(&trio->model, 300));
	names_query(names, key);
	if (model_chance(&trio->model, 50))
		names_next_query(names, ~0U, &key);
}

/* --- checkpoints ----------------------------------------------------------------------------- */

static void forget_told_of(struct listener *listener)
{
	listener->told = listener->changes = 0;
}

static void expect_same_told(struct trio *trio)
{
	assert_int_equal(trio->of_whole.told, trio->of_live.told);
	assert_int_equal(trio->of_whole.changes, trio->of_live.changes);
	if (trio->begun) {
		assert_int_equal(trio->of_begun.told, trio->of_live.told);
		assert_int_equal(trio->of_begun.changes, trio->of_live.changes);
		trio->changes += trio->of_begun.changes;
	}
	forget_told_of(&trio->of_live);
	forget_told_of(&trio->of_whole);
	forget_told_of(&trio->of_begun);
}

static void apply_dump(struct trio *trio, struct table *table, const struct buffer *dump)
{
	bool text = model_chance(&trio->model, 20);
	const struct fact *fact;

	for (size_t at = 0; (fact = dump_next(dump, &at));)
		if (text)
			apply_by_text(table, fact);
		else
			assert_int_equal(table_apply(table, fact), 0);
	check_table(table);
}

/* To look is to order, too: not each time, or what the facts do would go unseen. */
static void maybe_compare(struct trio *trio, struct table *table, const struct buffer *dump)
{
	if (model_chance(&trio->model, 50))
		assert_dumps_as(table, dump);
}

static void checkpoint(struct trio *trio)
{
	struct buffer dump = dump_of(trio->live);

	expect_same_told(trio);
	check_table(trio->live);
	apply_dump(trio, trio->whole, &dump);
	maybe_compare(trio, trio->whole, &dump);
	if (!trio->begun || model_chance(&trio->model, 30)) {
		table_free(trio->begun);
		trio->begun = new_table(trio, &trio->of_begun);
		trio->restored++;
	}
	apply_dump(trio, trio->begun, &dump);
	maybe_compare(trio, trio->begun, &dump);
	expect_same_told(trio); /* nothing */
	buffer_free(&dump);
}

/* --- the course of things -------------------------------------------------------------------- */

static void happen(struct trio *trio)
{
	static void (*const tell[])(struct trio *) = {
		tell_holder, tell_name,    tell_stack, tell_process, tell_exit,
		tell_doing,  tell_counter, tell_clock, tick,         ask,
	};

	model_step(&trio->model);
	if (model_chance(&trio->model, 40))
		tell[model_random(&trio->model, sizeof(tell) / sizeof(tell[0]))](trio);
}

static void walk(struct trio *trio)
{
	trio->model.time += 2 * NS_PER_MS; /* past what has ticked */
	switch (model_random(&trio->model, 5)) {
	case 0:
		for (uint32_t netns = 7; netns < 7 + MODEL_NETNS; netns++)
			model_walk(&trio->model, netns, 2);
		break;
	case 1:
		model_walk_holders(&trio->model);
		break;
	case 2:
		fail_walk(trio);
		break;
	case 3:
		model_tell_loss(&trio->model);
		break;
	}
}

static void course(unsigned int seed, uint32_t rows, uint32_t loss, bool cookies)
{
	struct trio trio = {.rows = rows, .seed = seed};

	model_begin(&trio.model, seed, on_fact, &trio);
	trio.model.loss = loss;
	trio.model.cookies = cookies;
	trio.live = new_table(&trio, &trio.of_live);
	trio.whole = new_table(&trio, &trio.of_whole);
	table_enable_lookups(trio.live, ~0U);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < STEPS; i++)
			happen(&trio);
		walk(&trio);
		if (model_chance(&trio.model, 40))
			checkpoint(&trio);
	}
	checkpoint(&trio);
	assert_int_equal(table_equal(trio.live, trio.whole), 1);
	assert_int_equal(table_equal(trio.live, trio.begun), 1);
	assert_true(trio.restored > 3 && trio.changes > 100); /* else this compares nothing */
	table_free(trio.live);
	table_free(trio.whole);
	table_free(trio.begun);
}

static void replays_from_anywhere_are_equal(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		course(seed, MODEL_SOCKETS * 4, 0, true);
		course(seed + 1000, MODEL_SOCKETS * 4, 50, true);
		course(seed + 2000, MODEL_SOCKETS * 4, 300, false);
	}
}

static void so_are_those_of_a_full_table(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		course(seed + 3000, 60, 20, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replays_from_anywhere_are_equal),
		cmocka_unit_test(so_are_those_of_a_full_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
