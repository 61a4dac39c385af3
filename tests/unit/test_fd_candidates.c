/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes are asked for their open fds, though they are no finding. */
#include "rules/rule.h"
#include "table_test.h"

/* A socket of the process that a walk has found. */
static void open_socket(struct trial *trial, unsigned int number, unsigned int pid,
                        const char *like)
{
	char lines[1024];

	snprintf(lines, sizeof(lines),
	         "1s seen sk=%x cookie=%u flags=tuple,socket,ident,queues inode=%u netns=7 %s\n"
	         "2s holder sk=%x cookie=%u pid=%u start=5 fd=%u inode=%u netns=7 comm=\"p\"\n",
	         number, number, number, like, number, number, pid, number, number);
	facts(trial, lines);
}

static void open_many(struct trial *trial, unsigned int first, unsigned int count, unsigned int pid)
{
	char like[128];

	for (unsigned int i = first; i < first + count; i++) {
		snprintf(like, sizeof(like),
		         "state=ESTABLISHED local=10.0.0.1:%u remote=10.0.0.2:80", i);
		open_socket(trial, i, pid, like);
	}
}

struct asked {
	const struct table *table;
	uint32_t pids[8];
	size_t count;
};

static void note(const struct row *row, void *arg)
{
	struct asked *asked = arg;
	struct owner owner;

	table_owner(asked->table, row, &owner);
	assert_true(asked->count < 8);
	asked->pids[asked->count++] = owner.task->pid;
}

static void asks_of_many_sockets_and_of_those_who_let_wait(void **state)
{
	struct asked asked = {0};

	TRIAL(1000);
	open_many(&trial, 1000, 64, 42);
	open_many(&trial, 2000, 63, 43);
	open_socket(&trial, 3000, 44, "state=LISTEN local=10.0.0.1:1 remote=0.0.0.0:0 rqueue=1");
	open_socket(&trial, 3001, 45, "state=LISTEN local=10.0.0.1:2 remote=0.0.0.0:0 wqueue=128");
	asked.table = trial.table;
	assert_int_equal(rules_each_fd_candidate(trial.table, NULL, note, &asked), 0);
	assert_int_equal(asked.count, 2);
	assert_int_equal(asked.pids[0], 42);
	assert_int_equal(asked.pids[1], 44);
	trial_end(&trial);
}

/* What waits in a queue is its listener's, but no fd of it. */
static void what_is_queued_or_closed_is_no_fd(void **state)
{
	struct asked asked = {0};

	TRIAL(1000);
	open_many(&trial, 1000, 63, 42);
	open_socket(&trial, 3000, 42, "state=LISTEN local=10.0.0.1:1 remote=0.0.0.0:0 wqueue=128");
	asked.table = trial.table;
	assert_int_equal(rules_each_fd_candidate(trial.table, NULL, note, &asked), 0);
	assert_int_equal(asked.count, 1); /* the listener makes 64 */
	facts(&trial, "3s state sk=3e8 old=ESTABLISHED new=CLOSE cookie=1000 flags=tuple,dead "
	              "local=10.0.0.1:1000 remote=10.0.0.2:80 netns=7\n"
	              "3s destroy sk=3e8\n"
	              "3s seen sk=fff cookie=4095 state=ESTABLISHED flags=tuple,queues "
	              "local=10.0.0.1:1 remote=10.0.0.9:80 netns=7\n");
	asked.count = 0;
	assert_int_equal(rules_each_fd_candidate(trial.table, NULL, note, &asked), 0);
	assert_int_equal(asked.count, 0);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_of_many_sockets_and_of_those_who_let_wait),
		cmocka_unit_test(what_is_queued_or_closed_is_no_fd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
