/* SPDX-License-Identifier: BSD-2-Clause */
/* Transitions: every way that a connection begins. How it ends is in test_table_close.c. */
#include "table_test.h"

/* What a client's connect() tells, up to ESTABLISHED. */
#define CONNECT                                                                                    \
	"10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket,ident "         \
	"inode=77 uid=33 pid=42 comm=\"curl\"" UNBOUND "\n"                                        \
	"50ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"

/* --- active ---------------------------------------------------------------------------------- */

static void active_open_and_close_tell_each_state_and_its_time(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT);
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n"
	             ":40000 SYN_SENT>ESTABLISHED =40ms\n");
	facts(&trial,
	      "100ms state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 "
	      "flags=owned,tuple,socket pid=42 comm=\"curl\"" CLIENT "\n"
	      "101ms state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 flags=dead,tuple" CLIENT "\n"
	      "105ms state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 "
	      "flags=dead,done,tuple,acked" CLIENT "\n"
	      "106ms destroy sk=a1\n");
	told(&trial, ":40000 ESTABLISHED>FIN_WAIT1 =50ms @42\n"
	             ":40000 FIN_WAIT1>FIN_WAIT2 =1ms\n"
	             ":40000 FIN_WAIT2>TIME_WAIT =4ms\n");
	assert_int_equal(only(&trial)->state, STATE_TIME_WAIT);
	assert_int_equal(only(&trial)->closer, CLOSER_LOCAL);
	assert_int_equal(only(&trial)->born, 10 * NS_PER_MS);
	assert_int_equal(only(&trial)->cookie, 5);
	assert_int_equal(totals_of(&trial).transitions, 5);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

static void syn_sent_is_held_back_until_its_port_is_known(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple "
	              "pid=42 comm=\"curl\"" UNBOUND "\n");
	told(&trial, "");
	/* It is there nevertheless, in its state, since then. */
	assert_int_equal(only(&trial)->state, STATE_SYN_SENT);
	assert_int_equal(only(&trial)->since, 10 * NS_PER_MS);
	facts(&trial, "11ms seen sk=a1 cookie=5 state=SYN_SENT flags=point,tuple" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n");
	facts(&trial, "12ms seen sk=a1 cookie=5 state=SYN_SENT flags=point,tuple" CLIENT "\n");
	told(&trial, "");
	trial_end(&trial);
}

static void port_is_told_by_the_connect_that_returns(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple "
	              "pid=42 comm=\"curl\"" UNBOUND "\n"
	              "11ms connect sk=a1 cookie=5 fd=3 ret=-115 inode=77 netns=7 lport=40000 "
	              "pid=42 comm=\"curl\"\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n");
	assert_int_equal(only(&trial)->lport, 40000);
	assert_int_equal(only(&trial)->raddr[3], 2);
	trial_end(&trial);
}

static void port_is_told_by_a_retransmitted_syn(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple "
	              "pid=42 comm=\"curl\"" UNBOUND "\n"
	              "1010ms retransmit sk=a1 cookie=5 state=SYN_SENT flags=tuple" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n"
	             ":40000 retransmit SYN\n");
	trial_end(&trial);
}

/* Found no port: the socket goes back to CLOSE with none. */
static void syn_sent_is_told_before_its_end_even_without_a_port(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple" UNBOUND "\n"
	      "11ms state sk=a1 old=SYN_SENT new=CLOSE cookie=5 flags=owned,tuple" UNBOUND "\n");
	told(&trial, ":0 CLOSE>SYN_SENT ?\n"
	             ":0 SYN_SENT>CLOSE =1ms\n");
	/* And if that end is lost, too. */
	facts(&trial,
	      "20ms state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=owned,tuple" UNBOUND "\n"
	      "30ms destroy sk=a2\n");
	told(&trial, ":0 CLOSE>SYN_SENT ?\n"
	             ":0 SYN_SENT>CLOSE ? ~\n");
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 1);
	trial_end(&trial);
}

static void bound_port_is_told_at_once(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple "
	              "pid=42 comm=\"curl\"" CLIENT "\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ? @42\n");
	trial_end(&trial);
}

static void retransmits_of_a_life_end_with_it(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple" CLIENT "\n"
	      "1010ms retransmit sk=a1 cookie=5 state=SYN_SENT flags=tuple" CLIENT "\n"
	      "1020ms rst_received sk=a1 cookie=5 state=SYN_SENT flags=tuple" CLIENT "\n"
	      "1020ms state sk=a1 old=SYN_SENT new=CLOSE cookie=5 err=111 flags=tuple" CLIENT "\n");
	assert_int_equal(only(&trial)->closer, CLOSER_REFUSED);
	assert_int_equal(only(&trial)->err, 111);
	forget_told(&trial);
	/* connect() once more on the same socket: same address, same cookie, another peer. */
	facts(&trial, "2s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple "
	              "local=10.0.0.1:40000 remote=10.0.0.9:80 netns=7\n");
	told(&trial, ":40000 CLOSE>SYN_SENT ?\n");
	assert_int_equal(only(&trial)->retransmits[RETRANSMIT_SYN], 0);
	assert_int_equal(only(&trial)->rsts_received, 0);
	assert_int_equal(only(&trial)->closer, CLOSER_NONE);
	assert_int_equal(only(&trial)->err, 0);
	assert_int_equal(only(&trial)->born, 2 * NS_PER_SEC);
	assert_int_equal(only(&trial)->steps, 1);
	assert_int_equal(only(&trial)->raddr[3], 9);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	trial_end(&trial);
}

static void connecting_to_oneself_passes_syn_recv(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket "
	              "pid=42 comm=\"self\" local=127.0.0.1:9 remote=127.0.0.1:9 netns=7\n"
	              "11ms state sk=a1 old=SYN_SENT new=SYN_RECV cookie=5 flags=tuple,socket "
	              "local=127.0.0.1:9 remote=127.0.0.1:9 netns=7\n"
	              "12ms state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple,socket "
	              "local=127.0.0.1:9 remote=127.0.0.1:9 netns=7\n");
	told(&trial, ":9 CLOSE>SYN_SENT ? @42\n"
	             ":9 SYN_SENT>SYN_RECV =1ms\n"
	             ":9 SYN_RECV>ESTABLISHED =1ms\n");
	assert_true(only(&trial)->flags & ROW_CONNECTED);
	trial_end(&trial);
}

/* --- passive --------------------------------------------------------------------------------- */

#define LISTEN                                                                                     \
	"1ms state sk=1 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple,socket,ident inode=70 "    \
	"pid=30 comm=\"nginx\"" LISTENER "\n"

/* Up to 6.12 the clone is told with the listener's addresses, later with its own: both are left. */
static void clone_is_born_but_shown_when_it_has_addresses(void **state)
{
	TRIAL(10);

	facts(&trial, LISTEN
	      "10ms state sk=b1 old=LISTEN new=SYN_RECV parent=1 local=0.0.0.0:80 netns=7\n");
	told(&trial, ":80 CLOSE>LISTEN ? @30\n");
	assert_int_equal(only(&trial)->cookie, 1); /* the clone does not show */
	facts(&trial,
	      "11ms state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=tuple" SERVER "\n");
	/* Half-open since the SYN, at least since the clone. */
	told(&trial, ":80 SYN_RECV>ESTABLISHED >1ms\n");
	assert_true(row_by_cookie(&trial, 3)->flags & ROW_LISTENED);
	assert_int_equal(row_by_cookie(&trial, 3)->born, 10 * NS_PER_MS);
	assert_int_equal(row_by_cookie(&trial, 3)->rport, 40000);
	assert_int_equal(row_by_cookie(&trial, 1)->state, STATE_LISTEN);
	trial_end(&trial);
}

static void clone_of_a_new_kernel_is_told_alike(void **state)
{
	TRIAL(10);

	facts(&trial, LISTEN
	      "10ms state sk=b1 old=LISTEN new=SYN_RECV flags=tuple" SERVER "\n"
	      "11ms state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=tuple" SERVER "\n");
	told(&trial, ":80 CLOSE>LISTEN ? @30\n"
	             ":80 SYN_RECV>ESTABLISHED >1ms\n");
	trial_end(&trial);
}

/* In softirq the current task is anybody, and even with the lock owned it may only run the backlog. */
static void bystanders_are_not_named(void **state)
{
	TRIAL(10);

	facts(&trial,
	      LISTEN "10ms state sk=b1 old=LISTEN new=SYN_RECV\n"
	             "11ms state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=owned,tuple "
	             "pid=99 comm=\"curl\"" SERVER "\n"
	             "12ms state sk=b1 old=ESTABLISHED new=CLOSE_WAIT cookie=3 "
	             "flags=owned,done,tuple pid=99 comm=\"curl\"" SERVER "\n");
	told(&trial, ":80 CLOSE>LISTEN ? @30\n"
	             ":80 SYN_RECV>ESTABLISHED >1ms\n"
	             ":80 ESTABLISHED>CLOSE_WAIT =1ms\n");
	assert_int_equal(row_by_cookie(&trial, 3)->owner, ROW_NONE);
	/* Without the lock a task is not even to be considered. */
	facts(&trial, "13ms state sk=b1 old=CLOSE_WAIT new=LAST_ACK cookie=3 flags=tuple "
	              "pid=99 comm=\"curl\"" SERVER "\n");
	told(&trial, ":80 CLOSE_WAIT>LAST_ACK =1ms\n");
	assert_int_equal(row_by_cookie(&trial, 3)->owner, ROW_NONE);
	trial_end(&trial);
}

static void clone_that_fails_leaves_nothing(void **state)
{
	TRIAL(10);

	facts(&trial, "10ms state sk=b1 old=LISTEN new=SYN_RECV netns=7\n");
	assert_int_equal(totals_of(&trial).by_state[STATE_SYN_RECV], 1);
	facts(&trial, "11ms destroy sk=b1\n");
	told(&trial, "");
	nothing_left(&trial);
	assert_int_equal(totals_of(&trial).lost[LOSS_CHAIN], 0);
	assert_int_equal(totals_of(&trial).rows, 0);
	trial_end(&trial);
}

static void listen_that_finds_no_port_ends_at_once(void **state)
{
	TRIAL(10);

	facts(&trial,
	      LISTEN "2ms state sk=1 old=LISTEN new=CLOSE cookie=1 flags=owned,tuple,socket "
	             "pid=30 comm=\"nginx\"" LISTENER "\n"
	             "3ms destroy sk=1\n");
	told(&trial, ":80 CLOSE>LISTEN ? @30\n"
	             ":80 LISTEN>CLOSE =1ms @30\n");
	nothing_left(&trial);
	trial_end(&trial);
}

static void fast_open_child_may_be_accepted_half_open(void **state)
{
	TRIAL(10);

	facts(&trial, LISTEN
	      "10ms state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "12ms accept sk=b1 cookie=3 fd=9 ret=9 inode=88 netns=7 lport=80 pid=31 "
	      "comm=\"nginx\"\n"
	      "1s synack sk=c1 num_retrans=1 state=NEW_SYN_RECV flags=request,tuple" SERVER "\n"
	      "1001ms retransmit sk=b1 cookie=3 state=SYN_RECV flags=tuple,socket" SERVER "\n"
	      "1002ms synack sk=c1 num_retrans=2 state=NEW_SYN_RECV flags=request,tuple" SERVER
	      "\n");
	/* From when its addresses are known, it and its request are one; born when it was. */
	assert_int_equal(row_by_cookie(&trial, 3)->retransmits[RETRANSMIT_SYNACK], 3);
	assert_int_equal(row_by_cookie(&trial, 3)->born, 10 * NS_PER_MS);
	assert_true(row_by_cookie(&trial, 3)->flags & ROW_BORN_EXACT);
	assert_int_equal(totals_of(&trial).rows, 2);
	facts(&trial, "1010ms state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 "
	              "flags=tuple,socket" SERVER "\n");
	told(&trial, ":80 CLOSE>LISTEN ? @30\n"
	             ":80 retransmit SYN+ACK\n"
	             ":80 retransmit SYN+ACK\n"
	             ":80 retransmit SYN+ACK\n"
	             ":80 SYN_RECV>ESTABLISHED >1s\n");
	trial_end(&trial);
}

/* --- what the stream may do to it ------------------------------------------------------------ */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(active_open_and_close_tell_each_state_and_its_time),
		cmocka_unit_test(syn_sent_is_held_back_until_its_port_is_known),
		cmocka_unit_test(port_is_told_by_the_connect_that_returns),
		cmocka_unit_test(port_is_told_by_a_retransmitted_syn),
		cmocka_unit_test(syn_sent_is_told_before_its_end_even_without_a_port),
		cmocka_unit_test(bound_port_is_told_at_once),
		cmocka_unit_test(retransmits_of_a_life_end_with_it),
		cmocka_unit_test(connecting_to_oneself_passes_syn_recv),
		cmocka_unit_test(clone_is_born_but_shown_when_it_has_addresses),
		cmocka_unit_test(clone_of_a_new_kernel_is_told_alike),
		cmocka_unit_test(bystanders_are_not_named),
		cmocka_unit_test(clone_that_fails_leaves_nothing),
		cmocka_unit_test(listen_that_finds_no_port_ends_at_once),
		cmocka_unit_test(fast_open_child_may_be_accepted_half_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
