/* SPDX-License-Identifier: BSD-2-Clause */
/* Transitions that do not follow on one another: told twice, lost, or met late. */
#include "table_test.h"

/* What a client's connect() tells, up to ESTABLISHED. */
#define CONNECT                                                                                    \
	"10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket,ident "         \
	"inode=77 uid=33 pid=42 comm=\"curl\"" UNBOUND "\n"                                        \
	"50ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"

static void state_set_to_itself_is_no_transition(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT);
	forget_told(&trial);
	facts(&trial,
	      "60ms state sk=a1 old=ESTABLISHED new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n");
	told(&trial, "");
	assert_int_equal(only(&trial)->since, 50 * NS_PER_MS);
	trial_end(&trial);
}

/* bpf/state.bpf.c may tell of a transition twice. */
static void repeated_transition_counts_once(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple" UNBOUND "\n"
	      "10001us state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple" UNBOUND "\n"
	      "50ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n"
	      "50001us state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ?\n"
	             ":40000 SYN_SENT>ESTABLISHED =40ms\n");
	facts(&trial,
	      "60ms state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "60001us state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "61ms state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=6 flags=tuple" SERVER "\n");
	told(&trial, ":80 SYN_RECV>ESTABLISHED >999us\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	assert_int_equal(totals_of(&trial).transitions, 3);
	assert_int_equal(table_repeated(trial.table), 3);
	trial_end(&trial);
}

static void repeated_end_leaves_one_mini_socket(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT
	      "60ms state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 flags=tuple" CLIENT "\n"
	      "61ms state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 flags=tuple,dead" CLIENT "\n");
	forget_told(&trial);
	facts(&trial,
	      "65ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT "\n"
	      "65002us state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 "
	      "flags=tuple,dead,done" CLIENT "\n");
	told(&trial, ":40000 FIN_WAIT2>TIME_WAIT =4ms\n");
	assert_int_equal(only(&trial)->since, 65 * NS_PER_MS);
	assert_int_equal(table_repeated(trial.table), 1);
	trial_end(&trial);
}

static void broken_chain_is_a_loss_and_told_in_order(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple "
	              "pid=42 comm=\"curl\"" UNBOUND "\n"
	              /* SYN_SENT->ESTABLISHED is lost */
	              "90ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 "
	              "flags=tuple,socket,done" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n"
	             ":40000 SYN_SENT>ESTABLISHED ? ~\n"
	             ":40000 ESTABLISHED>CLOSE_WAIT ?\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 1);
	assert_true(only(&trial)->flags & ROW_HEALED);
	assert_int_equal(totals_of(&trial).healed, 1);
	assert_int_equal(totals_of(&trial).transitions, 2);
	/* These come in crowds: told in one line, when the walk begins that heals them. */
	facts(&trial, "100ms walk_begin kind=sockets netns=7\n");
	told(&trial, "lost chain 1\n");
	trial_end(&trial);
}

/* The clone's first own event is lost: the next one must not be told without addresses. */
static void clone_whose_establishment_is_lost_is_told_with_addresses(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "10ms state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "90ms state sk=b1 old=ESTABLISHED new=CLOSE_WAIT cookie=3 flags=tuple,done" SERVER
	      "\n");
	told(&trial, ":80 SYN_RECV>ESTABLISHED ? ~\n"
	             ":80 ESTABLISHED>CLOSE_WAIT ?\n");
	trial_end(&trial);
}

static void socket_met_late_has_no_known_past(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "10ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 flags=tuple,done" CLIENT
	      "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE_WAIT ?\n");
	assert_false(only(&trial)->flags & ROW_BORN_EXACT);
	assert_true(only(&trial)->flags & ROW_SINCE_EXACT);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	assert_int_equal(totals_of(&trial).healed, 0);
	trial_end(&trial);
}

/* Alike, but seconds apart: what was between the two is lost. */
static void lookalike_of_a_later_life_is_no_repetition(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple" CLIENT "\n"
	              "4s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ?\n"
	             ":40000 SYN_SENT>CLOSE ? ~\n"
	             ":40000 CLOSE>SYN_SENT ?\n");
	assert_int_equal(only(&trial)->since, 4 * NS_PER_SEC);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 1);
	trial_end(&trial);
}

static void same_state_from_another_one_is_no_repetition(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT
	      "60ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 flags=tuple" CLIENT "\n");
	forget_told(&trial);
	facts(&trial,
	      "70ms state sk=a1 old=SYN_SENT new=CLOSE cookie=5 err=111 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? ~\n"
	             ":40000 SYN_SENT>CLOSE ?\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 1);
	trial_end(&trial);
}

/* A sample taken after it, and handed over before it. */
static void transition_that_a_sample_told_first_is_not_told_again(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT);
	forget_told(&trial);
	facts(&trial,
	      "1s walk_begin kind=sockets netns=7\n"
	      "1010ms seen sk=a1 cookie=5 state=CLOSE_WAIT flags=tuple,socket" CLIENT "\n"
	      "1005ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE_WAIT ? ~\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	assert_int_equal(table_repeated(trial.table), 0);
	trial_end(&trial);
}

/* A look that was kept from the CPU for a while shows what events told of before it comes. */
static void look_that_took_its_time_is_no_loss(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple" CLIENT "\n"
	      "1002ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n"
	      "1001ms seen sk=a1 cookie=5 state=ESTABLISHED flags=tuple,point" CLIENT "\n");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	assert_true(only(&trial)->flags & ROW_SINCE_EXACT);
	facts(&trial,
	      "2s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 flags=tuple" CLIENT "\n"
	      "2s destroy sk=a1\n"
	      "2010ms state sk=a1 old=CLOSE new=SYN_SENT cookie=6 flags=owned,tuple" CLIENT "\n"
	      "1900ms seen sk=a1 cookie=6 state=SYN_SENT flags=tuple,point" CLIENT "\n");
	assert_int_equal(only(&trial)->cookie, 6);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

static void lost_end_of_a_life_is_told_with_its_own_addresses(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT);
	forget_told(&trial);
	facts(&trial, "4s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple "
	              "local=10.0.0.1:41111 remote=10.0.0.3:80 netns=7\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE ? ~\n"
	             ":41111 CLOSE>SYN_SENT ?\n");
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_set_to_itself_is_no_transition),
		cmocka_unit_test(repeated_transition_counts_once),
		cmocka_unit_test(repeated_end_leaves_one_mini_socket),
		cmocka_unit_test(broken_chain_is_a_loss_and_told_in_order),
		cmocka_unit_test(clone_whose_establishment_is_lost_is_told_with_addresses),
		cmocka_unit_test(socket_met_late_has_no_known_past),
		cmocka_unit_test(lookalike_of_a_later_life_is_no_repetition),
		cmocka_unit_test(same_state_from_another_one_is_no_repetition),
		cmocka_unit_test(transition_that_a_sample_told_first_is_not_told_again),
		cmocka_unit_test(look_that_took_its_time_is_no_loss),
		cmocka_unit_test(lost_end_of_a_life_is_told_with_its_own_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
