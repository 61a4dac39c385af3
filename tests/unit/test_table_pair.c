/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends of a connection on one host. */
#include "table_test.h"

#define OPEN(sk, cookie, ends, netns) NUMBERED(sk, cookie, ends, netns, "0", "0")
#define NUMBERED(sk, cookie, ends, netns, iss, irs)                                                \
	"1s state sk=" sk " old=SYN_SENT new=ESTABLISHED cookie=" cookie " flags=tuple " ends      \
	" netns=" netns " iss=" iss " irs=" irs "\n"
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

	/* The client has counted its SYN as acknowledged, the server has not. */
	facts(&trial, NUMBERED("a1", "1", THERE, "7", "1000", "5001")
	                      NUMBERED("a2", "2", BACK, "8", "5001", "1001"));
	expect_peer(&trial, 1, 2);
	expect_peer(&trial, 2, 1);
	trial_end(&trial);
}

static void sequence_numbers_go_round(void **state)
{
	TRIAL(10);

	facts(&trial, NUMBERED("a1", "1", THERE, "7", "4294967295", "1")
	                      NUMBERED("a2", "2", BACK, "8", "4294967295", "4294967295"));
	expect_peer(&trial, 1, 0);
	facts(&trial, NUMBERED("a3", "3", BACK, "9", "1", "4294967294"));
	expect_peer(&trial, 1, 3);
	trial_end(&trial);
}

static void networks_apart_may_use_the_same_addresses(void **state)
{
	TRIAL(10);

	/* Two pairs, of which one end each is gone. */
	facts(&trial, NUMBERED("a1", "1", THERE, "7", "1000", "5001")
	                      NUMBERED("a2", "2", BACK, "8", "6001", "2001"));
	expect_peer(&trial, 1, 0);
	expect_peer(&trial, 2, 0);
	/* Both are there. */
	facts(&trial, NUMBERED("a3", "3", BACK, "9", "5001", "1001")
	                      NUMBERED("a4", "4", THERE, "10", "2000", "6001"));
	expect_peer(&trial, 1, 3);
	expect_peer(&trial, 3, 1);
	expect_peer(&trial, 2, 4);
	expect_peer(&trial, 4, 2);
	trial_end(&trial);
}

static void a_mini_socket_has_come_to_the_end_of_its_streams(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s walk_begin kind=sockets netns=7\n"
	      "1s seen cookie=1 state=FIN_WAIT2 flags=mini,tuple,timer timer_ms=50000 iss=1500 "
	      "irs=5101 " THERE " netns=7\n1s walk_end kind=sockets netns=7\n");
	facts(&trial, "1s state sk=a2 old=ESTABLISHED new=CLOSE_WAIT cookie=2 flags=tuple,bytes "
	              "iss=5001 bytes_acked=100 irs=1001 bytes_received=499 " BACK " netns=8\n");
	expect_peer(&trial, 1, 2);
	expect_peer(&trial, 2, 1);
	trial_end(&trial);
}

static void without_sequence_numbers_nothing_is_sure(void **state)
{
	TRIAL(10);

	facts(&trial, OPEN("a1", "1", THERE, "7") OPEN("a2", "2", BACK, "8")
	                      NUMBERED("a3", "3", BACK, "9", "1000", "5001"));
	expect_peer(&trial, 1, 0);
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
		cmocka_unit_test(sequence_numbers_go_round),
		cmocka_unit_test(networks_apart_may_use_the_same_addresses),
		cmocka_unit_test(a_mini_socket_has_come_to_the_end_of_its_streams),
		cmocka_unit_test(without_sequence_numbers_nothing_is_sure),
		cmocka_unit_test(families_may_be_two),
		cmocka_unit_test(who_connects_to_itself_is_its_own_peer),
		cmocka_unit_test(listeners_have_no_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
