/* SPDX-License-Identifier: BSD-2-Clause */
/* FIN_WAIT2 -> TIME_WAIT of orphans: told by the other end's event, if that is on this host. */
#include "table_test.h"

#define HERE  "local=10.0.0.1:40000 remote=10.0.0.2:80"
#define THERE "local=10.0.0.2:80 remote=10.0.0.1:40000"
#define CLIENT_SENT                                                                                \
	"cookie=5 flags=tuple,dead,bytes " HERE                                                    \
	" netns=7 iss=1000 irs=5000 bytes_acked=12 bytes_received=30\n"
/* The client's data were 11 bytes; its SYN is not counted. */
#define SERVER_OF(netns, cookie)                                                                   \
	"cookie=" cookie " flags=tuple,bytes " THERE " netns=" netns                               \
	" iss=5000 irs=1001 bytes_acked=30 bytes_received=11\n"

#define ORPHAN                                                                                     \
	"1s state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 " CLIENT_SENT                                  \
	"1s state sk=a1 old=FIN_WAIT2 new=CLOSE " CLIENT_SENT
#define PEER(netns)                                                                                \
	"1s state sk=a2 old=ESTABLISHED new=CLOSE_WAIT " SERVER_OF(netns, "6") ORPHAN              \
		"1005ms seen cookie=5 state=FIN_WAIT2 flags=mini,tuple,timer,point "               \
		"timer=timewait "                                                                  \
		"timer_ms=59995 iss=1012 irs=5030 " HERE " netns=7\n"                              \
		"1500ms state sk=a2 old=CLOSE_WAIT new=LAST_ACK " SERVER_OF(netns, "6")
#define LAST_ACK_TO_CLOSE "1501ms state sk=a2 old=LAST_ACK new=CLOSE cookie=6 "

static void begin(struct trial *trial, const char *text)
{
	facts(trial, text);
	forget_told(trial);
}

static void expect_time_wait_since(const struct trial *trial, uint64_t ms)
{
	const struct row *row = row_by_cookie(trial, 5);

	assert_int_equal(row->state, STATE_TIME_WAIT);
	assert_int_equal(row->since, ms * NS_PER_MS);
	assert_false(row->flags & ROW_SINCE_EXACT);
}

static void peers_end_tells(void **state)
{
	TRIAL(10);

	begin(&trial, PEER("7"));
	facts(&trial, LAST_ACK_TO_CLOSE "flags=tuple,dead,acked " THERE " netns=7\n");
	/* The FIN was not sent before LAST_ACK: half a second is certain. */
	told(&trial, ":40000 FIN_WAIT2>TIME_WAIT >500ms ~\n"
	             ":80 LAST_ACK>CLOSE =1ms\n");
	expect_time_wait_since(&trial, 1501);
	assert_int_equal(row_by_cookie(&trial, 5)->deadline, 61501 * NS_PER_MS);
	assert_int_equal(totals_of(&trial).healed, 0); /* no event was lost */
	trial_end(&trial);
}

static void peer_in_another_namespace_tells(void **state)
{
	TRIAL(10);

	begin(&trial, PEER("8"));
	facts(&trial, LAST_ACK_TO_CLOSE "flags=tuple,dead,acked " THERE " netns=8\n");
	expect_time_wait_since(&trial, 1501);
	trial_end(&trial);
}

/* A namespace of the same addresses, whose sequence numbers are not ours. */
static void stranger_of_the_same_addresses_tells_nothing(void **state)
{
	TRIAL(10);

	begin(&trial, PEER("8"));
	facts(&trial,
	      "1400ms state sk=a3 old=CLOSE_WAIT new=LAST_ACK cookie=9 flags=tuple,bytes " THERE
	      " netns=9 iss=77000 irs=88000 bytes_acked=30 bytes_received=11\n"
	      "1401ms state sk=a3 old=LAST_ACK new=CLOSE cookie=9 flags=tuple,acked " THERE
	      " netns=9\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_FIN_WAIT2);
	trial_end(&trial);
}

/* Neither an RST nor an end by the kernel (its FIN is not acknowledged) says that a FIN came. */
static void peer_that_ends_otherwise_tells_nothing(void **state)
{
	TRIAL(10);

	begin(&trial, PEER("7"));
	facts(&trial, LAST_ACK_TO_CLOSE "err=104 flags=tuple,dead,acked " THERE " netns=7\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_FIN_WAIT2);
	trial_end(&trial);
}

static void peer_whose_fin_is_not_acknowledged_tells_nothing(void **state)
{
	TRIAL(10);

	begin(&trial, PEER("7"));
	facts(&trial, LAST_ACK_TO_CLOSE "flags=tuple,dead " THERE " netns=7\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_FIN_WAIT2);
	trial_end(&trial);
}

/* The program has its socket still: the kernel has an event for that. */
static void open_socket_is_left_to_its_own_event(void **state)
{
	TRIAL(10);

	begin(&trial, "1s state sk=a2 old=ESTABLISHED new=CLOSE_WAIT " SERVER_OF(
			      "7", "6") "1s state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 "
	                                "flags=tuple,socket " HERE " netns=7\n"
	                                "1500ms state sk=a2 old=CLOSE_WAIT new=LAST_ACK " SERVER_OF(
						"7", "6"));
	facts(&trial, LAST_ACK_TO_CLOSE "flags=tuple,dead,acked " THERE " netns=7\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_FIN_WAIT2);
	trial_end(&trial);
}

static void look_of_before_does_not_take_it_back(void **state)
{
	TRIAL(10);

	begin(&trial, PEER("7") LAST_ACK_TO_CLOSE "flags=tuple,dead,acked " THERE " netns=7\n");
	facts(&trial, "1500ms seen cookie=5 state=FIN_WAIT2 flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=59500 " HERE " netns=7\n");
	told(&trial, "");
	/* One of afterwards confirms it; both say since when. */
	facts(&trial, "1600ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=59900 " HERE " netns=7\n");
	told(&trial, "");
	expect_time_wait_since(&trial, 1501);
	facts(&trial, "61800ms gone cookie=5 state=TIME_WAIT flags=mini,tuple " HERE " netns=7\n");
	told(&trial, ":40000 TIME_WAIT>CLOSE >60s ~\n");
	trial_end(&trial);
}

/* The look-up told before the event came by: once is enough. */
static void it_is_told_once(void **state)
{
	TRIAL(10);

	begin(&trial, PEER("7"));
	facts(&trial, "1500500us seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	              "timer=timewait timer_ms=60000 " HERE " netns=7\n" LAST_ACK_TO_CLOSE
	              "flags=tuple,dead,acked " THERE " netns=7\n");
	told(&trial, ":40000 FIN_WAIT2>TIME_WAIT >5ms ~\n"
	             ":80 LAST_ACK>CLOSE =1ms\n");
	trial_end(&trial);
}

/* 60 s less what is left: but not before it came to FIN_WAIT2, for ticks are coarse. */
static void time_of_a_look_up_is_the_causes(void **state)
{
	TRIAL(10);

	begin(&trial, ORPHAN "1050ms seen cookie=5 state=FIN_WAIT2 flags=mini,tuple,timer,point "
	                     "timer=timewait timer_ms=59950 " HERE " netns=7\n"
	                     "1150ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	                     "timer=timewait timer_ms=59910 " HERE " netns=7\n");
	expect_time_wait_since(&trial, 1060);
	trial_end(&trial);
}

static void tick_does_not_make_it_earlier_than_the_state_before(void **state)
{
	TRIAL(10);

	begin(&trial, ORPHAN "1002ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point "
	                     "timer=timewait timer_ms=59990 " HERE " netns=7\n");
	expect_time_wait_since(&trial, 1000);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers_end_tells),
		cmocka_unit_test(peer_in_another_namespace_tells),
		cmocka_unit_test(stranger_of_the_same_addresses_tells_nothing),
		cmocka_unit_test(peer_that_ends_otherwise_tells_nothing),
		cmocka_unit_test(peer_whose_fin_is_not_acknowledged_tells_nothing),
		cmocka_unit_test(open_socket_is_left_to_its_own_event),
		cmocka_unit_test(look_of_before_does_not_take_it_back),
		cmocka_unit_test(it_is_told_once),
		cmocka_unit_test(time_of_a_look_up_is_the_causes),
		cmocka_unit_test(tick_does_not_make_it_earlier_than_the_state_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
