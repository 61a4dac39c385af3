/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table asks for, when, and when no more. */
#include "table_test.h"

/* Of processes: test_table_task.c. */
#define SOCKETS (LOOKUP_BIT(LOOKUP_MINI) | LOOKUP_BIT(LOOKUP_PORT))

#define TIME_WAIT                                                                                  \
	"1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT "\n"
#define SYN_SENT                                                                                   \
	"1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple pid=42 "                 \
	"comm=\"curl\"" UNBOUND "\n"

static bool asks(struct trial *trial, enum lookup_kind kind, uint64_t cookie)
{
	struct lookup lookup;

	if (!table_next_lookup(trial->table, ~0U, &lookup))
		return false;
	assert_int_equal(lookup.kind, kind);
	assert_int_equal(lookup.cookie, cookie);
	assert_int_equal(lookup.s.cookie, cookie);
	return true;
}

static bool asks_nothing(struct trial *trial)
{
	struct lookup lookup;

	return !table_next_lookup(trial->table, ~0U, &lookup);
}

static void replay_asks_nothing(void **state)
{
	TRIAL(10);

	facts(&trial,
	      TIME_WAIT "2s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=tuple" UNBOUND "\n"
	                "99s tick\n");
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

static void mini_socket_is_asked_for_until_it_is_known(void **state)
{
	struct lookup lookup;
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial, TIME_WAIT);
	assert_true(table_next_lookup(trial.table, ~0U, &lookup));
	assert_int_equal(lookup.kind, LOOKUP_MINI);
	assert_int_equal(lookup.s.state, STATE_TIME_WAIT);
	assert_int_equal(lookup.s.flags, SAMPLE_TUPLE | SAMPLE_MINI);
	assert_int_equal(lookup.s.lport, 40000);
	assert_int_equal(lookup.s.rport, 80);
	assert_int_equal(lookup.s.netns, 7);
	assert_int_equal(lookup.s.laddr[3], 1);
	assert_int_equal(lookup.s.raddr[3], 2);
	assert_true(asks_nothing(&trial));
	facts(&trial, "2999ms tick\n");
	assert_true(asks_nothing(&trial));
	facts(&trial, "3s tick\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	assert_true(asks_nothing(&trial));
	/* The answer: there, until 61.5 s. */
	facts(&trial, "3100ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=58400" CLIENT "\n61499ms tick\n");
	assert_true(asks_nothing(&trial));
	facts(&trial, "61500ms tick\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	assert_true(asks_nothing(&trial));
	facts(&trial,
	      "61501ms gone cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT "\n99s tick\n");
	nothing_left(&trial);
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

/* Old segments arm the timer anew: then it is there still when it was to end. */
static void mini_socket_armed_anew_is_asked_for_again(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial, TIME_WAIT);
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	facts(&trial, "1100ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=59900" CLIENT "\n61s tick\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	facts(&trial, "61s seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=40000" CLIENT "\n100s tick\n");
	assert_true(asks_nothing(&trial));
	facts(&trial, "101s tick\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	trial_end(&trial);
}

static void walks_do_not_pile_up_questions(void **state)
{
	size_t asked;
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial,
	      "10s walk_begin kind=sockets netns=7\n"
	      "10s seen sk=f1 cookie=5 state=TIME_WAIT flags=mini,tuple,timer timer=timewait "
	      "timer_ms=50000" CLIENT "\n");
	asked = trial.table->pending.minis.count;
	assert_int_equal(asked, 1);
	/* Readings of a timer differ by ticks. */
	facts(&trial,
	      "15s seen sk=f1 cookie=5 state=TIME_WAIT flags=mini,tuple,timer timer=timewait "
	      "timer_ms=45003" CLIENT "\n"
	      "20s seen sk=f1 cookie=5 state=TIME_WAIT flags=mini,tuple,timer timer=timewait "
	      "timer_ms=39997" CLIENT "\n");
	assert_int_equal(trial.table->pending.minis.count, asked);
	facts(&trial, "60s tick\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

static void replaced_mini_socket_is_not_asked_for(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial,
	      TIME_WAIT "2s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=tuple" CLIENT "\n");
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

static void port_is_asked_for_once(void **state)
{
	struct lookup lookup;
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial, SYN_SENT);
	assert_true(table_next_lookup(trial.table, ~0U, &lookup));
	assert_int_equal(lookup.kind, LOOKUP_PORT);
	assert_int_equal(lookup.sk, 0xa1);
	assert_int_equal(lookup.cookie, 5);
	facts(&trial, "9s tick\n");
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

static void port_that_came_by_itself_is_not_asked_for(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial, SYN_SENT
	      "1040ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n");
	assert_true(asks_nothing(&trial));
	/* Nor of who is gone, nor of who was bound. */
	facts(&trial, "2s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=tuple" UNBOUND "\n"
	              "2s state sk=a2 old=SYN_SENT new=CLOSE cookie=6 flags=tuple" UNBOUND "\n"
	              "2s destroy sk=a2\n"
	              "3s state sk=a3 old=CLOSE new=SYN_SENT cookie=7 flags=tuple local=1.1.1.1:7 "
	              "remote=2.2.2.2:2 netns=7\n");
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

static void lookups_come_in_order_of_their_time(void **state)
{
	char line[256];
	TRIAL(1000);

	table_enable_lookups(trial.table, SOCKETS);
	/* Deadlines at 10 s + n, n going through 1..499 in an order that is none. */
	for (int i = 1; i < 500; i++) {
		int n = i * 211 % 499 + 1;

		snprintf(line, sizeof(line),
		         "1s seen cookie=%d state=TIME_WAIT flags=mini,tuple,timer timer_ms=%d "
		         "local=10.0.0.1:%d remote=10.0.0.2:80 netns=7",
		         n, 9000 + n * 100, n);
		facts(&trial, line);
	}
	for (int n = 1; n < 500; n++) {
		assert_true(asks_nothing(&trial));
		snprintf(line, sizeof(line), "%dms tick", 10000 + n * 100);
		facts(&trial, line);
		assert_true(asks(&trial, LOOKUP_MINI, (uint64_t)n));
		snprintf(
			line, sizeof(line),
			"%dms gone cookie=%d flags=mini,tuple local=10.0.0.1:%d remote=10.0.0.2:80 "
			"netns=7",
			10000 + n * 100, n, n);
		facts(&trial, line);
		forget_told(&trial);
	}
	nothing_left(&trial);
	trial_end(&trial);
}

/* The timer wheel fires timers of a minute seconds late. */
static void mini_socket_that_is_late_is_not_asked_for_in_a_hurry(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial, TIME_WAIT);
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	facts(&trial, "1100ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=59890" CLIENT "\n61s tick\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	facts(&trial, "61020ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=0" CLIENT "\n61100ms tick\n");
	assert_true(asks_nothing(&trial));
	facts(&trial, "63s tick\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

static void mini_socket_that_an_rst_told_of_is_asked_for(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial,
	      "1s rst_sent sk=ff7 reason=9 cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT "\n");
	assert_true(asks(&trial, LOOKUP_MINI, 5));
	trial_end(&trial);
}

/* Another socket has the row now; its own lookup is still pending. */
static void port_of_who_is_gone_is_not_asked_for(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial,
	      SYN_SENT "2s destroy sk=a1\n"
	               "3s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=tuple" UNBOUND "\n");
	assert_true(asks(&trial, LOOKUP_PORT, 6));
	assert_true(asks_nothing(&trial));
	trial_end(&trial);
}

/* It comes before the kernel has stored SYN_SENT, on a CPU that is kept from going on. */
static void look_up_may_be_ahead_of_the_kernel(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, SOCKETS);
	facts(&trial,
	      "1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket pid=42 "
	      "comm=\"curl\"" UNBOUND "\n"
	      "1005ms seen sk=a1 cookie=5 state=CLOSE flags=point,tuple,socket" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n");
	facts(&trial,
	      "1040ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT
	      "\n");
	told(&trial, ":40000 SYN_SENT>ESTABLISHED =40ms\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

/* --- the FIN of an orphan's peer -------------------------------------------------------------- */

#define FINS LOOKUP_BIT(LOOKUP_FIN)
#define ORPHAN                                                                                     \
	"1s state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 flags=tuple,dead" CLIENT "\n"         \
	"1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead" CLIENT "\n"

/* When ticks of 20 ms find a lookup that is due, in ms, up to the end. */
static void looks(struct trial *trial, uint32_t from, uint32_t to, const char *expected)
{
	char tick[32], found[256] = "";
	struct lookup lookup;

	for (uint32_t ms = from; ms <= to; ms += 20) {
		snprintf(tick, sizeof(tick), "%ums tick", ms);
		facts(trial, tick);
		while (table_next_lookup(trial->table, FINS, &lookup)) {
			assert_int_equal(lookup.kind, LOOKUP_FIN);
			assert_int_equal(lookup.cookie, 5);
			assert_int_equal(lookup.s.state, STATE_FIN_WAIT2);
			snprintf(found + strlen(found), sizeof(found) - strlen(found), "%u ", ms);
		}
	}
	assert_string_equal(found, expected);
}

/* It would have a minute. */
static void orphan_is_looked_at_with_pauses_that_double(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, FINS);
	facts(&trial, ORPHAN);
	looks(&trial, 1000, 61000, "1060 1160 1360 1760 2560 4160 7360 13760 ");
	assert_int_equal(trial.table->pending.fins.count, 0);
	trial_end(&trial);
}

static void orphan_that_is_none_any_more_is_not_looked_at(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, FINS);
	facts(&trial, ORPHAN);
	looks(&trial, 1000, 1500, "1060 1160 1360 ");
	facts(&trial, "1500ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=59990" CLIENT "\n");
	looks(&trial, 1500, 61000, "");
	assert_int_equal(trial.table->pending.fins.count, 0);
	trial_end(&trial);
}

/*
 * One that was there before us, by a walk; and another one in its place is looked at by its own
 * time.
 */
static void orphan_of_a_walk_is_looked_at(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, FINS);
	facts(&trial, "1s seen sk=f1 cookie=4 state=FIN_WAIT2 flags=mini,tuple,timer "
	              "timer=timewait timer_ms=50000" CLIENT "\n"
	              "1020ms gone cookie=4 state=FIN_WAIT2 flags=mini,tuple" CLIENT "\n"
	              "1040ms seen sk=f1 cookie=5 state=FIN_WAIT2 flags=mini,tuple,timer "
	              "timer=timewait timer_ms=50000" CLIENT "\n");
	looks(&trial, 1040, 1200, "1100 1200 ");
	trial_end(&trial);
}

/* More orphans than can be asked for: the old ones wait for a walk. */
static void look_that_is_late_is_left_out(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, FINS);
	facts(&trial, ORPHAN);
	looks(&trial, 1100, 1140, ""); /* due at 1050, until 1100; the next at 1200 */
	looks(&trial, 1400, 1400, "");
	looks(&trial, 1700, 2600, "1700 2100 ");
	trial_end(&trial);
}

/* Its own event will tell. */
static void orphan_with_a_peer_here_is_not_looked_at(void **state)
{
	TRIAL(10);

	table_enable_lookups(trial.table, FINS);
	facts(&trial, "1s state sk=a2 old=ESTABLISHED new=CLOSE_WAIT cookie=6 flags=tuple" SERVER
	              "\n" ORPHAN);
	looks(&trial, 1000, 1800, "");
	/* ... unless an RST has ended it. */
	facts(&trial,
	      "1800ms state sk=a2 old=CLOSE_WAIT new=CLOSE cookie=6 err=104 flags=tuple" SERVER
	      "\n");
	looks(&trial, 1800, 5000, "2560 4160 ");
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_asks_nothing),
		cmocka_unit_test(mini_socket_is_asked_for_until_it_is_known),
		cmocka_unit_test(mini_socket_armed_anew_is_asked_for_again),
		cmocka_unit_test(walks_do_not_pile_up_questions),
		cmocka_unit_test(replaced_mini_socket_is_not_asked_for),
		cmocka_unit_test(port_is_asked_for_once),
		cmocka_unit_test(port_that_came_by_itself_is_not_asked_for),
		cmocka_unit_test(lookups_come_in_order_of_their_time),
		cmocka_unit_test(mini_socket_that_is_late_is_not_asked_for_in_a_hurry),
		cmocka_unit_test(mini_socket_that_an_rst_told_of_is_asked_for),
		cmocka_unit_test(port_of_who_is_gone_is_not_asked_for),
		cmocka_unit_test(look_up_may_be_ahead_of_the_kernel),
		cmocka_unit_test(orphan_is_looked_at_with_pauses_that_double),
		cmocka_unit_test(orphan_that_is_none_any_more_is_not_looked_at),
		cmocka_unit_test(orphan_of_a_walk_is_looked_at),
		cmocka_unit_test(look_that_is_late_is_left_out),
		cmocka_unit_test(orphan_with_a_peer_here_is_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
