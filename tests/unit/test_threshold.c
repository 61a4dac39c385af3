/* SPDX-License-Identifier: BSD-2-Clause */
/* --fail-if: what is typed, and whether it is met on a table made of facts. */
#include <errno.h>

#include "count/threshold.h"
#include "table_test.h"
#include "view/thresholds.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HERE         " netns=7 "

/*
 * At 100 s java has five in CLOSE_WAIT: behind port 8080 three for 50 s, 40 s and 30 s
 * and one for 20 s at least, and one to another host for 10 s. The other process has
 * three, for 5 s. Two in SYN_RECV are nobody's.
 */
static const char story[] =
	"1s walk_begin kind=sockets netns=7\n"
	"1s seen sk=1 cookie=1 state=LISTEN flags=socket,tuple,ident"
	" local=0.0.0.0:8080 inode=1" HERE "\n"
	"1s seen sk=2 cookie=2 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:2 inode=2" HERE "\n"
	"1s seen sk=11 cookie=11 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:11 inode=11" HERE "\n"
	"1s seen sk=12 cookie=12 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:12 inode=12" HERE "\n"
	"1s seen sk=13 cookie=13 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:13 inode=13" HERE "\n"
	"1s seen sk=15 cookie=15 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5000 remote=10.0.0.3:80 inode=15" HERE "\n"
	"1s seen sk=21 cookie=21 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5001 remote=10.0.0.3:443 inode=21" HERE "\n"
	"1s seen sk=22 cookie=22 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5002 remote=10.0.0.3:443 inode=22" HERE "\n"
	"1s seen sk=23 cookie=23 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5003 remote=10.0.0.3:443 inode=23" HERE "\n"
	"1s walk_end kind=sockets netns=7\n"
	"2s walk_begin kind=holders\n"
	"2s holder sk=1 cookie=1 pid=42 start=5 fd=3 netns=7 comm=\"java\"\n"
	"2s holder sk=2 cookie=2 pid=42 start=5 fd=2 netns=7 comm=\"java\"\n"
	"2s holder sk=11 cookie=11 pid=42 start=5 fd=11 netns=7 comm=\"java\"\n"
	"2s holder sk=12 cookie=12 pid=42 start=5 fd=12 netns=7 comm=\"java\"\n"
	"2s holder sk=13 cookie=13 pid=42 start=5 fd=13 netns=7 comm=\"java\"\n"
	"2s holder sk=15 cookie=15 pid=42 start=5 fd=15 netns=7 comm=\"java\"\n"
	"2s holder sk=21 cookie=21 pid=43 start=6 fd=21 netns=7 comm=\"a|b\"\n"
	"2s holder sk=22 cookie=22 pid=43 start=6 fd=22 netns=7 comm=\"a|b\"\n"
	"2s holder sk=23 cookie=23 pid=43 start=6 fd=23 netns=7 comm=\"a|b\"\n"
	"2s walk_end kind=holders\n"
	"3s state sk=2 old=ESTABLISHED new=CLOSE_WAIT cookie=2 flags=socket,tuple"
	" local=10.0.0.1:8080 remote=10.0.0.2:2" HERE "\n"
	"50s state sk=11 old=ESTABLISHED new=CLOSE_WAIT cookie=11 flags=socket,tuple"
	" local=10.0.0.1:8080 remote=10.0.0.2:11" HERE "\n"
	"60s state sk=12 old=ESTABLISHED new=CLOSE_WAIT cookie=12 flags=socket,tuple"
	" local=10.0.0.1:8080 remote=10.0.0.2:12" HERE "\n"
	"70s state sk=13 old=ESTABLISHED new=CLOSE_WAIT cookie=13 flags=socket,tuple"
	" local=10.0.0.1:8080 remote=10.0.0.2:13" HERE "\n"
	"80s walk_begin kind=sockets netns=7\n"
	"80s seen sk=1 cookie=1 state=LISTEN flags=socket,tuple,ident"
	" local=0.0.0.0:8080 inode=1" HERE "\n"
	"80s seen sk=2 cookie=2 state=CLOSE_WAIT flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:2 inode=2" HERE "\n"
	"80s seen sk=11 cookie=11 state=CLOSE_WAIT flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:11 inode=11" HERE "\n"
	"80s seen sk=12 cookie=12 state=CLOSE_WAIT flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:12 inode=12" HERE "\n"
	"80s seen sk=13 cookie=13 state=CLOSE_WAIT flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:13 inode=13" HERE "\n"
	"80s seen sk=14 cookie=14 state=CLOSE_WAIT flags=socket,tuple,ident"
	" local=10.0.0.1:8080 remote=10.0.0.2:14 inode=14" HERE "\n"
	"80s seen sk=15 cookie=15 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5000 remote=10.0.0.3:80 inode=15" HERE "\n"
	"80s seen sk=21 cookie=21 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5001 remote=10.0.0.3:443 inode=21" HERE "\n"
	"80s seen sk=22 cookie=22 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5002 remote=10.0.0.3:443 inode=22" HERE "\n"
	"80s seen sk=23 cookie=23 state=ESTABLISHED flags=socket,tuple,ident"
	" local=10.0.0.1:5003 remote=10.0.0.3:443 inode=23" HERE "\n"
	"80s seen sk=31 cookie=31 state=NEW_SYN_RECV flags=request,tuple"
	" local=10.0.0.1:9 remote=10.0.0.2:31 inode=31" HERE "\n"
	"80s seen sk=32 cookie=32 state=SYN_RECV flags=tuple"
	" local=10.0.0.1:9 remote=10.0.0.2:32 inode=32" HERE "\n"
	"80s walk_end kind=sockets netns=7\n"
	"81s walk_begin kind=holders\n"
	"81s holder sk=1 cookie=1 pid=42 start=5 fd=3 netns=7 comm=\"java\"\n"
	"81s holder sk=2 cookie=2 pid=42 start=5 fd=2 netns=7 comm=\"java\"\n"
	"81s holder sk=11 cookie=11 pid=42 start=5 fd=11 netns=7 comm=\"java\"\n"
	"81s holder sk=12 cookie=12 pid=42 start=5 fd=12 netns=7 comm=\"java\"\n"
	"81s holder sk=13 cookie=13 pid=42 start=5 fd=13 netns=7 comm=\"java\"\n"
	"81s holder sk=14 cookie=14 pid=42 start=5 fd=14 netns=7 comm=\"java\"\n"
	"81s holder sk=15 cookie=15 pid=42 start=5 fd=15 netns=7 comm=\"java\"\n"
	"81s holder sk=21 cookie=21 pid=43 start=6 fd=21 netns=7 comm=\"a|b\"\n"
	"81s holder sk=22 cookie=22 pid=43 start=6 fd=22 netns=7 comm=\"a|b\"\n"
	"81s holder sk=23 cookie=23 pid=43 start=6 fd=23 netns=7 comm=\"a|b\"\n"
	"81s walk_end kind=holders\n"
	"90s state sk=15 old=ESTABLISHED new=CLOSE_WAIT cookie=15 flags=socket,tuple"
	" local=10.0.0.1:5000 remote=10.0.0.3:80" HERE "\n"
	"95s state sk=21 old=ESTABLISHED new=CLOSE_WAIT cookie=21 flags=socket,tuple"
	" local=10.0.0.1:5001 remote=10.0.0.3:443" HERE "\n"
	"95s state sk=22 old=ESTABLISHED new=CLOSE_WAIT cookie=22 flags=socket,tuple"
	" local=10.0.0.1:5002 remote=10.0.0.3:443" HERE "\n"
	"95s state sk=23 old=ESTABLISHED new=CLOSE_WAIT cookie=23 flags=socket,tuple"
	" local=10.0.0.1:5003 remote=10.0.0.3:443" HERE "\n"
	"97s state sk=2 old=CLOSE_WAIT new=LAST_ACK cookie=2 flags=socket,tuple"
	" local=10.0.0.1:8080 remote=10.0.0.2:2" HERE "\n"
	"100s tick\n";

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		struct threshold expected;
	} cases[] = {
		{"close_wait>100", {.state = STATE_CLOSE_WAIT, .most = 100}},
		{"CLOSE-WAIT>=100", {.state = STATE_CLOSE_WAIT, .most = 99}},
		{"estab>0", {.state = STATE_ESTABLISHED}},
		{"syn_recv>50", {.state = STATE_SYN_RECV, .most = 50}},
		{"syn_sent>4294967295", {.state = STATE_SYN_SENT, .most = UINT32_MAX}},
		{"close_wait>100,age>5m",
	         {.state = STATE_CLOSE_WAIT, .most = 100, .age = 300 * NS_PER_SEC + 1}},
		{"age>=90,close_wait>1",
	         {.state = STATE_CLOSE_WAIT, .most = 1, .age = 90 * NS_PER_SEC}},
		{"listen>9,per=host", {.state = STATE_LISTEN, .most = 9, .per_host = true}},
		{"listen>9,per=process", {.state = STATE_LISTEN, .most = 9}},
		{"time_wait>9,growth>10",
	         {.state = STATE_TIME_WAIT, .most = 9, .has_growth = true, .growth_most = 10}},
		{"time_wait>9,growth>=0",
	         {.state = STATE_TIME_WAIT, .most = 9, .has_growth = true, .growth_most = -1}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct threshold *expected = &cases[i].expected;
		struct threshold got;
		struct diag diag = {""};

		print_message("%s\n", cases[i].text);
		assert_int_equal(threshold_parse(cases[i].text, &got, &diag), 0);
		assert_ptr_equal(got.text, cases[i].text);
		assert_int_equal(got.state, expected->state);
		assert_int_equal(got.most, expected->most);
		assert_int_equal(got.age, expected->age);
		assert_int_equal(got.per_host, expected->per_host);
		assert_int_equal(got.has_growth, expected->has_growth);
		assert_int_equal(got.growth_most, expected->growth_most);
	}
}

#define EXPECTED                                                                                   \
	"; expected STATE>NUMBER, age>TIME, growth>NUMBER (or >=), per=process or per=host, "      \
	"separated by commas: close_wait>100,age>5m"
#define NO_CONDITION "expected a name, > or >=, and a number"
#define NO_NUMBER    "expected a number up to 4294967295 behind >"
#define NO_COMPARING "expected > or >= and a number"
#define NO_TIME      "expected a number and a unit of ms, s, m, h, d behind >"
#define NO_STATE     "unknown name: it is neither a state nor age, growth or per"
#define GROUP        "a group of states: expected one state"

static void test_refused(void **state)
{
	static const struct {
		const char *text, *part, *why;
	} cases[] = {
		{"", "", NO_CONDITION},
		{"close_wait", "close_wait", NO_CONDITION},
		{"close_wait<5", "close_wait<5", NO_CONDITION},
		{"close_wait!=5", "close_wait!=5", NO_CONDITION},
		{"close_wait>1,", "", NO_CONDITION},
		{",close_wait>1", "", NO_CONDITION},
		{">5", ">5", NO_CONDITION},
		{"close_wait>", "close_wait>", NO_NUMBER},
		{"close_wait>5x", "close_wait>5x", NO_NUMBER},
		{"close_wait>-1", "close_wait>-1", NO_NUMBER},
		{"close_wait>>1", "close_wait>>1", NO_NUMBER},
		{"close_wait> 1", "close_wait> 1", NO_NUMBER},
		{"close_wait>4294967296", "close_wait>4294967296", NO_NUMBER},
		{"close_wait>1,growth>-1", "growth>-1", NO_NUMBER},
		{"close_wait=5", "close_wait=5", NO_COMPARING},
		{"close_wait>1,age=5m", "age=5m", NO_COMPARING},
		{"close_wait>1,growth=5", "growth=5", NO_COMPARING},
		{"close_wait>=0", "close_wait>=0", "always true"},
		{"close_wait>1,age>5y", "age>5y", NO_TIME},
		{"close_wait>1,age>", "age>", NO_TIME},
		{"closed_wait>5", "closed_wait>5", NO_STATE},
		{"close_wait >5", "close_wait >5", NO_STATE},
		{"connected>5", "connected>5", GROUP},
		{"bucket>5", "bucket>5", GROUP},
		{"close_wait>1,per=cpu", "per=cpu", "expected per=process or per=host"},
		{"close_wait>1,per>host", "per>host", "expected per=process or per=host"},
		{"close_wait>1,syn_sent>1", "syn_sent>1", "a second state: use another --fail-if"},
		{"close_wait>1,age>1m,age>2m", "age>2m", "a second age"},
		{"growth>1,close_wait>1,growth>2", "growth>2", "a second growth"},
		{"close_wait>1,per=host,per=host", "per=host", "a second per"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct threshold got = {.most = 77};
		struct diag diag = {""};
		char expected[sizeof(diag.text)];

		print_message("%s\n", cases[i].text);
		snprintf(expected, sizeof(expected),
		         "--fail-if: invalid condition \"%s\": %s" EXPECTED, cases[i].part,
		         cases[i].why);
		assert_int_equal(threshold_parse(cases[i].text, &got, &diag), -EINVAL);
		assert_string_equal(diag.text, expected);
		assert_int_equal(got.most, 77);
	}
}

static void test_no_state(void **state)
{
	struct threshold got = {.most = 77};
	struct diag diag = {""};

	(void)state;
	assert_int_equal(threshold_parse("age>5m", &got, &diag), -EINVAL);
	assert_string_equal(diag.text, "--fail-if: \"age>5m\" has no state" EXPECTED);
	assert_int_equal(got.most, 77);
}

/* The table of the story, and what came and went. */
static struct groups *tell(struct trial *trial)
{
	struct groups *groups = groups_new(trial->table);

	assert_non_null(groups);
	table_set_listener(trial->table, groups_change, groups);
	facts(trial, story);
	return groups;
}

static struct threshold_result evaluate(const struct trial *trial, struct groups *groups,
                                        const char *text, const char *option, const char *filter)
{
	struct threshold threshold;
	struct threshold_result result;
	struct query query;
	struct diag diag = {""};

	print_message("%s %s %s\n", text, option, filter);
	query_init(&query);
	if (*option)
		assert_int_equal(query_add(&query, option, filter, &diag), 0);
	assert_int_equal(threshold_parse(text, &threshold, &diag), 0);
	assert_int_equal(threshold_evaluate(&threshold, &query, trial->table, groups, &result), 0);
	query_free(&query);
	return result;
}

static void test_evaluate(void **state)
{
	static const struct {
		const char *text, *option, *filter;
		bool met;
		uint32_t count, pid, others;
	} cases[] = {
		{"close_wait>4", "", "", true, 5, 42, 0},
		{"close_wait>5", "", "", false, 5, 42, 0},
		{"close_wait>=5", "", "", true, 5, 42, 0},
		{"close_wait>2", "", "", true, 5, 42, 1},
		{"close_wait>3", "", "", true, 5, 42, 0},
		{"close_wait>7,per=host", "", "", true, 8, 0, 0},
		{"close_wait>8,per=host", "", "", false, 8, 0, 0},
		/* Sockets that are younger are not there; 20 s is a bound. */
		{"close_wait>0,age>=20s", "", "", true, 4, 42, 0},
		{"close_wait>0,age>20s", "", "", true, 3, 42, 0},
		{"close_wait>3,age>20s", "", "", false, 3, 42, 0},
		{"close_wait>0,age>=50s", "", "", true, 1, 42, 0},
		{"close_wait>0,age>50s", "", "", false, 0, 0, 0},
		/* Filters hold. */
		{"close_wait>2", "pid", "43", true, 3, 43, 0},
		{"close_wait>0", "port", "443", true, 3, 43, 0},
		{"close_wait>0", "lport", "8080", true, 4, 42, 0},
		{"close_wait>0", "older", "25s", true, 3, 42, 0},
		{"close_wait>0,age>45s", "older", "25s", true, 1, 42, 0},
		{"close_wait>0,age>45s", "older", "55s", false, 0, 0, 0},
		{"close_wait>0", "pid", "44", false, 0, 0, 0},
		/* Request sockets, and those of nobody. */
		{"syn_recv>1", "", "", true, 2, 0, 0},
		{"time_wait>0", "", "", false, 0, 0, 0},
		/* Of java's, five came and one went, and one had been there; of the other's, three. */
		{"close_wait>0,growth>3", "", "", true, 5, 42, 0},
		{"close_wait>0,growth>2", "", "", true, 5, 42, 1},
		{"close_wait>0,growth>4", "", "", false, 5, 42, 0},
		{"close_wait>0,growth>=7,per=host", "", "", true, 8, 0, 0},
		{"close_wait>0,growth>7,per=host", "", "", false, 8, 0, 0},
	};

	TRIAL(100);
	struct groups *groups = tell(&trial);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct threshold_result got =
			evaluate(&trial, groups, cases[i].text, cases[i].option, cases[i].filter);

		assert_int_equal(got.met, cases[i].met);
		assert_int_equal(got.count, cases[i].count);
		assert_int_equal(got.task ? got.task->pid : 0, cases[i].pid);
		assert_int_equal(got.others, cases[i].others);
	}
	groups_free(groups);
	trial_end(&trial);
}

/* What is printed of thresholds on the story. */
static void expect_text(const struct trial *trial, struct groups *groups, const char *const *texts,
                        size_t count, const char *expected)
{
	struct threshold thresholds[4];
	struct threshold_result results[4];
	struct view view = {0};
	struct diag diag;
	char *text = NULL;
	size_t size;

	assert_true(count <= COUNT(results));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(threshold_parse(texts[i], &thresholds[i], &diag), 0);
		results[i] = evaluate(trial, groups, texts[i], "", "");
	}
	view.out = open_memstream(&text, &size);
	assert_int_equal(thresholds_text(&view, thresholds, results, count), 0);
	fclose(view.out);
	assert_string_equal(text, expected);
	free(text);
}

#define EXPECT(expected, ...)                                                                      \
	expect_text(&trial, groups, (const char *const[]){__VA_ARGS__},                            \
	            COUNT(((const char *const[]){__VA_ARGS__})), expected)

static void test_text(void **state)
{
	TRIAL(100);
	struct groups *groups = tell(&trial);

	EXPECT("CRITICAL: 5 CLOSE_WAIT (limit 4) of 42/java, port 8080 and 1 more place, oldest "
	       "50.0s | close_wait=5;;4\n",
	       "close_wait>4");
	EXPECT("CRITICAL: 1 CLOSE_WAIT for 45.0s or more (limit 0) of 42/java, port 8080, oldest "
	       "50.0s | close_wait=1;;0\n",
	       "close_wait>0,age>45s");
	EXPECT("CRITICAL: 5 CLOSE_WAIT (limit 2) of 42/java, port 8080 and 1 more place, oldest "
	       "50.0s, and 1 other process exceeds it; 8 CLOSE_WAIT (limit 6) of this host, "
	       "oldest 50.0s | close_wait=5;;2 syn_sent=0;;4 close_wait_2=8;;6\n",
	       "close_wait>2", "syn_sent>4", "close_wait>=7,per=host");
	EXPECT("CRITICAL: 2 SYN_RECV (limit 1) of an unknown process, port 9 and 1 more "
	       "place, oldest >=20.0s | syn_recv=2;;1\n",
	       "syn_recv>1");
	EXPECT("CRITICAL: 5 CLOSE_WAIT (limit 0) of 42/java, port 8080 and 1 more place, oldest "
	       "50.0s, grew by 4 (limit 3) | close_wait=5;;0 close_wait_growth=4;;3 listen=1;;8\n",
	       "close_wait>0,growth>3", "listen>8");
	EXPECT("OK: at most 5 CLOSE_WAIT of one process (limit 100); 0 TIME_WAIT of this host "
	       "(limit 9) | close_wait=5;;100 time_wait=0;;9\n",
	       "close_wait>100", "time_wait>9,per=host");
	EXPECT("OK: 8 CLOSE_WAIT of this host (limit 1), grew by 7 (limit 100) | "
	       "close_wait=8;;1 "
	       "close_wait_growth=7;;100\n",
	       "close_wait>1,per=host,growth>100");
	groups_free(groups);
	trial_end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),    cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_state), cmocka_unit_test(test_evaluate),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
