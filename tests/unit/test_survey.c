/* SPDX-License-Identifier: BSD-2-Clause */
/* What rules ask of the whole table: the answers, and that all of them come of one look. */
#include "table_test.h"

#include "rules/rule.h"

#define SEEN "10s seen flags=tuple,socket,ident,queues netns=7 "

/*
 * Ports 40000 to 40009 of this host; a process with two sockets, one of which waits for accept().
 */
#define HOST                                                                                       \
	"1s name kind=setting key=1/7 name=\"40000\t40009\"\n"                                     \
	"2s state sk=a0 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple,socket pid=42 start=5 "    \
	"comm=\"srv\" local=10.0.0.1:80 remote=0.0.0.0:0 netns=7\n" SEEN                           \
	"sk=a1 cookie=2 state=ESTABLISHED local=10.0.0.1:40000 remote=10.0.0.2:443\n" SEEN         \
	"sk=a2 cookie=3 state=CLOSE_WAIT local=10.0.0.1:40001 remote=10.0.0.2:443\n" SEEN          \
	"sk=a3 cookie=4 state=ESTABLISHED local=10.0.0.1:50000 remote=10.0.0.2:443\n" SEEN         \
	"sk=a4 cookie=5 state=ESTABLISHED local=10.0.0.3:40000 remote=10.0.0.2:443\n" SEEN         \
	"sk=a5 cookie=6 state=CLOSE local=10.0.0.1:40002 remote=10.0.0.2:443\n"                    \
	"10s seen cookie=7 state=TIME_WAIT flags=mini,tuple timer=timewait timer_ms=50000 "        \
	"local=10.0.0.1:40003 remote=10.0.0.2:443 netns=7\n"                                       \
	"10s seen sk=b1 cookie=8 state=SYN_RECV flags=request,tuple local=10.0.0.1:80 "            \
	"remote=10.0.0.9:1 netns=7\n"                                                              \
	"10s seen sk=b2 cookie=9 state=SYN_RECV flags=request,tuple local=10.0.0.1:80 "            \
	"remote=10.0.0.9:2 netns=7\n"                                                              \
	"10s seen sk=b3 cookie=10 state=SYN_RECV flags=request,tuple local=10.0.0.1:80 "           \
	"remote=10.0.0.8:1 netns=7\n"

static const struct group_key end_key = {
	.netns = 7, .port = 443, .addr = {[10] = 0xff, 0xff, 10, 0, 0, 2}};

static const struct row *row_of(const struct table *table, uint64_t cookie)
{
	struct row_iter iter;
	const struct row *row;

	table_for_each (table, iter, row)
		if (row->cookie == cookie)
			return row;
	return NULL;
}

static void answers_are_of_all_sockets(void **state)
{
	const struct group_key port = {.netns = 7, .port = 80};
	uint32_t ports, by_state[STATE_COUNT];
	uint64_t used, time_wait, addresses;
	struct survey survey;
	bool known;
	TRIAL(100);

	facts(&trial, HOST);
	survey_init(&survey, trial.table, NULL);
	assert_true(survey_listens(&survey, 7, 80, &known));
	assert_true(known);
	assert_false(survey_listens(&survey, 7, 81, &known));
	assert_false(survey_listens(&survey, 8, 80, &known));
	assert_true(survey_end(&survey, &end_key, &used, &time_wait));
	assert_int_equal(used, 5); /* of all local addresses; CLOSE takes none */
	assert_int_equal(time_wait, 1);
	assert_true(survey_ports(&survey, row_of(trial.table, 2), &ports));
	assert_int_equal(ports, 3); /* of its own address, within the range */
	assert_true(survey_addresses(&survey, &port, &addresses));
	assert_int_equal(addresses, 2);
	assert_true(survey_task(&survey, table_find_task(trial.table, 42, 5), by_state));
	assert_int_equal(by_state[STATE_LISTEN], 1);
	assert_int_equal(by_state[STATE_SYN_RECV], 0); /* nobody has them open */
	survey_free(&survey);
	trial_end(&trial);
}

/* However many findings ask: what comes after the first lookup is not seen. */
static void one_look_serves_all_questions(void **state)
{
	struct survey survey;
	bool known;
	TRIAL(100);

	facts(&trial, HOST);
	survey_init(&survey, trial.table, NULL);
	assert_true(survey_listens(&survey, 7, 80, &known));
	facts(&trial, "11s state sk=c0 old=CLOSE new=LISTEN cookie=20 flags=tuple,socket "
	              "local=10.0.0.1:81 remote=0.0.0.0:0 netns=7\n");
	assert_false(survey_listens(&survey, 7, 81, &known));
	assert_true(known);
	survey_free(&survey);
	survey_init(&survey, trial.table, NULL);
	assert_true(survey_listens(&survey, 7, 81, &known));
	survey_free(&survey);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_of_all_sockets),
		cmocka_unit_test(one_look_serves_all_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
