/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sample refreshes in the row, and what it leaves alone. */
#include "table_test.h"

/* A server's connection, seen by a walk with all that one tells. */
#define WALKED                                                                                     \
	"1s walk_begin kind=sockets netns=7\n"                                                     \
	"1s seen sk=a1 cookie=5 state=ESTABLISHED flags=tuple,socket,ident,queues,timer,bytes "    \
	"inode=77 uid=33 cgroup=9 rqueue=3 wqueue=4 timer=retransmit timer_ms=200 retrans=2 "      \
	"probes=1 bytes_acked=100 bytes_received=200" SERVER "\n"                                  \
	"1s walk_end kind=sockets netns=7\n"

static void walk_tells_everything_about_a_socket(void **state)
{
	TRIAL(10);

	facts(&trial, WALKED);
	assert_int_equal(only(&trial)->flags &
	                         (ROW_SOCKET | ROW_IDENT | ROW_QUEUES | ROW_TIMER | ROW_BYTES),
	                 ROW_SOCKET | ROW_IDENT | ROW_QUEUES | ROW_TIMER | ROW_BYTES);
	assert_int_equal(only(&trial)->inode, 77);
	assert_int_equal(only(&trial)->uid, 33);
	assert_int_equal(only(&trial)->cgroup, 9);
	assert_int_equal(only(&trial)->rqueue, 3);
	assert_int_equal(only(&trial)->wqueue, 4);
	assert_int_equal(only(&trial)->timer, TIMER_RETRANSMIT);
	assert_int_equal(only(&trial)->timer_ms, 200);
	assert_int_equal(only(&trial)->retrans, 2);
	assert_int_equal(only(&trial)->probes, 1);
	assert_int_equal(only(&trial)->bytes_acked, 100);
	assert_int_equal(only(&trial)->bytes_received, 200);
	trial_end(&trial);
}

/* A timer that was read before the transition says nothing after it. */
static void event_outdates_the_timer_and_nothing_else(void **state)
{
	TRIAL(10);

	facts(&trial, WALKED "2s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 "
	                     "flags=tuple,socket,done" SERVER "\n");
	assert_int_equal(only(&trial)->flags & ROW_TIMER, 0);
	assert_int_equal(only(&trial)->flags & (ROW_IDENT | ROW_QUEUES | ROW_BYTES),
	                 ROW_IDENT | ROW_QUEUES | ROW_BYTES);
	assert_int_equal(only(&trial)->rqueue, 3);
	assert_int_equal(only(&trial)->inode, 77);
	trial_end(&trial);
}

/* In the accept queue, and in CLOSE, there is no struct socket to read an inode from. */
static void what_a_sample_lacks_is_kept(void **state)
{
	TRIAL(10);

	/* Nor is the cgroup of every kind of sample. */
	facts(&trial, WALKED "1500ms retransmit sk=a1 cookie=5 state=ESTABLISHED "
	                     "flags=tuple,socket,ident inode=77 uid=33" SERVER "\n");
	assert_int_equal(only(&trial)->cgroup, 9);
	facts(&trial, "2s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 "
	              "flags=tuple,ident uid=33" SERVER "\n");
	assert_int_equal(only(&trial)->inode, 77);
	assert_int_equal(only(&trial)->cgroup, 9);
	assert_int_equal(only(&trial)->cookie, 5);
	assert_int_equal(only(&trial)->err, 104);
	facts(&trial, "3s rst_sent sk=a1 state=CLOSE flags=tuple,ident" SERVER "\n");
	assert_int_equal(only(&trial)->cookie, 5);
	assert_int_equal(only(&trial)->err, 104);
	trial_end(&trial);
}

static void orphan_loses_its_inode(void **state)
{
	TRIAL(10);

	facts(&trial, WALKED "2s state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 "
	                     "flags=tuple,ident,dead uid=33" SERVER "\n");
	assert_int_equal(only(&trial)->inode, 0);
	assert_true(only(&trial)->flags & ROW_ORPHAN);
	assert_int_equal(only(&trial)->flags & ROW_SOCKET, 0);
	trial_end(&trial);
}

/* sock_orphan() has not run: the fd is still there. */
static void dead_with_a_struct_socket_is_no_orphan(void **state)
{
	TRIAL(10);

	facts(&trial,
	      WALKED "1100ms holder sk=a1 cookie=5 pid=31 fd=9 inode=77 netns=7 comm=\"nginx\"\n"
	             "2s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 "
	             "flags=tuple,socket,dead" SERVER "\n");
	assert_int_equal(only(&trial)->flags & ROW_ORPHAN, 0);
	assert_int_not_equal(only(&trial)->holders, ROW_NONE);
	trial_end(&trial);
}

static void older_sample_changes_nothing(void **state)
{
	TRIAL(10);

	facts(&trial,
	      WALKED "2s walk_begin kind=sockets netns=7\n"
	             "2100ms state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 "
	             "flags=owned,tuple,socket,done pid=31 comm=\"nginx\"" SERVER "\n"
	             "2101ms state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 "
	             "flags=tuple,ident,dead,queues" SERVER "\n"
	             "2050ms seen sk=a1 cookie=5 state=ESTABLISHED "
	             "flags=tuple,socket,ident,queues inode=77 uid=33 rqueue=99" SERVER "\n");
	assert_int_equal(only(&trial)->state, STATE_FIN_WAIT2);
	assert_int_equal(only(&trial)->inode, 0);
	assert_int_equal(only(&trial)->rqueue, 0);
	assert_int_equal(only(&trial)->flags & ROW_SOCKET, 0);
	assert_int_equal(only(&trial)->touched, 2101 * NS_PER_MS);
	trial_end(&trial);
}

static void sample_from_before_the_accept_does_not_undo_it(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple" SERVER "\n"
	      "2s walk_begin kind=sockets netns=7\n"
	      "2100ms accept sk=a1 cookie=5 fd=9 ret=9 inode=77 netns=7 pid=31 comm=\"nginx\"\n"
	      "2050ms seen sk=a1 cookie=5 state=ESTABLISHED flags=tuple,ident" SERVER "\n");
	assert_true(only(&trial)->flags & ROW_SOCKET);
	assert_int_equal(only(&trial)->inode, 77);
	/* Where the inode could not be read, the known one stays. */
	facts(&trial, "3s connect sk=a1 cookie=5 fd=9 netns=7 pid=31 comm=\"nginx\"\n");
	assert_int_equal(only(&trial)->inode, 77);
	trial_end(&trial);
}

/* What is refused for a tuple is no look at the socket that has it. */
static void segment_for_nobody_tells_nothing_of_the_row(void **state)
{
	TRIAL(10);

	facts(&trial, WALKED "2s state sk=a1 old=ESTABLISHED new=CLOSE cookie=5 err=104 "
	                     "flags=tuple,socket" SERVER "\n"
	                     "3s rst_sent reason=1 flags=tuple" SERVER "\n");
	assert_int_equal(only(&trial)->rsts_sent, 1);
	assert_true(only(&trial)->flags & ROW_SOCKET);
	assert_int_equal(only(&trial)->sk, 0xa1);
	trial_end(&trial);
}

static void retransmit_brings_the_address_of_a_row_without(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s seen cookie=5 state=ESTABLISHED flags=tuple,socket" SERVER "\n"
	      "2s retransmit sk=a1 cookie=5 state=ESTABLISHED flags=tuple,socket" SERVER "\n");
	assert_int_equal(only(&trial)->sk, 0xa1);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walk_tells_everything_about_a_socket),
		cmocka_unit_test(event_outdates_the_timer_and_nothing_else),
		cmocka_unit_test(what_a_sample_lacks_is_kept),
		cmocka_unit_test(orphan_loses_its_inode),
		cmocka_unit_test(dead_with_a_struct_socket_is_no_orphan),
		cmocka_unit_test(older_sample_changes_nothing),
		cmocka_unit_test(sample_from_before_the_accept_does_not_undo_it),
		cmocka_unit_test(segment_for_nobody_tells_nothing_of_the_row),
		cmocka_unit_test(retransmit_brings_the_address_of_a_row_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
