/* SPDX-License-Identifier: BSD-2-Clause */
/* Checkpoints: what comes back, what a table in use does with them, and which are refused. */
#include <errno.h>

#include "checkpoint_test.h"

#include "model_walk.h"

enum { SEEDS = 20, TRIES = 40 };

/* A bit of everything. */
#define STORY                                                                                      \
	"1s clock wall=1700000000000000000\n"                                                      \
	"1s name kind=host key=::ffff:10.0.0.2 name=\"db\"\n"                                      \
	"1s name kind=netns key=7 name=\"host\"\n"                                                 \
	"1s name kind=user key=5 name=\"\"\n"                                                      \
	"1s stack id=ff space=77 ips=401122,7f00deadbeef\n"                                        \
	"1s counter netns=7 counter=TcpExtListenDrops value=5\n"                                   \
	"2s counter netns=7 counter=TcpExtListenDrops value=9\n"                                   \
	"2s counter netns=8 counter=TcpExtListenDrops value=1\n"                                   \
	"2s process pid=43 start=7 uid=5 comm=\"idle\" args=\"idle\\000-x\\000\"\n"                \
	"3s state sk=b1 old=CLOSE new=LISTEN cookie=9 flags=owned,tuple pid=60 "                   \
	"comm=\"srv\"" LISTENER "\n"                                                               \
	"4s state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple pid=42 start=7 "         \
	"stack=ff comm=\"curl\" thread=\"t1\"" CLIENT "\n"                                         \
	"5s state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,ident,bytes,queues "     \
	"uid=5 inode=77 cgroup=4 bytes_acked=9 rqueue=3 iss=5 irs=6" CLIENT "\n"                   \
	"6s state sk=c1 old=LISTEN new=SYN_RECV\n"                                                 \
	"6s state sk=c1 old=SYN_RECV new=ESTABLISHED cookie=6 flags=tuple" SERVER "\n"             \
	"7s accept sk=c1 cookie=6 fd=8 inode=78 netns=7 pid=60 tid=61 comm=\"srv\"\n"              \
	"8s retransmit sk=a1 ca_state=4 cookie=5 state=ESTABLISHED flags=tuple" CLIENT "\n"        \
	"8s walk_begin kind=holders\n"                                                             \
	"8s holder sk=a1 cookie=5 pid=42 start=7 fd=3 inode=77 comm=\"curl\"\n"                    \
	"8s holder sk=a1 cookie=5 pid=44 start=8 fd=3 inode=77 comm=\"child\"\n"                   \
	"8s holder sk=b1 cookie=9 pid=60 fd=5 comm=\"srv\"\n"                                      \
	"8s holder sk=c1 cookie=6 pid=60 fd=8 comm=\"srv\"\n"                                      \
	"9s walk_end kind=holders\n"                                                               \
	"9s doing pid=42 start=7 index=0 threads=3 syscall=\"read\" fd=3 fds=9 fd_limit=1024\n"    \
	"9s doing pid=42 start=7 index=1 threads=1 syscall=\"futex\" fd=-1 fds=9 fd_limit=1024\n"  \
	"9s rst_received sk=a1 cookie=5 state=ESTABLISHED flags=tuple" CLIENT "\n"                 \
	"9s loss where=ring-buffer count=3\n"                                                      \
	"9s state sk=d1 old=ESTABLISHED new=FIN_WAIT1 cookie=7 flags=tuple local=10.0.0.1:5 "      \
	"remote=10.0.0.2:80 netns=7\n"                                                             \
	"10s state sk=d1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=7 flags=tuple local=10.0.0.1:5 "       \
	"remote=10.0.0.2:80 netns=7\n"                                                             \
	"11s state sk=d1 old=FIN_WAIT2 new=CLOSE cookie=7 flags=tuple,done local=10.0.0.1:5 "      \
	"remote=10.0.0.2:80 netns=7\n"                                                             \
	"12s exit pid=44 start=8\n"

static struct buffer story_dump(void)
{
	struct buffer dump;
	struct trial trial;

	trial_begin(&trial, 100);
	facts(&trial, STORY);
	dump = dump_of(trial.table);
	trial_end(&trial);
	return dump;
}

/* --- back again ------------------------------------------------------------------------------- */

static void expect_story(struct trial *trial)
{
	struct table *t = trial->table;
	const struct row *client = row_by_cookie(trial, 5), *server = row_by_cookie(trial, 6);
	const struct holder *holder = table_holder(t, client->holders);
	const struct task *task = table_find_task(t, 42, 7);
	uint64_t now, grown;
	struct owner owner;

	assert_int_equal(table_now(t), 12 * NS_PER_SEC);
	assert_int_equal(table_began(t), NS_PER_SEC);
	assert_int_equal(table_wall(t, 2 * NS_PER_SEC), 1700000001000000000);
	assert_string_equal(names_find(table_names(t), name_key_number(NAME_NETNS, 7)), "host");
	assert_true(table_counter(t, 7, COUNTER_LISTEN_DROPS, &now, &grown));
	assert_int_equal(now, 9);
	assert_int_equal(grown, 4);
	assert_int_equal(table_find_stack(t, 0xff)->count, 2);
	assert_ptr_equal(table_find_peer(t, client), server);
	assert_int_equal(table_origin(t, client->owner)->stack, 0xff);
	assert_int_equal(client->retransmits[RETRANSMIT_RTO], 1);
	assert_int_equal(client->rqueue, 3);
	assert_int_equal(table_task(t, holder->task)->pid, 42);
	assert_int_equal(table_task(t, table_holder(t, holder->next)->task)->exited,
	                 12 * NS_PER_SEC);
	assert_int_equal(task->doing_count, 2);
	assert_string_equal(task->doing[1].syscall, "futex");
	assert_memory_equal(table_find_task(t, 43, 7)->args, "idle\0-x", 8);
	table_owner(t, server, &owner);
	assert_int_equal(owner.task->pid, 60);
	assert_int_equal(owner.fd, 8);
	assert_int_equal(totals_of(trial).lost[LOSS_RING], 3);
	assert_true(totals_of(trial).holders_known);
}

static void all_comes_back(void **state)
{
	struct buffer dump = story_dump();
	TRIAL(100);

	assert_int_equal(dump_apply(trial.table, &dump), 0);
	check_table(trial.table);
	told(&trial, "");
	expect_story(&trial);
	assert_dumps_as(trial.table, &dump);
	buffer_free(&dump);
	trial_end(&trial);
}

static void mptcp_sockets_come_back_with_their_subflows(void **state)
{
	static const char story[] =
		"1s state sk=b1 old=LISTEN new=ESTABLISHED mptcp=1 netns=7\n"
		"1s state sk=a1 old=SYN_RECV new=ESTABLISHED cookie=5 flags=tuple" CLIENT "\n"
		"1s state sk=a2 old=SYN_RECV new=ESTABLISHED cookie=6 flags=tuple" SERVER "\n"
		"1s mptcp sk=b1 subflow=a2 cookie=6 token=abcd\n"
		"1s mptcp sk=b1 subflow=a1 cookie=5 token=abcd\n";
	struct buffer dump;
	struct table *other = table_new(10);
	const struct row *msk;
	TRIAL(10);

	facts(&trial, story);
	dump = dump_of(trial.table);
	assert_int_equal(dump_apply(other, &dump), 0);
	msk = table_find_mptcp(other, table_find_cookie(other, 5));
	assert_non_null(msk);
	assert_int_equal(msk->token, 0xabcd);
	assert_ptr_equal(msk, table_find_mptcp(other, table_find_cookie(other, 6)));
	assert_ptr_equal(table_next_subflow(other, msk), table_find_cookie(other, 5));
	assert_dumps_as(other, &dump);
	table_free(other);
	buffer_free(&dump);
	trial_end(&trial);
}

static void an_empty_table_comes_back(void **state)
{
	struct table *empty = table_new(10);
	struct buffer dump = dump_of(empty);
	TRIAL(10);

	assert_int_equal(dump_apply(trial.table, &dump), 0);
	assert_dumps_as(trial.table, &dump);
	/* Another one would be of a table in use. */
	facts(&trial, STORY);
	assert_int_equal(dump_apply(trial.table, &dump), 0);
	expect_story(&trial);
	table_free(empty);
	buffer_free(&dump);
	trial_end(&trial);
}

static const char *connect_line(char line[256], unsigned int sk)
{
	snprintf(line, 256,
	         "20s state sk=%x old=CLOSE new=SYN_SENT cookie=%u flags=tuple local=10.0.0.1:%u "
	         "remote=10.0.0.2:80 netns=7",
	         sk, sk, sk);
	return line;
}

static void connect_new(struct table *table, unsigned int sk)
{
	uint64_t fact[FACT_MAX_SIZE / sizeof(uint64_t)];
	struct diag diag;
	char line[256], ns[512];

	line_in_ns(connect_line(line, sk), ns, sizeof(ns));
	assert_int_equal(fact_text_parse(ns, (struct fact *)fact, &diag), 1);
	assert_int_equal(table_apply(table, (struct fact *)fact), 0);
}

static void destroy(struct table *table, uint64_t sk)
{
	struct fact fact = {
		.type = FACT_DESTROY, .len = sizeof(fact), .time = 30 * NS_PER_SEC, .sk = sk};

	assert_int_equal(table_apply(table, &fact), 0);
}

/* The lowest index first, in the live table and in the one that begins there. */
static void rows_that_come_get_the_same_index(void **state)
{
	struct table *begun = table_new(5000);
	struct buffer dump;
	TRIAL(5000);

	table_set_listener(trial.table, NULL, NULL);
	for (unsigned int sk = 1; sk <= 4000; sk++)
		connect_new(trial.table, sk);
	for (unsigned int sk = 4000; sk > 2; sk -= 3)
		destroy(trial.table, sk);
	for (unsigned int sk = 2000; sk <= 4000; sk++)
		destroy(trial.table, sk);
	dump = dump_of(trial.table);
	assert_true(trial.table->rows.used < 2000);
	assert_int_equal(dump_apply(begun, &dump), 0);
	for (unsigned int sk = 5001; sk < 8000; sk++) {
		connect_new(trial.table, sk);
		connect_new(begun, sk);
		assert_int_equal(row_find_sk(begun, sk)->self, row_find_sk(trial.table, sk)->self);
	}
	assert_int_equal(row_find_sk(begun, 5001)->self, 3); /* of sk 4 */
	assert_int_equal(table_equal(trial.table, begun), 1);
	check_table(begun);
	table_free(begun);
	buffer_free(&dump);
	trial_end(&trial);
}

/* A socket in CLOSE keeps its addresses, and the connection that has them now a lower index. */
static void the_newest_is_found_first(void **state)
{
	static const char *const story =
		"1s state sk=a1 old=CLOSE new=SYN_SENT cookie=1 flags=tuple" CLIENT "\n"
		"1s state sk=a2 old=CLOSE new=SYN_SENT cookie=2 flags=tuple local=10.0.0.1:5 "
		"remote=10.0.0.2:80 netns=7\n"
		"2s state sk=a2 old=SYN_SENT new=CLOSE cookie=2 flags=tuple err=111 "
		"local=10.0.0.1:5 remote=10.0.0.2:80 netns=7\n"
		"3s state sk=a1 old=SYN_SENT new=CLOSE cookie=1 flags=tuple err=111" CLIENT "\n"
		"3s destroy sk=a1\n"
		"4s state sk=a3 old=CLOSE new=SYN_SENT cookie=3 flags=tuple local=10.0.0.1:5 "
		"remote=10.0.0.2:80 netns=7\n";
	struct fact_sample s;
	struct buffer dump;
	TRIAL(10);

	facts(&trial, story);
	assert_true(row_by_cookie(&trial, 3)->self < row_by_cookie(&trial, 2)->self);
	row_sample(row_by_cookie(&trial, 3), &s);
	dump = dump_of(trial.table);
	assert_int_equal(row_find_tuple(trial.table, &s, 0)->cookie, 3);
	table_restart(trial.table);
	assert_int_equal(dump_apply(trial.table, &dump), 0);
	assert_int_equal(row_find_tuple(trial.table, &s, 0)->cookie, 3);
	buffer_free(&dump);
	trial_end(&trial);
}

static void names_are_forgotten_in_the_same_order(void **state)
{
	static const char *const lines[] = {
		"1 name kind=host key=::1 name=\"a\"",
		"1 name kind=user key=1 name=\"u\"",
		"1 name kind=host key=::2 name=\"b\"",
		"1 name kind=host key=::1 name=\"c\"",
	};
	uint64_t fact[FACT_MAX_SIZE / sizeof(uint64_t)];
	struct table *table = table_new(1);
	struct diag diag;
	struct buffer dump;
	const struct fact_name *name;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(fact_text_parse(lines[i], (struct fact *)fact, &diag), 1);
		assert_int_equal(table_apply(table, (struct fact *)fact), 0);
	}
	dump = dump_of(table);
	dump_next(&dump, &at);
	for (const char *const *want = (const char *const[]){"u", "c", "b", NULL}; *want; want++) {
		name = (const struct fact_name *)dump_next(&dump, &at);
		assert_int_equal(name->h.type, FACT_NAME);
		assert_string_equal(name->name, *want);
	}
	buffer_free(&dump);
	table_free(table);
}

/* --- when it may be made ---------------------------------------------------------------------- */

static void no_checkpoint_during_a_walk(void **state)
{
	struct buffer none = {0};
	TRIAL(10);

	facts(&trial, "1s walk_begin kind=sockets netns=7\n");
	assert_int_equal(table_dump(trial.table, &none), -EBUSY);
	facts(&trial, "2s walk_end kind=sockets netns=7\n"
	              "3s walk_begin kind=holders\n");
	assert_int_equal(table_dump(trial.table, &none), -EBUSY);
	assert_int_equal(none.size, 0);
	/* A walk that failed has no end, but is over. */
	facts(&trial, "4s loss where=walk\n");
	assert_int_equal(table_dump(trial.table, &none), 0);
	facts(&trial, "5s walk_end kind=holders\n");
	assert_false(totals_of(&trial).holders_known);
	buffer_free(&none);
	trial_end(&trial);
}

/* --- anew ------------------------------------------------------------------------------------- */

struct ends {
	const struct table *table;
	unsigned int ends, others;
};

static void count_end(const struct change *change, void *arg)
{
	struct ends *ends = arg;

	if (change->kind != CHANGE_END) {
		ends->others++;
		return;
	}
	ends->ends++;
	assert_true(change->row->used);
	assert_int_equal(change->time, 12 * NS_PER_SEC);
	assert_ptr_equal(row_at(ends->table, change->row->self), change->row);
}

static void restart_ends_all_rows(void **state)
{
	struct table *fresh = table_new(100);
	struct ends ends = {0};
	struct lookup lookup;
	TRIAL(100);

	table_enable_lookups(trial.table, ~0U);
	facts(&trial, STORY "12s state sk=e1 old=LISTEN new=SYN_RECV\n");
	ends.table = trial.table;
	table_set_listener(trial.table, count_end, &ends);
	assert_int_equal(totals_of(&trial).rows, 5);
	table_restart(trial.table);
	assert_int_equal(ends.ends, 4); /* of the nascent one nobody heard */
	assert_int_equal(ends.others, 0);
	check_table(trial.table);
	assert_int_equal(table_now(trial.table), 0);
	assert_false(table_next_lookup(trial.table, ~0U, &lookup));
	assert_int_equal(table_equal(trial.table, fresh), 1);
	assert_int_equal(totals_of(&trial).rows_max, 100);
	/* It goes on. */
	table_set_listener(trial.table, log_change, &trial);
	forget_told(&trial);
	facts(&trial, STORY);
	assert_true(trial.used > 0);
	expect_story(&trial);
	assert_true(table_next_lookup(trial.table, ~0U, &lookup));
	table_free(fresh);
	trial_end(&trial);
}

/* --- a table in use --------------------------------------------------------------------------- */

static void a_table_in_use_stays_as_it_is(void **state)
{
	struct buffer dump = story_dump(), before, after;
	TRIAL(100);

	facts(&trial, "13s name kind=user key=5 name=\"other\"\n"
	              "13s process pid=42 start=7 comm=\"curl\"\n");
	connect_new(trial.table, 0xa1);
	forget_told(&trial);
	before = dump_of(trial.table);
	assert_int_equal(dump_apply(trial.table, &dump), 0);
	check_table(trial.table);
	told(&trial, "");
	after = dump_of(trial.table);
	assert_dump_equal(&before, &after);
	/* What comes next is taken again. */
	facts(&trial, "21s name kind=user key=5 name=\"new\"\n");
	assert_string_equal(names_find(table_names(trial.table), name_key_number(NAME_USER, 5)),
	                    "new");
	buffer_free(&before);
	buffer_free(&after);
	buffer_free(&dump);
	trial_end(&trial);
}

/* Its end was lost: it ends with the next fact that is no part of it. */
static void passing_ends_without_an_end(void **state)
{
	TRIAL(100);

	facts(&trial, "1s tick\n"
	              "2s table began=1\n"
	              "2s name kind=user key=5 name=\"old\"\n"
	              "3s name kind=user key=5 name=\"new\"\n"
	              "3s table_row index=0 state=LISTEN\n"
	              "3s table_end facts=1\n");
	assert_string_equal(names_find(table_names(trial.table), name_key_number(NAME_USER, 5)),
	                    "new");
	nothing_left(&trial);
	trial_end(&trial);
}

/* --- damage ----------------------------------------------------------------------------------- */

#define HEAD   "10s table began=1\n"
#define TASK   "10s table_task index=2 pid=42 comm=\"a\"\n"
#define ORIGIN "10s table_origin index=1 task=2\n"
#define ROW    "10s table_row index=3 sk=a1 owner=2 state=ESTABLISHED since=5\n"
#define HOLDER "10s table_holder row=3 task=2 fd=3 gen=1\n"
#define ALL    HEAD TASK ORIGIN ROW HOLDER "10s table_end facts=5\n"

/* The first refusal among the lines, or 0. */
static int take(struct trial *trial, const char *lines)
{
	uint64_t fact[FACT_MAX_SIZE / sizeof(uint64_t)];
	char *copy = strdup(lines), *rest = copy, *line, ns[1024];
	int first = 0;

	while ((line = strsep(&rest, "\n"))) {
		struct diag diag;
		int got, err;

		line_in_ns(line, ns, sizeof(ns));
		got = fact_text_parse(ns, (struct fact *)fact, &diag);
		if (got < 0)
			fail_msg("%s: %s", line, diag.text);
		err = got ? table_apply(trial->table, (struct fact *)fact) : 0;
		first = first ? first : err;
	}
	free(copy);
	return first;
}

static void lies_are_refused(void **state)
{
	static const char *const lies[] = {
		"10s table began=10000000001\n10s table_end facts=1\n",
		HEAD TASK ORIGIN ROW HOLDER "10s table_end facts=6\n",
		HEAD TASK ORIGIN ROW "10s table_end facts=5\n",
		HEAD TASK "10s table_end facts=2\n", /* nobody refers to it */
		HEAD TASK ORIGIN "10s table_end facts=3\n",
		HEAD "10s table_task index=2 comm=\"no pid\"\n",
		HEAD "10s table_task index=4194304 pid=1\n",
		HEAD "10s table_task index=4294967295 pid=1\n",
		HEAD "10s table_task index=0 pid=1 exited=10000000001\n",
		HEAD TASK TASK,
		HEAD TASK "10s table_task index=1 pid=43\n",
		HEAD "10s table_origin index=0 task=0\n",
		HEAD TASK "10s table_origin index=0 task=1\n",
		HEAD TASK "10s table_origin index=0 task=3\n",
		HEAD TASK "10s table_origin index=0 task=4294967295\n",
		HEAD TASK "10s table_origin index=101 task=2\n",
		HEAD TASK ORIGIN ORIGIN,
		HEAD "10s doing pid=42 index=0 threads=1\n",
		HEAD TASK "10s doing pid=43 index=0 threads=1\n",
		HEAD TASK "10s doing pid=42 start=1 index=0 threads=1\n",
		HEAD TASK ORIGIN ROW ROW,
		HEAD TASK ORIGIN ROW "10s table_row index=4 sk=a1 state=LISTEN\n",
		HEAD TASK ORIGIN ROW "10s table_row index=2 sk=a2 state=LISTEN\n",
		HEAD "10s table_row index=100 state=LISTEN\n",
		HEAD "10s table_row index=4294967295 state=LISTEN\n",
		HEAD "10s table_row index=0\n",
		HEAD "10s table_row index=0 state=13\n",
		HEAD "10s table_row index=0 state=255\n",
		HEAD "10s table_row index=0 state=LISTEN prior=13\n",
		HEAD "10s table_row index=0 state=LISTEN subflow_of=1\n",
		HEAD "10s table_row index=0 state=LISTEN row_flags=subflow\n",
		HEAD "10s table_row index=0 state=LISTEN row_flags=mptcp\n",
		HEAD
		"10s table_row index=0 sk=a1 state=LISTEN row_flags=mptcp,subflow subflow_of=1\n",
		HEAD "10s table_row index=0 sk=a1 state=LISTEN row_flags=subflow subflow_of=1\n"
		     "10s table_end facts=3\n",
		HEAD "10s table_row index=0 sk=a1 state=LISTEN row_flags=subflow subflow_of=9\n"
		     "10s table_end facts=3\n",
		HEAD "10s table_row index=0 state=LISTEN closer=10\n",
		HEAD "10s table_row index=0 state=LISTEN owner_source=8\n",
		HEAD "10s table_row index=0 state=LISTEN owner=1\n",
		HEAD TASK ORIGIN "10s table_row index=0 state=LISTEN owner=1\n",
		HEAD TASK ORIGIN "10s table_row index=0 state=LISTEN owner=3\n",
		HEAD TASK ORIGIN "10s table_row index=0 state=LISTEN owner=4294967295\n",
		HEAD "10s table_row index=0 state=LISTEN since=10000000001\n",
		HEAD "10s table_row index=0 state=LISTEN born=10000000001\n",
		HEAD "10s table_row index=0 state=LISTEN touched=10000000001\n",
		HEAD "10s table_row index=0 state=LISTEN changed=10000000001\n",
		HEAD "10s table_row index=0 state=TIME_WAIT row_flags=mini sk=a1\n",
		HEAD "10s table_row index=0 state=TIME_WAIT row_flags=mini,request\n",
		HEAD "10s table_row index=0 state=LISTEN row_flags=port_pending\n",
		HEAD "10s table_row index=0 state=LISTEN steps=10000000001/state/1/1\n",
		HEAD "10s table_row index=0 state=LISTEN steps=1/state/0/1\n",
		HEAD "10s table_row index=0 state=LISTEN steps=1/state/13/1\n",
		HEAD "10s table_row index=0 state=LISTEN steps=1/retransmit/6/1\n",
		HEAD "10s table_row index=0 state=LISTEN steps=1/4/1/1\n",
		HEAD TASK "10s table_holder row=0 task=2 fd=3\n",
		HEAD TASK ORIGIN ROW "10s table_holder row=2 task=2 fd=3\n",
		HEAD TASK ORIGIN ROW "10s table_holder row=3 task=1 fd=3\n",
		HEAD TASK ORIGIN ROW "10s table_holder row=3 task=3 fd=3\n",
		HEAD TASK ORIGIN ROW "10s table_holder row=4294967295 task=2 fd=3\n",
		HEAD TASK "10s table_row index=0 state=LISTEN\n10s table_row index=1 state=LISTEN\n"
			  "10s table_holder row=0 task=2 fd=3\n10s table_holder row=1 task=2 fd=3\n"
			  "10s table_holder row=0 task=2 fd=4\n",
		HEAD TASK "10s table_row index=0 state=CLOSE row_flags=orphan\n"
			  "10s table_holder row=0 task=2 fd=3\n",
		HEAD TASK "10s table_row index=0 state=TIME_WAIT row_flags=mini\n"
			  "10s table_holder row=0 task=2 fd=3\n",
		HEAD "10s stack id=1\n",
		HEAD "10s stack id=1 ips=1\n10s stack id=1 ips=1\n",
	};
	TRIAL(100);

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		if (take(&trial, lies[i]) != -EINVAL)
			fail_msg("lie %zu was taken: %s", i, lies[i]);
		check_table(trial.table);
		nothing_left(&trial);
		/* The rest of it is skipped, and the next one is taken. */
		assert_int_equal(take(&trial, ROW "10s table_end facts=9\n"), 0);
		nothing_left(&trial);
		assert_int_equal(take(&trial, ALL), 0);
		check_table(trial.table);
		assert_int_equal(only(&trial)->self, 3);
		table_restart(trial.table);
	}
	trial_end(&trial);
}

static size_t pages_in_use(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	size_t all, resident;

	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%zu %zu", &all, &resident), 2);
	fclose(statm);
	return resident;
}

/* A few hundred bytes that name the highest indices cost no memory for those below. */
static void a_high_index_takes_no_memory_for_those_below(void **state)
{
	const size_t before = pages_in_use();
	TRIAL(TABLE_ROWS_DEFAULT);

	assert_int_equal(take(&trial, HEAD "10s table_task index=4194303 pid=42 comm=\"a\"\n"
	                                   "10s table_origin index=1999998 task=4194303\n"
	                                   "10s table_row index=1999999 sk=a1 owner=1999999 "
	                                   "state=ESTABLISHED since=5\n"
	                                   "10s table_holder row=1999999 task=4194303 fd=3 gen=1\n"
	                                   "10s table_end facts=5\n"),
	                 0);
	assert_int_equal(only(&trial)->self, 1999999);
	check_table(trial.table);
	connect_new(trial.table, 1);
	assert_in_range(pages_in_use(), 0, before + (32 << 20) / 4096);
	trial_end(&trial);
}

static void what_has_no_end_is_dropped(void **state)
{
	TRIAL(100);

	/* By another fact, which stays, */
	facts(&trial, "1s name kind=user key=1 name=\"early\"\n");
	assert_int_equal(take(&trial, HEAD TASK ORIGIN ROW "11s tick\n"), 0);
	check_table(trial.table);
	nothing_left(&trial);
	assert_int_equal(table_began(trial.table), 11 * NS_PER_SEC);
	/* of a part of it that was left over, */
	assert_int_equal(take(&trial, HOLDER "10s table_end facts=5\n"), 0);
	nothing_left(&trial);
	table_restart(trial.table);
	/* by another checkpoint, */
	assert_int_equal(take(&trial, HEAD TASK ORIGIN ROW ALL), 0);
	assert_int_equal(only(&trial)->self, 3);
	table_restart(trial.table);
	/* or to begin anew: nobody was told that there is anything. */
	forget_told(&trial);
	assert_int_equal(take(&trial, HEAD TASK ORIGIN ROW), 0);
	table_restart(trial.table);
	told(&trial, "");
	assert_int_equal(take(&trial, ALL), 0);
	trial_end(&trial);
}

/* The checkpoint has those, too, in their order. */
static void names_may_come_ahead(void **state)
{
	struct buffer dump = story_dump();
	TRIAL(100);

	facts(&trial, "1s name kind=meta key=1 name=\"host\"\n"
	              "1s name kind=user key=5 name=\"other\"\n");
	assert_int_equal(dump_apply(trial.table, &dump), 0);
	assert_dumps_as(trial.table, &dump);
	buffer_free(&dump);
	trial_end(&trial);
}

/* --- damage at random ------------------------------------------------------------------------- */

static void damage(struct model *m, struct fact *fact)
{
	uint8_t *bytes = (uint8_t *)fact;
	size_t at = model_random(m, fact->len);

	if (at == 2 || at == 3) /* how long it is whoever reads it makes sure of */
		return;
	if (model_chance(m, 50))
		bytes[at] = (uint8_t)model_random(m, 256);
	else
		bytes[at] ^= (uint8_t)(1U << model_random(m, 8));
}

static uint32_t count_facts(const struct buffer *dump)
{
	uint32_t count = 0;

	for (size_t at = 0; dump_next(dump, &at);)
		count++;
	return count;
}

/* One fact of it is damaged, missing or told twice. Was the checkpoint taken still? */
static bool apply_damaged(struct model *m, struct table *table, const struct buffer *dump)
{
	uint64_t room[FACT_MAX_SIZE / sizeof(uint64_t)];
	uint32_t victim = model_random(m, count_facts(dump)), number = 0;
	struct fact *copy = (struct fact *)room;
	const struct fact *fact;

	for (size_t at = 0; (fact = dump_next(dump, &at)); number++) {
		memcpy(copy, fact, fact->len);
		if (number == victim && model_chance(m, 5))
			continue;
		if (number == victim && model_chance(m, 5))
			table_apply(table, copy);
		else if (number == victim)
			damage(m, copy);
		table_apply(table, copy);
	}
	check_table(table);
	return table->rows.live;
}

static void pass_on(const struct fact *fact, void *arg)
{
	table_apply(arg, fact);
}

/* The table goes on with what it took. */
static void live_on(struct model *kernel, struct table *table)
{
	kernel->arg = table;
	for (int i = 0; i < 30; i++)
		model_step(kernel);
	kernel->time += NS_PER_SEC;
	model_walk(kernel, 7, 1);
	check_table(table);
}

static void damage_breaks_nothing(void **state)
{
	static struct model kernel;
	unsigned int taken = 0;

	(void)state;
	for (unsigned int seed = 1; seed <= SEEDS; seed++) {
		struct table *live = table_new(1000), *damaged = table_new(1000);
		struct buffer dump;
		struct model random;

		model_begin(&random, seed, NULL, NULL);
		model_begin(&kernel, seed, pass_on, live);
		for (int i = 0; i < 1000; i++)
			model_step(&kernel);
		model_walk_holders(&kernel);
		dump = dump_of(live);
		for (int i = 0; i < TRIES; i++) {
			table_restart(damaged);
			taken += apply_damaged(&random, damaged, &dump);
			live_on(&kernel, damaged);
		}
		table_restart(damaged);
		assert_int_equal(dump_apply(damaged, &dump), 0);
		assert_dumps_as(damaged, &dump);
		buffer_free(&dump);
		table_free(live);
		table_free(damaged);
	}
	assert_in_range(taken, SEEDS, SEEDS * (TRIES - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_comes_back),
		cmocka_unit_test(an_empty_table_comes_back),
		cmocka_unit_test(mptcp_sockets_come_back_with_their_subflows),
		cmocka_unit_test(rows_that_come_get_the_same_index),
		cmocka_unit_test(the_newest_is_found_first),
		cmocka_unit_test(names_are_forgotten_in_the_same_order),
		cmocka_unit_test(no_checkpoint_during_a_walk),
		cmocka_unit_test(restart_ends_all_rows),
		cmocka_unit_test(a_table_in_use_stays_as_it_is),
		cmocka_unit_test(passing_ends_without_an_end),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(a_high_index_takes_no_memory_for_those_below),
		cmocka_unit_test(what_has_no_end_is_dropped),
		cmocka_unit_test(names_may_come_ahead),
		cmocka_unit_test(damage_breaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
