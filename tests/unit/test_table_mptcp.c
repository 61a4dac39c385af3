/* SPDX-License-Identifier: BSD-2-Clause */
/* MPTCP sockets, and the TCP sockets that are their subflows. */
#include "table_test.h"

#define OTHER " local=127.0.0.2:80 remote=127.0.0.1:5555 netns=7 family=inet"
#define BORN                                                                                       \
	"1s state sk=b1 old=LISTEN new=ESTABLISHED mptcp=1 netns=7\n"                              \
	"1001ms state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n"         \
	"1002ms mptcp sk=b1 subflow=a1 cookie=5 token=abcd\n"
#define MSK(old, new) "state sk=b1 old=" old " new=" new " mptcp=1 "
#define ENDS          "flags=tuple,socket" CLIENT "\n"

static const struct row *mptcp(const struct trial *trial)
{
	const struct row *row = table_find_mptcp(trial->table, row_by_cookie(trial, 5));

	assert_non_null(row);
	assert_true(row->flags & ROW_MPTCP);
	return row;
}

static uint32_t count(const struct trial *trial, enum tcp_state state)
{
	return totals_of(trial).by_state[state];
}

static void one_that_was_accepted_gets_its_subflows_addresses(void **state)
{
	TRIAL(10);

	facts(&trial, BORN);
	assert_int_equal(mptcp(&trial)->state, STATE_ESTABLISHED);
	assert_int_equal(mptcp(&trial)->lport, row_by_cookie(&trial, 5)->lport);
	assert_int_equal(mptcp(&trial)->since, NS_PER_SEC);
	assert_int_equal(mptcp(&trial)->token, 0xabcd);
	assert_ptr_equal(table_next_subflow(trial.table, mptcp(&trial)), row_by_cookie(&trial, 5));
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

/* ... and 5.10 has it go by SYN_RECV. */
static void older_kernels_birth(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=b1 old=LISTEN new=SYN_RECV mptcp=1 netns=7\n"
	      "1s state sk=b1 old=SYN_RECV new=ESTABLISHED mptcp=1 netns=7\n"
	      "1001ms state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n"
	      "1002ms mptcp sk=b1 subflow=a1 cookie=5 token=abcd\n");
	assert_int_equal(mptcp(&trial)->state, STATE_ESTABLISHED);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

static void its_state_is_its_own(void **state)
{
	TRIAL(10);

	facts(&trial, BORN "2s " MSK("ESTABLISHED", "CLOSE_WAIT") ENDS);
	assert_int_equal(mptcp(&trial)->state, STATE_CLOSE_WAIT);
	assert_int_equal(mptcp(&trial)->since, 2 * NS_PER_SEC);
	assert_true(mptcp(&trial)->flags & ROW_SINCE_EXACT);
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_ESTABLISHED);
	trial_end(&trial);
}

/* One connection, one socket: a subflow counts with it, and by itself once it has outlived it. */
static void a_subflow_is_not_counted_beside_it(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BORN "1500ms state sk=a2 old=SYN_RECV new=ESTABLISHED cookie=6 flags=tuple" OTHER
	           "\n1501ms mptcp sk=b1 subflow=a2 cookie=6 token=abcd\n");
	assert_int_equal(count(&trial, STATE_ESTABLISHED), 1);
	assert_int_equal(totals_of(&trial).subflows, 2);
	facts(&trial, "2s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 " ENDS
	              "2s " MSK("ESTABLISHED", "CLOSE_WAIT") ENDS);
	assert_int_equal(count(&trial, STATE_CLOSE_WAIT), 1);
	facts(&trial, "3s " MSK("CLOSE_WAIT", "CLOSE") "flags=tuple,dead" CLIENT "\n");
	assert_int_equal(count(&trial, STATE_CLOSE_WAIT), 1); /* the subflow */
	assert_int_equal(count(&trial, STATE_ESTABLISHED), 1);
	assert_int_equal(totals_of(&trial).subflows, 0);
	assert_null(table_find_mptcp(trial.table, row_by_cookie(&trial, 5)));
	trial_end(&trial);
}

static void a_subflow_that_ends_leaves_it(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BORN "2s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 flags=tuple" CLIENT
	           "\n2s destroy sk=a1\n");
	assert_int_equal(count(&trial, STATE_ESTABLISHED), 1);
	assert_int_equal(totals_of(&trial).subflows, 0);
	assert_null(table_next_subflow(trial.table, only(&trial)));
	trial_end(&trial);
}

static void a_mini_socket_is_no_subflow(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BORN "2s state sk=a1 old=ESTABLISHED new=FIN_WAIT2 cookie=5 flags=tuple" CLIENT "\n"
	           "2s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,done" CLIENT "\n");
	assert_int_equal(count(&trial, STATE_TIME_WAIT), 1);
	assert_int_equal(totals_of(&trial).subflows, 0);
	trial_end(&trial);
}

/* close() marks it as dead when it is already in CLOSE: a lookup shows whether it is gone. */
static void its_end_is_asked_for(void **state)
{
	struct lookup lookup;
	TRIAL(10);

	table_enable_lookups(trial.table, LOOKUP_BIT(LOOKUP_END));
	facts(&trial, BORN "2s " MSK("ESTABLISHED", "CLOSE") ENDS "2040ms tick\n");
	assert_int_equal(mptcp(&trial)->state, STATE_CLOSE);
	assert_false(table_next_lookup(trial.table, LOOKUP_BIT(LOOKUP_END), &lookup));
	facts(&trial, "2060ms tick\n");
	assert_true(table_next_lookup(trial.table, LOOKUP_BIT(LOOKUP_END), &lookup));
	assert_int_equal(lookup.sk, 0xb1);
	facts(&trial, "2070ms gone sk=b1 state=CLOSE mptcp=1" CLIENT "\n");
	assert_int_equal(totals_of(&trial).rows, 1);
	assert_int_equal(totals_of(&trial).healed, 0);
	trial_end(&trial);
}

/* ... or another one at its address: that is no loss. */
static void its_address_is_used_again(void **state)
{
	TRIAL(10);

	facts(&trial, BORN "2s " MSK("ESTABLISHED", "CLOSE") ENDS BORN);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	facts(&trial, "3s " MSK("ESTABLISHED", "CLOSE") ENDS
	      "4s " MSK("CLOSE", "SYN_SENT") "flags=socket netns=7\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

/* Its port is that of its subflow, which gets it after both are in SYN_SENT. */
static void one_that_connects_is_told_with_its_port(void **state)
{
	TRIAL(10);

	facts(&trial, "1s " MSK("CLOSE", "SYN_SENT") "flags=socket netns=7\n");
	told(&trial, "");
	facts(&trial, "1001ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple,socket "
	              "local=127.0.0.1:0 remote=127.0.0.1:80 netns=7\n"
	              "1002ms mptcp sk=b1 subflow=a1 cookie=5 token=abcd\n");
	told(&trial, "");
	facts(&trial,
	      "1003ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket "
	      "local=127.0.0.1:40000 remote=127.0.0.1:80 netns=7\n"
	      "1004ms " MSK("SYN_SENT", "ESTABLISHED") "flags=tuple,socket local=127.0.0.1:40000 "
	                                               "remote=127.0.0.1:80 netns=7\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ?\n"
	             ":40000 CLOSE>SYN_SENT ?\n"
	             ":40000 SYN_SENT>ESTABLISHED =2ms\n"
	             ":40000 SYN_SENT>ESTABLISHED =4ms\n");
	assert_int_equal(count(&trial, STATE_ESTABLISHED), 1);
	trial_end(&trial);
}

static void walks_find_it(void **state)
{
	TRIAL(10);

	facts(&trial, "5s walk_begin kind=sockets netns=7\n"
	              "5s seen sk=a1 cookie=5 state=ESTABLISHED flags=tuple" CLIENT "\n"
	              "5s seen sk=b1 state=CLOSE_WAIT mptcp=1 " ENDS
	              "5s mptcp sk=b1 subflow=a1 cookie=5 token=abcd\n"
	              "6s walk_end kind=sockets netns=7\n");
	assert_int_equal(mptcp(&trial)->state, STATE_CLOSE_WAIT);
	assert_int_equal(count(&trial, STATE_CLOSE_WAIT), 1);
	assert_int_equal(count(&trial, STATE_ESTABLISHED), 0);
	/* One with no subflow left is found by its fd alone. */
	facts(&trial,
	      "7s walk_begin kind=holders\n"
	      "7s seen sk=b1 state=CLOSE_WAIT mptcp=1 " ENDS "7s holder sk=b1 pid=42 start=1 fd=4\n"
	      "7s walk_end kind=holders\n"
	      "8s walk_begin kind=sockets netns=7\n"
	      "9s walk_end kind=sockets netns=7\n");
	assert_int_equal(only(&trial)->state, STATE_CLOSE_WAIT);
	facts(&trial, "10s walk_begin kind=holders\n"
	              "10s walk_end kind=holders\n"
	              "11s walk_begin kind=sockets netns=7\n"
	              "12s walk_end kind=sockets netns=7\n");
	assert_int_equal(totals_of(&trial).rows, 0);
	trial_end(&trial);
}

/* No event but that to CLOSE tells of its end. */
static void a_sample_of_before_does_not_revive_it(void **state)
{
	TRIAL(10);

	facts(&trial, BORN
	      "2s walk_begin kind=sockets netns=7\n"
	      "3s " MSK("ESTABLISHED",
	                "CLOSE") "flags=tuple,dead" CLIENT "\n"
	                         "2500ms seen sk=b1 state=ESTABLISHED mptcp=1 flags=tuple" CLIENT
	                         "\n"
	                         "2500ms mptcp sk=b1 subflow=a1 cookie=5 token=abcd\n");
	assert_int_equal(only(&trial)->cookie, 5);
	trial_end(&trial);
}

/* Its subflow has lost its struct socket, and looks as if nobody had accepted it. */
static void the_subflow_of_an_orphan_is_one(void **state)
{
	struct owner owner;
	TRIAL(10);

	facts(&trial, "900ms state sk=1 old=CLOSE new=LISTEN cookie=1 flags=tuple,socket,owned "
	              "local=127.0.0.1:80 remote=0.0.0.0:0 netns=7 pid=42 tid=42 start=1 "
	              "comm=\"srv\"\n" BORN
	              "2s " MSK("ESTABLISHED", "FIN_WAIT1") "flags=tuple,dead" CLIENT "\n");
	assert_true(row_by_cookie(&trial, 5)->flags & ROW_ORPHAN);
	table_owner(trial.table, row_by_cookie(&trial, 5), &owner);
	assert_false(owner.queued);
	trial_end(&trial);
}

/* A stale join, or one of a socket whose address is another's by now. */
static void another_sockets_is_not_taken(void **state)
{
	TRIAL(10);

	facts(&trial, BORN "3s mptcp sk=b9 subflow=a1 cookie=5 token=ffff\n"
	                   "3s mptcp sk=a1 subflow=a1 cookie=5 token=ffff\n"
	                   "3s mptcp sk=b1 subflow=b1 token=abcd\n"
	                   "3s mptcp sk=b1 subflow=a1 cookie=6 token=abcd\n");
	assert_int_equal(mptcp(&trial)->token, 0xabcd);
	assert_int_equal(totals_of(&trial).subflows, 1);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_was_accepted_gets_its_subflows_addresses),
		cmocka_unit_test(older_kernels_birth),
		cmocka_unit_test(its_state_is_its_own),
		cmocka_unit_test(a_subflow_is_not_counted_beside_it),
		cmocka_unit_test(a_subflow_that_ends_leaves_it),
		cmocka_unit_test(a_mini_socket_is_no_subflow),
		cmocka_unit_test(its_end_is_asked_for),
		cmocka_unit_test(its_address_is_used_again),
		cmocka_unit_test(one_that_connects_is_told_with_its_port),
		cmocka_unit_test(walks_find_it),
		cmocka_unit_test(a_sample_of_before_does_not_revive_it),
		cmocka_unit_test(the_subflow_of_an_orphan_is_one),
		cmocka_unit_test(another_sockets_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
