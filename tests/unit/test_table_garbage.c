/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts of the right length that make no sense: bytes at random, and facts that
 * look right but follow no rule. They must not break what the table counts and
 * indexes. Run under the sanitizers, this finds what reads or writes astray.
 */
#include "table_test.h"

#include "model.h"

enum { SEEDS = 12 };

static void fill_random(struct model *m, void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)bytes)[i] = (uint8_t)model_random(m, 256);
}

/* Random, but of few sockets and mostly of states that exist, so that facts meet rows. */
static void tame_sample(struct model *m, struct fact_sample *s)
{
	if (model_chance(m, 90))
		s->state = (uint8_t)model_random(m, STATE_COUNT + 1);
	s->cookie = model_random(m, 6);
	s->netns = 1 + model_random(m, 2);
	s->lport = (uint16_t)model_random(m, 3);
	s->rport = (uint16_t)model_random(m, 3);
	s->family = model_chance(m, 50) ? AF_INET : AF_INET6;
	memset(s->laddr, 0, sizeof(s->laddr));
	memset(s->raddr, 0, sizeof(s->raddr));
	s->raddr[0] = (uint8_t)model_random(m, 2);
	if (model_chance(m, 70))
		s->flags |= SAMPLE_TUPLE;
	if (model_chance(m, 60))
		s->flags &= ~(SAMPLE_MINI | SAMPLE_REQUEST);
}

static struct fact_sample *sample_in(struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
		return &((struct fact_state *)fact)->s;
	case FACT_RETRANSMIT:
		return &((struct fact_retransmit *)fact)->s;
	case FACT_SYNACK:
		return &((struct fact_synack *)fact)->s;
	case FACT_RST_SENT:
	case FACT_RST_RECEIVED:
		return &((struct fact_reset *)fact)->s;
	case FACT_SEEN:
	case FACT_GONE:
		return &((struct fact_seen *)fact)->s;
	default:
		return NULL;
	}
}

static void tame(struct model *m, struct fact *fact)
{
	struct fact_sample *sample = sample_in(fact);
	struct fact_state *event = (struct fact_state *)fact;
	struct fact_walk *walk = (struct fact_walk *)fact;
	struct fact_syscall *call = (struct fact_syscall *)fact;

	fact->sk = model_random(m, 12);
	fact->time = m->time += model_random(m, NS_PER_MS);
	if (model_chance(m, 10))
		fact->time -= model_random(m, 100 * NS_PER_MS);
	if (sample)
		tame_sample(m, sample);
	if (fact->type == FACT_STATE) {
		event->old = (uint8_t)model_random(m, STATE_COUNT + 1);
		event->new = (uint8_t)model_random(m, STATE_COUNT + 1);
		event->task.pid = model_random(m, 5);
	}
	if (fact->type == FACT_WALK_BEGIN || fact->type == FACT_WALK_END) {
		walk->kind = model_random(m, 3);
		walk->netns = 1 + model_random(m, 2);
	}
	if (fact->type == FACT_ACCEPT || fact->type == FACT_CONNECT) {
		call->cookie = model_random(m, 6);
		call->task.pid = model_random(m, 5);
		call->lport = (uint16_t)model_random(m, 3);
	}
}

static uint64_t look_at(const struct row *row, struct table *table)
{
	struct state_time times[STATE_COUNT];
	struct owner owner;

	table_owner(table, row, &owner);
	table_time_in_states(table, row, times);
	return times[row->state].ns + owner.more + (table_find_listener(table, row) != NULL);
}

/* Everything that reads the table. */
static void look_at_all(struct table *table)
{
	struct lookup lookup;
	struct row_iter iter;
	const struct row *row;
	uint64_t sum = 0;

	table_for_each (table, iter, row)
		sum += look_at(row, table);
	for (int i = 0; i < 20 && table_next_lookup(table, ~0U, &lookup); i++)
		sum += lookup.sk;
	sum += (uint64_t)table_wall(table, sum);
	(void)sum;
}

static void garbage(unsigned int seed, bool tamed)
{
	uint64_t bytes[FACT_MAX_SIZE / sizeof(uint64_t)];
	struct fact *fact = (struct fact *)bytes;
	struct trial trial;
	struct model random;

	model_begin(&random, seed, NULL, NULL);
	trial_begin(&trial, 64); /* checks each change that is told; and is soon full */
	table_enable_lookups(trial.table, ~0U);
	for (int i = 0; i < 4000; i++) {
		fill_random(&random, bytes, sizeof(bytes));
		fact->type = (uint16_t)model_random(&random, FACT_TYPE_COUNT + 1);
		if (model_chance(&random, 30))
			fact->type = FACT_STATE;
		fact->len = 256;
		if (model_chance(&random, 30))
			fact->len = (uint16_t)(24 + 8 * model_random(&random, 30));
		if (tamed)
			tame(&random, fact);
		forget_told(&trial);
		table_apply(trial.table, fact);
		if (i % 8 == 0)
			check_table(trial.table);
		if (i % 32 == 0)
			look_at_all(trial.table);
	}
	if (tamed)
		assert_true(totals_of(&trial).transitions > 100);
	trial_end(&trial);
}

static void garbage_breaks_nothing(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		garbage(seed, false);
		garbage(seed, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(garbage_breaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
