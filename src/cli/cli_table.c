/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/cli_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/parse.h"

/* ns; times are signed, and durations are added to and subtracted from them. */
#define DURATION_MOST (50000ULL * 24 * 3600 * NS_PER_SEC)
#define SIZE_LEAST    (1024 * 1024) /* of a recorder's directory, bytes */
#define RING_LEAST    4096          /* a page, where pages are smallest */
#define RING_MOST     (1U << 30)
#define SOCKETS_MOST  100000000U

const struct cli_command cli_commands[] = {
	[COMMAND_WATCH] =
		{
			.name = "no command",
			.usage = "[OPTION]...",
			.summary = "sockets, then what happens to them",
			.examples =
				{
					{"tcptrail -np",
                                         "every socket, then every transition, as numbers"},
					{"tcptrail snapshot -antp --state close_wait --older 5m",
                                         "what hangs in CLOSE_WAIT, and whose it is"},
					{"tcptrail events --port 443 --json",
                                         "for another program"},
				},
		},
	[COMMAND_SNAPSHOT] =
		{
			.word = "snapshot",
			.name = "snapshot",
			.usage = "snapshot [OPTION]... [DELAY]",
			.summary = "netstat's list, and more",
			.examples =
				{
					{"tcptrail snapshot -antp", "as netstat -antp"},
					{"tcptrail snapshot -ltnc2",
                                         "listeners, again every 2 seconds"},
					{"tcptrail snapshot --sort -age --limit 20",
                                         "the 20 that hang longest"},
				},
		},
	[COMMAND_EVENTS] =
		{
			.word = "events",
			.name = "events",
			.usage = "events [OPTION]...",
			.summary = "transitions, retransmits, RSTs",
			.examples =
				{
					{"tcptrail events -n --comm nginx",
                                         "what happens to nginx's sockets"},
					{"tcptrail events --state syn_sent --newer 1s",
                                         "fast connects"},
					{"tcptrail events --facts --output day.facts",
                                         "to be read by --from"},
				},
		},
	[COMMAND_TRAIL] =
		{
			.word = "trail",
			.name = "trail",
			.usage = "trail [OPTION]... SOCKET",
			.summary = "one socket's whole life",
			.examples =
				{
					{"tcptrail trail 4242:7", "fd 7 of process 4242"},
					{"tcptrail trail 10.0.0.1:80-10.0.0.2:5000",
                                         "by its addresses, the local one first"},
					{"tcptrail trail -f sk:1005",
                                         "by its cookie, as ss -e prints it, to the end"},
				},
		},
	[COMMAND_WHY] =
		{
			.word = "why",
			.name = "why",
			.usage = "why [OPTION]... [STATE]...",
			.summary = "what piles up, whose move it is",
			.examples =
				{
					{"tcptrail why close_wait",
                                         "watches for 10 s, then says what it is"},
					{"tcptrail why --for 5m --stacks",
                                         "all states, with the code that made the sockets"},
					{"tcptrail why --pid 4242 --json",
                                         "of one process, for another program"},
				},
		},
	[COMMAND_RECORD] =
		{
			.word = "record",
			.name = "record",
			.usage = "record [OPTION]... FILE|DIR",
			.summary = "keeps all that happens, for --from",
			.examples =
				{
					{"tcptrail record /var/lib/tcptrail",
                                         "for ever, the last 1 GiB of it"},
					{"tcptrail record --stacks --for 10m leak.tcptrail",
                                         "ten minutes, into one file"},
					{"tcptrail record --max-size 20G --max-age 14d /srv/trail",
                                         "two weeks, in 20 GiB at most"},
				},
		},
	[COMMAND_DIFF] =
		{
			.word = "diff",
			.name = "diff",
			.usage = "diff --from FILE|DIR T1 [T2]",
			.summary = "what changed from T1 to T2",
			.examples =
				{
					{"tcptrail diff --from /var/lib/tcptrail -10m",
                                         "in its last ten minutes, by state, process and place"},
					{"tcptrail diff --from /var/lib/tcptrail 03:00 03:12",
                                         "between two times of last night"},
					{"tcptrail diff --from day.facts start --state close_wait",
                                         "whose CLOSE_WAIT became more, or less"},
				},
		},
	[COMMAND_INFO] =
		{
			.word = "info",
			.name = "info",
			.usage = "info [OPTION]... FILE|DIR",
			.summary = "what a recording holds",
			.examples =
				{
					{"tcptrail info /var/lib/tcptrail",
                                         "from when to when, of which host, how large"},
					{"tcptrail info --json /var/lib/tcptrail",
                                         "for another program"},
					{"tcptrail info --utc leak.tcptrail", "of one file"},
				},
		},
	[COMMAND_EXPLAIN] =
		{
			.word = "explain",
			.name = "explain",
			.usage = "explain [STATE]",
			.summary = "what a state is, what to do",
			.examples =
				{
					{"tcptrail explain", "lists the states"},
					{"tcptrail explain close_wait", "as netstat spells it"},
					{"tcptrail explain fin-wait-2", "or ss"},
				},
		},
	[COMMAND_PROBES] = {.name = "--probes"},
	[COMMAND_HELP] = {.name = "--help"},
	[COMMAND_VERSION] = {.name = "--version"},
};
_Static_assert(sizeof(cli_commands) / sizeof(cli_commands[0]) == COMMAND_COUNT,
               "commands follow enum command");

const char *const cli_groups[] = {
	[GROUP_NETSTAT] = "As netstat",
	[GROUP_FILTER] = "Which sockets (a comma list holds if any of it does)",
	[GROUP_OUTPUT] = "Output",
	[GROUP_OTHER] = "Other",
};

static int set_flag(struct options *options, const struct cli_option *option, const char *argument,
                    struct diag *diag)
{
	(void)argument;
	(void)diag;
	*(bool *)((char *)options + option->member) = true;
	return 0;
}

static int set_numeric(struct options *options, const struct cli_option *option,
                       const char *argument, struct diag *diag)
{
	(void)option;
	(void)argument;
	(void)diag;
	options->numeric_hosts = options->numeric_ports = options->numeric_users = true;
	return 0;
}

static int set_continuous(struct options *options, const struct cli_option *option,
                          const char *argument, struct diag *diag)
{
	uint64_t interval = 0;

	if (argument && (parse_duration(argument, &interval) || !interval))
		return diag_fail(diag, -EINVAL,
		                 "--%s: \"%.80s\" is not accepted; seconds are, more than 0",
		                 option->name, argument);
	options->continuous = true;
	options->interval = interval;
	return 0;
}

static int set_filter(struct options *options, const struct cli_option *option,
                      const char *argument, struct diag *diag)
{
	return query_add(&options->query, option->name, argument, diag);
}

static const char *const formats[] = {
	[OUTPUT_TEXT] = "text",
	[OUTPUT_JSON] = "json",
	[OUTPUT_CSV] = "csv",
	[OUTPUT_FACTS] = "facts",
};

/* The option's name is the format's. */
static int set_format(struct options *options, const struct cli_option *option,
                      const char *argument, struct diag *diag)
{
	enum output_format format = OUTPUT_TEXT;

	(void)argument;
	while (strcmp(formats[format], option->name))
		format++;
	if (options->format != OUTPUT_TEXT && options->format != format)
		return diag_fail(diag, -EINVAL,
		                 "--%s and --%s cannot go together; one format is accepted",
		                 formats[options->format], option->name);
	options->format = format;
	return 0;
}

/* Checked when the command is known. */
static int set_columns(struct options *options, const struct cli_option *option,
                       const char *argument, struct diag *diag)
{
	char *copy = strdup(argument);

	(void)option;
	if (!copy)
		return diag_fail(diag, -ENOMEM, "out of memory");
	free(options->columns);
	options->columns = copy;
	return 0;
}

static int set_string(struct options *options, const struct cli_option *option,
                      const char *argument, struct diag *diag)
{
	if (!*argument)
		return diag_fail(diag, -EINVAL, "--%s: \"\" is not accepted; %s is", option->name,
		                 option->argument);
	*(const char **)((char *)options + option->member) = argument;
	return 0;
}

static int set_limit(struct options *options, const struct cli_option *option, const char *argument,
                     struct diag *diag)
{
	if (parse_number(argument, 1, UINT64_MAX, &options->limit))
		return diag_fail(diag, -EINVAL, "--%s: \"%.80s\" is not accepted; 1 or more is",
		                 option->name, argument);
	return 0;
}

static int set_duration(struct options *options, const struct cli_option *option,
                        const char *argument, struct diag *diag)
{
	uint64_t *ns = (uint64_t *)((char *)options + option->member);

	if (parse_duration(argument, ns) || *ns > DURATION_MOST)
		return diag_fail(
			diag, -EINVAL,
			"--%s: \"%.80s\" is not accepted; a duration is a number and a unit of "
			"ms, s, m, h, d, w, and at most 50000d",
			option->name, argument);
	return 0;
}

static int set_size(struct options *options, const struct cli_option *option, const char *argument,
                    struct diag *diag)
{
	uint64_t bytes;

	if (parse_size(argument, &bytes) || bytes < SIZE_LEAST)
		return diag_fail(
			diag, -EINVAL,
			"--%s: \"%.80s\" is not accepted; a size is a number and a unit of "
			"K, M, G, T, and at least 1M",
			option->name, argument);
	*(uint64_t *)((char *)options + option->member) = bytes;
	return 0;
}

static int set_ring(struct options *options, const struct cli_option *option, const char *argument,
                    struct diag *diag)
{
	uint64_t bytes;

	if (parse_size(argument, &bytes) || bytes < RING_LEAST || bytes > RING_MOST ||
	    bytes & (bytes - 1))
		return diag_fail(diag, -EINVAL,
		                 "--%s: \"%.80s\" is not accepted; powers of two are, 4K to 1G",
		                 option->name, argument);
	options->ring_bytes = (uint32_t)bytes;
	return 0;
}

static int set_max_sockets(struct options *options, const struct cli_option *option,
                           const char *argument, struct diag *diag)
{
	uint64_t count;

	if (parse_number(argument, 1, SOCKETS_MOST, &count))
		return diag_fail(diag, -EINVAL, "--%s: \"%.80s\" is not accepted; 1 to %u are",
		                 option->name, argument, SOCKETS_MOST);
	options->max_sockets = (uint32_t)count;
	return 0;
}

static int set_when(struct options *options, const struct cli_option *option, const char *argument,
                    struct diag *diag)
{
	if (when_parse(argument, (struct when *)((char *)options + option->member)))
		return diag_fail(diag, -EINVAL, "--%s: \"%.80s\" is not accepted; " WHEN_ACCEPTED,
		                 option->name, argument);
	return 0;
}

static int set_fail_if(struct options *options, const struct cli_option *option,
                       const char *argument, struct diag *diag)
{
	struct threshold threshold, *grown;
	int err = threshold_parse(argument, &threshold, diag);

	(void)option;
	if (err)
		return err;
	grown = array_add(options->fail_ifs, options->fail_if_count, sizeof(*grown));
	if (!grown)
		return diag_fail(diag, -ENOMEM, "out of memory");
	options->fail_ifs = grown;
	grown[options->fail_if_count++] = threshold;
	return 0;
}

static int set_color(struct options *options, const struct cli_option *option, const char *argument,
                     struct diag *diag)
{
	if (!argument || !strcmp(argument, "always"))
		options->color = COLOR_ALWAYS;
	else if (!strcmp(argument, "never"))
		options->color = COLOR_NEVER;
	else if (!strcmp(argument, "auto"))
		options->color = COLOR_AUTO;
	else
		return diag_fail(diag, -EINVAL,
		                 "--%s: \"%.80s\" is not accepted; auto, always, never are",
		                 option->name, argument);
	return 0;
}

#define SNAPSHOT (COMMAND_BIT(COMMAND_WATCH) | COMMAND_BIT(COMMAND_SNAPSHOT))
#define EVENTS   COMMAND_BIT(COMMAND_EVENTS)
#define BOTH     (SNAPSHOT | EVENTS)
#define TRAIL    COMMAND_BIT(COMMAND_TRAIL)
#define WHY      COMMAND_BIT(COMMAND_WHY)
#define VIEWS    (BOTH | TRAIL | WHY)
#define RECORD   COMMAND_BIT(COMMAND_RECORD)
#define DIFF     COMMAND_BIT(COMMAND_DIFF)
#define INFO     COMMAND_BIT(COMMAND_INFO)
#define ANY      (COMMAND_BIT(COMMAND_COUNT) - 1)
#define LOOKS    (ANY & ~(COMMAND_BIT(COMMAND_EXPLAIN) | DIFF | INFO))

/* clang-format off */
#define FLAG(short_name, long_name, where, stored, text)                                           \
	.letter = short_name, .name = long_name, .commands = where, .set = set_flag,               \
	.member = offsetof(struct options, stored), .help = text
#define NETSTAT(short_name, long_name, where, stored, text)                                        \
	{.group = GROUP_NETSTAT, FLAG(short_name, long_name, where, stored, text)}
#define FILTER(long_name, value, text)                                                             \
	{.name = long_name, .argument = value, .group = GROUP_FILTER, .commands = VIEWS | DIFF,    \
	 .set = set_filter, .help = text}
#define FILTER_ALIAS(long_name, key, value, text)                                                  \
	{.name = long_name, .alias = key, .argument = value, .group = GROUP_FILTER,                \
	 .commands = VIEWS | DIFF, .set = set_filter, .help = text}
#define FORMAT(long_name, where, text)                                                             \
	{.name = long_name, .group = GROUP_OUTPUT, .commands = where, .set = set_format,           \
	 .help = text}
#define STRING(long_name, value, where, stored, text)                                              \
	{.name = long_name, .argument = value, .group = GROUP_OUTPUT, .commands = where,           \
	 .set = set_string, .member = offsetof(struct options, stored), .help = text}

#define MOMENT(long_name, stored, text)                                                            \
	{.name = long_name, .argument = "TIME", .group = GROUP_OUTPUT, .commands = VIEWS,          \
	 .set = set_when, .member = offsetof(struct options, stored), .help = text}

const struct cli_option cli_options[] = {
	NETSTAT('a', "all", SNAPSHOT | DIFF, all, "listening sockets as well; diff: what stayed, too"),
	NETSTAT('l', "listening", SNAPSHOT, listening, "listening sockets only"),
	{.letter = 'n', .name = "numeric", .group = GROUP_NETSTAT, .commands = VIEWS | DIFF,
	 .set = set_numeric, .help = "numbers for hosts, ports and users"},
	NETSTAT(0, "numeric-hosts", BOTH | TRAIL, numeric_hosts, "numbers for hosts"),
	NETSTAT(0, "numeric-ports", BOTH | TRAIL, numeric_ports, "numbers for ports"),
	NETSTAT(0, "numeric-users", SNAPSHOT | TRAIL, numeric_users, "numbers for users"),
	{.letter = 'p', .name = "programs", .alias = "program", .group = GROUP_NETSTAT,
	 .commands = SNAPSHOT, .set = set_flag, .member = offsetof(struct options, programs),
	 .help = "process that has the socket"},
	NETSTAT('e', "extend", SNAPSHOT, extend, "user and inode"),
	NETSTAT('o', "timers", SNAPSHOT, timers, "timers"),
	{.letter = 'c', .name = "continuous", .argument = "SECONDS", .optional = true,
	 .group = GROUP_NETSTAT, .commands = SNAPSHOT | WHY, .set = set_continuous,
	 .help = "again every second, why: every --for; -c5: every 5 s"},
	{.letter = 't', .name = "tcp", .group = GROUP_NETSTAT, .commands = VIEWS | DIFF,
	 .help = "TCP sockets: there are no others here"},
	NETSTAT('4', "inet", VIEWS | DIFF, query.v4, "IPv4 only"),
	NETSTAT('6', "inet6", VIEWS | DIFF, query.v6, "IPv6 only"),
	NETSTAT('W', "wide", BOTH | TRAIL, wide, "do not cut addresses"),
	NETSTAT('v', "verbose", LOOKS & ~COMMAND_BIT(COMMAND_PROBES), verbose, "how the process is known, the peer's; notices"),

	FILTER("state", "STATE,...", "netstat's or ss's names, or ss's groups"),
	FILTER("pid", "PID,...", "process that has it, or made it"),
	FILTER("comm", "NAME,...", "its command name"),
	FILTER("port", "PORT,...", "local or foreign port"),
	FILTER_ALIAS("lport", "local-port", "PORT,...", "local port"),
	FILTER_ALIAS("rport", "foreign-port", "PORT,...", "foreign port"),
	FILTER("addr", "ADDRESS,...", "local or foreign address: 10.0.0.0/8, fe80::1%eth0"),
	FILTER("netns", "NETNS,...", "namespace: host, a name or inode number; NAME*"),
	FILTER("cgroup", "PATH,...", "cgroup path; PATH*: and those below"),
	FILTER("container", "ID,...", "id of a container or pod, a unit or user slice; ID*"),
	FILTER("older", "TIME", "at least so long in its state: 500ms, 90s, 5m, 2h"),
	FILTER("newer", "TIME", "less than so long in its state"),

	{.group = GROUP_OUTPUT,
	 FLAG(0, "stacks", BOTH | WHY | RECORD, stacks, "code that connected, listened, accepted: column stack")},
	FORMAT("json", VIEWS | DIFF | INFO, "JSON, one object a line"),
	FORMAT("csv", BOTH, "CSV"),
	FORMAT("facts", EVENTS, "facts, as --from reads them"),
	{.name = "columns", .argument = "KEY,...", .group = GROUP_OUTPUT, .commands = BOTH,
	 .set = set_columns, .help = "these, by key, heading or option; +KEY,...: these too; help: lists all"},
	STRING("sort", "KEY", SNAPSHOT, sort, "by KEY; -KEY: greatest first"),
	{.name = "limit", .argument = "NUMBER", .group = GROUP_OUTPUT, .commands = BOTH,
	 .set = set_limit, .help = "so many lines at most"},
	{.group = GROUP_OUTPUT, FLAG(0, "no-header", BOTH, no_header, "no headings")},
	{.name = "color", .argument = "WHEN", .optional = true, .group = GROUP_OUTPUT,
	 .commands = BOTH | WHY, .set = set_color, .help = "auto, always or never"},
	{.name = "for", .argument = "TIME", .group = GROUP_OUTPUT, .commands = WHY | RECORD,
	 .set = set_duration, .member = offsetof(struct options, watch),
	 .help = "why: how long to watch before judging, 10s; record: stop then"},
	{.name = "old", .argument = "TIME", .group = GROUP_OUTPUT, .commands = WHY,
	 .set = set_duration, .member = offsetof(struct options, old),
	 .help = "why: name sockets that are so long in their state, even if nothing grows: 5m"},
	{.name = "max-size", .argument = "SIZE", .group = GROUP_OUTPUT, .commands = RECORD,
	 .set = set_size, .member = offsetof(struct options, max_size),
	 .help = "of DIR, its oldest files are deleted: 500M, 20G; 1G"},
	{.name = "max-age", .argument = "TIME", .group = GROUP_OUTPUT, .commands = RECORD,
	 .set = set_duration, .member = offsetof(struct options, max_age),
	 .help = "files of DIR that are older are deleted: 36h, 14d"},
	{.name = "fail-if", .argument = "STATE>NUMBER,...", .group = GROUP_OUTPUT,
	 .commands = COMMAND_BIT(COMMAND_SNAPSHOT) | WHY, .set = set_fail_if,
	 .help = "status 1 and one line if so many are in a state, of one process; "
	         "more conditions: age>TIME, growth>NUMBER, per=host"},
	{.group = GROUP_OUTPUT, FLAG('f', "follow", TRAIL, follow, "go on until the socket ends")},
	{.group = GROUP_OUTPUT, FLAG(0, "utc", VIEWS | DIFF | INFO, utc, "times in UTC")},
	STRING("output", "FILE", VIEWS | DIFF, output, "write to a file"),
	STRING("from", "FILE|DIR", VIEWS | DIFF, from, "look at a recording, not at the kernel"),
	MOMENT("at", at, "as it was then: 03:12, -10m, 2026-11-25 03:12, 2026-11-25T03:12:33Z"),
	MOMENT("since", since, "what happened from then on"),
	MOMENT("until", until, "what happened up to then"),

	{.name = "btf", .argument = "FILE", .group = GROUP_OTHER, .commands = LOOKS,
	 .set = set_string, .member = offsetof(struct options, btf),
	 .help = "types of this kernel, if it has none (CONFIG_DEBUG_INFO_BTF)"},
	{.name = "ring", .argument = "SIZE", .group = GROUP_OTHER, .commands = VIEWS | RECORD,
	 .set = set_ring, .help = "kernel memory for facts on their way, a power of two; 32M, JSON, CSV, facts 64M"},
	{.name = "max-sockets", .argument = "NUMBER", .group = GROUP_OTHER,
	 .commands = VIEWS | RECORD | INFO, .set = set_max_sockets,
	 .help = "the table holds so many at most, the rest count as lost; 2000000"},
	{.name = "probes", .group = GROUP_OTHER, .commands = COMMAND_BIT(COMMAND_PROBES),
	 .becomes = COMMAND_PROBES, .help = "what this kernel lets us see"},
	{.letter = 'h', .name = "help", .group = GROUP_OTHER, .commands = ANY,
	 .becomes = COMMAND_HELP, .help = "this text, or that of the command named"},
	{.letter = 'V', .name = "version", .group = GROUP_OTHER, .commands = ANY,
	 .becomes = COMMAND_VERSION, .help = "version"},
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

_Static_assert(sizeof(cli_options) / sizeof(cli_options[0]) <= CLI_OPTIONS_MOST, "sets hold all");
_Static_assert(sizeof(cli_groups) / sizeof(cli_groups[0]) == GROUP_COUNT,
               "headings follow enum cli_group");
_Static_assert(sizeof(formats) / sizeof(formats[0]) == OUTPUT_FACTS + 1,
               "formats follow enum output_format");
