/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/cli_table.h"

#include <string.h>

const char *const cli_groups[] = {
	[GROUP_NETSTAT] = "As netstat",
	[GROUP_FILTER] = "Which sockets (comma-separated values match any)",
	[GROUP_OUTPUT] = "Output",
	[GROUP_OTHER] = "Other",
};

const char *const cli_formats[OUTPUT_COUNT] = {
	[OUTPUT_TEXT] = "text",
#define FORMAT(upper, lower, help) [OUTPUT_##upper] = #lower,
#include "field/formats.h"
#undef FORMAT
};

/* clang-format off */
#define MEMBER(stored) .member = offsetof(struct options, stored)
#define FLAG(letter_, name_, group_, stored, text)                                                 \
	{.letter = letter_, .name = name_, .group = group_, .set = cli_set_flag,                   \
	 MEMBER(stored), .help = text}
#define NETSTAT(letter_, name_, stored, text) FLAG(letter_, name_, GROUP_NETSTAT, stored, text)
#define OUTPUT(letter_, name_, stored, text) FLAG(letter_, name_, GROUP_OUTPUT, stored, text)
#define FILTER_ALIAS(name_, alias_, value, text)                                                   \
	{.name = name_, .alias = alias_, .argument = value, .group = GROUP_FILTER,                 \
	 .set = cli_set_filter, .help = text}
#define FILTER(name_, value, text) FILTER_ALIAS(name_, NULL, value, text)
#define VALUE(name_, value, group_, set_, stored, text)                                            \
	{.name = name_, .argument = value, .group = group_, .set = set_, MEMBER(stored),           \
	 .help = text}
#define TYPED(name_, value, group_, set_, text)                                                    \
	{.name = name_, .argument = value, .group = group_, .set = set_, .help = text}
#define STRING(name_, value, group_, stored, text)                                                 \
	VALUE(name_, value, group_, cli_set_string, stored, text)
#define DURATION(name_, stored, text)                                                              \
	VALUE(name_, "TIME", GROUP_OUTPUT, cli_set_duration, stored, text)
#define MOMENT(name_, stored, text)                                                                \
	VALUE(name_, "TIME", GROUP_OUTPUT, cli_set_when, stored, text)

const struct cli_option cli_options[] = {
	NETSTAT('a', "all", all, "show listening sockets as well"),
	NETSTAT('l', "listening", listening, "show only listening sockets"),
	{.letter = 'n', .name = "numeric", .group = GROUP_NETSTAT, .set = cli_set_numeric,
	 .help = "show numbers for hosts, ports and users"},
	NETSTAT(0, "numeric-hosts", numeric_hosts, "show numbers for hosts"),
	NETSTAT(0, "numeric-ports", numeric_ports, "show numbers for ports"),
	NETSTAT(0, "numeric-users", numeric_users, "show numbers for users"),
	{.letter = 'p', .name = "programs", .alias = "program", .group = GROUP_NETSTAT,
	 .set = cli_set_flag, MEMBER(programs), .help = "show the process that holds the socket"},
	NETSTAT('e', "extend", extend, "show user and inode"),
	NETSTAT('o', "timers", timers, "show timers"),
	{.letter = 'c', .name = "continuous", .argument = "SECONDS", .optional = true,
	 .group = GROUP_NETSTAT, .set = cli_set_continuous,
	 .help = "repeat every second; -c5: every 5 s"},
	{.letter = 't', .name = "tcp", .group = GROUP_NETSTAT,
	 .help = "show TCP sockets; this is always so"},
	NETSTAT('4', "inet", query.v4, "show only IPv4"),
	NETSTAT('6', "inet6", query.v6, "show only IPv6"),
	NETSTAT('W', "wide", wide, "show whole addresses"),
	NETSTAT('v', "verbose", verbose,
	        "show how the process is known, the peer's process, and more notices"),

	FILTER("state", "STATE,...", "state as netstat or ss spells it, or a group of ss"),
	FILTER("pid", "PID,...", "process that holds or created the socket"),
	FILTER("comm", "NAME,...", "command name of that process"),
	FILTER("port", "PORT,...", "local or foreign port"),
	FILTER_ALIAS("lport", "local-port", "PORT,...", "local port"),
	FILTER_ALIAS("rport", "foreign-port", "PORT,...", "foreign port"),
	FILTER("addr", "ADDRESS,...", "local or foreign address: 10.0.0.0/8, fe80::1%eth0"),
	FILTER("netns", "NETNS,...", "network namespace: host, a name, an inode number or NAME*"),
	FILTER("cgroup", "PATH,...", "cgroup path; PATH*: also the cgroups below"),
	FILTER("container", "ID,...", "id of a container or pod, a unit or user slice; or ID*"),
	FILTER("older", "TIME", "minimum time in the current state: 500ms, 90s, 5m, 2h "
	                        "(sockets of unknown age are left out)"),
	FILTER("newer", "TIME", "maximum time in the current state"),

	OUTPUT(0, "stacks", stacks,
	       "capture the code that connects, listens and accepts: column stack"),
#define FORMAT(upper, lower, text)                                                                 \
	{.name = #lower, .group = GROUP_OUTPUT, .set = cli_set_format, .help = text},
#include "field/formats.h"
#undef FORMAT
	TYPED("columns", "KEY,...", GROUP_OUTPUT, cli_set_columns,
	      "print these columns, by key, heading or option; +KEY,...: add these; "
	      "help: list all"),
	STRING("sort", "KEY", GROUP_OUTPUT, sort, "sort by KEY; -KEY: greatest first"),
	TYPED("limit", "NUMBER", GROUP_OUTPUT, cli_set_limit, "print at most NUMBER lines"),
	OUTPUT(0, "no-header", no_header, "print no headings"),
	{.name = "color", .argument = "WHEN", .optional = true, .group = GROUP_OUTPUT,
	 .set = cli_set_color, .help = "auto, always or never"},
	DURATION("for", watch, "watch or record for TIME"),
	DURATION("old", old, "report sockets that stay in their state for TIME, even if they do "
	                     "not grow in number (default 5m)"),
	VALUE("max-size", "SIZE", GROUP_OUTPUT, cli_set_size, max_size,
	      "limit DIR to SIZE and delete its oldest files: 500M, 20G (default 1G)"),
	DURATION("max-age", max_age, "delete files of DIR that are older than TIME: 36h, 14d"),
	TYPED("fail-if", "STATE>NUMBER,...", GROUP_OUTPUT, cli_set_fail_if,
	      "print one line, and exit with status 1 if one process has more than NUMBER "
	      "sockets in STATE; further conditions: age>TIME, growth>NUMBER, per=host"),
	OUTPUT('f', "follow", follow, "follow the socket until it ends"),
	OUTPUT(0, "utc", utc, "print times in UTC"),
	STRING("output", "FILE", GROUP_OUTPUT, output, "write to FILE"),
	STRING("from", "FILE|DIR", GROUP_OUTPUT, from, "read a recording instead of the kernel"),
	MOMENT("at", at, "show it as it was at TIME: 03:12, -10m, 2026-11-25 03:12, "
	                 "2026-11-25T03:12:33Z"),
	MOMENT("since", since, "show what happened after TIME"),
	MOMENT("until", until, "show what happened until TIME"),

	STRING("btf", "FILE", GROUP_OTHER, btf,
	       "BTF of this kernel, if it has none (CONFIG_DEBUG_INFO_BTF)"),
	TYPED("ring", "SIZE", GROUP_OTHER, cli_set_ring,
	      "kernel memory that buffers facts, a power of two (default 32M; 64M with JSON, CSV "
	      "and facts)"),
	TYPED("max-sockets", "NUMBER", GROUP_OTHER, cli_set_max_sockets,
	      "maximum number of sockets in the table; the others count as lost (default 2000000)"),
	{.name = "probes", .group = GROUP_OTHER, .leads = true,
	 .help = "list what this kernel lets tcptrail see"},
	{.letter = 'h', .name = "help", .group = GROUP_OTHER, .leads = true,
	 .help = "print this text, or the help of a command"},
	{.letter = 'V', .name = "version", .group = GROUP_OTHER, .leads = true,
	 .help = "print the version"},
};

const struct cli_foreign cli_foreign[] = {
	{'r', "route"}, {'i', "interfaces"}, {'g', "groups"}, {'s', "statistics"},
	{'M', "masquerade"}, {'u', "udp"}, {'U', "udplite"}, {'S', "sctp"}, {'w', "raw"},
	{'x', "unix"}, {'2', "l2cap"}, {0, "rfcomm"}, {'A', "protocol"}, {0, "bluetooth"},
	{0, "ax25"}, {0, "x25"}, {0, "rose"}, {0, "ash"}, {0, "ipx"}, {0, "netrom"}, {0, "ddp"},
	{0, "appletalk"}, {0, "econet"}, {'d', "dccp"}, {0, "vsock"}, {0, "packet"}, {'F', "fib"},
	{'C', "cache"},
};
/* clang-format on */

const size_t cli_options_count = sizeof(cli_options) / sizeof(cli_options[0]);
const size_t cli_foreign_count = sizeof(cli_foreign) / sizeof(cli_foreign[0]);

_Static_assert(sizeof(cli_options) / sizeof(cli_options[0]) <= CLI_OPTIONS_MOST,
               "options.given holds all");
_Static_assert(sizeof(cli_groups) / sizeof(cli_groups[0]) == GROUP_COUNT,
               "headings follow enum cli_group");

const struct cli_option *cli_option(const char *name)
{
	const struct cli_option *option = cli_options;

	while (strcmp(option->name, name))
		option++;
	return option;
}

void cli_describe(const char *name, struct cli_described *described)
{
	const struct cli_option *option = cli_option(name);

	*described = (struct cli_described){
		.argument = option->argument, .help = option->help, .optional = option->optional};
}

int cli_apply(struct options *options, const char *name, const char *argument, struct diag *diag)
{
	const struct cli_option *option = cli_option(name);

	options->given[option - cli_options] = true;
	return option->set ? option->set(options, option, argument, diag) : 0;
}

bool options_given(const struct options *options, const char *name)
{
	return options->given[cli_option(name) - cli_options];
}
