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

/* A server's socket as a walk finds it: `more` are its counters. */
static void look(struct trial *trial, const char *time, const char *socket_state, const char *more)
{
	char lines[1024];

	snprintf(lines, sizeof(lines),
	         "%s walk_begin kind=sockets netns=7\n"
	         "%s seen sk=a1 cookie=5 state=%s %s" SERVER "\n"
	         "%s walk_end kind=sockets netns=7\n",
	         time, time, socket_state, more, time);
	facts(trial, lines);
}

#define COUNTS "flags=tuple,socket,queues,bytes "

static void what_stays_unread_has_a_time(void **state)
{
	TRIAL(10);

	look(&trial, "1s", "ESTABLISHED", COUNTS "rqueue=20 bytes_received=100");
	assert_int_equal(only(&trial)->unread_ms, 0); /* it may have come just now */
	/* More comes, nothing is read. */
	look(&trial, "3s", "ESTABLISHED", COUNTS "rqueue=30 bytes_received=110");
	assert_int_equal(only(&trial)->unread_ms, 2000);
	/* The FIN counts in both. */
	facts(&trial, "4500ms state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 " COUNTS
	              "rqueue=31 bytes_received=111" SERVER "\n");
	look(&trial, "6s", "CLOSE_WAIT", COUNTS "rqueue=31 bytes_received=111");
	assert_int_equal(only(&trial)->unread_ms, 5000);
	assert_false(only(&trial)->flags & ROW_READ);
	look(&trial, "7s", "CLOSE_WAIT", COUNTS "rqueue=1 bytes_received=111");
	assert_int_equal(only(&trial)->unread_ms, 0);
	assert_true(only(&trial)->flags & ROW_READ);
	look(&trial, "8s", "CLOSE_WAIT", COUNTS "rqueue=1 bytes_received=111");
	assert_int_equal(only(&trial)->unread_ms, 1000);
	trial_end(&trial);
}

/* An empty queue, all that came being read, and counters that a sample lacks. */
static void what_was_read_or_not_counted_has_none(void **state)
{
	TRIAL(10);

	look(&trial, "1s", "ESTABLISHED", COUNTS "bytes_received=100");
	look(&trial, "2s", "ESTABLISHED", COUNTS "bytes_received=100");
	assert_int_equal(only(&trial)->unread_ms, 0);
	/* As much as before, but not the same. */
	look(&trial, "3s", "ESTABLISHED", COUNTS "rqueue=20 bytes_received=120");
	look(&trial, "4s", "ESTABLISHED", COUNTS "rqueue=20 bytes_received=140");
	assert_int_equal(only(&trial)->unread_ms, 0);
	look(&trial, "5s", "ESTABLISHED", COUNTS "rqueue=20 bytes_received=140");
	assert_int_equal(only(&trial)->unread_ms, 1000);
	look(&trial, "6s", "ESTABLISHED", "flags=tuple,socket,queues rqueue=20");
	assert_int_equal(only(&trial)->unread_ms, 0);
	trial_end(&trial);
}

static void a_listeners_queue_is_not_read(void **state)
{
	TRIAL(10);

	look(&trial, "1s", "LISTEN", COUNTS "rqueue=2 wqueue=128");
	look(&trial, "9s", "LISTEN", COUNTS "rqueue=2 wqueue=128");
	assert_int_equal(only(&trial)->unread_ms, 0);
	trial_end(&trial);
}

static void close_wait_that_gets_on_answers(void **state)
{
	TRIAL(10);

	look(&trial, "1s", "ESTABLISHED", COUNTS "bytes_acked=100");
	look(&trial, "2s", "ESTABLISHED", COUNTS "bytes_acked=200");
	facts(&trial, "3s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 " COUNTS
	              "bytes_acked=300" SERVER "\n");
	assert_int_equal(only(&trial)->answered, 0); /* all that was before */
	look(&trial, "4s", "CLOSE_WAIT", COUNTS "bytes_acked=300");
	assert_int_equal(only(&trial)->answered, 0);
	look(&trial, "5s", "CLOSE_WAIT", COUNTS "bytes_acked=350");
	assert_int_equal(only(&trial)->answered, 50);
	/* A look right after another one says nothing new. */
	look(&trial, "5100ms", "CLOSE_WAIT", COUNTS "bytes_acked=350");
	assert_int_equal(only(&trial)->answered, 50);
	look(&trial, "11s", "CLOSE_WAIT", COUNTS "bytes_acked=350");
	assert_int_equal(only(&trial)->answered, 0);
	trial_end(&trial);
}

#define SILENT "flags=tuple,socket,queues,bytes,idle "

static void an_answer_that_ended_long_ago_is_none(void **state)
{
	TRIAL(10);

	look(&trial, "1s", "CLOSE_WAIT", SILENT "bytes_acked=100");
	look(&trial, "9s", "CLOSE_WAIT", SILENT "idle_ms=7000 bytes_acked=200");
	assert_int_equal(only(&trial)->answered, 0);
	look(&trial, "17s", "CLOSE_WAIT", SILENT "idle_ms=4000 bytes_acked=300");
	assert_int_equal(only(&trial)->answered, 100);
	look(&trial, "18s", "CLOSE_WAIT", SILENT "idle_ms=5000 bytes_acked=300");
	assert_int_equal(only(&trial)->answered, 0);
	trial_end(&trial);
}

/* The event was lost: what was acknowledged may have been so before the FIN. */
static void growth_up_to_a_healed_close_wait_is_none(void **state)
{
	TRIAL(10);

	look(&trial, "1s", "ESTABLISHED", COUNTS "bytes_acked=100");
	look(&trial, "2s", "CLOSE_WAIT", COUNTS "bytes_acked=200");
	assert_int_equal(only(&trial)->state, STATE_CLOSE_WAIT);
	assert_int_equal(only(&trial)->answered, 0);
	look(&trial, "3s", "CLOSE_WAIT", COUNTS "bytes_acked=201");
	assert_int_equal(only(&trial)->answered, 1);
	trial_end(&trial);
}

static void a_walk_tells_who_spoke_last(void **state)
{
	TRIAL(10);

	facts(&trial, WALKED "1s last_data sk=a1 cookie=5 received_ms=101 sent_ms=301\n");
	assert_int_equal(only(&trial)->received, 900);
	assert_int_equal(only(&trial)->sent, 700);
	/* Nothing was sent, and data came at the instant that stands for never. */
	facts(&trial, "2s last_data sk=a1 cookie=5 received_ms=2001\n");
	assert_int_equal(only(&trial)->received, 1);
	assert_int_equal(only(&trial)->sent, 0);
	/* Of another socket. */
	facts(&trial, "3s last_data sk=a1 cookie=6 received_ms=1 sent_ms=1\n");
	assert_int_equal(only(&trial)->sent, 0);
	/* What is told of the time before the end says nothing after it. */
	facts(&trial, "4s state sk=a1 old=ESTABLISHED new=CLOSE_WAIT cookie=5 "
	              "flags=tuple,socket,done" SERVER "\n"
	              "4s last_data sk=a1 cookie=5 sent_ms=1\n");
	assert_int_equal(only(&trial)->sent, 0);
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
		cmocka_unit_test(what_stays_unread_has_a_time),
		cmocka_unit_test(what_was_read_or_not_counted_has_none),
		cmocka_unit_test(a_listeners_queue_is_not_read),
		cmocka_unit_test(close_wait_that_gets_on_answers),
		cmocka_unit_test(an_answer_that_ended_long_ago_is_none),
		cmocka_unit_test(growth_up_to_a_healed_close_wait_is_none),
		cmocka_unit_test(a_walk_tells_who_spoke_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
