/* SPDX-License-Identifier: BSD-2-Clause */
/* links commands */
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
#include "cli/cli_table.h"
#include "command/commands.h"
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
	return cli_parse(line->argc, line->argv, commands, options, diag);
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
	assert_ptr_equal(o.command, &command_watch);
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
		const struct command *command, *about; /* about NULL: the same */
	} cases[] = {
		{"", &command_watch, NULL},
		{"-antp", &command_watch, NULL},
		{"snapshot", &command_snapshot, NULL},
		{"-n snapshot", &command_snapshot, NULL},
		{"--state estab events -n", &command_events, NULL},
		{"-- events", &command_events, NULL},
		{"--probes", &command_probes, &command_watch},
		{"snapshot --probes", &command_probes, &command_snapshot},
		{"--help", &command_help, &command_watch},
		{"-h", &command_help, &command_watch},
		{"events --help", &command_help, &command_events},
		{"record /d", &command_record, NULL},
		{"record --help", &command_help, &command_record},
		{"diff -h", &command_help, &command_diff},
		{"info /d", &command_info, NULL},
		{"info --help --from x", &command_help, &command_info},
		{"explain", &command_explain, NULL},
		{"explain close_wait", &command_explain, NULL},
		{"explain --help", &command_help, &command_explain},
		{"--help snapshot", &command_help, &command_snapshot},
		{"snapshot --bogus --state x --help", &command_help, &command_snapshot},
		{"events --all --help", &command_help, &command_events},
		{"--version", &command_version, &command_watch},
		{"-V --bogus", &command_version, &command_watch},
		{"--help --version", &command_help, &command_watch},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;

		print_message("%s\n", cases[i].line);
		o = accept(&line, cases[i].line);
		assert_ptr_equal(o.command, cases[i].command);
		assert_ptr_equal(o.about, cases[i].about ? cases[i].about : cases[i].command);
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
	assert_ptr_equal(o.command, &command_snapshot);
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

		assert_ptr_equal(o.command, &command_explain);
		assert_int_equal(o.query.states, cases[i].states);
		options_free(&o);
	}
}

static void test_record(void **state)
{
	struct line line;
	struct options o = accept(&line, "record /var/lib/tcptrail");

	(void)state;
	assert_ptr_equal(o.command, &command_record);
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
	assert_ptr_equal(o.command, &command_info);
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
		assert_ptr_equal(o.command, &command_diff);
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
	assert_ptr_equal(o.command, &command_help);
	assert_ptr_equal(o.about, &command_events);
	options_free(&o);

	o = accept(&line, "--sort age"); /* shapes the snapshot of a watch */
	assert_string_equal(o.sort, "age");
	options_free(&o);
}

#define TCP_ONLY(option) option ": only TCP sockets are shown here; use tcptrail netstat " option
#define DURATIONS        ": expected a number and a unit (ms, s, m, h, d, w), at most 50000d"
#define SIZES            ": expected a number and a unit (K, M, G, T), at least 1M"
#define RINGS            ": expected a power of two, 4K to 1G"
#define ONE_LINE                                                                                   \
	"prints one line instead of the list: expected no DELAY, -c, --csv, --columns, --sort or " \
	"--limit"
#define FACTS_OF_ALL                                                                               \
	": --facts prints the facts of all sockets; filter when you read them with --from"
#define ONE_INSTANT "exclude each other: expected --at, or --since and --until"
#define STATES                                                                                     \
	"ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, "    \
	"LAST_ACK, LISTEN, CLOSING or a group: all, connected, synchronized, bucket, big"

/* "*" at the end of expected: a list of commands follows. */
static void assert_message(const char *message, const char *expected)
{
	size_t length = strlen(expected) - 1;

	if (expected[length] != '*') {
		assert_string_equal(message, expected);
		return;
	}
	assert_true(strlen(message) > length);
	assert_memory_equal(message, expected, length);
}

static void refuse(const char *text, const char *message)
{
	struct line line;
	struct options options;
	struct diag diag = {""};

	print_message("%s\n", text);
	assert_int_equal(parse(&line, text, &options, &diag), -EINVAL);
	assert_message(diag.text, message);
	assert_int_equal(parse(&line, text, &options, NULL), -EINVAL);
}

static void test_refused(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"foo", "unknown command \"foo\": expected snapshot, netstat, *"},
		{"2", "unknown command \"2\": expected snapshot, netstat, *"},
		{"events 2", "events: unexpected argument \"2\""},
		{"snapshot x",
	         "snapshot: invalid delay \"x\": expected one delay in seconds, above 0"},
		{"snapshot 0",
	         "snapshot: invalid delay \"0\": expected one delay in seconds, above 0"},
		{"snapshot 2 3", "snapshot: unexpected argument \"3\""},
		{"-z", "unknown option -z; see --help"},
		{"-antz", "unknown option -z; see --help"},
		{"-c2z", "unknown option -z; see --help"},
		{"-2", TCP_ONLY("-2")},
		{"-r", TCP_ONLY("-r")},
		{"-tulpn", TCP_ONLY("-u")},
		{"-cu", TCP_ONLY("-u")},
		{"-A inet", TCP_ONLY("-A")},
		{"--udp", TCP_ONLY("--udp")},
		{"--protocol=inet", TCP_ONLY("--protocol")},
		{"--bogus", "unknown option --bogus; see --help"},
		{"--bogus=3", "unknown option --bogus; see --help"},
		{"--num", "ambiguous option --num: it may be --numeric, --numeric-hosts, "
	                  "--numeric-ports, --numeric-users"},
		{"--all=1", "--all: expected no value"},
		{"--state", "--state: missing value: expected STATE,..."},
		{"--port 0", "--port: invalid port \"0\": expected 1 to 65535"},
		{"-c0", "--continuous: invalid interval \"0\": expected seconds above 0"},
		{"-c.", "--continuous: invalid interval \".\": expected seconds above 0"},
		{"--continuous=", "--continuous: invalid interval \"\": expected seconds above 0"},
		{"--limit 0", "--limit: invalid number \"0\": expected 1 or more"},
		{"--color=red", "--color: invalid value \"red\": must be auto, always or never"},
		{"--from=", "--from: missing value: expected FILE|DIR"},
		{"--json --csv", "--json and --csv exclude each other: expected one format"},
		{"events --facts --json",
	         "--facts and --json exclude each other: expected one format"},
		{"events -a", "events takes no --all: it always shows all sockets"},
		{"-c events", "events takes no --continuous: use it with *"},
		{"events --sort age", "events takes no --sort: use it with *"},
		{"snapshot --facts", "snapshot takes no --facts: use it with *"},
		{"--facts", "--facts needs a command: use it with *"},
		{"--probes --json", "--probes takes no --json: use it with *"},
		{"trail", "trail: missing socket: expected PID:FD, a cookie or LOCAL-REMOTE"},
		{"trail x", "trail: \"x\" is not understood: expected PID:FD (4242:7), a cookie "
	                    "(4101, sk:1005) or LOCAL-REMOTE (10.0.0.1:80-10.0.0.2:5000)"},
		{"trail 1:2 3:4 5:6", "trail: unexpected argument \"5:6\""},
		{"trail --csv 7", "trail takes no --csv: use it with *"},
		{"explain a", "explain: invalid state \"a\": expected " STATES},
		{"why a", "why: invalid state \"a\": expected " STATES},
		{"explain listen close", "explain: unexpected argument \"close\""},
		{"explain --json", "explain takes no --json: use it with *"},
		{"events -f", "events takes no --follow: use it with *"},
		{"snapshot --fail-if", "--fail-if: missing value: expected STATE>NUMBER,..."},
		{"events --fail-if close_wait>1", "events takes no --fail-if: use it with *"},
		{"--fail-if close_wait>1", "--fail-if needs a command: use it with *"},
		{"snapshot --fail-if close_wait>1 2", "--fail-if " ONE_LINE},
		{"snapshot -c --fail-if close_wait>1", "--fail-if " ONE_LINE},
		{"snapshot --csv --fail-if close_wait>1", "--fail-if " ONE_LINE},
		{"snapshot --columns age --fail-if close_wait>1", "--fail-if " ONE_LINE},
		{"snapshot --sort age --fail-if close_wait>1", "--fail-if " ONE_LINE},
		{"snapshot --limit 1 --fail-if close_wait>1", "--fail-if " ONE_LINE},
		{"snapshot --fail-if close_wait>1,growth>1",
	         "--fail-if: \"close_wait>1,growth>1\": snapshot sees no growth: use why"},
		{"snapshot --from f --fail-if growth>1,close_wait>1",
	         "--fail-if: \"growth>1,close_wait>1\": snapshot sees no growth: use why"},
		{"why --for 0 --fail-if listen>1 --fail-if close_wait>1,growth>1",
	         "--fail-if: \"close_wait>1,growth>1\": nothing grows in no time: expected --for "
	         "above 0"},
		{"snapshot --state established --fail-if close_wait>1",
	         "--fail-if: \"close_wait>1\" counts sockets that the filter leaves out: expected "
	         "a state that you asked for"},
		{"why close_wait --fail-if syn_sent>1",
	         "--fail-if: \"syn_sent>1\" counts sockets that the filter leaves out: expected a "
	         "state that you asked for"},
		{"snapshot --at -10m", "--at: missing --from: only a recording knows the past"},
		{"why --since 03:12", "--since: missing --from: only a recording knows the past"},
		{"--until end", "--until: missing --from: only a recording knows the past"},
		{"--from d --at 03:12 --until end", "--at and --until " ONE_INSTANT},
		{"--from d --since start --at 03:12", "--at and --since " ONE_INSTANT},
		{"--from d --at 25:00", "--at: invalid time \"25:00\": " WHEN_EXPECTED},
		{"--from d --since -10x", "--since: invalid time \"-10x\": " WHEN_EXPECTED},
		{"--from d --until=", "--until: invalid time \"\": " WHEN_EXPECTED},
		{"explain --from d", "explain takes no --from: use it with *"},
		{"why --numeric-hosts", "why takes no --numeric-hosts: use it with *"},
		{"events --numeric-users", "events takes no --numeric-users: use it with *"},
		{"why -W", "why takes no --wide: use it with *"},
		{"--probes -v", "--probes takes no --verbose: use it with *"},
		{"trail --color 7", "trail takes no --color: use it with *"},
		{"events --facts --pid 7", "--pid" FACTS_OF_ALL},
		{"events --facts --state listen", "--state" FACTS_OF_ALL},
		{"events --older 5s --facts", "--older" FACTS_OF_ALL},
		{"events --facts -4", "--inet" FACTS_OF_ALL},
		{"events --facts -n", "--numeric has no effect here: --facts prints numbers"},
		{"events --facts --columns time",
	         "--columns has no effect here: --facts prints whole facts"},
		{"events --facts --utc", "--utc has no effect here: --facts prints no time of day"},
		{"events --facts --no-header",
	         "--no-header has no effect here: --facts prints no headings"},
		{"snapshot --json --no-header",
	         "--no-header has no effect here: --json prints no headings"},
		{"snapshot --ring 4K",
	         "--ring has no effect here: it takes no events without -c or -f"},
		{"trail --ring 4K 7",
	         "--ring has no effect here: it takes no events without -c or -f"},
		{"events --from d --ring 4K",
	         "--ring has no effect here: a recording does not pass through the kernel"},
		{"snapshot --from d -c",
	         "--continuous has no effect here: a recording does not change"},
		{"why --from d -c5",
	         "--continuous has no effect here: a recording does not change"},
		{"snapshot --from d --since start", "--since has no effect here: a list shows one "
	                                            "instant; use --at, or diff for two instants"},
		{"why --from d --since start --for 5s",
	         "--for has no effect here: --since and --until set the time"},
		{"events --from d -v", "--verbose has no effect here: a recording has no probes"},
		{"record", "record: missing argument: expected one FILE or DIR"},
		{"record a b", "record: unexpected argument \"b\""},
		{"record --pid 7 a", "record takes no --pid: use it with *"},
		{"record --from b a", "record takes no --from: use it with *"},
		{"record --max-size 1023K a", "--max-size: invalid size \"1023K\"" SIZES},
		{"record --max-size 1X a", "--max-size: invalid size \"1X\"" SIZES},
		{"record --max-size 0 a", "--max-size: invalid size \"0\"" SIZES},
		{"events --ring 4097", "--ring: invalid size \"4097\"" RINGS},
		{"events --ring 2K", "--ring: invalid size \"2K\"" RINGS},
		{"events --ring 2G", "--ring: invalid size \"2G\"" RINGS},
		{"events --max-sockets 0",
	         "--max-sockets: invalid number \"0\": expected 1 to 100000000"},
		{"record --max-age 0 a", "--max-age: nothing would be kept: expected more than 0"},
		{"record --for 0 a", "--for: nothing would be recorded: expected more than 0"},
		{"record --max-age x a", "--max-age: invalid duration \"x\"" DURATIONS},
		{"record --max-age 50001d a", "--max-age: invalid duration \"50001d\"" DURATIONS},
		{"record --for 18446744073709551615ns a",
	         "--for: invalid duration \"18446744073709551615ns\"" DURATIONS},
		{"snapshot --max-size 2G", "snapshot takes no --max-size: use it with *"},
		{"info", "info: missing argument: expected one FILE or DIR"},
		{"info a b", "info: unexpected argument \"b\""},
		{"info -v a", "info takes no --verbose: use it with *"},
		{"diff --from d", "diff: missing first time (T1): " WHEN_EXPECTED},
		{"diff --from d x", "diff: invalid time \"x\": " WHEN_EXPECTED},
		{"diff --from d 1 2 3", "diff: unexpected argument \"3\""},
		{"diff --from d -3m -2m -1m", "diff: unexpected argument \"-1m\""},
		{"diff --from d -3x", "diff: invalid time \"-3x\": " WHEN_EXPECTED},
		{"diff --from d -4x", TCP_ONLY("-x")},
		{"diff -10m", "diff: missing --from: expected a recording"},
		{"diff --from d --at start end", "diff takes no --at: use it with *"},
		{"diff --from d --older -10m start",
	         "--older: invalid duration \"-10m\": expected a number and a unit of ns, us, ms, "
	         "s, m, h, d, w"},
		{"snapshot --sort age,state",
	         "--sort: invalid key \"age,state\": expected one key"},
		{"snapshot --stacks", "--stacks has no effect here: one snapshot sees no connect, "
	                              "listen or accept; use -c, --from, events or no command"},
		{"snapshot --sort -+age", "--sort: invalid key \"-+age\": expected one key"},
		{"--bogus --all=1 -z", "unknown option --bogus; see --help"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		refuse(cases[i].line, cases[i].message);
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
static char *written(void (*help)(FILE *, const struct options *), const struct command *about)
{
	const struct options options = {.commands = commands, .about = about};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	help(out, &options);
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
	static const struct command *const shown[] = {
		&command_watch, &command_snapshot, &command_events, &command_trail, &command_why};

	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++) {
		char *text = written(cli_help, shown[i]);
		const char *examples = strstr(text, "\nExamples:\n");

		check_width(text);
		assert_memory_equal(text, "Usage: tcptrail ", 16);
		assert_non_null(examples);
		assert_int_equal(count_of(examples, "\n  tcptrail "), 3);
		assert_non_null(strstr(text, "  -n, --numeric "));
		assert_non_null(strstr(text, "      --state STATE,... "));
		assert_int_equal(strstr(text, "  -a, --all ") != NULL,
		                 shown[i] == &command_watch || shown[i] == &command_snapshot);
		assert_int_equal(strstr(text, "  --facts ") != NULL,
		                 shown[i] == &command_watch || shown[i] == &command_events);
		assert_int_equal(strstr(text, "  -f, --follow ") != NULL,
		                 shown[i] == &command_watch || shown[i] == &command_trail);
		assert_null(strstr(text, "--program ")); /* an alias */
		assert_int_equal(strstr(text, "\n  close-wait-leak ") != NULL,
		                 shown[i] == &command_why);
		free(text);
	}
}

/* No heading without an option under it. */
static void test_help_explain(void **state)
{
	char *text = written(cli_help, &command_explain);

	(void)state;
	check_width(text);
	assert_non_null(strstr(text, "\nOther:\n  -h, --help "));
	assert_int_equal(count_of(text, ":\n"), 2); /* and "Examples:" */
	free(text);
}

/* The examples of each help are accepted, and are of their command. */
static void test_help_examples(void **state)
{
	(void)state;
	for (const struct command *const *at = commands; *at; at++) {
		const size_t most = COUNT((*at)->examples);

		if (!(*at)->usage)
			continue;
		assert_non_null((*at)->examples[0].line);
		for (size_t n = 0; n < most && (*at)->examples[n].line; n++) {
			struct line line;
			struct options o;

			print_message("%s\n", (*at)->examples[n].line);
			o = accept(&line, (*at)->examples[n].line + strlen("tcptrail "));
			assert_ptr_equal(*at == &command_watch ? *at : o.command, *at);
			options_free(&o);
		}
	}
}

/* Whatever the command, no line is too wide, and each heading has an option under it. */
static void test_help_widths(void **state)
{
	(void)state;
	for (const struct command *const *at = commands; *at; at++) {
		char *text = written(cli_help, *at);

		check_width(text);
		assert_null(strstr(text, ":\n\n"));
		free(text);
	}
}

static void test_help_columns(void **state)
{
	char *rows = written(cli_help_columns, &command_snapshot);
	char *events = written(cli_help_columns, &command_events);

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
		assert_true(cli_asks_kernel(&o));
		options_free(&o);
	}
	for (size_t i = 0; i < COUNT(other); i++) {
		print_message("%s\n", other[i]);
		o = accept(&line, other[i]);
		assert_false(cli_asks_kernel(&o));
		options_free(&o);
	}
}

/* --- rows of commands ------------------------------------------------------------------------- */

static void check_options(const char *names)
{
	char copy[512], *rest = copy, *name;

	assert_true(strlen(names) < sizeof(copy));
	strcpy(copy, names);
	while ((name = strsep(&rest, " "))) {
		bool known = !*name;

		for (size_t i = 0; i < cli_options_count; i++)
			known |= !strcmp(cli_options[i].name, name);
		if (!known)
			fail_msg("no option is called \"%s\"", name);
	}
}

/* Whatever a row names exists, and what an option leads to as well. */
static void test_rows(void **state)
{
	char list[256];

	(void)state;
	for (const struct command *const *at = commands; *at; at++) {
		const struct command_option *lists[] = {(*at)->helps, (*at)->lacks};

		check_options((*at)->takes ? (*at)->takes : "");
		for (size_t l = 0; l < COUNT(lists); l++)
			for (const struct command_option *o = lists[l]; o && o->name; o++) {
				check_options(o->name);
				assert_int_equal(cli_takes(*at, cli_option(o->name)),
				                 lists[l] == (*at)->helps);
			}
		assert_true(!(*at)->operands.most || (*at)->operands.read);
		assert_true(!(*at)->operands.least || (*at)->operands.missing);
		assert_true((*at)->sources || (*at)->end);
	}
	assert_string_equal(cli_takers(commands, cli_option("follow"), list, sizeof(list)),
	                    "trail");
	assert_string_equal(cli_takers(commands, cli_option("sort"), list, sizeof(list)),
	                    "snapshot, or without a command");
	for (size_t i = 0; i < cli_options_count; i++)
		assert_int_equal(cli_options[i].leads,
		                 cli_leads_to(commands, &cli_options[i]) != NULL);
}

/* Slips of the keyboard. */
static void test_unknown(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"--states listen", "unknown option --states; did you mean --state?"},
		{"snapshot --lisening", "unknown option --lisening; did you mean --listening?"},
		{"--colums=pid", "unknown option --colums; did you mean --columns?"},
		{"--ouptut x", "unknown option --ouptut; did you mean --output?"},
		{"--JSON", "unknown option --JSON; did you mean --json?"},
		{"--locl-port 3", "unknown option --locl-port; did you mean --local-port?"},
		{"snapshto", "unknown command \"snapshto\"; did you mean snapshot?"},
		{"Why", "unknown command \"Why\"; did you mean why?"},
		{"recrod x", "unknown command \"recrod\"; did you mean record?"},
		{"--no-such-option", "unknown option --no-such-option; see --help"},
		{"--=", "unknown option --; see --help"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		refuse(cases[i].line, cases[i].message);
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
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_explain),
		cmocka_unit_test(test_help_examples),
		cmocka_unit_test(test_help_widths),
		cmocka_unit_test(test_help_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
