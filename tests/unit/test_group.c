/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups: what sockets have in common, who comes and goes, ages, stacks, order, failed connects. */
#include "count/group.h"
#include "table_test.h"

#define JAVA  " pid=42 tid=42 start=100 comm=\"java\""
#define OTHER " pid=43 tid=43 start=100 comm=\"perl\""

/* Counts for a table from its first fact on. */
struct watch {
	struct trial trial;
	struct groups *groups;
};

static void on_change(const struct change *change, void *arg)
{
	struct watch *watch = arg;

	groups_change(change, watch->groups);
	if (change_connect_failure(change) != CONNECT_FAILURE_NONE)
		groups_failure(change, watch->groups);
}

static void watch_begin(struct watch *watch)
{
	trial_begin(&watch->trial, 1000);
	watch->groups = groups_new(watch->trial.table);
	assert_non_null(watch->groups);
	table_set_listener(watch->trial.table, on_change, watch);
}

static void watch_end(struct watch *watch)
{
	groups_free(watch->groups);
	trial_end(&watch->trial);
}

/* Class 1: all but LISTEN; the tallies are 1 and the local port. */
static uint8_t all_but_listeners(const struct table *table, const struct row *row,
                                 uint64_t tally[GROUP_TALLIES], void *arg)
{
	(void)table;
	(void)arg;
	tally[0] += 1;
	tally[3] += row->lport;
	return row->state != STATE_LISTEN;
}

/* Even local ports are of class 2. */
static uint8_t by_parity(const struct table *table, const struct row *row,
                         uint64_t tally[GROUP_TALLIES], void *arg)
{
	(void)table;
	(void)tally;
	(void)arg;
	return row->lport % 2 ? 1 : 2;
}

static const uint8_t no_failures[CONNECT_FAILURE_COUNT];

/* No row is in any group. */
static uint8_t none_at_all(const struct table *table, const struct row *row,
                           uint64_t tally[GROUP_TALLIES], void *arg)
{
	(void)table;
	(void)row;
	(void)tally;
	(void)arg;
	return 0;
}

static const uint8_t all_failures[CONNECT_FAILURE_COUNT] = {
	[CONNECT_REFUSED] = 11,
	[CONNECT_UNREACHABLE] = 12,
	[CONNECT_TIMED_OUT] = 13,
	[CONNECT_NO_PORT] = 14,
};

static void collect(struct watch *watch, group_class_fn *classify, size_t expected)
{
	assert_int_equal(groups_collect(watch->groups, classify, NULL, all_failures), 0);
	assert_int_equal(groups_count(watch->groups), expected);
}

/* A client's socket of local port `port`, established at `ms`. */
static void establish(struct watch *watch, unsigned int ms, unsigned int port, const char *remote,
                      const char *who)
{
	char lines[1024];

	snprintf(lines, sizeof(lines),
	         "%ums state sk=%x old=CLOSE new=SYN_SENT cookie=%u flags=owned,tuple,socket "
	         "local=10.0.0.1:%u remote=%s netns=7 stack=%x%s\n"
	         "%ums state sk=%x old=SYN_SENT new=ESTABLISHED cookie=%u flags=tuple,socket "
	         "local=10.0.0.1:%u remote=%s netns=7\n",
	         ms, port, port, port, remote, 70 + port / 1000, who, ms, port, port, port, remote);
	facts(&watch->trial, lines);
}

static void a_key_is_process_place_and_state(void **state)
{
	struct watch watch;
	const struct group *group;
	const uint8_t mapped[16] = {[10] = 0xff, 0xff, 10, 0, 0, 2};

	(void)state;
	watch_begin(&watch);
	establish(&watch, 1000, 40001, "10.0.0.2:80", JAVA);
	establish(&watch, 1000, 40002, "10.0.0.2:80", JAVA);
	establish(&watch, 1000, 40003, "10.0.0.2:80", JAVA);
	establish(&watch, 1000, 40004, "10.0.0.2:80", OTHER);
	establish(&watch, 1000, 40005, "10.0.0.2:80", OTHER);
	establish(&watch, 1000, 40006, "10.0.0.2:81", JAVA);
	collect(&watch, all_but_listeners, 3);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->count, 3);
	assert_int_equal(group->key.pid, 42);
	assert_int_equal(group->key.start, 100);
	assert_int_equal(group->key.netns, 7);
	assert_int_equal(group->key.state, STATE_ESTABLISHED);
	assert_int_equal(group->key.port, 80);
	assert_int_equal(group->key.class, 1);
	assert_false(group->key.passive);
	assert_memory_equal(group->key.addr, mapped, 16);
	assert_int_equal(group->tally[0], 3);
	assert_int_equal(group->tally[3], 40001 + 40002 + 40003);
	/* The largest first. */
	assert_int_equal(groups_at(watch.groups, 1)->key.pid, 43);
	assert_int_equal(groups_at(watch.groups, 1)->count, 2);
	assert_int_equal(groups_at(watch.groups, 2)->key.port, 81);
	/* Another class, another group. */
	collect(&watch, by_parity, 5);
	watch_end(&watch);
}

/* Of MPTCP the socket that the program has; its subflow came first, and goes on after it. */
static void a_connection_by_mptcp_comes_and_goes_once(void **state)
{
#define SUBFLOW_TO(old, new) "state sk=a1 old=" old " new=" new " cookie=5 flags=tuple" CLIENT "\n"
#define MPTCP_TO(old, new)                                                                         \
	"state sk=b1 old=" old " new=" new " mptcp=1 flags=tuple,dead" CLIENT "\n"
	const uint8_t states[] = {STATE_SYN_SENT, STATE_ESTABLISHED, STATE_FIN_WAIT1,
	                          STATE_FIN_WAIT2};
	struct watch watch;
	int64_t by;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial,
	      "1s " SUBFLOW_TO("CLOSE", "SYN_SENT") "1s " MPTCP_TO(
		      "CLOSE",
		      "SYN_SENT") "1s " SUBFLOW_TO("SYN_SENT",
	                                           "ESTABLISHED") "1s mptcp sk=b1 subflow=a1 "
	                                                          "cookie=5\n"
	                                                          "1s " MPTCP_TO("SYN_SENT",
	                                                                         "ESTABLISHED"));
	assert_int_equal(groups_growth(watch.groups, STATE_ESTABLISHED, NULL, &by), 0);
	assert_int_equal(by, 1);
	facts(&watch.trial,
	      "2s " MPTCP_TO("ESTABLISHED", "FIN_WAIT1") "2s " MPTCP_TO(
		      "FIN_WAIT1",
		      "FIN_WAIT2") "3s " SUBFLOW_TO("ESTABLISHED",
	                                            "FIN_WAIT1") "3s " MPTCP_TO("FIN_WAIT2",
	                                                                        "CLOSE"));
	assert_int_equal(groups_growth(watch.groups, STATE_FIN_WAIT1, NULL, &by), 0);
	assert_int_equal(by, 1); /* the subflow: it is TCP's from here on */
	facts(&watch.trial,
	      "4s " SUBFLOW_TO("FIN_WAIT1", "FIN_WAIT2") "4s state sk=a1 old=FIN_WAIT2 new=CLOSE "
	                                                 "cookie=5 flags=tuple,done" CLIENT "\n");
	for (size_t i = 0; i < sizeof(states); i++) {
		assert_int_equal(groups_growth(watch.groups, states[i], NULL, &by), 0);
		assert_int_equal(by, 0);
	}
	assert_int_equal(groups_growth(watch.groups, STATE_TIME_WAIT, NULL, &by), 0);
	assert_int_equal(by, 1);
	watch_end(&watch);
}

static void a_subflow_that_the_kernel_adds_fails_no_program(void **state)
{
#define ADDED(old, new)                                                                            \
	"state sk=a2 old=" old " new=" new " cookie=6 err=111 flags=tuple" CLIENT "\n"
	struct watch watch;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial, "1s " MPTCP_TO("CLOSE", "SYN_SENT"));
	facts(&watch.trial, "1s " MPTCP_TO("SYN_SENT", "ESTABLISHED"));
	facts(&watch.trial, "2s " ADDED("CLOSE", "SYN_SENT"));
	facts(&watch.trial, "2s mptcp sk=b1 subflow=a2 cookie=6\n");
	facts(&watch.trial, "2s " ADDED("SYN_SENT", "CLOSE"));
	collect(&watch, none_at_all, 0);
	/* The first one is the program's. */
	facts(&watch.trial, "3s state sk=b2 old=CLOSE new=SYN_SENT mptcp=1 netns=7\n");
	facts(&watch.trial, "3s " ADDED("CLOSE", "SYN_SENT"));
	facts(&watch.trial, "3s mptcp sk=b2 subflow=a2 cookie=6\n");
	facts(&watch.trial, "3s " ADDED("SYN_SENT", "CLOSE"));
	collect(&watch, none_at_all, 1);
	watch_end(&watch);
}

static void behind_a_listener_the_local_port_is_the_place(void **state)
{
	struct watch watch;
	const struct group *group;
	const uint8_t none[16] = {0};

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial,
	      "1s state sk=a0 old=CLOSE new=LISTEN cookie=1 flags=owned,socket,tuple" LISTENER JAVA
	      "\n2s synack sk=b0 num_retrans=1 timeouts=1 state=NEW_SYN_RECV flags=request,tuple "
	      "local=10.0.0.2:80 remote=10.0.0.5:1000 netns=7\n"
	      "2s synack sk=b1 num_retrans=1 timeouts=1 state=NEW_SYN_RECV flags=request,tuple "
	      "local=10.0.0.2:80 remote=10.0.0.6:1000 netns=7\n");
	collect(&watch, all_but_listeners, 1);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->count, 2);
	assert_true(group->key.passive);
	assert_int_equal(group->key.port, 80);
	assert_memory_equal(group->key.addr, none, 16);
	/* A request socket is half-open like any other, and its listener's. */
	assert_int_equal(group->key.state, STATE_SYN_RECV);
	assert_int_equal(group->key.pid, 42);
	assert_true(group->at_least);
	collect(&watch, by_parity, 2);
	assert_int_equal(groups_at(watch.groups, 1)->key.state, STATE_LISTEN);
	assert_true(groups_at(watch.groups, 1)->key.passive);
	watch_end(&watch);
}

static void flows_are_those_of_the_state(void **state)
{
	struct watch watch;
	const struct group *group;

	(void)state;
	watch_begin(&watch);
	establish(&watch, 1000, 40001, "10.0.0.2:80", JAVA);
	establish(&watch, 2000, 40002, "10.0.0.2:80", JAVA);
	establish(&watch, 3000, 40003, "10.0.0.2:80", JAVA);
	facts(&watch.trial, "5s state sk=9c41 old=ESTABLISHED new=CLOSE_WAIT cookie=40001 "
	                    "flags=tuple,socket,done "
	                    "local=10.0.0.1:40001 remote=10.0.0.2:80 netns=7\n");
	collect(&watch, all_but_listeners, 2);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->key.state, STATE_ESTABLISHED);
	assert_int_equal(group->count, 2);
	assert_int_equal(group->entered, 3);
	assert_int_equal(group->left, 1);
	group = groups_at(watch.groups, 1);
	assert_int_equal(group->key.state, STATE_CLOSE_WAIT);
	assert_int_equal(group->entered, 1);
	assert_int_equal(group->left, 0);
	/* From the first change on. */
	assert_int_equal(groups_window(watch.groups), 4 * NS_PER_SEC);
	assert_int_equal(groups_window_of(watch.groups, group), 4 * NS_PER_SEC);
	assert_true(groups_rate(watch.groups, group, 8) == 2.0);
	watch_end(&watch);
}

#define MASTER  " pid=42 tid=42 start=100 comm=\"master\""
#define WORKER  " pid=43 tid=43 start=100 comm=\"worker\""
#define PASSIVE " netns=7 local=10.0.0.2:80 remote=10.0.0.5:1000 "

static int64_t growth_of(const struct watch *watch, uint32_t pid, uint8_t tcp_state)
{
	const struct group_key who = {.pid = pid, .start = 100};
	int64_t by;

	assert_int_equal(groups_growth(watch->groups, tcp_state, pid ? &who : NULL, &by), 0);
	return by;
}

/* In the queue it is who listens that has it, then who accepts. */
/* Sockets begin in CLOSE, which is no coming, and leave it by their end alone. */
static void close_is_left_by_the_end(void **state)
{
	struct watch watch;
	const struct group *group;
	char line[256];

	(void)state;
	watch_begin(&watch);
	for (unsigned int port = 40001; port <= 40003; port++) {
		establish(&watch, port - 39000, port, "10.0.0.2:80", JAVA);
		snprintf(line, sizeof(line),
		         "%ums state sk=%x old=ESTABLISHED new=CLOSE cookie=%u err=104 "
		         "flags=tuple,socket local=10.0.0.1:%u remote=10.0.0.2:80 netns=7\n",
		         port - 38000, port, port, port);
		facts(&watch.trial, line);
	}
	facts(&watch.trial, "5s destroy sk=9c41\n");
	collect(&watch, all_but_listeners, 1);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->key.state, STATE_CLOSE);
	assert_int_equal(group->count, 2);
	assert_int_equal(group->came, 2);
	assert_int_equal(group->entered, 3);
	assert_int_equal(group->left, 1);
	assert_int_equal(growth_of(&watch, 42, STATE_CLOSE), 2);
	facts(&watch.trial, "6s destroy sk=9c42\n");
	assert_int_equal(growth_of(&watch, 42, STATE_CLOSE), 1);
	watch_end(&watch);
}

static void an_entry_follows_its_owner(void **state)
{
	struct watch watch;
	const struct group *group;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial,
	      "1s state sk=a0 old=CLOSE new=LISTEN cookie=1 flags=owned,socket,tuple" LISTENER
	              MASTER
	      "\n2s state sk=b0 old=SYN_RECV new=ESTABLISHED cookie=2 flags=tuple" PASSIVE "\n");
	assert_int_equal(growth_of(&watch, 42, STATE_ESTABLISHED), 1);
	facts(&watch.trial,
	      "3s accept sk=b0 cookie=2 fd=5 ret=5 inode=9 netns=7 lport=80" WORKER "\n");
	/* Also where no group has it: a threshold counts by age, what grows is of any. */
	collect(&watch, none_at_all, 0);
	assert_int_equal(growth_of(&watch, 42, STATE_ESTABLISHED), 0);
	assert_int_equal(growth_of(&watch, 43, STATE_ESTABLISHED), 1);
	collect(&watch, all_but_listeners, 1);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->key.pid, 43);
	assert_int_equal(group->entered, 1);
	assert_int_equal(group->left, 0);
	assert_int_equal(group->came, 1);
	assert_int_equal(growth_of(&watch, 0, STATE_ESTABLISHED), 1);
	watch_end(&watch);
}

/* It leaves as another's than it came, and nobody has grouped it in between. */
static void an_exit_is_of_whom_the_entry_is(void **state)
{
	struct watch watch;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial,
	      "1s state sk=a0 old=CLOSE new=LISTEN cookie=1 flags=owned,socket,tuple" LISTENER
	              MASTER
	      "\n2s state sk=b0 old=SYN_RECV new=ESTABLISHED cookie=2 flags=tuple" PASSIVE
	      "\n3s accept sk=b0 cookie=2 fd=5 ret=5 inode=9 netns=7 lport=80" WORKER
	      "\n4s state sk=b0 old=ESTABLISHED new=CLOSE_WAIT cookie=2 "
	      "flags=tuple,socket,done" PASSIVE "\n");
	assert_int_equal(growth_of(&watch, 42, STATE_ESTABLISHED), 0);
	assert_int_equal(growth_of(&watch, 43, STATE_ESTABLISHED), 0);
	assert_int_equal(growth_of(&watch, 43, STATE_CLOSE_WAIT), 1);
	collect(&watch, all_but_listeners, 1);
	assert_int_equal(groups_at(watch.groups, 0)->place_entered, 1);
	assert_int_equal(groups_at(watch.groups, 0)->came, 1);
	watch_end(&watch);
}

/* What was there before has not come, though its state was only met. */
static void what_was_there_has_not_come(void **state)
{
	struct watch watch;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial, "1s walk_begin kind=sockets netns=7\n"
	                    "1s seen sk=1 cookie=1 state=ESTABLISHED flags=tuple,socket "
	                    "local=10.0.0.1:40001 remote=10.0.0.2:80 netns=7\n"
	                    "1s walk_end kind=sockets netns=7\n"
	                    "1s holder sk=1 cookie=1 pid=42 start=100 fd=4 inode=9 netns=7 "
	                    "comm=\"java\"\n");
	establish(&watch, 2000, 40002, "10.0.0.2:80", JAVA);
	collect(&watch, all_but_listeners, 1);
	assert_int_equal(groups_at(watch.groups, 0)->count, 2);
	assert_int_equal(groups_at(watch.groups, 0)->came, 1);
	watch_end(&watch);
}

static void ages_are_of_the_present_state(void **state)
{
	struct watch watch;
	const struct group *group;

	(void)state;
	watch_begin(&watch);
	for (unsigned int i = 0; i < 200; i++)
		establish(&watch, 1000 + i * 10, 40001 + i, "10.0.0.2:80", JAVA);
	facts(&watch.trial, "3s tick\n");
	collect(&watch, all_but_listeners, 1);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->count, 200);
	assert_int_equal(group->oldest, 2000 * NS_PER_MS);
	assert_int_equal(group->youngest, 10 * NS_PER_MS);
	assert_int_equal(group->median, 1000 * NS_PER_MS);
	assert_int_equal(group->p99, 1980 * NS_PER_MS);
	assert_false(group->at_least);
	assert_int_equal(group->example->lport, 40001);
	/* One that was met late: its age is a bound, and so are the group's. */
	facts(&watch.trial, "3s walk_begin kind=sockets netns=7\n"
	                    "3s seen sk=1 cookie=1 state=ESTABLISHED flags=tuple,socket "
	                    "local=10.0.0.1:39999 remote=10.0.0.2:82 netns=7\n");
	collect(&watch, all_but_listeners, 2);
	assert_true(groups_at(watch.groups, 1)->at_least);
	assert_int_equal(groups_at(watch.groups, 1)->key.pid, 0);
	watch_end(&watch);
}

static void the_stack_is_the_most_frequent(void **state)
{
	struct watch watch;
	const struct group *group;

	(void)state;
	watch_begin(&watch);
	establish(&watch, 1000, 1001, "10.0.0.2:80", JAVA); /* stack 71 */
	establish(&watch, 1001, 2001, "10.0.0.2:80", JAVA); /* stack 72 */
	establish(&watch, 1002, 2002, "10.0.0.2:80", JAVA);
	establish(&watch, 1003, 3001, "10.0.0.2:80", JAVA); /* stack 73 */
	collect(&watch, all_but_listeners, 1);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->stack, 72);
	assert_int_equal(group->stack_count, 2);
	watch_end(&watch);
}

static void many_keys_are_told_apart(void **state)
{
	struct watch watch;

	(void)state;
	watch_begin(&watch);
	for (unsigned int i = 1; i <= 300; i++) {
		char remote[32];

		snprintf(remote, sizeof(remote), "10.0.0.2:%u", i);
		establish(&watch, 1000, 40000 + i, remote, JAVA);
	}
	collect(&watch, all_but_listeners, 300);
	for (size_t i = 0; i < 300; i++) {
		const struct group *group = groups_at(watch.groups, i);

		assert_int_equal(group->count, 1);
		assert_int_equal(group->entered, 1);
		assert_int_equal(group->tally[3], 40000 + group->key.port);
	}
	collect(&watch, all_but_listeners, 300); /* anew, not in addition */
	watch_end(&watch);
}

/* A connect that fails: by an error of its socket, and the syscall's return. */
static void fail_connect(struct watch *watch, unsigned int sk, unsigned int pid, int err, int ret)
{
	char lines[1024], error[32] = "";

	if (err)
		snprintf(error, sizeof(error), " err=%d", err);
	snprintf(lines, sizeof(lines),
	         "1s state sk=%x old=CLOSE new=SYN_SENT cookie=%u flags=owned,tuple,socket" UNBOUND
	         "pid=%u tid=%u start=100 comm=\"java\"\n"
	         "2s state sk=%x old=SYN_SENT new=CLOSE cookie=%u flags=tuple,socket%s" UNBOUND "\n"
	         "2s connect sk=%x cookie=%u fd=3 ret=%d inode=%u netns=7 pid=%u tid=%u start=100 "
	         "comm=\"java\"\n"
	         "2s destroy sk=%x\n",
	         sk, sk, pid, pid, sk, sk, error, sk, sk, ret, sk, pid, pid, sk);
	facts(&watch->trial, lines);
}

static void a_failed_connect_is_a_group_without_sockets(void **state)
{
	struct watch watch;
	const struct group *group;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial, "1s process pid=42 start=100 uid=0 comm=\"java\"\n");
	fail_connect(&watch, 0xa1, 42, 111, -111);
	fail_connect(&watch, 0xa2, 42, 111, -115); /* told by its transition only */
	nothing_left(&watch.trial);
	collect(&watch, all_but_listeners, 1);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->failure, CONNECT_REFUSED);
	assert_int_equal(group->failed, 2); /* each once, though syscall and transition tell */
	assert_int_equal(group->key.class, 11);
	assert_int_equal(group->key.state, STATE_SYN_SENT);
	assert_int_equal(group->key.port, 80);
	assert_int_equal(group->key.pid, 42);
	assert_string_equal(group->comm, "java");
	assert_int_equal(group->count, 0);
	assert_int_equal(group->entered, 2);
	assert_null(group->example);
	/* Each errno's kind is a group of its own. */
	fail_connect(&watch, 0xa3, 42, 113, -113);
	fail_connect(&watch, 0xa4, 42, 101, -101);
	fail_connect(&watch, 0xa9, 42, 13, -13); /* ICMPv6 says that it is prohibited */
	fail_connect(&watch, 0xa5, 42, 110, -110);
	fail_connect(&watch, 0xa6, 42, 0, -99); /* told by the syscall only */
	fail_connect(&watch, 0xa7, 42, 0, -4);  /* EINTR, then closed: no failure */
	fail_connect(&watch, 0xa8, 42, 0, -115);
	collect(&watch, all_but_listeners, 4);
	assert_int_equal(groups_at(watch.groups, 0)->failed, 3);
	assert_int_equal(groups_at(watch.groups, 0)->entered, 9);
	for (size_t i = 0; i < 4; i++) {
		group = groups_at(watch.groups, i);
		assert_int_equal(group->key.class, 10 + (int)group->failure);
		assert_int_equal(group->failed, group->failure == CONNECT_UNREACHABLE ? 3
		                                : group->failure == CONNECT_REFUSED   ? 2
		                                                                      : 1);
	}
	assert_int_equal(groups_collect(watch.groups, all_but_listeners, NULL, no_failures), 0);
	assert_int_equal(groups_count(watch.groups), 0);
	watch_end(&watch);
}

static void failures_of_the_exited_are_one_group(void **state)
{
	struct watch watch;
	const struct group *group;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial, "1s process pid=42 start=100 uid=0 comm=\"java\"\n"
	                    "1s process pid=43 start=100 uid=0 comm=\"java\"\n");
	fail_connect(&watch, 0xa1, 42, 111, -111);
	fail_connect(&watch, 0xa2, 43, 111, -111);
	collect(&watch, all_but_listeners, 2);
	facts(&watch.trial, "3s exit pid=42 start=100\n3s exit pid=43 start=100\n");
	collect(&watch, all_but_listeners, 1);
	group = groups_at(watch.groups, 0);
	assert_int_equal(group->key.pid, 0);
	assert_int_equal(group->failed, 2);
	assert_int_equal(group->entered, 2);
	assert_string_equal(group->comm, "java");
	watch_end(&watch);
}

/* Met without their listener and without their beginning: ports tell who has connected. */
static void unknown_direction_is_told_by_ports(void **state)
{
	struct watch watch;
	const struct group *group;

	(void)state;
	watch_begin(&watch);
	facts(&watch.trial,
	      "1s walk_begin kind=sockets netns=7\n"
	      "1s seen sk=b0 cookie=1 state=LAST_ACK flags=tuple netns=7 local=10.0.0.1:80 "
	      "remote=10.0.0.9:40001\n"
	      "1s seen sk=b1 cookie=2 state=LAST_ACK flags=tuple netns=7 local=10.0.0.1:80 "
	      "remote=10.0.0.9:40002\n"
	      "1s walk_end kind=sockets netns=7\n");
	assert_int_equal(groups_collect(watch.groups, all_but_listeners, NULL, no_failures), 0);
	assert_int_equal(groups_count(watch.groups), 1);
	group = groups_at(watch.groups, 0);
	assert_true(group->key.passive);
	assert_int_equal(group->key.port, 80);
	assert_int_equal(group->count, 2);
	watch_end(&watch);
}

static void joined_groups_are_sums(void **state)
{
	const struct group *parts[3];
	struct watch watch;
	struct group joined, again;

	(void)state;
	watch_begin(&watch);
	establish(&watch, 1000, 40001, "10.0.0.2:80", JAVA);
	establish(&watch, 2000, 40002, "10.0.0.2:80", JAVA);
	establish(&watch, 3000, 40003, "10.0.0.2:80", OTHER);
	establish(&watch, 4000, 40006, "10.0.0.3:80", JAVA);
	facts(&watch.trial, "9s clock wall=9000000000\n");
	collect(&watch, all_but_listeners, 3);
	for (size_t i = 0; i < 3; i++)
		parts[i] = groups_at(watch.groups, i);
	assert_int_equal(groups_join(watch.groups, parts, 3, &joined), 0);
	assert_memory_equal(&joined.key, &parts[0]->key, sizeof(joined.key));
	assert_int_equal(joined.count, 4);
	assert_int_equal(joined.entered, 4);
	assert_int_equal(joined.tally[0], 4);
	/* Two processes are at the first place: who came there counts once. */
	assert_int_equal(joined.place_entered, 4);
	assert_int_equal(joined.processes, 2);
	assert_int_equal(joined.places, 2);
	assert_int_equal(joined.youngest, 5 * NS_PER_SEC);
	assert_int_equal(joined.median, 6 * NS_PER_SEC);
	assert_int_equal(joined.oldest, 8 * NS_PER_SEC);
	assert_int_equal(joined.example->lport, 40001);
	assert_int_equal(groups_older(watch.groups, &joined, 7 * NS_PER_SEC), 2);
	assert_int_equal(groups_older(watch.groups, parts[0], 8 * NS_PER_SEC), 1);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(groups_member(watch.groups, &joined, i)->rport, 80);
	/* What was joined may be joined again. */
	parts[2] = &joined;
	parts[1] = groups_at(watch.groups, 1);
	assert_int_equal(groups_join(watch.groups, parts + 1, 2, &again), 0);
	assert_int_equal(again.count, 5);
	watch_end(&watch);
}

/* A server's connection of the client's port, accepted at `ms`. */
static void serve(struct watch *watch, unsigned int ms, unsigned int port)
{
	char lines[1024];

	snprintf(lines, sizeof(lines),
	         "%ums state sk=%x old=LISTEN new=SYN_RECV flags=tuple local=10.0.0.1:80 "
	         "remote=10.0.0.9:%u netns=7\n"
	         "%ums state sk=%x old=SYN_RECV new=ESTABLISHED cookie=%u flags=tuple "
	         "local=10.0.0.1:80 remote=10.0.0.9:%u netns=7\n"
	         "%ums accept sk=%x cookie=%u fd=7 ret=7 inode=%u netns=7 lport=80" JAVA "\n",
	         ms, port, port, ms, port, port, port, ms, port, port, port);
	facts(&watch->trial, lines);
}

/* It goes from `old` to `new` at `ms`, with what else the sample has. */
static void end(struct watch *watch, unsigned int ms, unsigned int port, const char *move,
                const char *more)
{
	char line[512];

	snprintf(line, sizeof(line),
	         "%ums state sk=%x %s cookie=%u flags=tuple,socket,queues,bytes local=10.0.0.1:80 "
	         "remote=10.0.0.9:%u netns=7 %s\n",
	         ms, port, move, port, port, more);
	facts(&watch->trial, line);
}

static void tells_how_connections_end(void **state)
{
	const struct group_key place = {.netns = 7, .port = 80, .passive = 1};
	struct group_key process = place;
	struct endings endings;
	struct watch watch;

	(void)state;
	watch_begin(&watch);
	for (unsigned int port = 1; port < 8; port++)
		serve(&watch, 1000, 5000 + port);
	/* Closed at once, with nothing sent; with a word; with an answer. */
	end(&watch, 1100, 5001, "old=ESTABLISHED new=FIN_WAIT1", "bytes_received=10");
	end(&watch, 1100, 5002, "old=ESTABLISHED new=FIN_WAIT1", "bytes_acked=90 bytes_received=9");
	end(&watch, 1200, 5003, "old=ESTABLISHED new=FIN_WAIT1",
	    "bytes_acked=900 bytes_received=9");
	/* The client asks for no more when it has its answer; its FIN counts as a byte. */
	end(&watch, 1200, 5004, "old=ESTABLISHED new=CLOSE_WAIT", "bytes_received=10");
	end(&watch, 1300, 5004, "old=CLOSE_WAIT new=LAST_ACK", "bytes_received=10 wqueue=20");
	/* It asks nothing, and goes; it gives up, at once and after a while. */
	end(&watch, 3000, 5005, "old=ESTABLISHED new=CLOSE_WAIT", "bytes_received=1");
	end(&watch, 3000, 5005, "old=CLOSE_WAIT new=LAST_ACK", "bytes_received=1");
	end(&watch, 1300, 5006, "old=ESTABLISHED new=CLOSE_WAIT", "bytes_received=10");
	end(&watch, 1300, 5006, "old=CLOSE_WAIT new=LAST_ACK", "bytes_received=10");
	end(&watch, 3000, 5007, "old=ESTABLISHED new=CLOSE_WAIT", "bytes_received=10");
	end(&watch, 3100, 5007, "old=CLOSE_WAIT new=LAST_ACK", "bytes_received=10");
	groups_endings(watch.groups, &place, &endings);
	assert_int_equal(endings.turned_away, 1);
	assert_int_equal(endings.curt, 1);
	assert_int_equal(endings.brief, 1);
	assert_int_equal(endings.answered, 3);
	assert_int_equal(endings.unanswered, 1);
	assert_int_equal(endings.answered_last, 1300000000);
	process.pid = 42;
	process.start = 100;
	groups_endings(watch.groups, &process, &endings);
	assert_int_equal(endings.answered, 3);
	process.pid = 43;
	groups_endings(watch.groups, &process, &endings);
	assert_int_equal(endings.answered, 0);
	watch_end(&watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joined_groups_are_sums),
		cmocka_unit_test(unknown_direction_is_told_by_ports),
		cmocka_unit_test(a_key_is_process_place_and_state),
		cmocka_unit_test(a_connection_by_mptcp_comes_and_goes_once),
		cmocka_unit_test(a_subflow_that_the_kernel_adds_fails_no_program),
		cmocka_unit_test(behind_a_listener_the_local_port_is_the_place),
		cmocka_unit_test(flows_are_those_of_the_state),
		cmocka_unit_test(close_is_left_by_the_end),
		cmocka_unit_test(an_entry_follows_its_owner),
		cmocka_unit_test(an_exit_is_of_whom_the_entry_is),
		cmocka_unit_test(what_was_there_has_not_come),
		cmocka_unit_test(ages_are_of_the_present_state),
		cmocka_unit_test(the_stack_is_the_most_frequent),
		cmocka_unit_test(many_keys_are_told_apart),
		cmocka_unit_test(a_failed_connect_is_a_group_without_sockets),
		cmocka_unit_test(failures_of_the_exited_are_one_group),
		cmocka_unit_test(tells_how_connections_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
