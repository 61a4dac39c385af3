/* SPDX-License-Identifier: BSD-2-Clause */
/* Subflows know the state of the MPTCP socket that they belong to. */
#include "table_test.h"

#define SUBFLOW                                                                                    \
	"1s state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"
#define CLOSE_WAIT "2s mptcp sk=a1 cookie=5 token=abcd old=ESTABLISHED state=CLOSE_WAIT\n"

static void expect(const struct trial *trial, enum tcp_state state, uint64_t since, bool exact)
{
	const struct row *row = row_by_cookie(trial, 5);

	assert_int_equal(row->mptcp, state);
	assert_int_equal(row->mptcp_since, since);
	assert_int_equal(row->mptcp_exact, exact);
	assert_int_equal(row->mptcp_token, 0xabcd);
	assert_int_equal(row->state, STATE_ESTABLISHED); /* which TCP knows nothing of */
}

static void its_transition_is_exact(void **state)
{
	TRIAL(10);

	facts(&trial, SUBFLOW CLOSE_WAIT);
	expect(&trial, STATE_CLOSE_WAIT, 2 * NS_PER_SEC, true);
	/* A walk finds the same: nothing new. */
	facts(&trial, "5s mptcp sk=a1 cookie=5 token=abcd state=CLOSE_WAIT\n");
	expect(&trial, STATE_CLOSE_WAIT, 2 * NS_PER_SEC, true);
	trial_end(&trial);
}

static void walk_tells_a_bound(void **state)
{
	TRIAL(10);

	facts(&trial, SUBFLOW "5s mptcp sk=a1 cookie=5 token=abcd state=CLOSE_WAIT\n");
	expect(&trial, STATE_CLOSE_WAIT, 5 * NS_PER_SEC, false);
	trial_end(&trial);
}

static void walk_of_before_is_not_believed(void **state)
{
	TRIAL(10);

	facts(&trial,
	      SUBFLOW CLOSE_WAIT "1999ms mptcp sk=a1 cookie=5 token=abcd state=ESTABLISHED\n");
	expect(&trial, STATE_CLOSE_WAIT, 2 * NS_PER_SEC, true);
	trial_end(&trial);
}

static void another_sockets_is_not_taken(void **state)
{
	TRIAL(10);

	facts(&trial, SUBFLOW CLOSE_WAIT
	      "3s mptcp sk=a1 cookie=6 token=ffff old=CLOSE_WAIT state=LAST_ACK\n"
	      "3s mptcp sk=a9 cookie=5 token=ffff old=CLOSE_WAIT state=LAST_ACK\n");
	expect(&trial, STATE_CLOSE_WAIT, 2 * NS_PER_SEC, true);
	trial_end(&trial);
}

static void another_life_has_none(void **state)
{
	TRIAL(10);

	facts(&trial, SUBFLOW CLOSE_WAIT
	      "3s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 flags=tuple,socket" CLIENT "\n"
	      "4s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=tuple,socket" CLIENT "\n");
	assert_int_equal(only(&trial)->mptcp, 0);
	assert_int_equal(only(&trial)->mptcp_token, 0);
	trial_end(&trial);
}

static void mini_socket_has_none(void **state)
{
	TRIAL(10);

	facts(&trial, SUBFLOW CLOSE_WAIT
	      "3s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,done" CLIENT "\n");
	assert_int_equal(only(&trial)->state, STATE_TIME_WAIT);
	assert_int_equal(only(&trial)->mptcp, 0);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_transition_is_exact),
		cmocka_unit_test(walk_tells_a_bound),
		cmocka_unit_test(walk_of_before_is_not_believed),
		cmocka_unit_test(another_sockets_is_not_taken),
		cmocka_unit_test(another_life_has_none),
		cmocka_unit_test(mini_socket_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
