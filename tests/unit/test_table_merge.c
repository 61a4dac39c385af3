/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks against events: which of the two knows better, and what becomes of the row. */
#include "table_test.h"

#define BEGIN(time) time " walk_begin kind=sockets netns=7\n"
#define END(time)   time " walk_end kind=sockets netns=7\n"
#define HOLD(time)  time " walk_begin kind=holders\n"
#define HELD(time)  time " walk_end kind=holders\n"
#define SEEN(time, state)                                                                          \
	time " seen sk=a1 cookie=5 state=" state " flags=tuple,socket,ident inode=77" CLIENT "\n"

#define ESTABLISHED                                                                                \
	"10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket pid=42 "        \
	"comm=\"curl\"" CLIENT "\n"                                                                \
	"50ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"

static void event_beats_an_older_sample(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED BEGIN(
			      "100ms") "110ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 "
	                               "flags=tuple,socket,done" CLIENT
	                               "\n" SEEN("105ms", "ESTABLISHED") END("120ms"));
	assert_int_equal(only(&trial)->state, STATE_CLOSE_WAIT);
	assert_true(only(&trial)->flags & ROW_SINCE_EXACT);
	assert_false(only(&trial)->flags & ROW_HEALED);
	assert_int_equal(totals_of(&trial).healed, 0);
	trial_end(&trial);
}

static void newer_sample_corrects_what_was_lost(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED);
	forget_told(&trial);
	facts(&trial, "60ms loss where=ring-buffer count=3\n" BEGIN("100ms")
	                      SEEN("105ms", "CLOSE_WAIT") END("120ms"));
	/* Seen in ESTABLISHED for an instant only: how long it stayed nobody knows. */
	told(&trial, "lost ring-buffer 3\n"
	             ":40000 ESTABLISHED>CLOSE_WAIT ? ~\n");
	assert_true(only(&trial)->flags & ROW_HEALED);
	assert_false(only(&trial)->flags & ROW_SINCE_EXACT);
	assert_int_equal(totals_of(&trial).healed, 1);
	assert_int_equal(totals_of(&trial).lost[LOSS_RING], 3);
	trial_end(&trial);
}

static void corrected_state_is_known_up_to_the_last_look(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED BEGIN("5s") SEEN("5050ms", "ESTABLISHED") END("6s"));
	forget_told(&trial);
	facts(&trial, BEGIN("60s") SEEN("60s", "CLOSE_WAIT") END("61s"));
	told(&trial, ":40000 ESTABLISHED>CLOSE_WAIT >5s ~\n");
	trial_end(&trial);
}

/* Before 5.15 a sample is taken without the socket's lock. */
static void event_of_the_same_instant_beats_a_sample(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED BEGIN("50ms") SEEN("50500us", "SYN_SENT") END("60ms"));
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	assert_int_equal(totals_of(&trial).healed, 0);
	trial_end(&trial);
}

static void destroyed_socket_is_not_revived_by_a_sample(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED BEGIN("100ms") "110ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 "
	                                 "err=104 flags=tuple" CLIENT "\n"
	                                 "111ms destroy sk=a1\n" SEEN("105ms", "ESTABLISHED")
	                                         END("120ms"));
	nothing_left(&trial);
	/* What gets its address afterwards is seen. */
	facts(&trial,
	      BEGIN("200ms") "201ms destroy sk=a1\n"
	                     "202ms seen sk=a1 cookie=6 state=ESTABLISHED flags=tuple" CLIENT
	                     "\n" END("210ms"));
	assert_int_equal(only(&trial)->cookie, 6);
	trial_end(&trial);
}

/* ... and a new socket at the address does not end by a sample of the old one. */
static void old_sample_does_not_end_who_has_the_address_now(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED BEGIN(
		      "100ms") "110ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 "
	                       "flags=tuple" CLIENT "\n"
	                       "111ms destroy sk=a1\n"
	                       "112ms state sk=a1 old=LISTEN new=SYN_RECV netns=7\n" SEEN(
				       "105ms",
				       "ESTABLISHED") "113ms state sk=a1 old=SYN_RECV "
	                                              "new=ESTABLISHED cookie=6 flags=tuple" SERVER
	                                              "\n" SEEN("106ms", "ESTABLISHED")
	                                                      END("120ms"));
	assert_int_equal(only(&trial)->cookie, 6);
	assert_int_equal(only(&trial)->lport, 80);
	assert_true(only(&trial)->flags & ROW_SINCE_EXACT);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

/* It became a mini-socket after the sample: there are not two of it. */
static void full_sample_does_not_replace_a_newer_mini_socket(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED
	      "60ms state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 flags=tuple,socket" CLIENT
	      "\n"
	      "61ms state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 flags=tuple,socket" CLIENT
	      "\n" BEGIN("100ms") "110ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 "
	                          "flags=tuple,socket,done" CLIENT "\n" SEEN("105ms", "FIN_WAIT2")
	                                  END("120ms"));
	assert_int_equal(only(&trial)->state, STATE_TIME_WAIT);
	assert_int_equal(only(&trial)->closer, CLOSER_LOCAL);
	assert_true(only(&trial)->flags & ROW_SINCE_EXACT);
	trial_end(&trial);
}

static void old_mini_sample_does_not_end_its_successor(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BEGIN("100ms") "110ms state sk=a2 old=CLOSE new=SYN_SENT cookie=6 "
	                     "flags=owned,tuple" CLIENT "\n"
	                     "105ms seen sk=f1 cookie=5 state=TIME_WAIT flags=mini,tuple,timer "
	                     "timer_ms=1000" CLIENT "\n" END("120ms"));
	assert_int_equal(only(&trial)->cookie, 6);
	assert_int_equal(only(&trial)->state, STATE_SYN_SENT);
	trial_end(&trial);
}

static void lost_end_of_a_socket_is_told_by_its_mini_socket(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED
	      "60ms state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 flags=tuple,socket" CLIENT
	      "\n");
	forget_told(&trial);
	facts(&trial,
	      BEGIN("70ms") "80ms seen sk=f1 cookie=5 state=TIME_WAIT flags=mini,tuple,timer "
	                    "timer=timewait timer_ms=59999" CLIENT "\n" END("90ms"));
	told(&trial, ":40000 FIN_WAIT1>TIME_WAIT ? ~\n");
	assert_int_equal(only(&trial)->sk, 0);
	assert_int_equal(only(&trial)->since, 79 * NS_PER_MS);
	assert_true(only(&trial)->flags & ROW_HEALED);
	assert_int_equal(totals_of(&trial).healed, 1);
	trial_end(&trial);
}

static void stale_row_of_a_reused_tuple_does_not_hide_a_mini_socket(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED); /* its end is lost, the tuple is used again and closed, unheard */
	forget_told(&trial);
	facts(&trial, BEGIN("9s") "9s seen sk=f1 cookie=6 state=TIME_WAIT flags=mini,tuple,timer "
	                          "timer=timewait timer_ms=59000" CLIENT "\n" END("10s"));
	told(&trial, ":40000 ESTABLISHED>CLOSE ? ~\n");
	assert_int_equal(only(&trial)->cookie, 6);
	trial_end(&trial);
}

/* Its answers come by another way than events: they may be ahead of them by a while. */
static void sample_of_sock_diag_waits_longer_for_events(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED BEGIN(
		      "60ms") "500ms seen cookie=5 state=CLOSE_WAIT flags=tuple,socket" CLIENT
	                      "\n");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	facts(&trial, "1100ms seen cookie=5 state=CLOSE_WAIT flags=tuple,socket" CLIENT "\n");
	assert_int_equal(only(&trial)->state, STATE_CLOSE_WAIT);
	trial_end(&trial);
}

/* The end of the sampled one was lost, so no tombstone tells. */
static void old_sample_of_a_reused_address_is_passed_over(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED BEGIN("100ms") "112ms state sk=a1 old=LISTEN new=SYN_RECV netns=7\n"
	                                 "113ms state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=6 "
	                                 "flags=tuple" SERVER "\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 1);
	facts(&trial, SEEN("105ms", "ESTABLISHED") END("120ms"));
	assert_int_equal(only(&trial)->cookie, 6);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 1);
	trial_end(&trial);
}

/* An fd may hold a socket in CLOSE, and another connection have ended on its addresses since. */
static void closed_socket_does_not_become_a_mini_socket(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED "60ms state sk=a1 old=ESTABLISHED new=CLOSE err=104 cookie=5 "
	                  "flags=tuple,socket" CLIENT
	                  "\n" BEGIN("10s") "10s seen sk=f1 state=TIME_WAIT flags=mini,tuple,timer "
	                                    "timer_ms=59000" CLIENT "\n" END("11s"));
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_CLOSE);
	assert_int_equal(totals_of(&trial).by_state[STATE_TIME_WAIT], 1);
	trial_end(&trial);
}

static void tombstones_are_kept_for_the_walk_only(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED
	      "60ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 flags=tuple" CLIENT "\n"
	      "61ms destroy sk=a1\n");
	assert_int_equal(trial.table->tombstones.count, 0);
	facts(&trial,
	      BEGIN("1s") HOLD("1s") "1s destroy sk=a2\n1s destroy sk=a3\n1s destroy sk=a2\n"
	                             "1s destroy\n");
	assert_int_equal(trial.table->tombstones.count, 2);
	facts(&trial, END("2s"));
	assert_int_equal(trial.table->tombstones.count, 2);
	facts(&trial, HELD("3s"));
	assert_int_equal(trial.table->tombstones.count, 0);
	trial_end(&trial);
}

static void many_tombstones_are_all_found(void **state)
{
	char line[128];
	TRIAL(10);

	fact_line(&trial, BEGIN("1s"));
	for (int i = 1; i <= 5000; i++) {
		snprintf(line, sizeof(line), "2s destroy sk=%x", i * 0x940);
		fact_line(&trial, line);
	}
	for (int i = 1; i <= 5000; i++) {
		snprintf(line, sizeof(line), "2s seen sk=%x state=ESTABLISHED flags=tuple" CLIENT,
		         i * 0x940);
		fact_line(&trial, line);
	}
	nothing_left(&trial);
	trial_end(&trial);
}

/* The walk read the request, then the ACK came: there is no request any more. */
static void request_that_became_a_child_does_not_come_back(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BEGIN("100ms") "110ms state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	                     "111ms state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 "
	                     "flags=tuple" SERVER "\n"
	                     "105ms seen sk=c1 state=NEW_SYN_RECV flags=request,tuple" SERVER
	                     "\n" END("120ms"));
	assert_int_equal(only(&trial)->cookie, 3);
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_beats_an_older_sample),
		cmocka_unit_test(newer_sample_corrects_what_was_lost),
		cmocka_unit_test(corrected_state_is_known_up_to_the_last_look),
		cmocka_unit_test(event_of_the_same_instant_beats_a_sample),
		cmocka_unit_test(destroyed_socket_is_not_revived_by_a_sample),
		cmocka_unit_test(old_sample_does_not_end_who_has_the_address_now),
		cmocka_unit_test(full_sample_does_not_replace_a_newer_mini_socket),
		cmocka_unit_test(old_mini_sample_does_not_end_its_successor),
		cmocka_unit_test(lost_end_of_a_socket_is_told_by_its_mini_socket),
		cmocka_unit_test(stale_row_of_a_reused_tuple_does_not_hide_a_mini_socket),
		cmocka_unit_test(sample_of_sock_diag_waits_longer_for_events),
		cmocka_unit_test(old_sample_of_a_reused_address_is_passed_over),
		cmocka_unit_test(closed_socket_does_not_become_a_mini_socket),
		cmocka_unit_test(tombstones_are_kept_for_the_walk_only),
		cmocka_unit_test(many_tombstones_are_all_found),
		cmocka_unit_test(request_that_became_a_child_does_not_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
