/* SPDX-License-Identifier: BSD-2-Clause */
/* Mini-sockets: TIME_WAIT and orphan FIN_WAIT2, which leave the full socket behind. */
#include "table_stories.h"

#define TIME_WAIT                                                                                  \
	FIN_WAIT2                                                                                  \
	"115ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT          \
	"\n116ms destroy sk=a1\n"

static void time_wait_is_confirmed_and_ends_with_its_timer(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT);
	forget_told(&trial);
	assert_false(only(&trial)->flags & ROW_CONFIRMED);
	facts(&trial, "120ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=59990" CLIENT "\n");
	told(&trial, "");
	assert_true(only(&trial)->flags & ROW_CONFIRMED);
	assert_true(only(&trial)->flags & ROW_SINCE_EXACT);
	assert_int_equal(only(&trial)->deadline, 60110 * NS_PER_MS);
	facts(&trial, "60500ms gone cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT "\n");
	/* Up to its deadline, which nobody saw pass. */
	told(&trial, ":40000 TIME_WAIT>CLOSE >59995ms ~\n");
	nothing_left(&trial);
	trial_end(&trial);
}

/* A full table of buckets: the event looks the same, but there never was one. */
static void time_wait_that_never_was_claims_no_time(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT);
	forget_told(&trial);
	facts(&trial, "120ms gone cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT "\n");
	told(&trial, ":40000 TIME_WAIT>CLOSE ? ~\n");
	nothing_left(&trial);
	trial_end(&trial);
}

static void killed_mini_socket_claims_only_what_was_seen(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT "1115ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	                        "timer=timewait timer_ms=59000" CLIENT "\n");
	forget_told(&trial);
	/* An RST took it some time before: nobody knows when. */
	facts(&trial, "30s gone cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT "\n");
	told(&trial, ":40000 TIME_WAIT>CLOSE >1s ~\n");
	trial_end(&trial);
}

static void fin_of_the_peer_reaches_an_orphan_without_an_event(void **state)
{
	TRIAL(10);

	facts(&trial, FIN_WAIT2 "115ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 "
	                        "flags=tuple,dead" CLIENT "\n116ms destroy sk=a1\n");
	forget_told(&trial);
	assert_int_equal(only(&trial)->since, 110 * NS_PER_MS); /* it never left FIN_WAIT2 */
	facts(&trial, "120ms seen cookie=5 state=FIN_WAIT2 flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=59995" CLIENT "\n");
	told(&trial, "");
	facts(&trial, "10s seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=55000" CLIENT "\n");
	told(&trial, ":40000 FIN_WAIT2>TIME_WAIT >10ms ~\n");
	assert_false(only(&trial)->flags & ROW_SINCE_EXACT);
	/* 55 of 60 seconds are left: 5 are gone. */
	assert_int_equal(only(&trial)->since, 5 * NS_PER_SEC);
	assert_int_equal(totals_of(&trial).healed, 0); /* no event was lost */
	trial_end(&trial);
}

static void rst_for_a_time_wait_is_told_with_its_row(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT);
	forget_told(&trial);
	/* sk is the mini-socket's own address. */
	facts(&trial,
	      "200ms rst_sent sk=ff7 reason=9 cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT
	      "\n");
	told(&trial, ":40000 rst_sent 9\n");
	assert_int_equal(only(&trial)->rsts_sent, 1);
	assert_int_equal(only(&trial)->sk, 0);
	trial_end(&trial);
}

/* From before us: the RST tells that it is there. */
static void unknown_time_wait_is_met_by_its_rst(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "200ms rst_sent sk=ff7 reason=9 cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT
	      "\n");
	told(&trial, ":40000 rst_sent 9\n");
	assert_int_equal(only(&trial)->sk, 0);
	assert_int_equal(only(&trial)->state, STATE_TIME_WAIT);
	assert_false(only(&trial)->flags & ROW_SINCE_EXACT);
	/* A full socket that gets the address next is another one. */
	facts(&trial, "300ms state sk=ff7 old=CLOSE new=LISTEN cookie=6 flags=tuple" LISTENER "\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_TIME_WAIT);
	assert_int_equal(row_by_cookie(&trial, 6)->state, STATE_LISTEN);
	trial_end(&trial);
}

/* Case c of kernel-facts 1.2: data came with the ACK of our FIN. */
static void rst_after_an_orphans_end_goes_to_its_mini_socket(void **state)
{
	TRIAL(10);

	facts(&trial, FIN_WAIT2
	      "115ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead" CLIENT "\n");
	forget_told(&trial);
	facts(&trial,
	      "115001us rst_sent sk=a1 reason=8 cookie=5 state=CLOSE flags=tuple,dead" CLIENT "\n"
	      "116ms destroy sk=a1\n");
	told(&trial, ":40000 rst_sent 8\n");
	assert_int_equal(only(&trial)->rsts_sent, 1);
	facts(&trial, "120ms gone cookie=5 state=FIN_WAIT2 flags=mini,tuple" CLIENT "\n");
	nothing_left(&trial);
	trial_end(&trial);
}

static void mini_socket_has_no_queues_nor_inode(void **state)
{
	TRIAL(10);

	facts(&trial, FIN_WAIT2
	      "115ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 "
	      "flags=tuple,socket,done,queues,timer,ident inode=77 rqueue=3 wqueue=4 timer_ms=9 "
	      "timer=keepalive uid=33 cgroup=9" CLIENT "\n"
	      "115001us rst_sent sk=a1 reason=8 cookie=5 state=CLOSE "
	      "flags=tuple,socket,done,queues,ident inode=77 rqueue=3 wqueue=4" CLIENT "\n");
	assert_int_equal(only(&trial)->flags & (ROW_QUEUES | ROW_TIMER | ROW_SOCKET), 0);
	assert_int_equal(only(&trial)->inode, 0);
	assert_int_equal(only(&trial)->rqueue, 0);
	/* But whose it was stays. */
	assert_int_equal(only(&trial)->uid, 33);
	assert_int_equal(only(&trial)->cgroup, 9);
	assert_true(only(&trial)->flags & ROW_IDENT);
	trial_end(&trial);
}

/* Another connection's, of which nothing but its RST is heard. */
static void rst_of_another_cookies_time_wait_is_another_row(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT
	      "9s rst_sent sk=ff7 reason=9 cookie=6 state=TIME_WAIT flags=mini,tuple" CLIENT "\n");
	assert_int_equal(only(&trial)->cookie, 6);
	assert_int_equal(only(&trial)->rsts_sent, 1);
	trial_end(&trial);
}

static void end_of_another_socket_is_no_repetition(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT);
	forget_told(&trial);
	facts(&trial,
	      "118ms state sk=a2 old=FIN_WAIT2 new=CLOSE cookie=6 flags=tuple,dead,done" CLIENT
	      "\n");
	told(&trial, ":40000 TIME_WAIT>CLOSE ? ~\n"
	             ":40000 FIN_WAIT2>TIME_WAIT ?\n");
	assert_int_equal(only(&trial)->cookie, 6);
	/* Without cookies, time tells. */
	facts(&trial, "9s state sk=a3 old=FIN_WAIT2 new=CLOSE flags=tuple,dead,done" CLIENT "\n");
	assert_int_equal(only(&trial)->since, 9 * NS_PER_SEC);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_wait_is_confirmed_and_ends_with_its_timer),
		cmocka_unit_test(time_wait_that_never_was_claims_no_time),
		cmocka_unit_test(killed_mini_socket_claims_only_what_was_seen),
		cmocka_unit_test(fin_of_the_peer_reaches_an_orphan_without_an_event),
		cmocka_unit_test(rst_for_a_time_wait_is_told_with_its_row),
		cmocka_unit_test(unknown_time_wait_is_met_by_its_rst),
		cmocka_unit_test(rst_after_an_orphans_end_goes_to_its_mini_socket),
		cmocka_unit_test(mini_socket_has_no_queues_nor_inode),
		cmocka_unit_test(rst_of_another_cookies_time_wait_is_another_row),
		cmocka_unit_test(end_of_another_socket_is_no_repetition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
