/* SPDX-License-Identifier: BSD-2-Clause */
/* The table as such: what it refuses, counts and keeps bounded. */
#include <errno.h>

#include "table_test.h"

#define SYN_SENT                                                                                   \
	"1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple pid=42 "                 \
	"comm=\"curl\"" UNBOUND "\n"

/* --- facts that are not right ------------------------------------------------------------------ */

static void facts_too_short_are_refused(void **state)
{
	static const uint16_t sizes[FACT_TYPE_COUNT] = {
		[FACT_CLOCK] = sizeof(struct fact_clock),
		[FACT_STATE] = sizeof(struct fact_state),
		[FACT_DESTROY] = sizeof(struct fact_destroy),
		[FACT_RETRANSMIT] = sizeof(struct fact_retransmit),
		[FACT_SYNACK] = sizeof(struct fact_synack),
		[FACT_RST_SENT] = sizeof(struct fact_reset),
		[FACT_RST_RECEIVED] = sizeof(struct fact_reset),
		[FACT_ACCEPT] = sizeof(struct fact_syscall),
		[FACT_CONNECT] = sizeof(struct fact_syscall),
		[FACT_WALK_BEGIN] = sizeof(struct fact_walk),
		[FACT_SEEN] = sizeof(struct fact_seen),
		[FACT_WALK_END] = sizeof(struct fact_walk),
		[FACT_HOLDER] = sizeof(struct fact_holder),
		[FACT_GONE] = sizeof(struct fact_seen),
		[FACT_LOSS] = sizeof(struct fact_loss),
		[FACT_NAME] = sizeof(struct fact_name) + 8,
		[FACT_TICK] = sizeof(struct fact),
	};
	TRIAL(10);

	for (uint16_t type = 1; type < FACT_TYPE_COUNT; type++) {
		/* As large as it says, so that reading on is found out. */
		for (uint16_t len = sizeof(struct fact); len <= sizes[type]; len += 8) {
			struct fact *fact = calloc(1, len);

			assert_non_null(fact);
			*fact = (struct fact){.type = type, .len = len, .time = 77};
			assert_int_equal(table_apply(trial.table, fact),
			                 len < sizes[type] ? -EINVAL : 0);
			assert_int_equal(table_now(trial.table), len < sizes[type] ? 0 : 77);
			free(fact);
		}
		trial_end(&trial);
		trial_begin(&trial, 10);
	}
	trial_end(&trial);
}

static void header_too_short_is_refused(void **state)
{
	struct fact fact = {.type = FACT_TICK, .len = sizeof(fact) - 8, .time = 77};
	TRIAL(10);

	assert_int_equal(table_apply(trial.table, &fact), -EINVAL);
	fact.len = 0;
	assert_int_equal(table_apply(trial.table, &fact), -EINVAL);
	fact.type = 999;
	assert_int_equal(table_apply(trial.table, &fact), -EINVAL);
	assert_int_equal(table_now(trial.table), 0);
	trial_end(&trial);
}

static void facts_of_unknown_types_are_skipped(void **state)
{
	struct fact fact = {.len = sizeof(fact), .time = 77};
	static const uint16_t types[] = {0, FACT_TYPE_COUNT, 999, UINT16_MAX};
	TRIAL(10);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		fact.type = types[i];
		assert_int_equal(table_apply(trial.table, &fact), 0);
	}
	told(&trial, "");
	nothing_left(&trial);
	trial_end(&trial);
}

/* Of a newer recorder: what is behind the known part is passed over. */
static void longer_facts_are_read_as_far_as_known(void **state)
{
	struct {
		struct fact_state fact;
		uint64_t more[2];
	} longer = {
		.fact = {.h = {.type = FACT_STATE, .len = sizeof(longer), .time = 5, .sk = 0xa1},
	                 .old = STATE_CLOSE,
	                 .new = STATE_LISTEN}};
	TRIAL(10);

	assert_int_equal(table_apply(trial.table, &longer.fact.h), 0);
	assert_int_equal(only(&trial)->state, STATE_LISTEN);
	trial_end(&trial);
}

static void name_that_overruns_its_fact_is_refused(void **state)
{
	struct {
		struct fact_name fact;
		char room[8];
	} name = {.fact = {.h = {.type = FACT_NAME, .len = sizeof(name), .time = 5},
	                   .kind = NAME_NETNS,
	                   .size = 8,
	                   .key = {7, 0}},
	          .room = "hostname"};
	struct name_key key = name_key_number(NAME_NETNS, 7);
	TRIAL(10);

	name.fact.size = 9;
	assert_int_equal(table_apply(trial.table, &name.fact.h), -EINVAL);
	assert_null(names_find(table_names(trial.table), key));
	name.fact.size = 4;
	assert_int_equal(table_apply(trial.table, &name.fact.h), 0);
	assert_string_equal(names_find(table_names(trial.table), key), "host");
	trial_end(&trial);
}

static void states_that_do_not_exist_are_passed_over(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=13 new=ESTABLISHED flags=tuple" CLIENT "\n"
	              "1s state sk=a1 old=ESTABLISHED new=255 flags=tuple" CLIENT "\n"
	              "1s state sk=a1 new=ESTABLISHED flags=tuple" CLIENT "\n"
	              "1s state sk=a1 old=ESTABLISHED flags=tuple" CLIENT "\n"
	              "1s seen sk=a1 state=13 flags=tuple" CLIENT "\n"
	              "1s seen sk=a1 flags=tuple" CLIENT "\n"
	              "1s seen sk=a1 state=200 flags=tuple,mini" CLIENT "\n"
	              "1s retransmit sk=a1 state=99 flags=tuple" CLIENT "\n"
	              "1s retransmit sk=a1 flags=tuple" CLIENT "\n");
	told(&trial, "");
	nothing_left(&trial);
	trial_end(&trial);
}

/* --- time ---------------------------------------------------------------------------------------- */

static void time_is_that_of_the_newest_fact(void **state)
{
	TRIAL(10);

	assert_int_equal(table_now(trial.table), 0);
	assert_int_equal(table_wall(trial.table, 5), 0);
	facts(&trial, "100 tick\n50 tick\n");
	assert_int_equal(table_now(trial.table), 100);
	facts(&trial, "200 clock wall=1000200\n");
	assert_int_equal(table_wall(trial.table, 100), 1000100);
	facts(&trial, "300 clock wall=5000300\n"); /* it was set */
	assert_int_equal(table_wall(trial.table, 100), 5000100);
	facts(&trial, "300 clock wall=-700\n");
	assert_int_equal(table_wall(trial.table, 100), -900);
	trial_end(&trial);
}

static uint64_t sum(const struct state_time times[STATE_COUNT])
{
	uint64_t total = 0;

	for (int i = 0; i < STATE_COUNT; i++)
		total += times[i].ns;
	return total;
}

static void times_in_states_add_up_to_a_life(void **state)
{
	struct state_time times[STATE_COUNT];
	TRIAL(10);

	facts(&trial, SYN_SENT
	      "1040ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n"
	      "3040ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 flags=tuple,done" CLIENT
	      "\n"
	      "9s tick\n");
	table_time_in_states(trial.table, only(&trial), times);
	assert_int_equal(times[STATE_SYN_SENT].ns, 40 * NS_PER_MS);
	assert_int_equal(times[STATE_ESTABLISHED].ns, 2 * NS_PER_SEC);
	assert_int_equal(times[STATE_CLOSE_WAIT].ns, 5960 * NS_PER_MS);
	assert_int_equal(sum(times), 8 * NS_PER_SEC);
	trial_end(&trial);
}

/* A lossy link's retransmits must not push the states out of the history. */
static void retransmits_leave_room_for_states(void **state)
{
	struct state_time times[STATE_COUNT];
	TRIAL(10);

	facts(&trial, SYN_SENT
	      "1040ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n");
	for (int i = 0; i < 200; i++)
		facts(&trial,
		      "2s retransmit sk=a1 cookie=5 state=ESTABLISHED ca_state=4 flags=tuple" CLIENT
		      "\n");
	facts(&trial,
	      "5s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 flags=tuple,done" CLIENT "\n"
	      "7s tick\n");
	table_time_in_states(trial.table, only(&trial), times);
	assert_int_equal(times[STATE_CLOSE_WAIT].ns, 2 * NS_PER_SEC);
	assert_int_equal(only(&trial)->retransmits[RETRANSMIT_RTO], 200);
	assert_int_equal(only(&trial)->steps + only(&trial)->steps_dropped, 203);
	trial_end(&trial);
}

/* --- retransmits and losses ------------------------------------------------------------------------ */

static void retransmits_are_told_by_kind(void **state)
{
	static const struct {
		const char *fact;
		enum retransmit_kind kind;
	} cases[] = {
		{"state=SYN_SENT", RETRANSMIT_SYN},
		{"state=SYN_RECV", RETRANSMIT_SYNACK},
		{"state=ESTABLISHED ca_state=3 pending=6", RETRANSMIT_FAST},
		{"state=ESTABLISHED ca_state=3 pending=5", RETRANSMIT_FAST},
		{"state=ESTABLISHED ca_state=4 retransmits=2", RETRANSMIT_RTO},
		{"state=ESTABLISHED ca_state=4 pending=1", RETRANSMIT_SLOW_START},
		{"state=ESTABLISHED ca_state=0 pending=5", RETRANSMIT_TLP},
		{"state=FIN_WAIT1 ca_state=1 pending=5", RETRANSMIT_TLP},
		{"state=ESTABLISHED ca_state=0 retransmits=1", RETRANSMIT_RTO},
	};
	char line[256];
	TRIAL(10);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trial one;

		trial_begin(&one, 10);
		snprintf(line, sizeof(line), "1s retransmit sk=a1 cookie=5 flags=tuple %s" CLIENT,
		         cases[i].fact);
		facts(&one, line);
		if (only(&one)->retransmits[cases[i].kind] != 1 ||
		    totals_of(&one).retransmits[cases[i].kind] != 1)
			fail_msg("%s: %s", cases[i].fact, one.log);
		trial_end(&one);
	}
	trial_end(&trial);
}

static void losses_are_counted_where_they_happened(void **state)
{
	TRIAL(10);

	facts(&trial, "1s loss where=ring-buffer count=3\n"
	              "1s loss where=ring-buffer count=4\n"
	              "1s loss where=output count=1\n");
	told(&trial, "lost ring-buffer 3\nlost ring-buffer 4\nlost output 1\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_RING], 7);
	assert_int_equal(totals_of(&trial).lost[LOSS_OUTPUT], 1);
	assert_false(totals_of(&trial).lost_uncounted);
	facts(&trial, "2s loss where=walk\n");
	assert_true(totals_of(&trial).lost_uncounted);
	/* Where nowhere is. */
	forget_told(&trial);
	facts(&trial, "3s loss count=9\n3s loss where=77 count=9\n");
	told(&trial, "");
	trial_end(&trial);
}

static void full_table_counts_who_did_not_fit(void **state)
{
	TRIAL(2);

	facts(&trial,
	      "1s state sk=a1 old=CLOSE new=LISTEN cookie=1 flags=tuple local=1.1.1.1:1 netns=7\n"
	      "1s state sk=a2 old=CLOSE new=LISTEN cookie=2 flags=tuple local=1.1.1.1:2 netns=7\n"
	      "1s state sk=a3 old=CLOSE new=LISTEN cookie=3 flags=tuple local=1.1.1.1:3 netns=7\n"
	      "1s state sk=a4 old=LISTEN new=SYN_RECV netns=7\n"
	      "1s seen sk=a5 cookie=4 state=ESTABLISHED flags=tuple" CLIENT "\n"
	      "1s seen sk=a6 cookie=5 state=TIME_WAIT flags=tuple,mini" CLIENT "\n"
	      "1s retransmit sk=a7 cookie=6 state=ESTABLISHED flags=tuple" CLIENT "\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_TABLE], 5);
	assert_int_equal(totals_of(&trial).rows, 2);
	assert_int_equal(totals_of(&trial).rows_max, 2);
	/* Who is in goes on, and room is used again. */
	facts(&trial,
	      "2s state sk=a1 old=LISTEN new=CLOSE cookie=1 flags=tuple local=1.1.1.1:1 netns=7\n"
	      "2s destroy sk=a1\n"
	      "3s state sk=a3 old=CLOSE new=LISTEN cookie=3 flags=tuple local=1.1.1.1:3 netns=7\n");
	assert_int_equal(row_by_cookie(&trial, 3)->state, STATE_LISTEN);
	assert_int_equal(totals_of(&trial).lost[LOSS_TABLE], 5);
	trial_end(&trial);
}

static void unknown_cookie_is_nobodys(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT flags=tuple" CLIENT "\n");
	assert_null(table_find_cookie(trial.table, 0));
	assert_null(table_find_cookie(trial.table, 1));
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_too_short_are_refused),
		cmocka_unit_test(header_too_short_is_refused),
		cmocka_unit_test(facts_of_unknown_types_are_skipped),
		cmocka_unit_test(longer_facts_are_read_as_far_as_known),
		cmocka_unit_test(name_that_overruns_its_fact_is_refused),
		cmocka_unit_test(states_that_do_not_exist_are_passed_over),
		cmocka_unit_test(time_is_that_of_the_newest_fact),
		cmocka_unit_test(times_in_states_add_up_to_a_life),
		cmocka_unit_test(retransmits_leave_room_for_states),
		cmocka_unit_test(retransmits_are_told_by_kind),
		cmocka_unit_test(losses_are_counted_where_they_happened),
		cmocka_unit_test(full_table_counts_who_did_not_fit),
		cmocka_unit_test(unknown_cookie_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
