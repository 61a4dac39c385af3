/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends of a connection on one host. */
#include "table_test.h"

#define OPEN(sk, cookie, ends, netns)                                                              \
	"1s state sk=" sk " old=SYN_SENT new=ESTABLISHED cookie=" cookie " flags=tuple " ends      \
	" netns=" netns "\n"
#define THERE "local=10.0.0.1:40000 remote=10.0.0.2:80"
#define BACK  "local=10.0.0.2:80 remote=10.0.0.1:40000"

static void expect_peer(const struct trial *trial, uint64_t cookie, uint64_t peer)
{
	const struct row *found = table_find_peer(trial->table, row_by_cookie(trial, cookie));

	assert_int_equal(found ? found->cookie : 0, peer);
}

static void ends_of_one_namespace_know_each_other(void **state)
{
	TRIAL(10);

	facts(&trial, OPEN("a1", "1", THERE, "7"));
	expect_peer(&trial, 1, 0);
	facts(&trial, OPEN("a2", "2", BACK, "7"));
	expect_peer(&trial, 1, 2);
	expect_peer(&trial, 2, 1);
	/* A socket in CLOSE has no connection. */
	facts(&trial,
	      "2s state sk=a2 old=ESTABLISHED new=CLOSE cookie=2 flags=tuple " BACK " netns=7\n");
	expect_peer(&trial, 1, 0);
	trial_end(&trial);
}

static void a_mini_socket_stays_the_peer(void **state)
{
	TRIAL(10);

	facts(&trial, OPEN("a1", "1", THERE, "7") OPEN("a2", "2", BACK, "7"));
	facts(&trial, "2s state sk=a2 old=FIN_WAIT2 new=CLOSE cookie=2 flags=tuple,done " BACK
	              " netns=7\n");
	assert_int_equal(row_by_cookie(&trial, 2)->state, STATE_TIME_WAIT);
	expect_peer(&trial, 1, 2);
	trial_end(&trial);
}

static void namespaces_may_be_two(void **state)
{
	TRIAL(10);

	facts(&trial, OPEN("a1", "1", THERE, "7") OPEN("a2", "2", BACK, "8"));
	expect_peer(&trial, 1, 2);
	expect_peer(&trial, 2, 1);
	/* The one next to it is nearer. */
	facts(&trial, OPEN("a3", "3", BACK, "7"));
	expect_peer(&trial, 1, 3);
	trial_end(&trial);
}

static void of_two_that_fit_none_is_told(void **state)
{
	TRIAL(10);

	facts(&trial,
	      OPEN("a1", "1", THERE, "7") OPEN("a2", "2", BACK, "8") OPEN("a3", "3", BACK, "9"));
	expect_peer(&trial, 1, 0);
	trial_end(&trial);
}

static void loopback_is_another_host_in_each_namespace(void **state)
{
	TRIAL(10);

	facts(&trial, OPEN("a1", "1", "local=127.0.0.1:40000 remote=127.0.0.1:80",
	                   "7") OPEN("a2", "2", "local=127.0.0.1:80 remote=127.0.0.1:40000", "8")
	                      OPEN("a3", "3", "local=[::1]:40000 remote=[::1]:80", "7")
	                              OPEN("a4", "4", "local=[::1]:80 remote=[::1]:40000", "8"));
	expect_peer(&trial, 1, 0);
	expect_peer(&trial, 3, 0);
	trial_end(&trial);
}

static void families_may_be_two(void **state)
{
	TRIAL(10);

	facts(&trial,
	      OPEN("a1", "1", THERE, "7") OPEN(
		      "a2", "2", "local=[::ffff:10.0.0.2]:80 remote=[::ffff:10.0.0.1]:40000", "7"));
	expect_peer(&trial, 1, 2);
	expect_peer(&trial, 2, 1);
	trial_end(&trial);
}

static void who_connects_to_itself_is_its_own_peer(void **state)
{
	TRIAL(10);

	facts(&trial, OPEN("a1", "1", "local=10.0.0.1:80 remote=10.0.0.1:80", "7"));
	expect_peer(&trial, 1, 1);
	trial_end(&trial);
}

static void listeners_have_no_peer(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple,socket pid=1 "
	              "comm=\"x\"" LISTENER "\n"
	              "1s state sk=a2 old=CLOSE new=LISTEN cookie=2 flags=owned,tuple,socket pid=1 "
	              "comm=\"x\"" LISTENER "\n");
	expect_peer(&trial, 1, 0);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_of_one_namespace_know_each_other),
		cmocka_unit_test(a_mini_socket_stays_the_peer),
		cmocka_unit_test(namespaces_may_be_two),
		cmocka_unit_test(of_two_that_fit_none_is_told),
		cmocka_unit_test(loopback_is_another_host_in_each_namespace),
		cmocka_unit_test(families_may_be_two),
		cmocka_unit_test(who_connects_to_itself_is_its_own_peer),
		cmocka_unit_test(listeners_have_no_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
