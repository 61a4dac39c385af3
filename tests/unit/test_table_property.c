/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table against a small kernel whose sockets it is told of:
 * without losses it must know them all at any time and never speak of a loss;
 * after losses, one walk must put it right. Seeds are fixed: a test fails each
 * time or never.
 */
#include "table_test.h"

#include "model_walk.h"

enum { SEEDS = 12, STEPS = 2500, RECOUNT_EVERY = 97 };

struct race {
	struct model model;
	struct table *table;
	struct table *again; /* folds the same facts, by way of their text */
	unsigned long facts;
	unsigned int seed;
	const struct fact *fact; /* the newest */
};

static void fold_fact(const struct fact *fact, void *arg)
{
	struct race *race = arg;

	assert_int_equal(table_apply(race->table, fact), 0);
	if (race->again)
		apply_by_text(race->again, fact);
	if (!(++race->facts % RECOUNT_EVERY))
		check_table(race->table);
}

static void race_begin(struct race *race, unsigned int seed, bool cookies)
{
	memset(race, 0, sizeof(*race));
	race->seed = seed;
	race->table = table_new(MODEL_SOCKETS * 4);
	assert_non_null(race->table);
	model_begin(&race->model, seed, fold_fact, race);
	race->model.cookies = cookies;
}

static void race_end(struct race *race)
{
	check_table(race->table);
	table_free(race->table);
	table_free(race->again);
}

static void race_run(struct race *race, int steps)
{
	for (int i = 0; i < steps; i++)
		model_step(&race->model);
}

static void race_walk(struct race *race, uint32_t steps)
{
	for (uint32_t netns = 7; netns < 7 + MODEL_NETNS; netns++)
		model_walk(&race->model, netns, steps);
}

/* --- the table against the model ------------------------------------------------------------- */

static bool same_tuple(const struct row *row, const struct fact_sample *s)
{
	return row->netns == s->netns && row->family == s->family && row->rport == s->rport &&
	       (row->lport == s->lport || row->flags & ROW_PORT_PENDING) &&
	       !memcmp(row->laddr, s->laddr, 16) && !memcmp(row->raddr, s->raddr, 16);
}

static bool same_kind(const struct row *row, const struct model_socket *s)
{
	return !!(row->flags & ROW_MINI) == (s->kind == MODEL_MINI) &&
	       !!(row->flags & ROW_REQUEST) == (s->kind == MODEL_REQUEST);
}

/* The one row of a socket; NULL: none. */
static const struct row *row_of(const struct race *race, const struct model_socket *s)
{
	const struct row *found = NULL;
	struct fact_sample sample;

	model_sample(&race->model, s, &sample);
	for (uint32_t i = 0; i < race->table->rows.used; i++) {
		const struct row *row = row_at(race->table, i);

		if (!row->used || !same_kind(row, s))
			continue;
		if (s->sk ? row->sk != s->sk : !same_tuple(row, &sample))
			continue;
		if (found)
			fail_msg("seed %u: two rows of one socket", race->seed);
		found = row;
	}
	return found;
}

static void expect_row(const struct race *race, const struct model_socket *s, bool silent_known)
{
	const struct row *row = row_of(race, s);
	struct fact_sample sample;

	model_sample(&race->model, s, &sample);
	if (!row)
		fail_msg("seed %u: sk %lx, cookie %lu in %s has no row", race->seed, s->sk,
		         s->cookie, state_name(s->state));
	/* A FIN_WAIT2 mini-socket becomes TIME_WAIT without a word. */
	if (row->state != s->state && (silent_known || s->kind != MODEL_MINI))
		fail_msg("seed %u: sk %lx is in %s, not in %s", race->seed, s->sk,
		         state_name(s->state), state_name(row->state));
	if (s->nascent && !silent_known)
		return;
	if (!same_tuple(row, &sample))
		fail_msg("seed %u: sk %lx :%u has another tuple, :%u", race->seed, s->sk, s->lport,
		         row->lport);
	if (s->kind != MODEL_REQUEST)
		assert_int_equal(row->cookie, sample.cookie);
}

/* Does the row stand for anything? */
static bool is_in_model(const struct race *race, const struct row *row)
{
	for (int i = 0; i < MODEL_SOCKETS; i++) {
		const struct model_socket *s = &race->model.sockets[i];
		struct fact_sample sample;

		if (!s->kind || !same_kind(row, s))
			continue;
		model_sample(&race->model, s, &sample);
		if (s->sk ? row->sk == s->sk : same_tuple(row, &sample))
			return true;
	}
	return false;
}

/* No walk shows sockets in CLOSE; a walk over holders drops those that nobody has. */
static bool is_expected(const struct model_socket *s, bool silent_known, bool closed_known)
{
	if (s->kind == MODEL_FULL && s->state == STATE_CLOSE)
		return closed_known && s->socket && !s->left_mini;
	return s->kind == MODEL_REQUEST ? silent_known : s->kind != 0;
}

/*
 * silent_known: a walk has just passed, so what happens without an event is
 * known, too. closed_known: no event was lost, so sockets in CLOSE are.
 */
static void expect_equal(const struct race *race, bool silent_known, bool closed_known)
{
	for (int i = 0; i < MODEL_SOCKETS; i++) {
		const struct model_socket *s = &race->model.sockets[i];

		if (is_expected(s, silent_known, closed_known))
			expect_row(race, s, silent_known);
	}
	for (uint32_t i = 0; i < race->table->rows.used; i++) {
		const struct row *row = row_at(race->table, i);

		if (!row->used || (!silent_known && row->flags & (ROW_MINI | ROW_REQUEST)))
			continue;
		if (!is_in_model(race, row))
			fail_msg("seed %u: row of sk %lx :%u in %s, but no such socket", race->seed,
			         row->sk, row->lport, state_name(row->state));
	}
}

static void expect_no_loss(const struct race *race)
{
	struct totals totals;

	table_totals(race->table, &totals);
	for (int where = 0; where < LOSS_WHERE_COUNT; where++)
		assert_int_equal(totals.lost[where], 0);
	assert_int_equal(totals.healed, 0);
}

/* --- properties ------------------------------------------------------------------------------ */

static void lossless_stream(unsigned int seed, bool cookies)
{
	struct race race;

	race_begin(&race, seed, cookies);
	for (int i = 0; i < STEPS; i += 50) {
		race_run(&race, 50);
		expect_equal(&race, false, true);
	}
	expect_no_loss(&race);
	/* Events of sockets that the walk is just looking at are no losses either. */
	for (int i = 0; i < 4; i++) {
		race_walk(&race, 4);
		model_walk_holders(&race.model);
		expect_equal(&race, false, true);
		race_run(&race, 100);
	}
	race_walk(&race, 0);
	expect_equal(&race, true, true);
	expect_no_loss(&race);
	race_end(&race);
}

static void all_is_known_when_nothing_is_lost(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		lossless_stream(seed, true);
		lossless_stream(seed + 1000, false);
	}
}

static void lossy_stream(unsigned int seed, bool cookies, uint32_t loss)
{
	struct race race;

	race_begin(&race, seed, cookies);
	for (int i = 0; i < 5; i++) {
		race.model.loss = loss;
		race_run(&race, STEPS / 5);
		race.model.loss = 0;
		model_tell_loss(&race.model);
		race.model.time += 10 * NS_PER_MS;
		race_walk(&race, 0);
		model_walk_holders(&race.model);
		expect_equal(&race, true, false);
		/* From here on it is right again, with sockets in CLOSE aside. */
		race_run(&race, 50);
		expect_equal(&race, false, false);
	}
	race_end(&race);
}

static void walk_heals_what_was_lost(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		lossy_stream(seed, true, 10);
		lossy_stream(seed + 1000, true, 300);
		lossy_stream(seed + 2000, true, 950);
		lossy_stream(seed + 3000, false, 10);
		lossy_stream(seed + 4000, false, 300);
	}
}

static void bootstrap(unsigned int seed)
{
	struct race race;

	race_begin(&race, seed, true);
	race.model.loss = 1000; /* before us */
	race_run(&race, STEPS);
	race.model.loss = 0;
	race_walk(&race, 0);
	expect_equal(&race, true, false);
	expect_no_loss(&race);
	race_run(&race, STEPS);
	expect_equal(&race, false, false);
	race_end(&race);
}

static void first_walk_knows_what_was_there_before(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= SEEDS; seed++)
		bootstrap(seed);
}

/* Which elements stand beside each other in a hash chain depends on the secret of the table. */
struct links {
	size_t at, size;
};

static const struct links row_links = {offsetof(struct row, next_sk),
                                       offsetof(struct row, next_in_netns) -
                                               offsetof(struct row, next_sk)};
static const struct links task_links = {offsetof(struct task, next), 2 * sizeof(uint32_t)};
static const struct links holder_links = {offsetof(struct holder, chain), sizeof(uint32_t)};
static const struct links no_links;

static void expect_same_pool(const struct pool *a, const struct pool *b, const struct links *links)
{
	size_t after = links->at + links->size;

	assert_int_equal(a->used, b->used);
	assert_int_equal(a->live, b->live);
	assert_int_equal(a->free, b->free);
	for (uint32_t i = 0; i < a->used; i++) {
		const char *left = pool_at(a, i), *right = pool_at(b, i);

		assert_memory_equal(left, right, links->at);
		assert_memory_equal(left + after, right + after, a->element - after);
	}
}

/* A table with lookups, as live, and one without, replayed from text, are equal to the last bit. */
static void same_facts_make_the_same_table(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= 10; seed++) {
		struct totals totals, again;
		struct lookup lookup;
		struct race race;

		race_begin(&race, seed, true);
		race.again = table_new(MODEL_SOCKETS * 4);
		assert_non_null(race.again);
		table_enable_lookups(race.table, ~0U);
		race.model.loss = 50;
		for (int i = 0; i < STEPS; i += 100) {
			race_run(&race, 100);
			for (int j = 0; j < 50; j++)
				table_next_lookup(race.table, ~0U, &lookup);
			if (!model_random(&race.model, 3))
				race_walk(&race, 2);
			if (!model_random(&race.model, 3))
				model_walk_holders(&race.model);
		}
		expect_same_pool(&race.table->rows, &race.again->rows, &row_links);
		expect_same_pool(&race.table->tasks, &race.again->tasks, &task_links);
		expect_same_pool(&race.table->holders, &race.again->holders, &holder_links);
		expect_same_pool(&race.table->steps, &race.again->steps, &no_links);
		table_totals(race.table, &totals);
		table_totals(race.again, &again);
		assert_memory_equal(&totals, &again, sizeof(totals));
		assert_true(totals.rows > 50); /* else this compares nothing */
		race_end(&race);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_known_when_nothing_is_lost),
		cmocka_unit_test(walk_heals_what_was_lost),
		cmocka_unit_test(first_walk_knows_what_was_there_before),
		cmocka_unit_test(same_facts_make_the_same_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
