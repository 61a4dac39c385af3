/* SPDX-License-Identifier: BSD-2-Clause */
/* Identity: request sockets and their children, addresses and tuples that are used again. */
#include "table_test.h"

/* --- request sockets --------------------------------------------------------------------------- */

#define SYNACK(time, n)                                                                            \
	time " synack sk=c1 num_retrans=" n " state=NEW_SYN_RECV flags=request,tuple,timer" SERVER \
	     "\n"

static void request_is_shown_and_absorbed_by_its_child(void **state)
{
	TRIAL(10);

	facts(&trial, SYNACK("1s", "1") SYNACK("3s", "2"));
	told(&trial, ":80 retransmit SYN+ACK\n"
	             ":80 retransmit SYN+ACK\n");
	assert_int_equal(only(&trial)->state, STATE_NEW_SYN_RECV);
	assert_int_equal(only(&trial)->retransmits[RETRANSMIT_SYNACK], 2);
	assert_false(only(&trial)->flags & ROW_SINCE_EXACT);
	facts(&trial,
	      "5s state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "5s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=tuple" SERVER "\n");
	/* Half-open since its request was first seen, and the request's end is no event. */
	told(&trial, ":80 SYN_RECV>ESTABLISHED >4s\n");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	assert_int_equal(only(&trial)->retransmits[RETRANSMIT_SYNACK], 2);
	assert_int_equal(only(&trial)->born, NS_PER_SEC);
	assert_false(only(&trial)->flags & ROW_BORN_EXACT);
	assert_int_equal(totals_of(&trial).by_state[STATE_NEW_SYN_RECV], 0);
	assert_int_equal(totals_of(&trial).retransmits[RETRANSMIT_SYNACK], 2);
	trial_end(&trial);
}

/* The child's birth was lost: the half-open time is not one in ESTABLISHED. */
static void request_of_a_child_met_late_lends_it_no_age(void **state)
{
	struct state_time times[STATE_COUNT];
	TRIAL(10);

	facts(&trial, SYNACK("1s", "1") "5s state sk=b1 old=ESTABLISHED new=CLOSE_WAIT cookie=3 "
	                                "flags=tuple,done" SERVER "\n"
	                                "6s tick\n");
	table_time_in_states(trial.table, only(&trial), times);
	assert_int_equal(times[STATE_ESTABLISHED].ns, 0);
	assert_int_equal(times[STATE_CLOSE_WAIT].ns, NS_PER_SEC);
	assert_int_equal(only(&trial)->born, NS_PER_SEC);
	trial_end(&trial);
}

/* Slab caches hand out the address of a request that expired at once. */
static void request_at_a_used_address_is_another_one(void **state)
{
	TRIAL(10);

	facts(&trial, SYNACK("1s", "1"));
	forget_told(&trial);
	facts(&trial, "70s synack sk=c1 num_retrans=1 state=NEW_SYN_RECV flags=request,tuple "
	              "local=10.0.0.2:80 remote=10.0.0.8:5000 netns=7\n");
	told(&trial, ":80 SYN_RECV>CLOSE ? ~\n"
	             ":80 retransmit SYN+ACK\n");
	assert_int_equal(only(&trial)->rport, 5000);
	assert_int_equal(only(&trial)->retransmits[RETRANSMIT_SYNACK], 1);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0); /* no event tells of their end */
	trial_end(&trial);
}

static void request_of_the_listeners_point_of_view_ends_by_look_up(void **state)
{
	TRIAL(10);

	facts(&trial, SYNACK("1s", "1"));
	forget_told(&trial);
	facts(&trial, "64s gone state=NEW_SYN_RECV flags=request,tuple" SERVER "\n");
	told(&trial, ":80 SYN_RECV>CLOSE ? ~\n");
	nothing_left(&trial);
	trial_end(&trial);
}

/* --- tuples used again ------------------------------------------------------------------------- */

#define TIME_WAIT                                                                                  \
	"1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT "\n"        \
	"1001ms destroy sk=a1\n"                                                                   \
	"1002ms seen cookie=5 state=TIME_WAIT flags=mini,tuple,timer,point timer=timewait "        \
	"timer_ms=59998" CLIENT "\n"

static void connect_on_the_same_tuple_replaces_a_time_wait(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT);
	forget_told(&trial);
	facts(&trial, "3s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=owned,tuple pid=42 "
	              "comm=\"curl\"" UNBOUND "\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_TIME_WAIT);
	facts(&trial, "3001ms seen sk=a2 cookie=6 state=SYN_SENT flags=point,tuple" CLIENT "\n");
	/* It had stood there until then. */
	told(&trial, ":40000 TIME_WAIT>CLOSE >2001ms ~\n"
	             ":40000 CLOSE>SYN_SENT ? @42\n");
	assert_int_equal(only(&trial)->cookie, 6);
	trial_end(&trial);
}

/* With a bound port the new life's first event has it, and the row has it from the old life. */
static void bound_socket_that_connects_elsewhere_replaces_a_time_wait(void **state)
{
	TRIAL(10);

	facts(&trial,
	      TIME_WAIT "2s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=owned,tuple "
	                "local=10.0.0.1:40000 remote=10.0.0.9:80 netns=7\n"
	                "2100ms state sk=a2 old=SYN_SENT new=CLOSE cookie=6 err=111 flags=tuple "
	                "local=10.0.0.1:40000 remote=10.0.0.9:80 netns=7\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_TIME_WAIT);
	facts(&trial,
	      "3s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=owned,tuple" CLIENT "\n");
	assert_int_equal(only(&trial)->cookie, 6);
	trial_end(&trial);
}

static void syn_to_a_time_wait_replaces_it_by_a_request(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" SERVER
	              "\n" SYNACK("3s", "1"));
	assert_int_equal(only(&trial)->state, STATE_NEW_SYN_RECV);
	trial_end(&trial);
}

static void other_namespaces_tuple_is_another_connection(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT "3s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=owned,tuple "
	                        "local=10.0.0.1:40000 remote=10.0.0.2:80 netns=8\n");
	assert_int_equal(row_by_cookie(&trial, 5)->state, STATE_TIME_WAIT);
	assert_int_equal(row_by_cookie(&trial, 6)->state, STATE_SYN_SENT);
	trial_end(&trial);
}

/* --- addresses used again, because the end of the old socket was lost ---------------------------- */

#define OLD                                                                                        \
	"1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple pid=42 "                 \
	"comm=\"old\"" CLIENT "\n"                                                                 \
	"1001ms connect sk=a1 cookie=5 fd=3 inode=77 netns=7 pid=42 comm=\"old\"\n"                \
	"1002ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"
#define OTHER " local=10.0.0.1:41111 remote=10.0.0.3:443 netns=7 "

/* Nothing of the old socket may be on the new one's row. */
static void expect_fresh(const struct trial *trial)
{
	const struct row *row = only(trial);

	assert_int_equal(row->lport, 41111);
	assert_int_equal(row->holders, ROW_NONE);
	assert_int_equal(row->owner, ROW_NONE);
	assert_true(row->born > NS_PER_SEC * 2);
	assert_int_equal(totals_of(trial).lost[LOSS_CHAIN], 1);
}

static void clone_at_a_used_address_is_another_socket(void **state)
{
	TRIAL(10);

	facts(&trial, OLD);
	forget_told(&trial);
	facts(&trial,
	      "3s state sk=a1 old=LISTEN new=SYN_RECV netns=7\n"
	      "3001ms state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=6 flags=tuple" OTHER "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE ? ~\n"
	             ":41111 SYN_RECV>ESTABLISHED >1ms\n");
	expect_fresh(&trial);
	trial_end(&trial);
}

static void transition_of_another_cookie_is_another_socket(void **state)
{
	TRIAL(10);

	facts(&trial, OLD);
	forget_told(&trial);
	/* The states fit: only the cookie tells. */
	facts(&trial,
	      "3s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=6 flags=tuple,done" OTHER "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE ? ~\n"
	             ":41111 ESTABLISHED>CLOSE_WAIT ?\n");
	expect_fresh(&trial);
	trial_end(&trial);
}

static void transition_to_another_peer_is_another_socket(void **state)
{
	TRIAL(10);

	facts(&trial, OLD);
	forget_told(&trial);
	/* Before 5.12 there may be no cookie: the peer tells. */
	facts(&trial, "3s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT flags=tuple,done" OTHER "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE ? ~\n"
	             ":41111 ESTABLISHED>CLOSE_WAIT ?\n");
	expect_fresh(&trial);
	trial_end(&trial);
}

static void retransmit_of_another_cookie_is_another_socket(void **state)
{
	TRIAL(10);

	facts(&trial, OLD);
	forget_told(&trial);
	facts(&trial, "3s retransmit sk=a1 cookie=6 state=ESTABLISHED ca_state=4 retransmits=1 "
	              "flags=tuple" OTHER "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE ? ~\n"
	             ":41111 retransmit RTO\n");
	expect_fresh(&trial);
	trial_end(&trial);
}

static void lookalike_transition_of_another_socket_is_no_repetition(void **state)
{
	TRIAL(10);

	facts(&trial,
	      OLD "3s state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=6 flags=tuple" OTHER "\n");
	expect_fresh(&trial);
	trial_end(&trial);
}

/* Its own life goes on: connect(AF_UNSPEC), then connect() to somebody else. */
static void same_socket_may_change_its_peer_in_close(void **state)
{
	TRIAL(10);

	facts(&trial,
	      OLD "3s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 flags=owned,tuple,socket "
	          "pid=42 comm=\"old\"" CLIENT "\n"
	          "4s state sk=a1 old=CLOSE new=SYN_SENT flags=owned,tuple,socket pid=42 "
	          "comm=\"old\"" OTHER "\n");
	assert_int_equal(only(&trial)->cookie, 5);
	assert_int_equal(only(&trial)->lport, 41111);
	assert_int_not_equal(only(&trial)->holders, ROW_NONE); /* the fd is the same */
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

/* A full socket of whom only the retransmit is heard stands where a TIME_WAIT was known. */
static void retransmit_of_a_full_socket_is_not_its_forerunners(void **state)
{
	TRIAL(10);

	facts(&trial, TIME_WAIT "9s retransmit sk=a9 state=ESTABLISHED ca_state=4 retransmits=1 "
	                        "flags=tuple" CLIENT "\n");
	assert_int_equal(only(&trial)->state, STATE_ESTABLISHED);
	assert_false(only(&trial)->flags & ROW_MINI);
	trial_end(&trial);
}

static void unconfirmed_time_wait_that_is_replaced_claims_no_time(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT "\n");
	forget_told(&trial);
	facts(&trial, "3s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 TIME_WAIT>CLOSE ? ~\n"
	             ":40000 CLOSE>SYN_SENT ?\n");
	trial_end(&trial);
}

/* Its child came, lived and closed unheard: that it was this connection's request nobody knows. */
static void time_wait_takes_over_no_request(void **state)
{
	TRIAL(10);

	facts(&trial, SYNACK("1s", "1"));
	forget_told(&trial);
	facts(&trial,
	      "100s walk_begin kind=sockets netns=7\n"
	      "100s seen sk=f1 cookie=5 state=TIME_WAIT flags=mini,tuple,timer timer=timewait "
	      "timer_ms=58000" SERVER "\n"
	      "101s walk_end kind=sockets netns=7\n");
	told(&trial, ":80 SYN_RECV>CLOSE ? ~\n");
	assert_int_equal(only(&trial)->state, STATE_TIME_WAIT);
	assert_int_equal(only(&trial)->born, 98 * NS_PER_SEC);
	assert_int_equal(only(&trial)->retransmits[RETRANSMIT_SYNACK], 0);
	trial_end(&trial);
}

/* IPV6_ADDRFORM turns an IPv6 socket into an IPv4 one: the same cookie, another family. */
static void socket_of_the_same_cookie_is_the_same_whatever_its_addresses(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple "
	              "local=[::ffff:10.0.0.1]:40000 remote=[::ffff:10.0.0.2]:80 netns=7\n");
	forget_told(&trial);
	facts(&trial,
	      "2s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 flags=tuple" CLIENT "\n");
	told(&trial, ":40000 ESTABLISHED>CLOSE_WAIT =1s\n");
	assert_int_equal(only(&trial)->family, 2);
	trial_end(&trial);
}

static void same_bytes_of_another_family_are_another_tuple(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" CLIENT "\n"
	      "2s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=tuple "
	      "local=[a00:1::]:40000 remote=[a00:2::]:80 netns=7\n");
	assert_int_equal(totals_of(&trial).rows, 2);
	trial_end(&trial);
}

static void another_local_port_is_another_socket(void **state)
{
	TRIAL(10);

	facts(&trial, OLD "3s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT flags=tuple,done "
	                  "local=10.0.0.1:41111 remote=10.0.0.2:80 netns=7\n");
	expect_fresh(&trial);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_is_shown_and_absorbed_by_its_child),
		cmocka_unit_test(request_of_a_child_met_late_lends_it_no_age),
		cmocka_unit_test(request_at_a_used_address_is_another_one),
		cmocka_unit_test(request_of_the_listeners_point_of_view_ends_by_look_up),
		cmocka_unit_test(connect_on_the_same_tuple_replaces_a_time_wait),
		cmocka_unit_test(bound_socket_that_connects_elsewhere_replaces_a_time_wait),
		cmocka_unit_test(syn_to_a_time_wait_replaces_it_by_a_request),
		cmocka_unit_test(other_namespaces_tuple_is_another_connection),
		cmocka_unit_test(clone_at_a_used_address_is_another_socket),
		cmocka_unit_test(transition_of_another_cookie_is_another_socket),
		cmocka_unit_test(transition_to_another_peer_is_another_socket),
		cmocka_unit_test(retransmit_of_another_cookie_is_another_socket),
		cmocka_unit_test(lookalike_transition_of_another_socket_is_no_repetition),
		cmocka_unit_test(same_socket_may_change_its_peer_in_close),
		cmocka_unit_test(retransmit_of_a_full_socket_is_not_its_forerunners),
		cmocka_unit_test(unconfirmed_time_wait_that_is_replaced_claims_no_time),
		cmocka_unit_test(time_wait_takes_over_no_request),
		cmocka_unit_test(socket_of_the_same_cookie_is_the_same_whatever_its_addresses),
		cmocka_unit_test(same_bytes_of_another_family_are_another_tuple),
		cmocka_unit_test(another_local_port_is_another_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
