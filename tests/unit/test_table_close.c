/* SPDX-License-Identifier: BSD-2-Clause */
/* Transitions: every way that a connection ends, and what it leaves behind. */
#include "table_stories.h"

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
	"115ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT          \
	"\n116ms destroy sk=a1\n"

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

/* Counters of 16 bits: a flood fills them, and does not begin them anew. */
static void counts_of_rsts_are_full_at_most(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED);
	for (int i = 0; i < UINT16_MAX + 2; i++) {
		facts(&trial,
		      "60ms rst_received sk=a1 cookie=5 state=ESTABLISHED flags=tuple" CLIENT "\n"
		      "60ms rst_sent sk=a1 cookie=5 state=ESTABLISHED flags=tuple" CLIENT "\n");
		forget_told(&trial);
	}
	assert_int_equal(only(&trial)->rsts_received, UINT16_MAX);
	assert_int_equal(only(&trial)->rsts_sent, UINT16_MAX);
	assert_int_equal(only(&trial)->steps_dropped, UINT16_MAX);
	assert_int_equal(totals_of(&trial).rsts_sent, UINT16_MAX + 2);
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
	      "flags=owned,tuple pid=42 comm=\"curl\"" CLIENT "\n"
	      /* In answer to a segment: whoever runs just then did not mean it. */
	      "61500us rst_sent sk=a1 reason=14 cookie=5 state=CLOSE flags=owned,tuple "
	      "pid=99 comm=\"other\"" CLIENT "\n"
	      "62ms destroy sk=a1\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE =10ms @42\n"
	             ":40000 rst_sent 11 @42\n"
	             ":40000 rst_sent 14\n");
	nothing_left(&trial);
	assert_int_equal(totals_of(&trial).rsts_sent, 2);
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

/* ss -K: the RST goes out first. */
static void rst_of_a_kill_does_not_hide_the_kill(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED "60ms rst_sent sk=a1 reason=14 active=1 cookie=5 state=ESTABLISHED "
	                  "flags=owned,tuple,socket pid=99 comm=\"ss\"" CLIENT "\n"
	                  "60ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=103 "
	                  "flags=owned,tuple,socket "
	                  "pid=99 comm=\"ss\"" CLIENT "\n");
	assert_int_equal(only(&trial)->closer, CLOSER_KILLED);
	assert_int_equal(only(&trial)->rsts_sent, 1);
	assert_int_equal(row_creator(trial.table, only(&trial))->pid, 42);
	trial_end(&trial);
}

/* Met in CLOSE by its RST, after everything else was lost. */
static void rst_of_a_closed_socket_tells_who_closed(void **state)
{
	TRIAL(10);

	facts(&trial, "60ms rst_sent sk=a1 reason=11 cookie=5 state=CLOSE flags=tuple" CLIENT "\n");
	assert_int_equal(only(&trial)->closer, CLOSER_LOCAL_RESET);
	assert_int_equal(only(&trial)->sk, 0xa1);
	/* Another socket of the same addresses lives: it is not his. */
	facts(&trial, "70ms state sk=a2 old=CLOSE new=SYN_SENT flags=tuple" SERVER "\n"
	              "80ms rst_sent sk=a3 reason=11 state=CLOSE flags=tuple" SERVER "\n");
	assert_int_equal(totals_of(&trial).rows, 3);
	trial_end(&trial);
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
		cmocka_unit_test(refused_is_told_after_the_attempt),
		cmocka_unit_test(received_rst_is_the_peers_doing),
		cmocka_unit_test(counts_of_rsts_are_full_at_most),
		cmocka_unit_test(rst_after_close_belongs_to_the_socket_still),
		cmocka_unit_test(rst_for_nobody_is_told_without_a_row),
		cmocka_unit_test(closer_is_told_by_state_and_error),
		cmocka_unit_test(rst_of_a_kill_does_not_hide_the_kill),
		cmocka_unit_test(rst_of_a_closed_socket_tells_who_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
