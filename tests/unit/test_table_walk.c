/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks and look-ups: how what the kernel holds is merged with what events told. */
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

/* --- bootstrap --------------------------------------------------------------------------------- */

static void first_walk_makes_rows_with_bounds(void **state)
{
	TRIAL(10);

	facts(&trial, BEGIN("100s") "100s seen sk=a1 cookie=5 state=CLOSE_WAIT "
	                            "flags=tuple,socket,ident,idle,queues,bytes rqueue=1 inode=77 "
	                            "uid=33 cgroup=9 idle_ms=60000 bytes_received=12" CLIENT
	                            "\n" END("101s"));
	told(&trial, "");
	assert_int_equal(only(&trial)->since, 40 * NS_PER_SEC);
	assert_int_equal(only(&trial)->flags & (ROW_SINCE_EXACT | ROW_BORN_EXACT), 0);
	assert_int_equal(only(&trial)->rqueue, 1);
	assert_int_equal(only(&trial)->inode, 77);
	assert_int_equal(only(&trial)->closer, CLOSER_PEER);
	assert_int_equal(totals_of(&trial).healed, 0); /* first met, not corrected */
	/* The first transition after it: a lower bound. */
	facts(&trial,
	      "110s state sk=a1 old=CLOSE_WAIT new=LAST_ACK cookie=5 flags=tuple,done" CLIENT "\n");
	told(&trial, ":40000 CLOSE_WAIT>LAST_ACK >70s\n");
	trial_end(&trial);
}

/* SYN_SENT, LAST_ACK: when something was heard last tells nothing of when it began. */
static void idle_time_bounds_only_states_that_a_segment_began(void **state)
{
	TRIAL(10);

	facts(&trial, BEGIN("100s") "100s seen sk=a1 cookie=5 state=LAST_ACK flags=tuple,idle "
	                            "idle_ms=60000" CLIENT "\n");
	assert_int_equal(only(&trial)->since, 100 * NS_PER_SEC);
	trial_end(&trial);
}

static void mini_sockets_are_found_by_tuple_and_cookie(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BEGIN("100s") "100s seen sk=f1 cookie=5 state=TIME_WAIT flags=mini,tuple,timer "
	                    "timer=timewait timer_ms=20000" CLIENT "\n" END("101s"));
	/* 20 of 60 s are left. */
	assert_int_equal(only(&trial)->since, 60 * NS_PER_SEC);
	assert_int_equal(only(&trial)->deadline, 120 * NS_PER_SEC);
	assert_int_equal(only(&trial)->sk, 0);
	/* The next walk finds it at another address of the mini-socket: the same row. */
	facts(&trial,
	      BEGIN("102s") "102s seen sk=f2 cookie=5 state=TIME_WAIT flags=mini,tuple,timer "
	                    "timer=timewait timer_ms=18000" CLIENT "\n" END("103s"));
	told(&trial, "");
	assert_int_equal(only(&trial)->since, 60 * NS_PER_SEC);
	/* Another connection of the same tuple, begun and ended unheard, is another row. */
	facts(&trial,
	      BEGIN("110s") "110s seen sk=f2 cookie=6 state=TIME_WAIT flags=mini,tuple,timer "
	                    "timer=timewait timer_ms=60000" CLIENT "\n" END("111s"));
	told(&trial, ":40000 TIME_WAIT>CLOSE >42s ~\n");
	assert_int_equal(only(&trial)->cookie, 6);
	assert_int_equal(only(&trial)->since, 110 * NS_PER_SEC);
	trial_end(&trial);
}

static void listeners_that_share_a_port_stay_apart(void **state)
{
	TRIAL(10);

	for (int i = 0; i < 2; i++)
		facts(&trial, BEGIN("100s") "100s seen sk=a1 cookie=1 state=LISTEN "
		                            "flags=tuple,socket" LISTENER "\n"
		                            "100s seen sk=a2 cookie=2 state=LISTEN "
		                            "flags=tuple,socket" LISTENER "\n" END("101s"));
	told(&trial, "");
	assert_int_equal(totals_of(&trial).rows, 2);
	assert_int_equal(row_by_cookie(&trial, 1)->sk, 0xa1);
	assert_int_equal(row_by_cookie(&trial, 2)->sk, 0xa2);
	trial_end(&trial);
}

/* sock_diag tells no address: cookies tell them apart, on each walk anew. */
static void listeners_without_an_address_stay_apart_too(void **state)
{
	TRIAL(10);

	for (int i = 0; i < 3; i++)
		facts(&trial,
		      BEGIN("100s") "100s seen cookie=1 state=LISTEN flags=tuple,socket" LISTENER
		                    "\n"
		                    "100s seen cookie=2 state=LISTEN flags=tuple,socket" LISTENER
		                    "\n" END("101s"));
	told(&trial, "");
	assert_int_equal(totals_of(&trial).rows, 2);
	/* Its first event brings the address. */
	facts(&trial,
	      "200s state sk=a1 old=LISTEN new=CLOSE cookie=1 flags=owned,tuple" LISTENER "\n");
	assert_int_equal(totals_of(&trial).rows, 2);
	assert_int_equal(row_by_cookie(&trial, 1)->state, STATE_CLOSE);
	assert_int_equal(row_by_cookie(&trial, 1)->sk, 0xa1);
	assert_int_equal(row_by_cookie(&trial, 2)->sk, 0);
	trial_end(&trial);
}

static void row_of_sock_diag_goes_on_with_its_events(void **state)
{
	TRIAL(10);

	facts(&trial, BEGIN("100s") "100s seen cookie=5 state=ESTABLISHED flags=tuple,socket,ident "
	                            "inode=77" CLIENT "\n" END("101s"));
	facts(&trial,
	      "120s retransmit sk=a1 cookie=5 state=ESTABLISHED ca_state=4 retransmits=1 "
	      "flags=tuple,socket" CLIENT "\n"
	      "121s state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 retransmit RTO\n"
	             ":40000 ESTABLISHED>FIN_WAIT1 >21s\n");
	assert_int_equal(only(&trial)->sk, 0xa1);
	trial_end(&trial);
}

static void request_of_a_walk_becomes_its_child(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BEGIN("100s") "100s seen sk=c1 state=NEW_SYN_RECV flags=request,tuple,timer" SERVER
	                    "\n" END("101s") "102s state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	                                     "102s state sk=b1 old=SYN_RECV new=ESTABLISHED "
	                                     "cookie=3 flags=tuple" SERVER "\n");
	told(&trial, ":80 SYN_RECV>ESTABLISHED >2s\n");
	assert_int_equal(only(&trial)->cookie, 3);
	trial_end(&trial);
}

/* The child is found by the walk itself, its events were lost. */
static void child_found_by_a_walk_takes_its_request(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BEGIN("100s") "100s seen sk=c1 state=NEW_SYN_RECV flags=request,tuple,timer" SERVER
	                    "\n" END("101s") BEGIN("110s") "110s seen sk=b1 cookie=3 "
	                                                   "state=ESTABLISHED flags=tuple" SERVER
	                                                   "\n" END("111s"));
	told(&trial, "");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	trial_end(&trial);
}

/* --- merge with events ------------------------------------------------------------------------- */

/* --- who is gone --------------------------------------------------------------------------------- */

static void unseen_sockets_end_when_the_walk_does(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED
	      "1s state sk=b1 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple" LISTENER "\n");
	forget_told(&trial);
	facts(&trial,
	      BEGIN("10s") "10s seen sk=b1 cookie=1 state=LISTEN flags=tuple" LISTENER "\n");
	told(&trial, "");
	assert_int_equal(totals_of(&trial).rows, 2);
	facts(&trial, END("11s"));
	told(&trial, ":40000 ESTABLISHED>CLOSE ? ~\n");
	assert_int_equal(only(&trial)->cookie, 1);
	assert_int_equal(totals_of(&trial).healed, 1);
	trial_end(&trial);
}

static void walk_without_an_end_ends_nothing(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED BEGIN("10s"));
	forget_told(&trial);
	/* Another one begins: what the broken one did not see is not gone for it. */
	facts(&trial, BEGIN("20s") SEEN("20s", "ESTABLISHED") END("21s") END("22s"));
	told(&trial, "");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	trial_end(&trial);
}

static void other_namespaces_are_untouched(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED "10s walk_begin kind=sockets netns=8\n"
	                          "11s walk_end kind=sockets netns=8\n");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	/* Nor does the end of another namespace's walk end this one's. */
	facts(&trial, BEGIN("20s") "21s walk_end kind=sockets netns=8\n");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	facts(&trial, END("22s"));
	nothing_left(&trial);
	trial_end(&trial);
}

static void what_an_event_touched_during_the_walk_is_not_gone(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED BEGIN("10s") "10500ms retransmit sk=a1 cookie=5 state=ESTABLISHED "
	                               "ca_state=4 flags=tuple" CLIENT "\n" END("11s"));
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	/* The next one is not hindered by it. */
	facts(&trial, BEGIN("20s") END("21s"));
	nothing_left(&trial);
	trial_end(&trial);
}

static void mini_and_request_sockets_go_without_being_counted_as_lost(void **state)
{
	TRIAL(10);

	facts(&trial, BEGIN("110s") "110s seen sk=f1 cookie=5 state=TIME_WAIT "
	                            "flags=mini,tuple,timer timer_ms=3000" CLIENT "\n"
	                            "110s seen sk=c1 state=NEW_SYN_RECV flags=request,tuple" SERVER
	                            "\n" END("111s"));
	facts(&trial, BEGIN("120s") END("121s"));
	told(&trial, ":40000 TIME_WAIT>CLOSE >60s ~\n"
	             ":80 SYN_RECV>CLOSE ? ~\n");
	nothing_left(&trial);
	assert_int_equal(totals_of(&trial).healed, 0);
	trial_end(&trial);
}

/* A CLOSE socket is in no hash table: a walk over sockets says nothing of it. */
static void closed_socket_ends_with_its_last_holder_only(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED "60ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 "
	                          "flags=tuple,socket" CLIENT "\n" BEGIN("10s") END("11s"));
	assert_int_equal(only(&trial)->state, STATE_CLOSE);
	facts(&trial, HOLD("12s") "12s holder sk=a1 cookie=5 pid=42 fd=3 inode=77 netns=7 "
	                          "comm=\"curl\"\n" HELD("13s"));
	assert_int_equal(only(&trial)->state, STATE_CLOSE);
	/* Its destruction was lost, nobody holds it any more. */
	facts(&trial, HOLD("14s") HELD("15s"));
	nothing_left(&trial);
	trial_end(&trial);
}

static void clone_whose_events_are_lost_goes_with_the_walk(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=b1 old=LISTEN new=SYN_RECV netns=7\n" BEGIN("1s") END("2s"));
	told(&trial, "");
	assert_int_equal(totals_of(&trial).rows, 0);
	/* One that is there is shown, by what the walk tells. */
	facts(&trial, "3s state sk=b1 old=LISTEN new=SYN_RECV netns=7\n" BEGIN(
			      "4s") "4s seen sk=b1 cookie=3 state=ESTABLISHED flags=tuple" SERVER
	                            "\n" END("5s"));
	told(&trial, ":80 SYN_RECV>ESTABLISHED ? ~\n");
	trial_end(&trial);
}

/* --- look-ups -------------------------------------------------------------------------------------- */

static void look_up_makes_no_row(void **state)
{
	TRIAL(10);

	facts(&trial, "10s seen sk=a1 cookie=5 state=ESTABLISHED flags=tuple,point" CLIENT "\n"
	              "10s gone cookie=5 state=TIME_WAIT flags=mini,tuple" CLIENT "\n");
	nothing_left(&trial);
	trial_end(&trial);
}

static void look_up_is_no_sighting_of_the_walk(void **state)
{
	TRIAL(10);

	facts(&trial, ESTABLISHED BEGIN("10s") SEEN("10s", "ESTABLISHED") END("11s"));
	facts(&trial, "12s seen sk=a1 cookie=5 state=ESTABLISHED flags=tuple,point" CLIENT "\n");
	facts(&trial, BEGIN("20s") END("21s"));
	nothing_left(&trial);
	trial_end(&trial);
}

static void gone_is_of_the_one_that_was_asked_for(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT "\n");
	forget_told(&trial);
	facts(&trial, "2s gone cookie=4 state=TIME_WAIT flags=mini,tuple" CLIENT "\n"
	              /* asked before this one was */
	              "900ms gone state=TIME_WAIT flags=mini,tuple" CLIENT "\n");
	told(&trial, "");
	assert_int_equal(only(&trial)->state, STATE_TIME_WAIT);
	/* A full socket is ended by events and walks. */
	facts(&trial,
	      "3s state sk=a2 old=ESTABLISHED new=CLOSE_WAIT cookie=6 flags=tuple" SERVER "\n"
	      "4s gone cookie=6 state=CLOSE_WAIT flags=tuple" SERVER "\n");
	assert_int_equal(row_by_cookie(&trial, 6)->state, STATE_CLOSE_WAIT);
	trial_end(&trial);
}

static void request_and_child_of_sock_diag_are_one(void **state)
{
	TRIAL(10);

	facts(&trial,
	      BEGIN("100s") "100s seen state=NEW_SYN_RECV flags=request,tuple" SERVER "\n" END(
		      "101s")
	              BEGIN("110s") "110s seen cookie=3 state=ESTABLISHED flags=tuple" SERVER
	                            "\n" END("111s"));
	told(&trial, "");
	assert_int_equal(only(&trial)->flags & ROW_REQUEST, 0);
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	trial_end(&trial);
}

static void look_up_during_a_walk_is_a_sign_of_life(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT
	              "\n" BEGIN("10s") "10500ms seen cookie=5 state=TIME_WAIT "
	                                "flags=mini,tuple,timer,point timer_ms=50500" CLIENT
	                                "\n" END("11s"));
	assert_int_equal(only(&trial)->state, STATE_TIME_WAIT);
	trial_end(&trial);
}

static void socket_that_closes_during_a_holder_walk_is_kept_by_it(void **state)
{
	TRIAL(10);

	facts(&trial,
	      ESTABLISHED HOLD("100ms") "110ms state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 "
	                                "err=104 flags=tuple,socket" CLIENT "\n" HELD("120ms"));
	assert_int_equal(only(&trial)->state, STATE_CLOSE);
	trial_end(&trial);
}

static void expect_missed(struct trial *trial, enum fact_walk_kind kind, uint64_t first,
                          uint64_t second)
{
	const uint64_t cookies[] = {first, second};
	struct buffer missed = {0};
	uint32_t index;
	size_t count = 0;

	table_missed(trial->table, kind, &missed);
	for (; count * sizeof(index) < missed.size; count++) {
		assert_in_range(count, 0, 1);
		memcpy(&index, missed.data + count * sizeof(index), sizeof(index));
		assert_int_equal(table_row(trial->table, index)->cookie, cookies[count]);
	}
	assert_int_equal(count, (first != 0) + (second != 0));
	buffer_free(&missed);
}

/* A walk may skip a socket: who asks before it ends can look at each that it has not seen. */
static void what_a_walk_would_end_can_be_looked_at_before(void **state)
{
	TRIAL(10);
	facts(&trial, ESTABLISHED
	      "1s state sk=b1 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple" LISTENER "\n"
	      "1s state sk=b2 old=ESTABLISHED new=CLOSE_WAIT cookie=6 flags=tuple" SERVER "\n"
	      "1s seen sk=b3 cookie=7 state=ESTABLISHED flags=tuple local=10.0.0.2:80 "
	      "remote=10.0.0.1:40000 netns=8\n"); /* of another namespace */
	expect_missed(&trial, WALK_SOCKETS, 0, 0);
	facts(&trial,
	      BEGIN("10s") "10s seen sk=b1 cookie=1 state=LISTEN flags=tuple" LISTENER "\n");
	expect_missed(&trial, WALK_SOCKETS, 5, 6);
	facts(&trial,
	      "10500ms seen sk=a1 cookie=5 state=ESTABLISHED flags=tuple,point" CLIENT "\n");
	expect_missed(&trial, WALK_SOCKETS, 6, 0);
	facts(&trial, END("11s"));
	assert_non_null(row_by_cookie(&trial, 5));
	assert_null(table_find_cookie(trial.table, 6));
	assert_non_null(row_by_cookie(&trial, 7));
	assert_int_equal(totals_of(&trial).healed, 1);
	trial_end(&trial);
}

static void closed_socket_without_a_holder_can_be_looked_at_before(void **state)
{
	const char *held = "2s holder sk=a1 cookie=5 pid=42 fd=3 inode=77 comm=\"curl\"\n";
	TRIAL(10);
	facts(&trial, ESTABLISHED HOLD("1900ms"));
	facts(&trial, held);
	facts(&trial, HELD("2100ms") "3s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 "
	                             "flags=tuple,socket" CLIENT "\n" HOLD("10s"));
	expect_missed(&trial, WALK_HOLDERS, 5, 0);
	facts(&trial, "10500ms seen sk=a1 cookie=5 state=CLOSE flags=tuple,socket,point" CLIENT
	              "\n" HELD("11s"));
	assert_int_equal(only(&trial)->state, STATE_CLOSE);
	facts(&trial, HOLD("20s") HELD("21s"));
	nothing_left(&trial);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_walk_makes_rows_with_bounds),
		cmocka_unit_test(idle_time_bounds_only_states_that_a_segment_began),
		cmocka_unit_test(mini_sockets_are_found_by_tuple_and_cookie),
		cmocka_unit_test(listeners_that_share_a_port_stay_apart),
		cmocka_unit_test(listeners_without_an_address_stay_apart_too),
		cmocka_unit_test(row_of_sock_diag_goes_on_with_its_events),
		cmocka_unit_test(request_of_a_walk_becomes_its_child),
		cmocka_unit_test(child_found_by_a_walk_takes_its_request),
		cmocka_unit_test(unseen_sockets_end_when_the_walk_does),
		cmocka_unit_test(walk_without_an_end_ends_nothing),
		cmocka_unit_test(other_namespaces_are_untouched),
		cmocka_unit_test(what_an_event_touched_during_the_walk_is_not_gone),
		cmocka_unit_test(mini_and_request_sockets_go_without_being_counted_as_lost),
		cmocka_unit_test(closed_socket_ends_with_its_last_holder_only),
		cmocka_unit_test(clone_whose_events_are_lost_goes_with_the_walk),
		cmocka_unit_test(what_a_walk_would_end_can_be_looked_at_before),
		cmocka_unit_test(closed_socket_without_a_holder_can_be_looked_at_before),
		cmocka_unit_test(look_up_makes_no_row),
		cmocka_unit_test(look_up_is_no_sighting_of_the_walk),
		cmocka_unit_test(gone_is_of_the_one_that_was_asked_for),
		cmocka_unit_test(request_and_child_of_sock_diag_are_one),
		cmocka_unit_test(look_up_during_a_walk_is_a_sign_of_life),
		cmocka_unit_test(socket_that_closes_during_a_holder_walk_is_kept_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
