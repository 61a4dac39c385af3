/* SPDX-License-Identifier: BSD-2-Clause */
/* Transitions: every way that a connection ends, and what it leaves behind. */
#include "table_test.h"

#define TRIAL(rows)                                                                                \
	struct trial trial;                                                                        \
                                                                                                   \
	(void)state;                                                                               \
	trial_begin(&trial, rows)

/* A client that was seen from its beginning, in ESTABLISHED since 50 ms. */
#define ESTABLISHED                                                                                \
	"10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket pid=42 "        \
	"comm=\"curl\"" CLIENT "\n"                                                                \
	"50ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"

#define FIN_WAIT1                                                                                  \
	ESTABLISHED "100ms state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 "                    \
		    "flags=owned,tuple,socket pid=42 comm=\"curl\"" CLIENT "\n"

#define FIN_WAIT2                                                                                  \
	FIN_WAIT1 "110ms state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 flags=tuple,dead" CLIENT \
		  "\n"

#define CLOSING                                                                                    \
	FIN_WAIT1 "110ms state sk=a1 old=FIN_WAIT1 new=CLOSING cookie=5 "                          \
	          "flags=tuple,dead,done" CLIENT "\n"

static void passive_close_ends_in_last_ack(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED);
	forget_told(&trial);
	facts(&trial,
	      "100ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 "
	      "flags=tuple,socket,done" CLIENT "\n"
	      "900ms state sk=a1 old=CLOSE_WAIT new=LAST_ACK cookie=5 "
	      "flags=owned,tuple,socket,done pid=42 comm=\"curl\"" CLIENT "\n"
	      "901ms state sk=a1 old=LAST_ACK new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT
	      "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE_WAIT =50ms\n"
	             ":40000 CLOSE_WAIT>LAST_ACK =800ms @42\n"
	             ":40000 LAST_ACK>CLOSE =1ms\n");
	assert_int_equal(only(&trial)->closer, CLOSER_PEER);
	facts(&trial, "902ms destroy sk=a1\n");
	told(&trial, "");
	nothing_left(&trial);
	trial_end(&trial);
}

static void simultaneous_close_is_closed_by_both(void **state)
{
	TRIAL(10);

	facts(&trial, CLOSING);
	forget_told(&trial);
	assert_int_equal(only(&trial)->closer, CLOSER_BOTH);
	facts(&trial, "115ms state sk=a1 old=CLOSING new=CLOSE cookie=5 "
	              "flags=tuple,dead,done,acked" CLIENT "\n"
	              "116ms destroy sk=a1\n");
	told(&trial, ":40000 CLOSING>TIME_WAIT =5ms\n");
	assert_int_equal(only(&trial)->deadline, 60115 * NS_PER_MS);
	trial_end(&trial);
}

/* --- does a mini-socket stay? kernel-facts.md 1.2, one by one ---------------------------------- */

/* before, then the event to CLOSE with that sample: which state is left; CLOSE: none. */
static void expect_left(const char *before, const char *old, const char *sample,
                        enum tcp_state left, uint64_t deadline)
{
	struct trial trial;
	char line[512];

	trial_begin(&trial, 10);
	facts(&trial, before);
	snprintf(line, sizeof(line), "200ms state sk=a1 old=%s new=CLOSE cookie=5 %s" CLIENT "\n",
	         old, sample);
	facts(&trial, line);
	assert_int_equal(only(&trial)->state, left);
	assert_int_equal(!!(only(&trial)->flags & ROW_MINI), left != STATE_CLOSE);
	assert_int_equal(only(&trial)->deadline, deadline);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	/* Its end takes the full socket, and only that. */
	facts(&trial, "201ms destroy sk=a1\n");
	if (left == STATE_CLOSE)
		nothing_left(&trial);
	else
		assert_int_equal(only(&trial)->state, left);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

static void time_wait_follows_fin_wait2_with_fin(void **state)
{
	(void)state;
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=tuple,dead,done", STATE_TIME_WAIT,
	            60200 * NS_PER_MS);
	/* Not closed yet, only shut down: the same. */
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=tuple,socket,done", STATE_TIME_WAIT,
	            60200 * NS_PER_MS);
	/* linger2 < 0 is about waiting in FIN_WAIT2, not about TIME_WAIT. */
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=tuple,dead,done,no_linger2", STATE_TIME_WAIT,
	            60200 * NS_PER_MS);
}

static void time_wait_follows_closing_when_all_is_acked(void **state)
{
	(void)state;
	expect_left(CLOSING, "CLOSING", "flags=tuple,dead,done,acked", STATE_TIME_WAIT,
	            60200 * NS_PER_MS);
	/* tcp_disconnect(), or linger 0: our FIN is not acked yet. */
	expect_left(CLOSING, "CLOSING", "flags=tuple,dead,done", STATE_CLOSE, 0);
}

static void orphan_fin_wait2_goes_on_as_mini_socket(void **state)
{
	(void)state;
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=tuple,dead", STATE_FIN_WAIT2, 0);
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=tuple,dead,no_linger2", STATE_CLOSE, 0);
	/* The owner aborts: unread data, or linger 0. */
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=owned,tuple,socket", STATE_CLOSE, 0);
}

static void errors_leave_no_mini_socket(void **state)
{
	(void)state;
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=tuple,dead,done err=104", STATE_CLOSE, 0);
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=tuple,dead err=110", STATE_CLOSE, 0);
	expect_left(FIN_WAIT2, "FIN_WAIT2", "flags=owned,tuple,dead err=103", STATE_CLOSE, 0);
	expect_left(CLOSING, "CLOSING", "flags=tuple,dead,done,acked err=104", STATE_CLOSE, 0);
}

static void other_states_leave_no_mini_socket(void **state)
{
	(void)state;
	expect_left(FIN_WAIT1, "FIN_WAIT1", "flags=tuple,dead,done,acked", STATE_CLOSE, 0);
	expect_left(ESTABLISHED, "ESTABLISHED", "flags=tuple,dead,done,acked", STATE_CLOSE, 0);
	expect_left(ESTABLISHED
	            "100ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 flags=tuple" CLIENT
	            "\n",
	            "CLOSE_WAIT", "flags=tuple,dead,done,acked", STATE_CLOSE, 0);
}

/* --- the life of a mini-socket ----------------------------------------------------------------- */

#define TIME_WAIT                                                                                  \
	FIN_WAIT2                                                                                  \
		"115ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT  \
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

/* --- resets, refusals, timeouts ---------------------------------------------------------------- */

static void refused_is_told_after_the_attempt(void **state)
{
	TRIAL(10);

	/* All in one batch, before anybody could ask for the port. */
	facts(&trial,
	      "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple pid=42 "
	      "comm=\"curl\"" UNBOUND "\n"
	      "11ms rst_received sk=a1 cookie=5 state=SYN_SENT flags=tuple" CLIENT "\n"
	      "11ms state sk=a1 old=SYN_SENT new=CLOSE cookie=5 err=111 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n"
	             ":40000 rst_received\n"
	             ":40000 SYN_SENT>CLOSE =1ms\n");
	assert_int_equal(only(&trial)->closer, CLOSER_REFUSED);
	trial_end(&trial);
}

static void received_rst_is_the_peers_doing(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED);
	forget_told(&trial);
	facts(&trial,
	      "60ms rst_received sk=a1 cookie=5 state=ESTABLISHED flags=tuple" CLIENT "\n"
	      "60ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 flags=tuple" CLIENT
	      "\n");
	told(&trial, ":40000 rst_received\n"
	             ":40000 ESTABLISHED>CLOSE =10ms\n");
	assert_int_equal(only(&trial)->closer, CLOSER_PEER_RESET);
	assert_int_equal(only(&trial)->rsts_received, 1);
	trial_end(&trial);
}

static void rst_after_close_belongs_to_the_socket_still(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED);
	forget_told(&trial);
	facts(&trial,
	      "60ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 flags=owned,tuple,socket "
	      "pid=42 comm=\"curl\"" CLIENT "\n"
	      "61ms rst_sent sk=a1 reason=11 active=1 cookie=5 state=CLOSE "
	      "flags=owned,tuple" CLIENT "\n"
	      "62ms destroy sk=a1\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE =10ms @42\n"
	             ":40000 rst_sent 11\n");
	nothing_left(&trial);
	assert_int_equal(totals_of(&trial).rsts_sent, 1);
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

static void rst_for_nobody_is_told_without_a_row(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms rst_sent reason=1 flags=tuple" SERVER "\n");
	told(&trial, ":80 rst_sent 1\n");
	nothing_left(&trial);
	assert_int_equal(totals_of(&trial).rsts_sent, 1);
	trial_end(&trial);
}

/* How it ended: old state, what the event's sample says, and who is named for it. */
static void closer_is_told_by_state_and_error(void **state)
{
	static const struct {
		const char *event;
		enum closer closer;
	} cases[] = {
		{"old=SYN_SENT new=CLOSE err=111", CLOSER_REFUSED},
		{"old=SYN_SENT new=CLOSE err=110", CLOSER_TIMEOUT},
		{"old=SYN_SENT new=CLOSE err=113", CLOSER_ERROR},
		{"old=SYN_SENT new=CLOSE", CLOSER_LOCAL},
		{"old=ESTABLISHED new=CLOSE err=104", CLOSER_PEER_RESET},
		{"old=ESTABLISHED new=CLOSE err=110", CLOSER_TIMEOUT},
		{"old=ESTABLISHED new=CLOSE err=103", CLOSER_KILLED},
		{"old=ESTABLISHED new=CLOSE", CLOSER_LOCAL_RESET},
		{"old=ESTABLISHED new=FIN_WAIT1", CLOSER_LOCAL},
		{"old=ESTABLISHED new=CLOSE_WAIT", CLOSER_PEER},
		{"old=LISTEN new=CLOSE", CLOSER_LOCAL},
		/* Met late: the state that it is in tells who closed first. */
		{"old=FIN_WAIT2 new=CLOSE", CLOSER_LOCAL},
		{"old=FIN_WAIT1 new=FIN_WAIT2", CLOSER_LOCAL},
		{"old=FIN_WAIT1 new=CLOSING", CLOSER_BOTH},
		{"old=CLOSING new=CLOSE", CLOSER_BOTH},
		{"old=CLOSE_WAIT new=LAST_ACK", CLOSER_PEER},
		{"old=LAST_ACK new=CLOSE", CLOSER_PEER},
		{"old=CLOSE_WAIT new=CLOSE err=32", CLOSER_PEER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trial trial;
		char line[256];

		trial_begin(&trial, 10);
		snprintf(line, sizeof(line), "10ms state sk=a1 cookie=5 flags=tuple %s" CLIENT,
		         cases[i].event);
		facts(&trial, line);
		if (only(&trial)->closer != cases[i].closer)
			fail_msg("%s: %s", cases[i].event, closer_name(only(&trial)->closer));
		trial_end(&trial);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passive_close_ends_in_last_ack),
		cmocka_unit_test(simultaneous_close_is_closed_by_both),
		cmocka_unit_test(time_wait_follows_fin_wait2_with_fin),
		cmocka_unit_test(time_wait_follows_closing_when_all_is_acked),
		cmocka_unit_test(orphan_fin_wait2_goes_on_as_mini_socket),
		cmocka_unit_test(errors_leave_no_mini_socket),
		cmocka_unit_test(other_states_leave_no_mini_socket),
		cmocka_unit_test(time_wait_is_confirmed_and_ends_with_its_timer),
		cmocka_unit_test(time_wait_that_never_was_claims_no_time),
		cmocka_unit_test(killed_mini_socket_claims_only_what_was_seen),
		cmocka_unit_test(fin_of_the_peer_reaches_an_orphan_without_an_event),
		cmocka_unit_test(rst_for_a_time_wait_is_told_with_its_row),
		cmocka_unit_test(unknown_time_wait_is_met_by_its_rst),
		cmocka_unit_test(refused_is_told_after_the_attempt),
		cmocka_unit_test(received_rst_is_the_peers_doing),
		cmocka_unit_test(rst_after_close_belongs_to_the_socket_still),
		cmocka_unit_test(rst_after_an_orphans_end_goes_to_its_mini_socket),
		cmocka_unit_test(rst_for_nobody_is_told_without_a_row),
		cmocka_unit_test(closer_is_told_by_state_and_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
