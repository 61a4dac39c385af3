/* SPDX-License-Identifier: BSD-2-Clause */
/* links commands */
/* Censuses: what they keep of a table, what has changed from one to another, and how that looks. */
#include "count/census.h"

#include <errno.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "command/commands.h"
#include "view/diff.h"
#include "table_test.h"

#define JAVA  " pid=42 tid=42 start=100 comm=\"java\""
#define CURL  " pid=43 tid=43 start=200 comm=\"curl\""
#define START 1795312800000000000 /* 2026-11-22 02:00 in UTC, at boot */

/* A table that knows the clock. */
static void begin(struct trial *trial)
{
	trial_begin(trial, 1000);
	fact_line(trial, "1ns clock wall=1795312800000000001");
}

/* A connection out of local port `port`, established at `ms`. */
static void connects(struct trial *trial, unsigned int ms, unsigned int port, const char *remote,
                     const char *who)
{
	char lines[1024];

	snprintf(lines, sizeof(lines),
	         "%ums state sk=%x old=CLOSE new=SYN_SENT cookie=%u flags=owned,tuple,socket "
	         "local=10.0.0.1:%u remote=%s netns=7%s\n"
	         "%ums state sk=%x old=SYN_SENT new=ESTABLISHED cookie=%u flags=tuple,socket "
	         "local=10.0.0.1:%u remote=%s netns=7\n",
	         ms, port, port, port, remote, who, ms, port, port, port, remote);
	facts(trial, lines);
}

/* The peer of that has closed. */
static void is_closed(struct trial *trial, unsigned int ms, unsigned int port, const char *remote)
{
	char line[512];

	snprintf(line, sizeof(line),
	         "%ums state sk=%x old=ESTABLISHED new=CLOSE_WAIT cookie=%u flags=tuple,socket "
	         "local=10.0.0.1:%u remote=%s netns=7\n",
	         ms, port, port, port, remote);
	facts(trial, line);
}

static struct census *take(const struct trial *trial)
{
	struct query query;
	struct census *census;

	query_init(&query);
	census = census_take(trial->table, &query);
	assert_non_null(census);
	query_free(&query);
	return census;
}

/* "CLOSE_WAIT 42/java 0 2 0, ...": state, who, before, after, stayed of each row. */
static void expect_rows(const struct census *before, const struct census *after, bool all,
                        const char *expected)
{
	struct census_row *rows;
	char text[1024] = "";
	size_t count, used = 0;

	assert_int_equal(census_compare(before, after, all, &rows, &count), 0);
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %u/%.16s %u %u %u",
		                         i ? ", " : "", state_name(rows[i].key.state),
		                         rows[i].key.pid, rows[i].comm, rows[i].before,
		                         rows[i].after, rows[i].stayed);
	assert_string_equal(text, expected);
	free(rows);
}

static void what_changed(void **state)
{
	struct census *before, *after, *nothing;
	struct trial trial;

	(void)state;
	begin(&trial);
	nothing = take(&trial);
	connects(&trial, 1000, 40001, "10.0.0.2:80", JAVA);
	connects(&trial, 1000, 40002, "10.0.0.2:80", JAVA);
	connects(&trial, 1000, 40003, "10.0.0.2:80", JAVA);
	connects(&trial, 1000, 40004, "10.0.0.3:80", CURL);
	before = take(&trial);
	connects(&trial, 2000, 40005, "10.0.0.2:80", JAVA);
	is_closed(&trial, 2000, 40001, "10.0.0.2:80");
	is_closed(&trial, 2000, 40002, "10.0.0.2:80");
	is_closed(&trial, 2000, 40003, "10.0.0.2:80");
	after = take(&trial);
	/* 40005 is a new one; those that went on to CLOSE_WAIT did not stay. */
	expect_rows(before, after, false, "CLOSE_WAIT 42/java 0 3 0, ESTABLISHED 42/java 3 1 0");
	expect_rows(before, after, true,
	            "CLOSE_WAIT 42/java 0 3 0, ESTABLISHED 42/java 3 1 0, "
	            "ESTABLISHED 43/curl 1 1 1");
	expect_rows(after, before, false, "CLOSE_WAIT 42/java 3 0 0, ESTABLISHED 42/java 1 3 0");
	expect_rows(nothing, before, false, "ESTABLISHED 42/java 0 3 0, ESTABLISHED 43/curl 0 1 0");
	expect_rows(before, nothing, false, "ESTABLISHED 42/java 3 0 0, ESTABLISHED 43/curl 1 0 0");
	expect_rows(before, before, false, "");
	expect_rows(nothing, nothing, true, "");
	expect_rows(after, after, true,
	            "ESTABLISHED 42/java 1 1 1, ESTABLISHED 43/curl 1 1 1, "
	            "CLOSE_WAIT 42/java 3 3 3"); /* of the same change: by state and process */
	census_free(nothing);
	census_free(before);
	census_free(after);
	trial_end(&trial);
}

/* The table may go. */
static void outlives_the_table(void **state)
{
	struct census *before, *after;
	uint32_t states[STATE_COUNT];
	struct trial trial;

	(void)state;
	begin(&trial);
	connects(&trial, 1000, 40001, "10.0.0.2:80", JAVA);
	connects(&trial, 1000, 40002, "10.0.0.2:80", CURL);
	before = take(&trial);
	trial_end(&trial);
	begin(&trial);
	after = take(&trial);
	trial_end(&trial);
	expect_rows(before, after, false, "ESTABLISHED 42/java 1 0 0, ESTABLISHED 43/curl 1 0 0");
	assert_true(census_wall(before) == START + (int64_t)NS_PER_SEC);
	assert_true(census_wall(after) == START + 1);
	census_states(before, states);
	assert_int_equal(states[STATE_ESTABLISHED], 2);
	assert_int_equal(states[STATE_SYN_SENT], 0);
	census_states(after, states);
	assert_int_equal(states[STATE_ESTABLISHED], 0);
	census_free(before);
	census_free(after);
}

/* A recorder that was started again meets the same sockets: they are known by their cookies. */
static void stays_through_a_restart(void **state)
{
	struct census *before, *after;
	struct trial trial;

	(void)state;
	begin(&trial);
	connects(&trial, 1000, 40001, "10.0.0.2:80", JAVA);
	connects(&trial, 1000, 40002, "10.0.0.2:80", JAVA);
	before = take(&trial);
	trial_end(&trial);
	begin(&trial);
	connects(&trial, 5000, 40007, "10.0.0.2:80", JAVA); /* in the place of the first one */
	connects(&trial, 5000, 40002, "10.0.0.2:80", JAVA);
	after = take(&trial);
	trial_end(&trial);
	expect_rows(before, after, true, "ESTABLISHED 42/java 2 2 1");
	census_free(before);
	census_free(after);
}

/* Cookies begin anew when the machine does: the same number is another socket. */
static void nothing_stays_through_a_boot(void **state)
{
	struct census *before, *after;
	struct trial trial;

	(void)state;
	begin(&trial);
	connects(&trial, 1000, 40001, "10.0.0.2:80", JAVA);
	before = take(&trial);
	trial_end(&trial);
	trial_begin(&trial, 1000);
	fact_line(&trial, "1ns clock wall=1795312860000000000"); /* booted a minute later */
	connects(&trial, 1000, 40001, "10.0.0.2:80", JAVA);
	after = take(&trial);
	trial_end(&trial);
	expect_rows(before, after, true, "ESTABLISHED 42/java 1 1 0");
	census_free(before);
	census_free(after);
}

/* Before 5.12 not every socket has a cookie. */
static void stays_without_a_cookie(void **state)
{
	struct census *before, *after;
	struct trial trial;

	(void)state;
	begin(&trial);
	facts(&trial,
	      "1s state sk=a1 old=CLOSE new=LISTEN flags=owned,tuple,socket" LISTENER JAVA "\n");
	before = take(&trial);
	facts(&trial,
	      "2s state sk=a1 old=LISTEN new=CLOSE flags=tuple,done,socket" LISTENER "\n"
	      "2s state sk=a1 old=CLOSE new=LISTEN flags=owned,tuple,socket" LISTENER JAVA "\n");
	after = take(&trial);
	expect_rows(before, before, true, "LISTEN 42/java 1 1 1");
	expect_rows(before, after, true, "LISTEN 42/java 1 1 0");
	/* The same one, its cookie having become known. */
	facts(&trial,
	      "3s state sk=a1 old=LISTEN new=LISTEN cookie=9 flags=tuple,socket" LISTENER "\n");
	census_free(before);
	before = after;
	after = take(&trial);
	expect_rows(before, after, true, "LISTEN 42/java 1 1 1");
	census_free(before);
	census_free(after);
	trial_end(&trial);
}

static void of_a_query(void **state)
{
	struct census *census;
	struct query query;
	struct trial trial;
	uint32_t states[STATE_COUNT];

	(void)state;
	begin(&trial);
	connects(&trial, 1000, 40001, "10.0.0.2:80", JAVA);
	connects(&trial, 1000, 40002, "10.0.0.2:80", CURL);
	connects(&trial, 5000, 40003, "10.0.0.2:80", CURL);
	query_init(&query);
	assert_int_equal(query_add(&query, "pid", "43", NULL), 0);
	assert_int_equal(query_add(&query, "older", "2s", NULL), 0);
	census = census_take(trial.table, &query);
	assert_non_null(census);
	census_states(census, states);
	assert_int_equal(states[STATE_ESTABLISHED], 1);
	census_free(census);
	query_free(&query);
	trial_end(&trial);
}

/* --- printed -------------------------------------------------------------------------------- */

/* What the command prints of what goes on from 1 s to 60 s. */
static void expect_printed(char *line, const char *expected)
{
	char *argv[16] = {"tcptrail"}, *rest = line, *text = NULL;
	struct view view = {.header = true};
	struct census *before, *after;
	struct census_row *rows;
	struct options options;
	struct trial trial;
	size_t size, count;
	int argc = 1;

	setenv("TZ", "CET-1", 1);
	tzset();
	while ((argv[argc] = strsep(&rest, " ")))
		argc++;
	assert_int_equal(cli_parse(argc, argv, commands, &options, NULL), 0);
	begin(&trial);
	view.format = view_formats[options.format];
	view.out = open_memstream(&text, &size);
	view.context.table = trial.table;
	view.context.utc = options.utc;
	view.kind = "diff";
	facts(&trial,
	      "1s name kind=netns key=7 name=\"host\"\n"
	      "1s state sk=a1 old=CLOSE new=LISTEN cookie=1 flags=owned,tuple,socket" LISTENER JAVA
	      "\n"
	      "1s state sk=a2 old=CLOSE new=LISTEN cookie=2 flags=owned,tuple,socket "
	      "local=[::]:8080 remote=[::]:0 netns=8" CURL "\n");
	connects(&trial, 1000, 40001, "10.0.0.3:443", CURL);
	connects(&trial, 1000, 40002, "10.0.0.3:443", CURL);
	connects(&trial, 1000, 40003, "192.0.2.200:443", CURL);
	before = census_take(trial.table, &options.query);
	assert_non_null(before);
	is_closed(&trial, 2000, 40001, "10.0.0.3:443");
	is_closed(&trial, 2000, 40002, "10.0.0.3:443");
	for (unsigned int port = 40004; port < 40104; port++)
		connects(&trial, 60000, port, "192.0.2.200:443", CURL);
	after = census_take(trial.table, &options.query);
	assert_non_null(after);
	assert_int_equal(census_compare(before, after, options.all, &rows, &count), 0);
	if (options.format == OUTPUT_JSON)
		assert_int_equal(diff_json(&view, rows, count), 0);
	else
		assert_int_equal(diff_text(&view, before, after, rows, count), 0);
	fclose(view.out);
	assert_string_equal(text, expected);
	free(text);
	free(rows);
	census_free(before);
	census_free(after);
	trial_end(&trial);
	options_free(&options);
}

static void as_text(void **state)
{
	char some[] = "diff --from x -59s", all[] = "diff -a --utc --from x -59s --state listen",
	     none[] = "diff --from x start --pid 42", nobody[] = "diff --from x start --pid 1";

	(void)state;
	expect_printed(
		some,
		"From 2026-11-22 03:00:01.000000 to 2026-11-22 03:01:00.000000 (59.0s)\n"
		"State       PID/Program name     Place                     Before  Count Growth "
		"Stayed\n"
		"ESTABLISHED 43/curl              to 192.0.2.200:443             1    101   +100 "
		"     1\n"
		"ESTABLISHED 43/curl              to 10.0.0.3:443                2      0     -2 "
		"     0\n"
		"CLOSE_WAIT  43/curl              to 10.0.0.3:443                0      2     +2 "
		"     0\n"
		"All: ESTABLISHED 3 -> 101, CLOSE_WAIT 0 -> 2, LISTEN 2\n");
	expect_printed(/* in two namespaces */
	               all,
	               "From 2026-11-22 02:00:01.000000Z to 2026-11-22 02:01:00.000000Z (59.0s)\n"
	               "State       PID/Program name     Place                     Netns Name "
	               "Before  "
	               "Count Growth Stayed\n"
	               "LISTEN      42/java              of port 80                host            "
	               "1  "
	               "    1      0      1\n"
	               "LISTEN      43/curl              of port 8080              8               "
	               "1  "
	               "    1      0      1\n"
	               "All: LISTEN 2\n");
	expect_printed(none,
	               "From 2026-11-22 03:00:01.000000 to 2026-11-22 03:01:00.000000 (59.0s)\n"
	               "No group changed in size.\n"
	               "All: LISTEN 1\n");
	expect_printed(nobody,
	               "From 2026-11-22 03:00:01.000000 to 2026-11-22 03:01:00.000000 (59.0s)\n"
	               "No group changed in size.\n"
	               "All: no sockets\n");
}

static void as_json(void **state)
{
	char some[] = "diff --from x -59s --json --port 443 --state estab",
	     listeners[] = "diff --from x -59s --json --utc -a --port 80 --state listen";

	(void)state;
	expect_printed(some,
	               "{\"v\":2,\"type\":\"diff\",\"time\":\"2026-11-22T02:01:00.000000Z\","
	               "\"time_ns\":1795312860000000000,\"since\":\"2026-11-22T02:00:01.000000Z\","
	               "\"since_ns\":1795312801000000000,\"state\":\"ESTABLISHED\",\"pid\":43,"
	               "\"comm\":\"curl\","
	               "\"netns\":7,\"netns_name\":\"host\",\"local_port\":null,\"foreign\":\"192."
	               "0.2.200:443\","
	               "\"count_before\":1,\"count\":101,\"growth\":100,\"stayed\":1}\n"
	               "{\"v\":2,\"type\":\"diff\",\"time\":\"2026-11-22T02:01:00.000000Z\","
	               "\"time_ns\":1795312860000000000,\"since\":\"2026-11-22T02:00:01.000000Z\","
	               "\"since_ns\":1795312801000000000,\"state\":\"ESTABLISHED\",\"pid\":43,"
	               "\"comm\":\"curl\","
	               "\"netns\":7,\"netns_name\":\"host\",\"local_port\":null,\"foreign\":\"10.0."
	               "0.3:443\","
	               "\"count_before\":2,\"count\":0,\"growth\":-2,\"stayed\":0}\n");
	expect_printed(listeners,
	               "{\"v\":2,\"type\":\"diff\",\"time\":\"2026-11-22T02:01:00.000000Z\","
	               "\"time_ns\":1795312860000000000,\"since\":\"2026-11-22T02:00:01.000000Z\","
	               "\"since_ns\":1795312801000000000,\"state\":\"LISTEN\",\"pid\":42,\"comm\":"
	               "\"java\","
	               "\"netns\":7,\"netns_name\":\"host\",\"local_port\":80,\"foreign\":null,"
	               "\"count_before\":1,\"count\":1,\"growth\":0,\"stayed\":1}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changed),
		cmocka_unit_test(outlives_the_table),
		cmocka_unit_test(stays_through_a_restart),
		cmocka_unit_test(nothing_stays_through_a_boot),
		cmocka_unit_test(stays_without_a_cookie),
		cmocka_unit_test(of_a_query),
		cmocka_unit_test(as_text),
		cmocka_unit_test(as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
