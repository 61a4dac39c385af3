/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose a socket is: creators, acceptors, holders, and the listener of who is not accepted. */
#include "table_test.h"

#define HOLD(time) time " walk_begin kind=holders\n"
#define HELD(time) time " walk_end kind=holders\n"
#define HOLDER(time, pid, fd, comm)                                                                \
	time " holder sk=a1 cookie=5 pid=" pid " fd=" fd " inode=77 netns=7 comm=\"" comm "\"\n"

#define CONNECT                                                                                    \
	"1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket pid=42 "          \
	"comm=\"curl\"" CLIENT "\n"

/* pid 0: nobody. */
static void expect_owner(const struct trial *trial, uint64_t cookie, uint32_t pid, int fd,
                         uint32_t more, enum owner_source source)
{
	struct owner owner;

	table_owner(trial->table, row_by_cookie(trial, cookie), &owner);
	assert_int_equal(owner.task ? owner.task->pid : 0, pid);
	assert_int_equal(owner.fd, fd);
	assert_int_equal(owner.more, more);
	assert_string_equal(owner_source_name(owner.source), owner_source_name(source));
}

static void connecting_task_owns_until_holders_are_known(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT);
	expect_owner(&trial, 5, 42, -1, 0, OWNER_CONNECT);
	facts(&trial, "1001ms connect sk=a1 cookie=5 fd=3 inode=77 netns=7 pid=42 comm=\"curl\"\n");
	expect_owner(&trial, 5, 42, 3, 0, OWNER_CONNECT);
	assert_int_equal(only(&trial)->inode, 77);
	/* Found by a walk at the creator's, and how it came there is known, too. */
	facts(&trial, HOLD("2s") HOLDER("2s", "42", "3", "curl") HELD("3s"));
	expect_owner(&trial, 5, 42, 3, 0, OWNER_CONNECT);
	/* Passed on, and closed by whoever made it. */
	facts(&trial, HOLD("4s") HOLDER("4s", "50", "8", "worker") HELD("5s"));
	expect_owner(&trial, 5, 50, 8, 0, OWNER_WALK);
	trial_end(&trial);
}

static void holders_are_counted_and_dropped_by_the_next_walk(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT HOLD("2s") HOLDER("2s", "42", "3", "curl") HOLDER(
			      "2s", "43", "3", "curl") HOLDER("2s", "43", "9", "curl") HELD("3s"));
	expect_owner(&trial, 5, 42, 3, 2, OWNER_CONNECT);
	assert_true(totals_of(&trial).holders_known);
	/* The same ones again are no more of them, but may have another name by now. */
	facts(&trial, HOLD("4s") HOLDER("4s", "42", "3", "exec'd") HOLDER("4s", "43", "3", "curl")
	                      HELD("5s"));
	expect_owner(&trial, 5, 42, 3, 1, OWNER_CONNECT);
	assert_string_equal(
		table_task(trial.table, table_holder(trial.table, only(&trial)->holders)->task)
			->comm,
		"exec'd");
	facts(&trial, HOLD("6s") HELD("7s"));
	assert_int_equal(only(&trial)->holders, ROW_NONE);
	expect_owner(&trial, 5, 42, -1, 0, OWNER_CONNECT);
	trial_end(&trial);
}

static void holder_walk_without_an_end_drops_nobody(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT HOLD("2s") HOLDER("2s", "43", "3", "curl") HELD("3s") HOLD("4s"));
	expect_owner(&trial, 5, 43, 3, 0, OWNER_WALK);
	trial_end(&trial);
}

static void what_is_accepted_during_a_walk_is_kept_by_it(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple" SERVER
	              "\n" HOLD("2s") "2500ms accept sk=a1 cookie=5 fd=9 ret=9 inode=88 netns=7 "
	                              "lport=80 pid=31 "
	                              "comm=\"nginx\"\n" HELD("3s"));
	expect_owner(&trial, 5, 31, 9, 0, OWNER_ACCEPT);
	/* Before one, it is up to the walk. */
	facts(&trial, HOLD("4s") HELD("5s"));
	expect_owner(&trial, 5, 31, -1, 0, OWNER_ACCEPT);
	trial_end(&trial);
}

static void orphan_has_no_holders_but_whose_it_was(void **state)
{
	TRIAL(10);

	facts(&trial, "1s state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple" SERVER
	              "\n" HOLD("2s") HOLDER("2s", "31", "9", "nginx")
	                      HELD("3s") "4s state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 "
	                                 "flags=owned,tuple,socket "
	                                 "pid=31 comm=\"nginx\"" SERVER "\n");
	expect_owner(&trial, 5, 31, 9, 0, OWNER_WALK);
	facts(&trial,
	      "5s state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 flags=tuple,dead" SERVER "\n");
	assert_int_equal(only(&trial)->holders, ROW_NONE);
	expect_owner(&trial, 5, 31, -1, 0, OWNER_WALK);
	/* A walk that had found the fd before it was closed comes late. */
	facts(&trial, HOLDER("6s", "31", "9", "nginx"));
	assert_int_equal(only(&trial)->holders, ROW_NONE);
	/* The mini-socket keeps it. */
	facts(&trial,
	      "7s state sk=a1 old=FIN_WAIT2 new=CLOSE cookie=5 flags=tuple,dead,done" SERVER "\n");
	expect_owner(&trial, 5, 31, -1, 0, OWNER_WALK);
	trial_end(&trial);
}

static void who_closes_a_socket_of_nobody_is_named(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 flags=owned,tuple,socket "
	      "pid=31 comm=\"nginx\"" SERVER "\n");
	expect_owner(&trial, 5, 31, -1, 0, OWNER_CLOSE);
	/* But where the creator is known, it stays. */
	facts(&trial, "2s state sk=a2 old=CLOSE new=SYN_SENT cookie=6 flags=owned,tuple pid=42 "
	              "comm=\"curl\" local=1.1.1.1:1 remote=2.2.2.2:2 netns=7\n"
	              "3s state sk=a2 old=SYN_SENT new=CLOSE cookie=6 flags=owned,tuple pid=99 "
	              "comm=\"killer\" local=1.1.1.1:1 remote=2.2.2.2:2 netns=7\n");
	expect_owner(&trial, 6, 42, -1, 0, OWNER_CONNECT);
	trial_end(&trial);
}

static void holders_of_another_cookie_are_not_this_sockets(void **state)
{
	TRIAL(10);

	facts(&trial, CONNECT
	      "2s holder sk=a1 cookie=6 pid=50 fd=3 inode=78 netns=7 comm=\"other\"\n"
	      "2s accept sk=a1 cookie=6 fd=9 ret=9 inode=88 netns=7 lport=80 pid=31 "
	      "comm=\"other\"\n"
	      "2s connect sk=a1 cookie=6 fd=9 inode=88 netns=7 lport=80 pid=31 comm=\"other\"\n"
	      "2s holder sk=a9 cookie=9 pid=50 fd=3 inode=78 netns=7 comm=\"other\"\n");
	assert_int_equal(only(&trial)->holders, ROW_NONE);
	expect_owner(&trial, 5, 42, -1, 0, OWNER_CONNECT);
	trial_end(&trial);
}

static void task_of_many_sockets_is_one_task(void **state)
{
	char line[256];
	TRIAL(1000);

	for (int i = 1; i <= 500; i++) {
		snprintf(line, sizeof(line),
		         "1s state sk=%x old=CLOSE new=SYN_SENT cookie=%d flags=owned,tuple pid=42 "
		         "comm=\"curl\" local=10.0.0.1:%d remote=10.0.0.2:80 netns=7\n",
		         i * 16, i, i);
		facts(&trial, line);
		forget_told(&trial);
	}
	assert_int_equal(trial.table->tasks.live, 1);
	for (int i = 1; i <= 500; i++) {
		snprintf(line, sizeof(line), "2s destroy sk=%x\n", i * 16);
		facts(&trial, line);
		forget_told(&trial);
	}
	assert_int_equal(trial.table->tasks.live, 0);
	trial_end(&trial);
}

/* More tasks than the index began with. */
static void many_tasks_are_told_apart(void **state)
{
	char line[256];
	struct owner owner;
	TRIAL(10);

	facts(&trial, CONNECT);
	for (int i = 1; i <= 2000; i++) {
		snprintf(line, sizeof(line),
		         "2s connect sk=a1 cookie=5 fd=%d inode=77 netns=7 pid=%d comm=\"t%d\"", i,
		         i, i % 3);
		fact_line(&trial, line);
	}
	check_table(trial.table);
	table_owner(trial.table, only(&trial), &owner);
	assert_int_equal(owner.more, 1999);
	trial_end(&trial);
}

/* --- nobody has accepted it yet ------------------------------------------------------------------ */

#define NGINX                                                                                      \
	"1s state sk=1 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple,socket pid=30 "             \
	"comm=\"nginx\"" LISTENER "\n"                                                             \
	"1s holder sk=1 cookie=1 pid=30 fd=6 inode=70 netns=7 comm=\"nginx\"\n"                    \
	"1s holder sk=1 cookie=1 pid=31 fd=6 inode=70 netns=7 comm=\"nginx\"\n"

static void accept_queue_belongs_to_the_listener(void **state)
{
	TRIAL(10);

	facts(&trial,
	      NGINX "2s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=tuple" SERVER "\n"
	            "2s synack sk=c1 cookie=4 num_retrans=1 state=NEW_SYN_RECV flags=request,tuple "
	            "local=10.0.0.2:80 remote=10.0.0.9:1 netns=7\n");
	expect_owner(&trial, 3, 30, -1, 1, OWNER_LISTENER); /* its fd is no fd of this socket */
	expect_owner(&trial, 4, 30, -1, 1, OWNER_LISTENER);
	assert_ptr_equal(table_find_listener(trial.table, row_by_cookie(&trial, 3)),
	                 row_by_cookie(&trial, 1));
	assert_null(table_find_listener(trial.table, row_by_cookie(&trial, 1)));
	/* In CLOSE_WAIT still nobody's. */
	facts(&trial,
	      "3s state sk=b1 old=ESTABLISHED new=CLOSE_WAIT cookie=3 flags=tuple,done" SERVER
	      "\n");
	expect_owner(&trial, 3, 30, -1, 1, OWNER_LISTENER);
	facts(&trial, "4s accept sk=b1 cookie=3 fd=9 ret=9 inode=88 netns=7 lport=80 pid=31 "
	              "comm=\"nginx\"\n");
	expect_owner(&trial, 3, 31, 9, 0, OWNER_ACCEPT);
	trial_end(&trial);
}

static void orphans_clients_and_minis_belong_to_no_listener(void **state)
{
	TRIAL(10);

	facts(&trial, NGINX
	      "2s state sk=b1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=3 flags=tuple,dead" SERVER "\n");
	expect_owner(&trial, 3, 0, -1, 0, OWNER_NONE);
	facts(&trial,
	      "3s state sk=b1 old=FIN_WAIT2 new=CLOSE cookie=3 flags=tuple,dead,done" SERVER "\n");
	expect_owner(&trial, 3, 0, -1, 0, OWNER_NONE);
	/* Accepted already, by whom is not known. */
	facts(&trial, "4s state sk=b2 old=ESTABLISHED new=CLOSE_WAIT cookie=4 flags=tuple,socket "
	              "local=10.0.0.2:80 remote=10.0.0.9:1 netns=7\n");
	expect_owner(&trial, 4, 0, -1, 0, OWNER_NONE);
	/* A client whose local port is one that is listened on, too. */
	facts(&trial, "5s state sk=b3 old=CLOSE new=SYN_SENT cookie=6 flags=tuple "
	              "local=10.0.0.2:80 remote=10.0.0.9:2 netns=7\n");
	expect_owner(&trial, 6, 0, -1, 0, OWNER_NONE);
	trial_end(&trial);
}

/* Listeners on port 80, in that order; who gets the connection to local? By cookie; 0: nobody. */
static void expect_listener(const char *const *listeners, const char *family, const char *local,
                            uint64_t expected)
{
	const struct row *found;
	struct trial trial;
	char line[512];

	trial_begin(&trial, 20);
	for (int i = 0; listeners[i]; i++) {
		bool v6 = listeners[i][0] == '[';

		snprintf(line, sizeof(line),
		         "1s state sk=%x old=CLOSE new=LISTEN cookie=%d flags=tuple,socket "
		         "local=%s:80 "
		         "remote=%s:0 netns=7",
		         i + 1, i + 1, listeners[i], v6 ? "[::]" : "0.0.0.0");
		facts(&trial, line);
	}
	snprintf(line, sizeof(line),
	         "2s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=99 flags=tuple family=%s "
	         "local=%s "
	         "remote=%s netns=7",
	         family, local, local[0] == '[' ? "[2001:db8::9]:999" : "10.0.0.9:999");
	facts(&trial, line);
	found = table_find_listener(trial.table, row_by_cookie(&trial, 99));
	assert_int_equal(found ? found->cookie : 0, expected);
	trial_end(&trial);
}

static void listener_is_the_one_that_fits_best(void **state)
{
	static const char *const wild_first[] = {"0.0.0.0", "10.0.0.2", "10.0.0.3", NULL};
	static const char *const wild_last[] = {"10.0.0.3", "10.0.0.2", "0.0.0.0", NULL};
	static const char *const both[] = {"0.0.0.0", "[::]", NULL};
	static const char *const both_turned[] = {"[::]", "0.0.0.0", NULL};
	static const char *const six[] = {"[::]", "[2001:db8::1]", NULL};
	static const char *const mapped[] = {"[::]", "[::ffff:10.0.0.2]", NULL};
	static const char *const four[] = {"0.0.0.0", NULL};
	static const char *const other[] = {"10.0.0.3", "[2001:db8::1]", NULL};

	(void)state;
	expect_listener(wild_first, "inet", "10.0.0.2:80", 2);
	expect_listener(wild_last, "inet", "10.0.0.2:80", 2);
	expect_listener(wild_first, "inet", "10.0.0.7:80", 1);
	expect_listener(wild_last, "inet", "10.0.0.7:80", 3);
	expect_listener(wild_first, "inet", "10.0.0.7:81", 0);
	/* A socket of 0.0.0.0 has family inet, one of :: has inet6, mapped or not. */
	expect_listener(both, "inet", "10.0.0.2:80", 1);
	expect_listener(both_turned, "inet", "10.0.0.2:80", 2);
	expect_listener(both, "inet6", "[::ffff:10.0.0.2]:80", 2);
	expect_listener(both_turned, "inet6", "[::ffff:10.0.0.2]:80", 1);
	expect_listener(six, "inet6", "[2001:db8::1]:80", 2);
	expect_listener(six, "inet6", "[2001:db8::7]:80", 1);
	expect_listener(six, "inet", "10.0.0.2:80", 1);
	expect_listener(mapped, "inet6", "[::ffff:10.0.0.2]:80", 2);
	expect_listener(four, "inet6", "[2001:db8::1]:80", 0);
	expect_listener(other, "inet", "10.0.0.2:80", 0);
}

/* --- several share a port ------------------------------------------------------------------------- */

#define WORKER(number, comm)                                                                       \
	"1s state sk=a" number " old=CLOSE new=LISTEN cookie=" number                              \
	" flags=owned,tuple,socket pid=3" number " comm=\"" comm "\"" LISTENER "\n"
#define QUEUED(time, cookie)                                                                       \
	time " seen sk=c" cookie " cookie=" cookie " state=ESTABLISHED flags=tuple "               \
	     "local=10.0.0.2:80 remote=10.0.0.9:" cookie " netns=7\n"
#define QUEUE(time, number, length)                                                                \
	time " seen sk=a" number " cookie=" number " state=LISTEN flags=tuple,socket,queues "      \
	     "rqueue=" length " wqueue=128" LISTENER "\n"

static uint32_t sharing(const struct trial *trial, uint64_t cookie)
{
	struct owner owner;

	table_owner(trial->table, row_by_cookie(trial, cookie), &owner);
	assert_true(owner.queued);
	return owner.listeners;
}

static void one_of_many_listeners_is_not_named(void **state)
{
	TRIAL(10);

	facts(&trial,
	      WORKER("1", "good") WORKER("2", "stuck") WORKER("3", "good") QUEUED("2s", "50"));
	expect_owner(&trial, 50, 0, -1, 0, OWNER_NONE);
	assert_int_equal(sharing(&trial, 50), 3);
	assert_null(table_find_listener(trial.table, row_by_cookie(&trial, 50)));
	/* Of a wrong socket, and of one that came to the address later. */
	facts(&trial, "3s parent sk=c50 cookie=51 parent=2\n"
	              "1s parent sk=c50 cookie=50 parent=2\n");
	assert_int_equal(sharing(&trial, 50), 3);
	facts(&trial, "4s parent sk=c50 cookie=50 parent=2\n");
	expect_owner(&trial, 50, 32, -1, 0, OWNER_LISTENER);
	assert_int_equal(sharing(&trial, 50), 0);
	assert_int_equal(table_find_listener(trial.table, row_by_cookie(&trial, 50))->cookie, 2);
	/* The one it came from is no more: the kernel may have given it to another. */
	facts(&trial, "5s state sk=a2 old=LISTEN new=CLOSE cookie=2 flags=tuple" LISTENER "\n");
	assert_int_equal(sharing(&trial, 50), 2);
	trial_end(&trial);
}

static void birth_tells_the_listener(void **state)
{
	TRIAL(10);

	facts(&trial, WORKER("1", "good") WORKER("2", "stuck")
	      /* Up to 6.12 the clone has it, and later what is told of the queue. */
	      "2s state sk=b1 old=LISTEN new=SYN_RECV parent=2 netns=7\n"
	      "2s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=50 flags=tuple" SERVER "\n"
	      "2s state sk=b2 old=LISTEN new=SYN_RECV netns=7\n"
	      "2s state sk=b2 old=SYN_RECV new=ESTABLISHED cookie=51 parent=1 flags=tuple "
	      "local=10.0.0.2:80 remote=10.0.0.9:1 netns=7\n");
	expect_owner(&trial, 50, 32, -1, 0, OWNER_LISTENER);
	expect_owner(&trial, 51, 31, -1, 0, OWNER_LISTENER);
	trial_end(&trial);
}

static void what_a_request_became_has_its_listener(void **state)
{
	TRIAL(10);

	facts(&trial,
	      WORKER("1", "good") WORKER("2", "stuck") "2s seen sk=d1 cookie=50 state=NEW_SYN_RECV "
	                                               "flags=request,tuple" SERVER "\n"
	                                               "2s parent sk=d1 cookie=50 parent=2\n");
	expect_owner(&trial, 50, 32, -1, 0, OWNER_LISTENER);
	facts(&trial,
	      "3s state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "3s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=50 flags=tuple" SERVER "\n");
	expect_owner(&trial, 50, 32, -1, 0, OWNER_LISTENER);
	trial_end(&trial);
}

static void an_empty_queue_holds_nobody(void **state)
{
	TRIAL(10);

	facts(&trial,
	      WORKER("1", "good") WORKER("2", "stuck") WORKER("3", "good") QUEUED("2s", "50"));
	facts(&trial, QUEUE("3s", "1", "0") QUEUE("3s", "2", "9") QUEUE("3s", "3", "0"));
	expect_owner(&trial, 50, 32, -1, 0, OWNER_LISTENER);
	/* It came after the queues were looked at: they tell nothing of it. */
	facts(&trial, QUEUED("4s", "51"));
	assert_int_equal(sharing(&trial, 51), 3);
	facts(&trial, QUEUE("5s", "1", "1") QUEUE("5s", "2", "9") QUEUE("5s", "3", "0"));
	assert_int_equal(sharing(&trial, 51), 2);
	facts(&trial, QUEUE("6s", "1", "0") QUEUE("6s", "2", "0") QUEUE("6s", "3", "0"));
	assert_int_equal(sharing(&trial, 51), 3);
	trial_end(&trial);
}

/* A server of one process that listens by many sockets. */
static void listeners_of_one_process_need_not_be_told_apart(void **state)
{
	const struct row *any;
	TRIAL(10);

	facts(&trial,
	      "1s state sk=a1 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple,socket pid=30 "
	      "comm=\"envoy\"" LISTENER "\n"
	      "1s state sk=a2 old=CLOSE new=LISTEN cookie=2 flags=owned,tuple,socket pid=30 "
	      "comm=\"envoy\"" LISTENER "\n" QUEUED("2s", "50"));
	expect_owner(&trial, 50, 30, -1, 0, OWNER_LISTENER);
	assert_int_equal(sharing(&trial, 50), 0);
	assert_int_equal(table_count_listeners(trial.table, row_by_cookie(&trial, 50), &any), 2);
	trial_end(&trial);
}

static void listeners_of_other_namespaces_and_closed_ones_do_not_count(void **state)
{
	TRIAL(10);

	facts(&trial,
	      "1s state sk=1 old=CLOSE new=LISTEN cookie=1 flags=tuple local=0.0.0.0:80 "
	      "remote=0.0.0.0:0 netns=8\n"
	      "2s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=tuple" SERVER "\n");
	assert_null(table_find_listener(trial.table, row_by_cookie(&trial, 3)));
	facts(&trial, "3s state sk=2 old=CLOSE new=LISTEN cookie=2 flags=tuple" LISTENER "\n");
	assert_non_null(table_find_listener(trial.table, row_by_cookie(&trial, 3)));
	facts(&trial, "4s state sk=2 old=LISTEN new=CLOSE cookie=2 flags=tuple" LISTENER "\n");
	assert_null(table_find_listener(trial.table, row_by_cookie(&trial, 3)));
	trial_end(&trial);
}

static void closed_socket_in_the_queue_is_the_listeners_still(void **state)
{
	TRIAL(10);

	facts(&trial, NGINX
	      "2s state sk=b1 old=LISTEN new=SYN_RECV netns=7\n"
	      "2s state sk=b1 old=SYN_RECV new=ESTABLISHED cookie=3 flags=tuple" SERVER "\n"
	      "3s state sk=b1 old=ESTABLISHED new=CLOSE cookie=3 err=104 flags=tuple" SERVER "\n");
	expect_owner(&trial, 3, 30, -1, 1, OWNER_LISTENER);
	/* One that was met in CLOSE may have come from anywhere. */
	facts(&trial, "4s rst_sent sk=b2 cookie=4 state=CLOSE flags=tuple "
	              "local=10.0.0.2:80 remote=10.0.0.9:1 netns=7\n");
	expect_owner(&trial, 4, 0, -1, 0, OWNER_NONE);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connecting_task_owns_until_holders_are_known),
		cmocka_unit_test(holders_are_counted_and_dropped_by_the_next_walk),
		cmocka_unit_test(holder_walk_without_an_end_drops_nobody),
		cmocka_unit_test(what_is_accepted_during_a_walk_is_kept_by_it),
		cmocka_unit_test(orphan_has_no_holders_but_whose_it_was),
		cmocka_unit_test(who_closes_a_socket_of_nobody_is_named),
		cmocka_unit_test(holders_of_another_cookie_are_not_this_sockets),
		cmocka_unit_test(task_of_many_sockets_is_one_task),
		cmocka_unit_test(many_tasks_are_told_apart),
		cmocka_unit_test(accept_queue_belongs_to_the_listener),
		cmocka_unit_test(orphans_clients_and_minis_belong_to_no_listener),
		cmocka_unit_test(one_of_many_listeners_is_not_named),
		cmocka_unit_test(birth_tells_the_listener),
		cmocka_unit_test(what_a_request_became_has_its_listener),
		cmocka_unit_test(an_empty_queue_holds_nobody),
		cmocka_unit_test(listeners_of_one_process_need_not_be_told_apart),
		cmocka_unit_test(listener_is_the_one_that_fits_best),
		cmocka_unit_test(listeners_of_other_namespaces_and_closed_ones_do_not_count),
		cmocka_unit_test(closed_socket_in_the_queue_is_the_listeners_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
