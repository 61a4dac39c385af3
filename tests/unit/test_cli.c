/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "field/field.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S            1000000000ULL

/* argv of the words of one line; they are kept here, as options point to them. */
struct line {
	char text[256];
	char *argv[32];
	int argc;
};

static int parse(struct line *line, const char *text, struct options *options, struct diag *diag)
{
	char *rest = line->text, *word;

	line->argc = 0;
	line->argv[line->argc++] = "tcptrail";
	assert_true(strlen(text) < sizeof(line->text));
	strcpy(line->text, text);
	while ((word = strsep(&rest, " "))) {
		assert_true(line->argc + 1 < (int)COUNT(line->argv));
		if (*word)
			line->argv[line->argc++] = word;
	}
	line->argv[line->argc] = NULL;
	return cli_parse(line->argc, line->argv, options, diag);
}

/* Parses what must be right. */
static struct options accept(struct line *line, const char *text)
{
	struct options options;
	struct diag diag = {""};

	memset(&options, 0xaa, sizeof(options));
	if (parse(line, text, &options, &diag))
		fail_msg("%s: %s", text, diag.text);
	return options;
}

static void test_defaults(void **state)
{
	struct line line;
	struct options o = accept(&line, "");

	(void)state;
	assert_int_equal(o.command, COMMAND_WATCH);
	assert_int_equal(o.format, OUTPUT_TEXT);
	assert_int_equal(o.color, COLOR_AUTO);
	assert_true(o.all && o.programs); /* who types nothing wants to see all, and whose */
	assert_false(o.listening || o.extend || o.timers || o.wide || o.numeric_hosts ||
	             o.numeric_ports || o.numeric_users || o.continuous || o.verbose ||
	             o.no_header || o.utc || o.query.v4 || o.query.v6);
	assert_null(o.columns);
	assert_null(o.sort);
	assert_null(o.from);
	assert_null(o.output);
	assert_int_equal(o.limit, 0);
	assert_int_equal(o.query.states, 0);
	options_free(&o);
}

static void test_commands(void **state)
{
	static const struct {
		const char *line;
		enum command command, about;
	} cases[] = {
		{"", COMMAND_WATCH, 0},
		{"-antp", COMMAND_WATCH, 0},
		{"snapshot", COMMAND_SNAPSHOT, 0},
		{"-n snapshot", COMMAND_SNAPSHOT, 0},
		{"--state estab events -n", COMMAND_EVENTS, 0},
		{"-- events", COMMAND_EVENTS, 0},
		{"--probes", COMMAND_PROBES, 0},
		{"snapshot --probes", COMMAND_PROBES, COMMAND_SNAPSHOT},
		{"--help", COMMAND_HELP, COMMAND_WATCH},
		{"-h", COMMAND_HELP, COMMAND_WATCH},
		{"events --help", COMMAND_HELP, COMMAND_EVENTS},
		{"record /d", COMMAND_RECORD, 0},
		{"record --help", COMMAND_HELP, COMMAND_RECORD},
		{"diff -h", COMMAND_HELP, COMMAND_DIFF},
		{"info /d", COMMAND_INFO, 0},
		{"info --help --from x", COMMAND_HELP, COMMAND_INFO},
		{"explain", COMMAND_EXPLAIN, 0},
		{"explain close_wait", COMMAND_EXPLAIN, 0},
		{"explain --help", COMMAND_HELP, COMMAND_EXPLAIN},
		{"--help snapshot", COMMAND_HELP, COMMAND_SNAPSHOT},
		{"snapshot --bogus --state x --help", COMMAND_HELP, COMMAND_SNAPSHOT},
		{"events --all --help", COMMAND_HELP, COMMAND_EVENTS},
		{"--version", COMMAND_VERSION, COMMAND_WATCH},
		{"-V --bogus", COMMAND_VERSION, COMMAND_WATCH},
		{"--help --version", COMMAND_HELP, COMMAND_WATCH},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;

		print_message("%s\n", cases[i].line);
		o = accept(&line, cases[i].line);
		assert_int_equal(o.command, cases[i].command);
		assert_int_equal(o.help_about, cases[i].about);
		options_free(&o);
	}
}

/* Words and options mix whatever the environment says. */
static void test_posixly_correct(void **state)
{
	struct line line;
	struct options o;

	(void)state;
	setenv("POSIXLY_CORRECT", "1", 1);
	o = accept(&line, "snapshot -a 3 -n");
	unsetenv("POSIXLY_CORRECT");
	assert_int_equal(o.command, COMMAND_SNAPSHOT);
	assert_true(o.all && o.numeric_ports);
	assert_int_equal(o.interval, 3 * S);
	options_free(&o);
}

/* Each flag sets its own members and no other, by letter and by name. */
static void test_flags(void **state)
{
	enum {
		ALL,
		LISTENING,
		PROGRAMS,
		EXTEND,
		TIMERS,
		WIDE,
		VERBOSE,
		V4,
		V6,
		HOSTS,
		PORTS,
		USERS,
		NO_HEADER,
		UTC,
		MEMBERS
	};
	static const size_t members[MEMBERS] = {
#define MEMBER(name) offsetof(struct options, name)
		MEMBER(all),           MEMBER(listening),     MEMBER(programs),
		MEMBER(extend),        MEMBER(timers),        MEMBER(wide),
		MEMBER(verbose),       MEMBER(query.v4),      MEMBER(query.v6),
		MEMBER(numeric_hosts), MEMBER(numeric_ports), MEMBER(numeric_users),
		MEMBER(no_header),     MEMBER(utc),
	};
	static const struct {
		const char *lines[3];
		unsigned int set;
	} cases[] = {
		{{"-a", "--all"}, 1 << ALL},
		{{"-l", "--listening"}, 1 << LISTENING},
		{{"-p", "--programs", "--program"}, 1 << PROGRAMS},
		{{"-e", "--extend", "-ee"}, 1 << EXTEND},
		{{"-o", "--timers"}, 1 << TIMERS},
		{{"-W", "--wide"}, 1 << WIDE},
		{{"-v", "--verbose"}, 1 << VERBOSE},
		{{"-4", "--inet"}, 1 << V4},
		{{"-6", "--inet6"}, 1 << V6},
		{{"-46", "-6 -4"}, 1 << V4 | 1 << V6},
		{{"-n", "--numeric"}, 1 << HOSTS | 1 << PORTS | 1 << USERS},
		{{"--numeric-hosts"}, 1 << HOSTS},
		{{"--numeric-ports"}, 1 << PORTS},
		{{"--numeric-users"}, 1 << USERS},
		{{"--no-header"}, 1 << NO_HEADER},
		{{"--utc"}, 1 << UTC},
		{{"-t", "--tcp"}, 0},
		{{"-aeW"}, 1 << ALL | 1 << EXTEND | 1 << WIDE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t l = 0; l < 3 && cases[i].lines[l]; l++) {
			struct line line;
			struct options o;
			char text[64];

			snprintf(text, sizeof(text), "snapshot %s", cases[i].lines[l]);
			print_message("%s\n", text);
			o = accept(&line, text);
			for (size_t m = 0; m < MEMBERS; m++)
				assert_int_equal(*(bool *)((char *)&o + members[m]),
				                 cases[i].set >> m & 1);
			options_free(&o);
		}
	}
}

static void test_abbreviated(void **state)
{
	struct line line;
	struct options o = accept(&line, "snapshot --prog --listen --conti=2 --lim=3 --older=1m");

	(void)state;
	assert_true(o.programs && o.listening && o.continuous);
	assert_int_equal(o.interval, 2 * S);
	assert_int_equal(o.limit, 3);
	assert_int_equal(o.query.older, 60 * S);
	options_free(&o);
}

/* netstat's habits: -c among other letters, with digits behind it or not. */
static void test_continuous(void **state)
{
	static const struct {
		const char *line;
		uint64_t interval; /* ns; 0: once */
		const char *letters;
	} cases[] = {
		{"snapshot -antp", 0, "anp"},
		{"snapshot -c", S, ""},
		{"snapshot --continuous", S, ""},
		{"snapshot --continuous=5", 5 * S, ""},
		{"snapshot --continuous=500ms", S / 2, ""},
		{"snapshot -antc2", 2 * S, "an"},
		{"snapshot -cant", S, "an"},
		{"snapshot -c2ant", 2 * S, "an"},
		{"snapshot -c0.5", S / 2, ""},
		{"snapshot -anc0.5lp", S / 2, "anlp"},
		{"snapshot -c4", 4 * S, ""},
		{"snapshot -c46", 46 * S, ""},
		{"snapshot -4c", S, "4"},
		{"snapshot -ca -n", S, "an"},
		{"snapshot -c3c", S, ""}, /* the last one counts */
		{"-antc2", 2 * S, "anp"},
		{"snapshot 2", 2 * S, ""},
		{"snapshot -an 0.5", S / 2, "an"},
		{"snapshot 2 -an", 2 * S, "an"},
		{"snapshot -c 2", 2 * S, ""},
		{"snapshot -anc 2 -p", 2 * S, "anp"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *letters = cases[i].letters;
		struct line line;
		struct options o;

		print_message("%s\n", cases[i].line);
		o = accept(&line, cases[i].line);
		assert_int_equal(o.continuous, cases[i].interval != 0);
		assert_int_equal(o.interval, cases[i].interval);
		assert_int_equal(o.all, strchr(letters, 'a') != NULL);
		assert_int_equal(o.numeric_hosts, strchr(letters, 'n') != NULL);
		assert_int_equal(o.listening, strchr(letters, 'l') != NULL);
		assert_int_equal(o.programs, strchr(letters, 'p') != NULL);
		assert_int_equal(o.query.v4, strchr(letters, '4') != NULL);
		assert_false(o.query.v6);
		options_free(&o);
	}
}

static void test_filters(void **state)
{
	struct line line;
	struct options o =
		accept(&line, "events --state estab,listen --state=close --pid 1,2 --pid 3 "
	                      "--comm a --port 80 --lport 81,82 --rport 83 --addr 10.0.0.0/8 "
	                      "--netns host --cgroup /x --container y,z --older 2s --newer 5s");

	(void)state;
	assert_int_equal(o.query.states, STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_LISTEN) |
	                                         STATE_BIT(STATE_CLOSE));
	assert_int_equal(o.query.pid_count, 3);
	assert_int_equal(o.query.pids[2], 3);
	assert_int_equal(o.query.comms.count, 1);
	assert_int_equal(o.query.port_count, 1);
	assert_int_equal(o.query.lport_count, 2);
	assert_int_equal(o.query.rport_count, 1);
	assert_int_equal(o.query.cidr_count, 1);
	assert_int_equal(o.query.netns.count, 1);
	assert_int_equal(o.query.cgroups.count, 1);
	assert_int_equal(o.query.containers.count, 2);
	assert_string_equal(o.query.containers.items[1], "z");
	assert_int_equal(o.query.older, 2 * S);
	assert_int_equal(o.query.newer, 5 * S);
	options_free(&o);
}

/* As netstat and ss spell them. */
static void test_explain(void **state)
{
	static const struct {
		const char *line;
		uint32_t states;
	} cases[] = {
		{"explain", 0},
		{"explain CLOSE_WAIT", STATE_BIT(STATE_CLOSE_WAIT)},
		{"explain close-wait", STATE_BIT(STATE_CLOSE_WAIT)},
		{"explain fin-wait-1", STATE_BIT(STATE_FIN_WAIT1)},
		{"explain SYN-RECV", STATE_BIT(STATE_SYN_RECV) | STATE_BIT(STATE_NEW_SYN_RECV)},
		{"explain unconn", STATE_BIT(STATE_CLOSE)},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o = accept(&line, cases[i].line);

		assert_int_equal(o.command, COMMAND_EXPLAIN);
		assert_int_equal(o.query.states, cases[i].states);
		options_free(&o);
	}
}

static void test_record(void **state)
{
	struct line line;
	struct options o = accept(&line, "record /var/lib/tcptrail");

	(void)state;
	assert_int_equal(o.command, COMMAND_RECORD);
	assert_string_equal(o.target, "/var/lib/tcptrail");
	assert_int_equal(o.max_size, 1 << 30);
	assert_int_equal(o.max_age, 0);
	assert_int_equal(o.watch, 0); /* for ever */
	assert_false(o.stacks || o.verbose);
	options_free(&o);

	o = accept(&line, "--ring 4K --max-sockets 9");
	assert_int_equal(o.ring_bytes, 4096);
	assert_int_equal(o.max_sockets, 9);
	o = accept(&line, "record --for 10m -v --stacks --max-size 1M --max-age=2d day");
	assert_string_equal(o.target, "day");
	assert_int_equal(o.watch, 600 * S);
	assert_int_equal(o.max_size, 1 << 20);
	assert_int_equal(o.max_age, 2 * 86400 * S);
	assert_true(o.stacks && o.verbose);
	options_free(&o);

	o = accept(&line, "info --json --utc /d");
	assert_int_equal(o.command, COMMAND_INFO);
	assert_string_equal(o.target, "/d");
	assert_int_equal(o.format, OUTPUT_JSON);
	assert_true(o.utc);
	options_free(&o);

	o = accept(&line, "why"); /* --for is of two commands, its default is not */
	assert_int_equal(o.watch, 10 * S);
	options_free(&o);
}

static void test_moments(void **state)
{
	struct line line;
	struct options o = accept(&line, "snapshot -an --from d --at -10m");

	(void)state;
	assert_int_equal(o.at.kind, WHEN_BEFORE);
	assert_int_equal(o.at.before, 600 * S);
	assert_int_equal(o.since.kind, WHEN_NONE);
	assert_int_equal(o.until.kind, WHEN_NONE);
	options_free(&o);

	o = accept(&line, "why --since 03:12 --until=@1764040320 --from d");
	assert_int_equal(o.at.kind, WHEN_NONE);
	assert_int_equal(o.since.kind, WHEN_CLOCK);
	assert_int_equal(o.until.kind, WHEN_WALL);
	options_free(&o);

	for (int i = 0; i < 4; i++) { /* with all that --from goes with */
		static const char *const lines[] = {"--from d --at end", "events --from d --at end",
		                                    "trail --from d --at end sk:1",
		                                    "why --from d --at end"};

		o = accept(&line, lines[i]);
		assert_int_equal(o.at.kind, WHEN_END);
		options_free(&o);
	}
}

/* Times with a dash are words of diff, whatever letters it has. */
static void test_diff(void **state)
{
	static const struct {
		const char *line;
		uint64_t before[2]; /* seconds; 0: no instant */
		bool v4, v6, numeric;
	} cases[] = {
		{"diff --from d -10m", {600}, 0, 0, 0},
		{"diff -10m --from d -5m", {600, 300}, 0, 0, 0},
		{"diff --from d -ant -10m -5m", {600, 300}, 0, 0, 1},
		{"diff -n4 -10m -6 --from d", {600}, 1, 1, 1},
		{"-n diff --from d -4m -6s", {240, 6}, 0, 0, 1},
		{"diff --from d -64 -10", {10}, 1, 1, 0},
		{"diff --from d -4h -4", {4 * 3600}, 1, 0, 0},
		{"diff --from d -- -4 -6", {4, 6}, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;

		print_message("%s\n", cases[i].line);
		o = accept(&line, cases[i].line);
		assert_int_equal(o.command, COMMAND_DIFF);
		for (int n = 0; n < 2; n++) {
			assert_int_equal(o.instants[n].kind,
			                 cases[i].before[n] ? WHEN_BEFORE : WHEN_NONE);
			assert_int_equal(o.instants[n].before, cases[i].before[n] * S);
		}
		assert_int_equal(o.query.v4, cases[i].v4);
		assert_int_equal(o.query.v6, cases[i].v6);
		assert_int_equal(o.numeric_ports, cases[i].numeric);
		options_free(&o);
	}
}

static void test_output(void **state)
{
	struct line line;
	struct options o = accept(&line, "snapshot --csv --columns state,local --sort -age "
	                                 "--limit 20 --from a --output b --color=never");

	(void)state;
	assert_int_equal(o.format, OUTPUT_CSV);
	assert_string_equal(o.columns, "state,local");
	assert_string_equal(o.sort, "-age"); /* an argument, not letters */
	assert_int_equal(o.limit, 20);
	assert_string_equal(o.from, "a");
	assert_string_equal(o.output, "b");
	assert_int_equal(o.color, COLOR_NEVER);
	options_free(&o);

	o = accept(&line, "events --json --json --columns transition --columns +cgroup,reason "
	                  "--color");
	assert_int_equal(o.format, OUTPUT_JSON);
	assert_string_equal(o.columns, "+cgroup,reason");
	assert_int_equal(o.color, COLOR_ALWAYS);
	options_free(&o);

	o = accept(&line, "events --facts --columns help");
	assert_int_equal(o.format, OUTPUT_FACTS);
	assert_string_equal(o.columns, "help");
	assert_int_equal(o.command, COMMAND_HELP);
	assert_int_equal(o.help_about, COMMAND_EVENTS);
	options_free(&o);

	o = accept(&line, "--sort age"); /* shapes the snapshot of a watch */
	assert_string_equal(o.sort, "age");
	options_free(&o);
}

#define LETTERS "-a -l -n -p -e -o -c -t -4 -6 -W -v -f -h -V"
#define NAMES                                                                                      \
	"--all --listening --numeric --numeric-hosts --numeric-ports --numeric-users --programs "  \
	"--extend --timers --continuous --tcp --inet --inet6 --wide --verbose --state --pid "      \
	"--comm --port --lport --rport --addr --netns --cgroup --container --older --newer "       \
	"--stacks --json --csv --facts --columns --sort --limit --no-header --color --for --old "  \
	"--max-size --max-age "                                                                    \
	"--fail-if --follow --utc "                                                                \
	"--output --from --at --since --until --btf --ring --max-sockets --probes --help "         \
	"--version"
#define STATES                                                                                     \
	"ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, "    \
	"LAST_ACK, LISTEN, CLOSING or a group: all, connected, synchronized, bucket, big"
#define TCP_ONLY "tcptrail shows TCP sockets only"
#define NO_SUCH  "there is no such option"
#define ONE_LINE                                                                                   \
	"one line is printed in place of the list; accepted without DELAY, -c, --csv, --columns, " \
	"--sort and --limit"

#define FACTS_OF_ALL(option)                                                                       \
	"--" option                                                                                \
	": --facts prints those of all sockets; accepted with --from, of what it has printed"
#define NO_EFFECT(option, why) "--" option " has no effect here: " why

#define ONE_INSTANT "cannot go together; accepted is one instant, or a span by --since and --until"
#define DURATIONS                                                                                  \
	"is not accepted; a duration is a number and a unit of ms, s, m, h, d, w, and at most "    \
	"50000d"
#define RINGS "is not accepted; powers of two are, 4K to 1G"
#define SIZES "is not accepted; a size is a number and a unit of K, M, G, T, and at least 1M"

static void test_refused(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"foo", "\"foo\" is not a command; accepted are snapshot, events, trail, why, "
	                "record, diff, info, explain or none to watch"},
		{"2", "\"2\" is not a command; accepted are snapshot, events, trail, why, "
	              "record, diff, info, explain or none to watch"},
		{"events 2", "\"2\" is one word too many; accepted are options"},
		{"snapshot x",
	         "snapshot: \"x\" is not accepted; one delay in seconds, more than 0, is"},
		{"snapshot 0",
	         "snapshot: \"0\" is not accepted; one delay in seconds, more than 0, is"},
		{"snapshot 2 3",
	         "snapshot: \"3\" is not accepted; one delay in seconds, more than 0, is"},
		{"-z", "-z: " NO_SUCH "; accepted are " LETTERS},
		{"-antz", "-z: " NO_SUCH "; accepted are " LETTERS},
		{"-c2z", "-z: " NO_SUCH "; accepted are " LETTERS},
		{"-2", "-2: " TCP_ONLY "; accepted are " LETTERS},
		{"-r", "-r: " TCP_ONLY "; accepted are " LETTERS},
		{"-tulpn", "-u: " TCP_ONLY "; accepted are " LETTERS},
		{"-cu", "-u: " TCP_ONLY "; accepted are " LETTERS},
		{"-A inet", "-A: " TCP_ONLY "; accepted are " LETTERS},
		{"--udp", "--udp: " TCP_ONLY "; accepted are " NAMES},
		{"--protocol=inet", "--protocol: " TCP_ONLY "; accepted are " NAMES},
		{"--bogus", "--bogus: " NO_SUCH "; accepted are " NAMES},
		{"--bogus=3", "--bogus: " NO_SUCH "; accepted are " NAMES},
		{"--num", "--num may be any of --numeric --numeric-hosts --numeric-ports "
	                  "--numeric-users"},
		{"--all=1", "--all takes no value"},
		{"--state", "--state: a value is missing; accepted is --state STATE,..."},
		{"--port 0", "--port: invalid port \"0\": expected 1 to 65535"},
		{"-c0", "--continuous: \"0\" is not accepted; seconds are, more than 0"},
		{"-c.", "--continuous: \".\" is not accepted; seconds are, more than 0"},
		{"--continuous=", "--continuous: \"\" is not accepted; seconds are, more than 0"},
		{"--limit 0", "--limit: \"0\" is not accepted; 1 or more is"},
		{"--color=red", "--color: \"red\" is not accepted; auto, always, never are"},
		{"--from=", "--from: \"\" is not accepted; FILE|DIR is"},
		{"--json --csv", "--json and --csv cannot go together; one format is accepted"},
		{"events --facts --json",
	         "--facts and --json cannot go together; one format is accepted"},
		{"events -a", "--all cannot go with events, but with no command, snapshot, diff"},
		{"-c events", "--continuous cannot go with events, but with no command, snapshot, "
	                      "why"},
		{"events --sort age",
	         "--sort cannot go with events, but with no command, snapshot"},
		{"snapshot --facts", "--facts cannot go with snapshot, but with events"},
		{"--facts", "--facts cannot go with no command, but with events"},
		{"--probes --json", "--json cannot go with --probes, but with no command, "
	                            "snapshot, events, trail, why, diff, info"},
		{"trail", "trail: which socket? Accepted are a cookie (4101, sk:1005), PID:FD "
	                  "(4242:7) and LOCAL-FOREIGN (10.0.0.1:80-10.0.0.2:5000)"},
		{"trail x", "\"x\" is not understood: expected PID:FD (4242:7), a cookie (4101, "
	                    "sk:1005) or LOCAL-REMOTE (10.0.0.1:80-10.0.0.2:5000)"},
		{"trail 1:2 3:4 5:6", "\"5:6\" is one word too many; accepted are options"},
		{"trail --csv 7",
	         "--csv cannot go with trail, but with no command, snapshot, events"},
		{"explain a", "explain: invalid state \"a\": expected " STATES},
		{"why a", "why: invalid state \"a\": expected " STATES},
		{"explain listen close", "\"close\" is one word too many; accepted are options"},
		{"explain --json", "--json cannot go with explain, but with no command, snapshot, "
	                           "events, trail, why, diff, info"},
		{"events -f", "--follow cannot go with events, but with trail"},
		{"snapshot --fail-if", "--fail-if: a value is missing; accepted is --fail-if "
	                               "STATE>NUMBER,..."},
		{"events --fail-if close_wait>1",
	         "--fail-if cannot go with events, but with snapshot, why"},
		{"--fail-if close_wait>1",
	         "--fail-if cannot go with no command, but with snapshot, why"},
		{"snapshot --fail-if close_wait>1 2", "--fail-if: " ONE_LINE},
		{"snapshot -c --fail-if close_wait>1", "--fail-if: " ONE_LINE},
		{"snapshot --csv --fail-if close_wait>1", "--fail-if: " ONE_LINE},
		{"snapshot --columns age --fail-if close_wait>1", "--fail-if: " ONE_LINE},
		{"snapshot --sort age --fail-if close_wait>1", "--fail-if: " ONE_LINE},
		{"snapshot --limit 1 --fail-if close_wait>1", "--fail-if: " ONE_LINE},
		{"snapshot --fail-if close_wait>1,growth>1",
	         "--fail-if: \"close_wait>1,growth>1\": a snapshot sees nothing grow; accepted "
	         "with why"},
		{"snapshot --from f --fail-if growth>1,close_wait>1",
	         "--fail-if: \"growth>1,close_wait>1\": a snapshot sees nothing grow; accepted "
	         "with why"},
		{"why --for 0 --fail-if listen>1 --fail-if close_wait>1,growth>1",
	         "--fail-if: \"close_wait>1,growth>1\": nothing grows in no time; accepted with a "
	         "--for of more than 0"},
		{"snapshot --state established --fail-if close_wait>1",
	         "--fail-if: \"close_wait>1\" counts what is left out; accepted is a state of "
	         "those asked for"},
		{"why close_wait --fail-if syn_sent>1",
	         "--fail-if: \"syn_sent>1\" counts what is left out; accepted is a state of those "
	         "asked for"},
		{"snapshot --at -10m", "--at goes with --from: only a recording knows what was"},
		{"why --since 03:12", "--since goes with --from: only a recording knows what was"},
		{"--until end", "--until goes with --from: only a recording knows what was"},
		{"--from d --at 03:12 --until end", "--at and --until " ONE_INSTANT},
		{"--from d --since start --at 03:12", "--at and --since " ONE_INSTANT},
		{"--from d --at 25:00", "--at: \"25:00\" is not accepted; " WHEN_ACCEPTED},
		{"--from d --since -10x", "--since: \"-10x\" is not accepted; " WHEN_ACCEPTED},
		{"--from d --until=", "--until: \"\" is not accepted; " WHEN_ACCEPTED},
		{"explain --from d", "--from cannot go with explain, but with no command, "
	                             "snapshot, events, trail, why, diff"},
		{"why --numeric-hosts", "--numeric-hosts cannot go with why, but with no command, "
	                                "snapshot, events, trail"},
		{"events --numeric-users", "--numeric-users cannot go with events, but with no "
	                                   "command, snapshot, trail"},
		{"why -W",
	         "--wide cannot go with why, but with no command, snapshot, events, trail"},
		{"--probes -v", "--verbose cannot go with --probes, but with no command, snapshot, "
	                        "events, trail, why, record, --help, --version"},
		{"trail --color 7",
	         "--color cannot go with trail, but with no command, snapshot, events, why"},
		{"events --facts --pid 7", FACTS_OF_ALL("pid")},
		{"events --facts --state listen", FACTS_OF_ALL("state")},
		{"events --older 5s --facts", FACTS_OF_ALL("older")},
		{"events --facts -4", FACTS_OF_ALL("inet")},
		{"events --facts -n", NO_EFFECT("numeric", "--facts prints numbers")},
		{"events --facts --columns time",
	         NO_EFFECT("columns", "--facts prints whole facts")},
		{"events --facts --utc", NO_EFFECT("utc", "--facts prints no time of day")},
		{"events --facts --no-header",
	         NO_EFFECT("no-header", "--facts prints no headings")},
		{"snapshot --json --no-header",
	         NO_EFFECT("no-header", "--json prints no headings")},
		{"snapshot --ring 4K",
	         NO_EFFECT("ring", "one look takes no events; accepted with -c or -f")},
		{"trail --ring 4K 7",
	         NO_EFFECT("ring", "one look takes no events; accepted with -c or -f")},
		{"events --from d --ring 4K",
	         NO_EFFECT("ring", "a recording comes through no kernel")},
		{"snapshot --from d -c", NO_EFFECT("continuous", "a recording does not change")},
		{"why --from d -c5", NO_EFFECT("continuous", "a recording does not change")},
		{"snapshot --from d --since start",
	         NO_EFFECT("since",
	                   "a list is of one instant; accepted is --at, or diff for two of them")},
		{"why --from d --since start --for 5s",
	         NO_EFFECT("for", "--since and --until say how long")},
		{"events --from d -v", NO_EFFECT("verbose", "a recording has no probes")},
		{"record", "record: where to? Accepted is one FILE or DIR"},
		{"record a b", "record: \"b\" is not accepted; one FILE or DIR is"},
		{"record --pid 7 a", "--pid cannot go with record, but with no command, snapshot, "
	                             "events, trail, why, diff"},
		{"record --from b a", "--from cannot go with record, but with no command, "
	                              "snapshot, events, trail, why, diff"},
		{"record --max-size 1023K a", "--max-size: \"1023K\" " SIZES},
		{"record --max-size 1X a", "--max-size: \"1X\" " SIZES},
		{"record --max-size 0 a", "--max-size: \"0\" " SIZES},
		{"events --ring 4097", "--ring: \"4097\" " RINGS},
		{"events --ring 2K", "--ring: \"2K\" " RINGS},
		{"events --ring 2G", "--ring: \"2G\" " RINGS},
		{"events --max-sockets 0", "--max-sockets: \"0\" is not accepted; "
	                                   "1 to 100000000 are"},
		{"record --max-age 0 a",
	         "--max-age: nothing would be kept; more than 0 is accepted"},
		{"record --for 0 a", "--for: nothing would be kept; more than 0 is accepted"},
		{"record --max-age x a", "--max-age: \"x\" " DURATIONS},
		{"record --max-age 50001d a", "--max-age: \"50001d\" " DURATIONS},
		{"record --for 18446744073709551615ns a",
	         "--for: \"18446744073709551615ns\" " DURATIONS},
		{"snapshot --max-size 2G", "--max-size cannot go with snapshot, but with record"},
		{"info", "info: of what? Accepted is one FILE or DIR"},
		{"info a b", "info: \"b\" is not accepted; one FILE or DIR is"},
		{"info -v a", "--verbose cannot go with info, but with no command, snapshot, "
	                      "events, trail, why, record, --help, --version"},
		{"diff --from d", "diff: from when on? " WHEN_ACCEPTED},
		{"diff --from d x", "diff: \"x\" is not accepted; " WHEN_ACCEPTED},
		{"diff --from d 1 2 3", "diff: \"1\" is not accepted; " WHEN_ACCEPTED},
		{"diff --from d -3m -2m -1m", "\"-1m\" is one word too many; accepted are options"},
		{"diff --from d -3x", "diff: \"-3x\" is not accepted; " WHEN_ACCEPTED},
		{"diff --from d -4x", "-x: " TCP_ONLY "; accepted are " LETTERS},
		{"diff -10m", "diff: of which recording? Accepted with --from FILE|DIR"},
		{"diff --from d --at start end", "--at cannot go with diff, but with no command, "
	                                         "snapshot, events, trail, why"},
		{"diff --from d --older -10m start", "--older: invalid duration \"-10m\": expected "
	                                             "a number and a unit of ns, us, ms, s, "
	                                             "m, h, d, w"},
		{"snapshot --sort age,state", "--sort: \"age,state\" is not accepted; one key is"},
		{"snapshot --stacks",
	         "--stacks: one snapshot sees nobody connect or accept; accepted with -c, --from, "
	         "events or no command"},
		{"snapshot --sort -+age", "--sort: \"-+age\" is not accepted; one key is"},
		{"--bogus --all=1 -z", "--bogus: " NO_SUCH "; accepted are " NAMES}, /* the first */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options options;
		struct diag diag = {""};

		print_message("%s\n", cases[i].line);
		assert_int_equal(parse(&line, cases[i].line, &options, &diag), -EINVAL);
		assert_string_equal(diag.text, cases[i].message);
		assert_int_equal(parse(&line, cases[i].line, &options, NULL), -EINVAL);
	}
}

/* An unknown column is named, with the three of the command that are nearest. */
static void test_columns_refused(void **state)
{
	static const struct {
		const char *line, *begins;
	} cases[] = {
		{"snapshot --columns state,foo,local", "--columns: unknown column \"foo\"; did "},
		{"snapshot --columns +foo", "--columns: unknown column \"foo\"; did you mean "},
		{"snapshot --columns old_state", "--columns: unknown column \"old_state\"; did "},
		{"events --columns recv_q", "--columns: unknown column \"recv_q\"; did you mean "},
		{"--columns help,state", "--columns: unknown column \"help\"; did you mean "},
		{"--columns=",
	         "--columns: unknown column \"\"; did you mean fd, age or retrans_rto? "},
		{"--sort -foo", "--sort: unknown column \"foo\"; did you mean "},
		{"--sort --age", "--sort: unknown column \"-age\"; did you mean age, "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options options;
		struct diag diag = {""};

		print_message("%s\n", cases[i].line);
		assert_int_equal(parse(&line, cases[i].line, &options, &diag), -EINVAL);
		assert_memory_equal(diag.text, cases[i].begins, strlen(cases[i].begins));
		assert_null(strchr(diag.text, '\n'));
	}
}

static void test_fail_if(void **state)
{
	struct line line;
	struct options o;

	(void)state;
	o = accept(&line,
	           "snapshot --fail-if close_wait>100,age>5m --pid 7 --fail-if syn_sent>=50");
	assert_int_equal(o.fail_if_count, 2);
	assert_string_equal(o.fail_ifs[0].text, "close_wait>100,age>5m");
	assert_int_equal(o.fail_ifs[0].state, STATE_CLOSE_WAIT);
	assert_int_equal(o.fail_ifs[1].state, STATE_SYN_SENT);
	assert_int_equal(o.fail_ifs[1].most, 49);
	options_free(&o);
	o = accept(&line, "why close_wait --json --for 1m --fail-if close_wait>1,growth>10");
	assert_int_equal(o.fail_if_count, 1);
	assert_true(o.fail_ifs[0].has_growth);
	options_free(&o);
	o = accept(&line, "why --for 0 --from f --fail-if close_wait>1,growth>10");
	options_free(&o);
	o = accept(&line, "snapshot");
	assert_int_equal(o.fail_if_count, 0);
	options_free(&o);
}

/* What a help function writes; caller frees. */
static char *written(void (*help)(FILE *, enum command), enum command command)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	help(out, command);
	assert_int_equal(fclose(out), 0);
	assert_true(size > 0 && text[size - 1] == '\n');
	return text;
}

static void check_width(const char *text)
{
	for (; *text; text += strcspn(text, "\n") + 1) {
		size_t width = strcspn(text, "\n");

		if (width >= 80)
			fail_msg("%zu columns: %.*s", width, (int)width, text);
		assert_true(!width || text[width - 1] != ' ');
	}
}

static size_t count_of(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		count++;
	return count;
}

static void test_help(void **state)
{
	static const enum command commands[] = {COMMAND_WATCH, COMMAND_SNAPSHOT, COMMAND_EVENTS,
	                                        COMMAND_TRAIL, COMMAND_WHY};

	(void)state;
	for (size_t i = 0; i < COUNT(commands); i++) {
		char *text = written(cli_help, commands[i]);
		const char *examples = strstr(text, "\nExamples:\n");

		check_width(text);
		assert_memory_equal(text, "Usage: tcptrail ", 16);
		assert_non_null(examples);
		assert_int_equal(count_of(examples, "\n  tcptrail "), 3);
		assert_non_null(strstr(text, "  -n, --numeric "));
		assert_non_null(strstr(text, "      --state STATE,... "));
		assert_int_equal(strstr(text, "  -a, --all ") != NULL,
		                 commands[i] == COMMAND_WATCH || commands[i] == COMMAND_SNAPSHOT);
		assert_int_equal(strstr(text, "  --facts ") != NULL,
		                 commands[i] == COMMAND_WATCH || commands[i] == COMMAND_EVENTS);
		assert_int_equal(strstr(text, "  -f, --follow ") != NULL,
		                 commands[i] == COMMAND_WATCH || commands[i] == COMMAND_TRAIL);
		assert_null(strstr(text, "--program ")); /* an alias */
		assert_int_equal(strstr(text, "\n  close-wait-leak ") != NULL,
		                 commands[i] == COMMAND_WHY);
		free(text);
	}
}

/* No heading without an option under it. */
static void test_help_explain(void **state)
{
	char *text = written(cli_help, COMMAND_EXPLAIN);

	(void)state;
	check_width(text);
	assert_non_null(strstr(text, "\nOther:\n  -h, --help "));
	assert_int_equal(count_of(text, ":\n"), 2); /* and "Examples:" */
	free(text);
}

/* The examples of the help are accepted. */
static void test_help_examples(void **state)
{
	static const enum command commands[] = {COMMAND_WATCH,  COMMAND_SNAPSHOT, COMMAND_EVENTS,
	                                        COMMAND_TRAIL,  COMMAND_WHY,      COMMAND_EXPLAIN,
	                                        COMMAND_RECORD, COMMAND_DIFF,     COMMAND_INFO};

	(void)state;
	for (size_t i = 0; i < COUNT(commands); i++) {
		char *text = written(cli_help, commands[i]);
		char *at = strstr(text, "\nExamples:\n");

		for (int n = 0; n < 3; n++) {
			struct line line;
			struct options o;

			at = strstr(at, "\n  tcptrail ");
			assert_non_null(at);
			at += strlen("\n  tcptrail ");
			*strchr(at, '\n') = '\0';
			print_message("%s\n", at);
			o = accept(&line, at);
			options_free(&o);
			at += strlen(at);
			*at = '\n';
		}
		free(text);
	}
}

static void test_help_columns(void **state)
{
	char *rows = written(cli_help_columns, COMMAND_SNAPSHOT);
	char *events = written(cli_help_columns, COMMAND_EVENTS);

	(void)state;
	check_width(rows);
	check_width(events);
	assert_non_null(strstr(rows, "\nrecv_q "));
	assert_null(strstr(rows, "\nold_state "));
	assert_non_null(strstr(events, "\nold_state "));
	assert_null(strstr(events, "\nrecv_q "));
	free(rows);
	free(events);
}

/* By any spelling, and not by what only looks like it. */
static void test_about_kernel(void **state)
{
	static const char *const kernel[] = {
		"",
		"-np",
		"snapshot -antp",
		"events --comm --from",
		"snapshot --output info",
		"why close_wait",
		"record info",
		"record --max-size 1M explain",
		"--probes",
		"--prob",
		"trail -n 4242:7",
	};
	static const char *const other[] = {
		"-h",
		"-V",
		"-anh",
		"--help",
		"--he",
		"--vers",
		"record --help",
		"events -V",
		"explain",
		"explain close_wait",
		"info dir",
		"--json info dir",
		"diff --from dir start",
		"snapshot --from f",
		"snapshot --from=f",
		"--fr f",
		"events -n --fro=f",
		"events --columns help",
		"why --from f",
	};
	struct options o;
	struct line line;

	(void)state;
	for (size_t i = 0; i < COUNT(kernel); i++) {
		o = accept(&line, kernel[i]);
		assert_true(cli_about_kernel(&o));
		options_free(&o);
	}
	for (size_t i = 0; i < COUNT(other); i++) {
		print_message("%s\n", other[i]);
		o = accept(&line, other[i]);
		assert_false(cli_about_kernel(&o));
		options_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_posixly_correct),
		cmocka_unit_test(test_about_kernel),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_abbreviated),
		cmocka_unit_test(test_continuous),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_columns_refused),
		cmocka_unit_test(test_fail_if),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_explain),
		cmocka_unit_test(test_help_examples),
		cmocka_unit_test(test_help_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
