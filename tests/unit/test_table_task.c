/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes: what is told of them, their end, threads that made sockets, what they do. */
#include "table_test.h"

#define CONNECT(sk, cookie, start, tid, thread, stack)                                             \
	"1s state sk=" sk " old=CLOSE new=SYN_SENT cookie=" cookie " stack=" stack                 \
	" flags=owned,tuple,socket pid=42 start=" start " tid=" tid                                \
	" comm=\"java\" thread=\"" thread "\"" CLIENT "\n"
#define FIRST   CONNECT("a1", "5", "100", "43", "worker-1", "0")
#define HOLDING " walk_begin kind=holders\n"
#define HELD    " walk_end kind=holders\n"

static void expect_holding(const struct trial *trial, uint64_t cookie, uint32_t pid,
                           const char *holding)
{
	struct owner owner;

	table_owner(trial->table, row_by_cookie(trial, cookie), &owner);
	assert_int_equal(owner.task ? owner.task->pid : 0, pid);
	assert_string_equal(holding_name(owner.holding), holding);
}

static void a_row_keeps_who_made_it_after_that_has_ended(void **state)
{
	TRIAL(10);

	facts(&trial, FIRST "2s connect sk=a1 cookie=5 fd=3 inode=77 netns=7 pid=42 start=100 "
	                    "comm=\"java\"\n");
	expect_holding(&trial, 5, 42, "open");
	/* Another process with the pid, at another time: not it. */
	facts(&trial, "3s exit pid=42 start=99\n");
	expect_holding(&trial, 5, 42, "open");
	facts(&trial, "3s exit pid=42 start=100\n");
	expect_holding(&trial, 5, 42, "exited");
	/* The pid is used again: the row is not the new process's. */
	facts(&trial,
	      "4s state sk=b1 old=CLOSE new=LISTEN cookie=9 flags=owned,tuple,socket pid=42 "
	      "start=400 tid=42 comm=\"sshd\"" LISTENER "\n");
	expect_holding(&trial, 9, 42, "open");
	expect_holding(&trial, 5, 42, "exited");
	assert_string_equal(row_creator(trial.table, row_by_cookie(&trial, 5))->comm, "java");
	assert_string_equal(row_creator(trial.table, row_by_cookie(&trial, 9))->comm, "sshd");
	trial_end(&trial);
}

static void another_holder_is_named_when_one_ends(void **state)
{
	TRIAL(10);

	facts(&trial, FIRST "2s" HOLDING
	                    "2s holder sk=a1 cookie=5 pid=42 start=100 fd=3 inode=7 comm=\"java\"\n"
	                    "2s holder sk=a1 cookie=5 pid=50 start=200 fd=4 inode=7 comm=\"sh\"\n"
	                    "2s" HELD);
	expect_holding(&trial, 5, 42, "open");
	facts(&trial, "3s exit pid=42 start=100\n");
	expect_holding(&trial, 5, 50, "open");
	trial_end(&trial);
}

static void what_is_told_of_a_process_stays_until_it_ends(void **state)
{
	const struct task *task;
	TRIAL(10);

	facts(&trial,
	      "1s name kind=task key=42/100 name=\"/app\"\n"
	      "1s process pid=42 start=100 uid=33 comm=\"java\" args=\"java\\000-jar\\000\"\n");
	task = table_find_task(trial.table, 42, 100);
	assert_non_null(task);
	assert_int_equal(task->uid, 33);
	assert_int_equal(task->args_size, 10);
	assert_memory_equal(task->args, "java\0-jar", 10);
	/* The kernel tells once: so it must be there for sockets yet to come. */
	facts(&trial, FIRST "2s destroy sk=a1\n");
	assert_ptr_equal(table_find_task(trial.table, 42, 100), task);
	/* An exec brings other arguments; a telling without any takes none away. */
	facts(&trial, "3s process pid=42 start=100 uid=34 comm=\"sh\" args=\"sh\\000\"\n"
	              "4s process pid=42 start=100 uid=34 comm=\"sh\"\n");
	assert_string_equal(task->comm, "sh");
	assert_memory_equal(task->args, "sh", 3);
	assert_string_equal(names_find(table_names(trial.table), name_key_task(42, 100)), "/app");
	facts(&trial, "5s exit pid=42 start=100\n");
	assert_null(table_find_task(trial.table, 42, 100));
	assert_null(names_find(table_names(trial.table), name_key_task(42, 100)));
	assert_int_equal(trial.table->tasks.live, 0);
	trial_end(&trial);
}

static void a_start_that_is_not_known_fits_who_lives(void **state)
{
	TRIAL(10);

	facts(&trial, FIRST);
	assert_non_null(table_find_task(trial.table, 42, 0));
	facts(&trial, "3s exit pid=42 start=100\n");
	assert_null(table_find_task(trial.table, 42, 0));
	assert_non_null(table_find_task(trial.table, 42, 100));
	trial_end(&trial);
}

static void threads_of_a_process_are_kept_apart(void **state)
{
	const struct origin *first, *second, *third;
	TRIAL(10);

	facts(&trial, FIRST CONNECT("a2", "6", "100", "44", "worker-2", "0")
	                      CONNECT("a3", "7", "100", "43", "worker-1", "ff"));
	first = table_origin(trial.table, row_by_cookie(&trial, 5)->owner);
	second = table_origin(trial.table, row_by_cookie(&trial, 6)->owner);
	third = table_origin(trial.table, row_by_cookie(&trial, 7)->owner);
	assert_int_equal(first->tid, 43);
	assert_string_equal(first->thread, "worker-1");
	assert_int_equal(second->tid, 44);
	assert_string_equal(second->thread, "worker-2");
	assert_int_equal(third->tid, 43);
	assert_int_equal(third->stack, 0xff);
	assert_int_equal(first->task, second->task);
	assert_int_equal(trial.table->tasks.live, 1);
	trial_end(&trial);
}

static void doing_is_what_was_asked_last(void **state)
{
	const struct task *task;
	TRIAL(10);

	facts(&trial, FIRST "2s doing pid=42 start=100 threads=11 syscall=\"futex\" fd=-1 fds=9 "
	                    "fd_limit=64\n"
	                    "2s doing pid=42 start=100 index=1 threads=1 syscall=\"accept4\" fd=3 "
	                    "fds=9 fd_limit=64\n");
	task = table_find_task(trial.table, 42, 100);
	assert_int_equal(task->doing_count, 2);
	assert_int_equal(task->doing[0].threads, 11);
	assert_string_equal(task->doing[1].syscall, "accept4");
	assert_int_equal(task->doing[1].fd, 3);
	assert_int_equal(task->fds, 9);
	assert_int_equal(task->fd_limit, 64);
	facts(&trial, "3s doing pid=42 start=100 threads=12 syscall=\"read\" fd=8 fds=64\n");
	assert_int_equal(task->doing_count, 1);
	assert_int_equal(task->doing[0].threads, 12);
	assert_int_equal(task->fds, 64);
	/* Of whom no socket is known there is nothing to tell. */
	facts(&trial, "3s doing pid=43 start=100 threads=12 syscall=\"read\" fd=8 fds=64\n");
	assert_null(table_find_task(trial.table, 43, 100));
	trial_end(&trial);
}

static void each_process_is_asked_about_once(void **state)
{
	struct lookup lookup;
	TRIAL(10);

	table_enable_lookups(trial.table, LOOKUP_BIT(LOOKUP_TASK));
	facts(&trial, FIRST CONNECT("a2", "6", "100", "44", "worker-2", "0"));
	assert_false(table_next_lookup(trial.table, LOOKUP_BIT(LOOKUP_MINI), &lookup));
	assert_true(table_next_lookup(trial.table, ~0U, &lookup));
	assert_int_equal(lookup.kind, LOOKUP_TASK);
	assert_int_equal(lookup.pid, 42);
	assert_int_equal(lookup.start, 100);
	assert_false(table_next_lookup(trial.table, ~0U, &lookup));
	trial_end(&trial);
}

/* Its end was told, and nothing is left of it: a zombie must not be met as a new process. */
static void who_has_ended_is_not_asked_about(void **state)
{
	struct lookup lookup;

	TRIAL(10);
	table_enable_lookups(trial.table, LOOKUP_BIT(LOOKUP_TASK));
	facts(&trial,
	      "1s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket pid=42 "
	      "start=7 comm=\"curl\"" CLIENT "\n"
	      "2s state sk=a1 old=SYN_SENT new=CLOSE cookie=5 err=111 flags=tuple,socket" CLIENT
	      "\n"
	      "3s exit pid=42 start=7\n"
	      "3s destroy sk=a1\n");
	assert_null(table_find_task(trial.table, 42, 7));
	assert_false(table_next_lookup(trial.table, LOOKUP_BIT(LOOKUP_TASK), &lookup));
	trial_end(&trial);
}

/* --- sockets without a holder that can be seen ---------------------------------------------- */

#define SEEN(time, flags)                                                                          \
	time " walk_begin kind=sockets netns=7\n" time                                             \
	     " seen sk=a1 cookie=5 state=ESTABLISHED flags=" flags ",tuple,ident inode=77" CLIENT  \
	     "\n" time " walk_end kind=sockets netns=7\n"
#define NOBODY(time) time HOLDING time HELD

static void what_is_open_but_found_nowhere_is_hidden(void **state)
{
	TRIAL(10);

	facts(&trial, SEEN("1s", "socket"));
	expect_holding(&trial, 5, 0, "");
	/* A walk that was not let see all proves nothing. */
	facts(&trial, "2s" HOLDING "2s walk_end kind=holders unseen=3\n");
	expect_holding(&trial, 5, 0, "");
	assert_false(table_wants_holders(trial.table));
	/* Nor does one: it may have been passed to a process that the walk had been at already. */
	facts(&trial, NOBODY("3s"));
	expect_holding(&trial, 5, 0, "");
	assert_true(table_wants_holders(trial.table));
	facts(&trial, NOBODY("3s"));
	expect_holding(&trial, 5, 0, "hidden");
	assert_false(table_wants_holders(trial.table));
	facts(&trial, NOBODY("3s"));
	expect_holding(&trial, 5, 0, "hidden");
	facts(&trial, "4s" HOLDING "4s holder sk=a1 cookie=5 pid=50 start=1 fd=4 comm=\"sh\"\n"
	              "4s" HELD);
	expect_holding(&trial, 5, 50, "open");
	/* Passed on to where it cannot be seen: who had it last is named still. */
	facts(&trial, NOBODY("5s") NOBODY("6s"));
	expect_holding(&trial, 5, 50, "hidden");
	trial_end(&trial);
}

static void what_was_opened_during_a_walk_is_not_hidden(void **state)
{
	TRIAL(10);

	facts(&trial, "2s" HOLDING "2500ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 "
	              "flags=owned,tuple,socket pid=42 comm=\"curl\"" CLIENT "\n3s" HELD);
	expect_holding(&trial, 5, 42, "open");
	trial_end(&trial);
}

static void unaccepted_and_orphaned_sockets_are_not_hidden(void **state)
{
	TRIAL(10);

	facts(&trial, SEEN("1s", "queues") NOBODY("2s") NOBODY("2s"));
	expect_holding(&trial, 5, 0, "");
	facts(&trial, SEEN("3s", "dead") NOBODY("4s") NOBODY("4s"));
	expect_holding(&trial, 5, 0, "");
	trial_end(&trial);
}

/*
 * Its address is another one's by now: the kernel tells that by cookie, if it has one, and inode.
 */
static void what_is_at_the_address_later_has_other_holders(void **state)
{
	static const char *const others[] = {"cookie=6 ", "", "cookie=5 inode=9 "};
	char line[160];

	TRIAL(10);
	facts(&trial, SEEN("1s", "socket") "2s" HOLDING);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(line, sizeof(line), "2s holder sk=a1 %spid=50 start=1 fd=4 comm=\"sh\"\n",
		         others[i]);
		facts(&trial, line);
		expect_holding(&trial, 5, 0, "");
	}
	facts(&trial, "2s holder sk=a1 cookie=5 inode=77 pid=51 start=1 fd=4 comm=\"nc\"\n2s" HELD);
	expect_holding(&trial, 5, 51, "open");
	trial_end(&trial);
}

static void sockets_of_the_kernel_say_so(void **state)
{
	TRIAL(10);

	facts(&trial, SEEN("1s", "socket,kernel") NOBODY("2s"));
	expect_holding(&trial, 5, 0, "kernel");
	trial_end(&trial);
}

static void proc_tells_holders_by_inode(void **state)
{
	TRIAL(10);

	facts(&trial,
	      SEEN("1s", "socket") "2s" HOLDING "2s holder pid=50 fd=4 inode=77 comm=\"sh\"\n"
	                           "2s holder pid=51 fd=4 inode=78 comm=\"sh\"\n"
	                           "2s" HELD);
	expect_holding(&trial, 5, 50, "open");
	assert_null(table_find_inode(trial.table, 78));
	assert_null(table_find_inode(trial.table, 0));
	trial_end(&trial);
}

/* --- stacks --------------------------------------------------------------------------------- */

static void stacks_are_found_by_id(void **state)
{
	const struct stack *stack;
	TRIAL(10);

	facts(&trial, "1s stack id=ff space=9 pid=42 ips=10,20,30\n"
	              "2s stack id=fe space=9 pid=42 ips=40\n"
	              "3s stack id=ff space=9 pid=42 ips=50\n");
	stack = table_find_stack(trial.table, 0xff);
	assert_non_null(stack);
	assert_int_equal(stack->count, 3);
	assert_int_equal(stack->ips[2], 0x30);
	assert_int_equal(stack->space, 9);
	assert_int_equal(table_find_stack(trial.table, 0xfe)->ips[0], 0x40);
	assert_null(table_find_stack(trial.table, 0xfd));
	assert_null(table_find_stack(trial.table, 0));
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_keeps_who_made_it_after_that_has_ended),
		cmocka_unit_test(another_holder_is_named_when_one_ends),
		cmocka_unit_test(what_is_told_of_a_process_stays_until_it_ends),
		cmocka_unit_test(a_start_that_is_not_known_fits_who_lives),
		cmocka_unit_test(threads_of_a_process_are_kept_apart),
		cmocka_unit_test(doing_is_what_was_asked_last),
		cmocka_unit_test(each_process_is_asked_about_once),
		cmocka_unit_test(who_has_ended_is_not_asked_about),
		cmocka_unit_test(what_is_open_but_found_nowhere_is_hidden),
		cmocka_unit_test(what_was_opened_during_a_walk_is_not_hidden),
		cmocka_unit_test(unaccepted_and_orphaned_sockets_are_not_hidden),
		cmocka_unit_test(what_is_at_the_address_later_has_other_holders),
		cmocka_unit_test(sockets_of_the_kernel_say_so),
		cmocka_unit_test(proc_tells_holders_by_inode),
		cmocka_unit_test(stacks_are_found_by_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
