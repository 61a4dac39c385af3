/* SPDX-License-Identifier: BSD-2-Clause */
/* links commands */
/* The grammar of the command netstat, and which sections it chooses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "command/commands.h"
#include "command/netstat.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S            1000000000ULL

#define INTERNET                                                                                   \
	(LIST_BIT(TCP) | LIST_BIT(SCTP) | LIST_BIT(UDP) | LIST_BIT(UDPLITE) | LIST_BIT(RAW))
#define ALL                                                                                        \
	(INTERNET | LIST_BIT(UNIX) | LIST_BIT(IPX) | LIST_BIT(AX25) | LIST_BIT(X25) |              \
	 LIST_BIT(NETROM) | LIST_BIT(ROSE) | LIST_BIT(L2CAP) | LIST_BIT(RFCOMM))

struct line {
	char text[256];
	char *argv[32];
	int argc;
};

/* argv of the words of one line; netstat never fails to read a line, it refuses it. */
static const struct netstat *parse(struct line *line, const char *text, struct options *options)
{
	struct diag diag = {""};
	char *rest = line->text, *word;

	line->argc = 0;
	if (strncmp(text, "/", 1) != 0)
		line->argv[line->argc++] = "tcptrail";
	strcpy(line->text, text);
	while ((word = strsep(&rest, " "))) {
		assert_true(line->argc + 1 < (int)COUNT(line->argv));
		if (*word)
			line->argv[line->argc++] = word;
	}
	line->argv[line->argc] = NULL;
	print_message("%s\n", text);
	if (cli_parse(line->argc, line->argv, commands, options, &diag))
		fail_msg("%s: %s", text, diag.text);
	return options->own;
}

static void test_program_names(void **state)
{
	static const struct {
		const char *line;
		bool is_netstat;
	} cases[] = {
		{"netstat -t", true},
		{"/usr/bin/netstat -t", true},
		{"/opt/netstat.tcptrail", true},
		{"/usr/bin/tcptrail netstat", true},
		{"snapshot -t", false},
		{"/usr/bin/netstat.old snapshot", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;
		const struct netstat *netstat = parse(&line, cases[i].line, &o);

		assert_int_equal(netstat != NULL, cases[i].is_netstat);
		if (netstat)
			assert_ptr_equal(o.command, &command_netstat);
		options_free(&o);
	}
}

static void test_sections(void **state)
{
	static const struct {
		const char *line;
		uint32_t protocols, named;
		bool groups, v4, v6;
	} cases[] = {
		{"netstat", ALL, 0, false, false, false},
		{"netstat -a", ALL, 0, false, false, false},
		{"netstat -t", LIST_BIT(TCP), LIST_BIT(TCP), false, false, false},
		{"netstat -tu", LIST_BIT(TCP) | LIST_BIT(UDP), LIST_BIT(TCP) | LIST_BIT(UDP), false,
	         false, false},
		{"netstat -4", INTERNET, 0, false, true, false},
		{"netstat --inet6", INTERNET, 0, false, false, true},
		{"netstat -46", INTERNET, 0, false, true, true},
		{"netstat -t4", LIST_BIT(TCP), LIST_BIT(TCP), false, true, false},
		{"netstat --tcpip", INTERNET, 0, false, true, false},
		{"netstat -x", LIST_BIT(UNIX), LIST_BIT(UNIX), false, false, false},
		{"netstat -x4", INTERNET | LIST_BIT(UNIX), LIST_BIT(UNIX), false, true, false},
		{"netstat -A unix,inet", INTERNET | LIST_BIT(UNIX), LIST_BIT(UNIX), false, true,
	         false},
		{"netstat -A ddp", LIST_BIT(DDP), LIST_BIT(DDP), false, false, false},
		{"netstat --protocol=bluetooth", LIST_BIT(L2CAP) | LIST_BIT(RFCOMM),
	         LIST_BIT(L2CAP) | LIST_BIT(RFCOMM), false, false, false},
		{"netstat -2f", LIST_BIT(L2CAP) | LIST_BIT(RFCOMM),
	         LIST_BIT(L2CAP) | LIST_BIT(RFCOMM), false, false, false},
		{"netstat -A ping,netlink", LIST_BIT(PING) | LIST_BIT(NETLINK),
	         LIST_BIT(PING) | LIST_BIT(NETLINK), false, false, false},
		{"netstat -g", 0, 0, true, false, false},
		{"netstat -g4", 0, 0, true, true, false},
		{"netstat -gx", LIST_BIT(UNIX), LIST_BIT(UNIX), true, false, false},
		{"netstat -gt4", LIST_BIT(TCP), LIST_BIT(TCP), true, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;
		const struct netstat *netstat = parse(&line, cases[i].line, &o);

		assert_int_equal(netstat->code, 0);
		assert_int_equal(netstat->request.protocols, cases[i].protocols);
		assert_int_equal(netstat->request.named, cases[i].named);
		assert_int_equal(netstat->groups, cases[i].groups);
		assert_int_equal(netstat->request.v4, cases[i].v4);
		assert_int_equal(netstat->request.v6, cases[i].v6);
		options_free(&o);
	}
}

static void test_modes(void **state)
{
	static const struct {
		const char *line;
		enum list_mode mode;
		enum list_family families[2];
	} cases[] = {
		{"netstat -r", LIST_ROUTES, {LIST_FAMILY_INET}},
		{"netstat -r64", LIST_ROUTES, {LIST_FAMILY_INET6, LIST_FAMILY_INET}},
		{"netstat -rA ax25", LIST_ROUTES, {LIST_FAMILY_AX25}},
		{"netstat -r --ddp", LIST_ROUTES, {LIST_FAMILY_DDP}},
		{"netstat -ig", LIST_INTERFACES, {LIST_FAMILY_NONE}},
		{"netstat -i --int", LIST_INTERFACES, {LIST_FAMILY_NONE}},
		{"netstat --st", LIST_STATISTICS, {LIST_FAMILY_NONE}},
		{"netstat -s46", LIST_STATISTICS, {LIST_FAMILY_INET, LIST_FAMILY_INET6}},
		{"netstat -M", LIST_MASQUERADE, {LIST_FAMILY_NONE}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;
		const struct netstat *netstat = parse(&line, cases[i].line, &o);

		assert_int_equal(netstat->code, 0);
		assert_int_equal(netstat->mode, cases[i].mode);
		for (size_t f = 0; f < netstat->family_count; f++)
			assert_int_equal(netstat->families[f], cases[i].families[f]);
		options_free(&o);
	}
}

static void test_flags(void **state)
{
	struct line line;
	struct options o;
	const struct netstat *netstat =
		parse(&line, "netstat foo -alntopWvFC -eee -c0.5N --numeric-h -d -T", &o);
	const struct list_request *request = &netstat->request;

	(void)state;
	assert_true(request->all && request->listening && request->timers && request->programs &&
	            request->wide && request->verbose && request->fib && request->cache);
	assert_true(request->numeric_hosts && request->numeric_ports && request->numeric_users);
	assert_int_equal(request->extend, 2); /* there is no -eee */
	assert_true(o.continuous && request->continuous);
	assert_int_equal(o.interval, S / 2);
	options_free(&o);

	netstat = parse(&line, "netstat --continuous=2", &o);
	assert_int_equal(o.interval, 2 * S);
	options_free(&o);
	netstat = parse(&line, "netstat -i 5", &o);
	assert_true(netstat->request.continuous);
	assert_int_equal(o.interval, 5 * S);
	options_free(&o);
	netstat = parse(&line, "netstat -c", &o);
	assert_int_equal(o.interval, S);
	options_free(&o);
	netstat = parse(&line, "netstat --numeric-ports --json --netns all --limit 3", &o);
	assert_true(netstat->request.numeric_ports && !netstat->request.numeric_hosts);
	assert_int_equal(o.format, OUTPUT_JSON);
	assert_int_equal(o.limit, 3);
	assert_true(netstat->request.rich);
	options_free(&o);
}

static void test_refused(void **state)
{
	static const struct {
		const char *line;
		int code;
		const char *reason;
	} cases[] = {
		{"netstat -q", 3, "netstat: invalid option -- 'q'"},
		{"netstat --bogus", 3, "netstat: unrecognized option '--bogus'"},
		{"netstat --num", 3,
	         "netstat: option '--num' is ambiguous; possibilities: '--numeric' "
	         "'--numeric-hosts' '--numeric-ports' '--numeric-users'"},
		{"netstat -A", 3, "netstat: option requires an argument -- 'A'"},
		{"netstat --protocol", 3, "netstat: option '--protocol' requires an argument"},
		{"netstat --all=1", 3, "netstat: option '--all' doesn't allow an argument"},
		{"netstat -A foo", 1, "Unknown address family `foo'."},
		{"netstat -A ax25,foo", 1, "Unknown address family `foo'."},
		{"netstat -A inet,", 1, "Unknown address family `'."},
		{"netstat -ir", 3, "netstat: -i, -M, -r and -s exclude each other: expected one"},
		{"netstat -sM", 3, "netstat: -i, -M, -r and -s exclude each other: expected one"},
		{"netstat -rx", 3, "No routing for address family `unix'."},
		{"netstat -r -A econet", 3, "No routing for address family `ec'."},
		{"netstat -sx", 1,
	         "netstat: No statistics support for specified address family: unix"},
		{"netstat --port 0", 3, "netstat: --port: invalid port \"0\": expected 1 to 65535"},
		{"netstat -c0", 3,
	         "netstat: --continuous: invalid interval \"0\": expected seconds above 0"},
		{"netstat --table=x", 3, "netstat: --table has no effect here: use it with -r"},
		{"netstat -r --table 4294967296", 3,
	         "netstat: --table: invalid table \"4294967296\": expected a number, a name or "
	         "all"},
		{"netstat --json --csv", 3,
	         "netstat: --json and --csv exclude each other: expected one format"},
		{"netstat --state ,", 3, "netstat: --state: empty word in \",\": expected states"},
		{"netstat --at start", 3,
	         "netstat: --at: missing --from: only a recording knows the past"},
		{"netstat --json --no-header", 3,
	         "netstat: --no-header has no effect here: --json prints no headings"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;
		const struct netstat *netstat = parse(&line, cases[i].line, &o);

		assert_ptr_equal(o.command, &netstat_refused);
		assert_int_equal(netstat->code, cases[i].code);
		assert_string_equal(netstat->reason.text, cases[i].reason);
		options_free(&o);
	}
}

static void test_leads_to(void **state)
{
	static const struct {
		const char *line;
		const struct command *command;
	} cases[] = {
		{"netstat -h", &command_help},
		{"netstat --bogus --help", NULL}, /* as netstat, it stops at the first fault */
		{"netstat --help --bogus", &command_help},
		{"netstat -V", &command_version},
		{"netstat --columns help", &command_help},
		{"--help netstat", &command_help},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;
		struct options o;

		parse(&line, cases[i].line, &o);
		assert_ptr_equal(o.command, cases[i].command ? cases[i].command : &netstat_refused);
		assert_ptr_equal(o.about, &command_netstat);
		options_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program_names), cmocka_unit_test(test_sections),
		cmocka_unit_test(test_modes),         cmocka_unit_test(test_flags),
		cmocka_unit_test(test_refused),       cmocka_unit_test(test_leads_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
