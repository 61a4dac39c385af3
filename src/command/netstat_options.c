/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of netstat(8), net-tools 2.10, and tcptrail's own that the command netstat takes: one row
 * each. The reader and the help are made from the rows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "command/netstat.h"

/* --- setters ---------------------------------------------------------------------------------- */

static int set_flag(struct netstat_reader *reader, const struct netstat_option *option,
                    const char *argument, struct diag *diag)
{
	(void)argument;
	(void)diag;
	*(bool *)((char *)reader->netstat + option->value) = true;
	return 0;
}

static int set_mode(struct netstat_reader *reader, const struct netstat_option *option,
                    const char *argument, struct diag *diag)
{
	struct netstat *netstat = reader->netstat;

	(void)argument;
	(void)diag;
	/* The same one twice is one. */
	if (netstat->mode != option->value)
		netstat->modes++;
	netstat->mode = (enum list_mode)option->value;
	return 0;
}

static int set_protocol(struct netstat_reader *reader, const struct netstat_option *option,
                        const char *argument, struct diag *diag)
{
	(void)argument;
	(void)diag;
	reader->netstat->typed |= (uint32_t)option->value;
	return 0;
}

static int set_extend(struct netstat_reader *reader, const struct netstat_option *option,
                      const char *argument, struct diag *diag)
{
	(void)option;
	(void)argument;
	(void)diag;
	if (reader->netstat->request.extend < 2)
		reader->netstat->request.extend++;
	return 0;
}

static int set_numeric(struct netstat_reader *reader, const struct netstat_option *option,
                       const char *argument, struct diag *diag)
{
	struct list_request *request = &reader->netstat->request;

	(void)option;
	(void)argument;
	(void)diag;
	request->numeric_hosts = request->numeric_ports = request->numeric_users = true;
	return 0;
}

static int set_continuous(struct netstat_reader *reader, const struct netstat_option *option,
                          const char *argument, struct diag *diag)
{
	reader->netstat->request.continuous = true;
	return cli_apply(reader->options, option->name, argument, diag);
}

static int set_nothing(struct netstat_reader *reader, const struct netstat_option *option,
                       const char *argument, struct diag *diag)
{
	(void)reader;
	(void)option;
	(void)argument;
	(void)diag;
	return 0;
}

static int set_ours(struct netstat_reader *reader, const struct netstat_option *option,
                    const char *argument, struct diag *diag)
{
	return cli_apply(reader->options, option->name, argument, diag);
}

static int set_table(struct netstat_reader *reader, const struct netstat_option *option,
                     const char *argument, struct diag *diag)
{
	uint64_t number;

	if (!*argument || (argument[0] >= '0' && argument[0] <= '9' &&
	                   parse_number(argument, 0, UINT32_MAX, &number)))
		return diag_fail(diag, -EINVAL,
		                 "--%s: invalid table \"%.80s\": expected a number, a name or all",
		                 option->name, argument);
	reader->netstat->request.table = argument;
	return 0;
}

static int set_state(struct netstat_reader *reader, const struct netstat_option *option,
                     const char *argument, struct diag *diag)
{
	(void)option;
	return list_filter_add_states(&reader->netstat->filter, argument, diag);
}

/* --- families --------------------------------------------------------------------------------- */

struct family {
	const char *name; /* as -A names it */
	enum list_family family;
	uint32_t protocols; /* that it names */
	bool inet, inet6;   /* restricts the Internet section */
};

#define BLUETOOTH (LIST_BIT(L2CAP) | LIST_BIT(RFCOMM))

static const struct family families[] = {
	{"inet", LIST_FAMILY_INET, 0, true, false},
	{"ip", LIST_FAMILY_INET, 0, true, false},
	{"tcpip", LIST_FAMILY_INET, 0, true, false},
	{"inet6", LIST_FAMILY_INET6, 0, false, true},
	{"ip6", LIST_FAMILY_INET6, 0, false, true},
	{"unix", LIST_FAMILY_UNIX, LIST_BIT(UNIX), false, false},
	{"ipx", LIST_FAMILY_IPX, LIST_BIT(IPX), false, false},
	{"ax25", LIST_FAMILY_AX25, LIST_BIT(AX25), false, false},
	{"x25", LIST_FAMILY_X25, LIST_BIT(X25), false, false},
	{"netrom", LIST_FAMILY_NETROM, LIST_BIT(NETROM), false, false},
	{"rose", LIST_FAMILY_ROSE, LIST_BIT(ROSE), false, false},
	{"ddp", LIST_FAMILY_DDP, LIST_BIT(DDP), false, false},
	{"appletalk", LIST_FAMILY_DDP, LIST_BIT(DDP), false, false},
	{"econet", LIST_FAMILY_ECONET, LIST_BIT(ECONET), false, false},
	{"ec", LIST_FAMILY_ECONET, LIST_BIT(ECONET), false, false},
	{"ash", LIST_FAMILY_ASH, LIST_BIT(ASH), false, false},
	{"bluetooth", LIST_FAMILY_BLUETOOTH, BLUETOOTH, false, false},
	/* never in netstat */
	{"packet", LIST_FAMILY_PACKET, LIST_BIT(PACKET), false, false},
	{"netlink", LIST_FAMILY_NETLINK, LIST_BIT(NETLINK), false, false},
	{"vsock", LIST_FAMILY_VSOCK, LIST_BIT(VSOCK), false, false},
	{"tcp", LIST_FAMILY_NONE, LIST_BIT(TCP), false, false},
	{"sctp", LIST_FAMILY_NONE, LIST_BIT(SCTP), false, false},
	{"udp", LIST_FAMILY_NONE, LIST_BIT(UDP), false, false},
	{"udplite", LIST_FAMILY_NONE, LIST_BIT(UDPLITE), false, false},
	{"raw", LIST_FAMILY_NONE, LIST_BIT(RAW), false, false},
	{"ping", LIST_FAMILY_NONE, LIST_BIT(PING), false, false},
	{"l2cap", LIST_FAMILY_NONE, LIST_BIT(L2CAP), false, false},
	{"rfcomm", LIST_FAMILY_NONE, LIST_BIT(RFCOMM), false, false},
};

static void add_family(struct netstat *netstat, const struct family *family)
{
	size_t at = 0;

	netstat->typed |= family->protocols;
	netstat->inet |= family->inet;
	netstat->inet6 |= family->inet6;
	if (family->family == LIST_FAMILY_NONE)
		return;
	while (at < netstat->family_count && netstat->families[at] != family->family)
		at++;
	if (at == netstat->family_count)
		netstat->families[netstat->family_count++] = family->family;
}

static const struct family *find_family(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strlen(families[i].name) == size && !memcmp(families[i].name, name, size))
			return &families[i];
	return NULL;
}

/* A comma list, as -A takes it. */
static int set_families(struct netstat_reader *reader, const struct netstat_option *option,
                        const char *argument, struct diag *diag)
{
	(void)option;
	(void)diag;
	for (const char *at = argument;; at++) {
		size_t size = strcspn(at, ",");
		const struct family *family = find_family(at, size);

		if (!family)
			return netstat_refuse(reader->netstat, NETSTAT_FAILED, false,
			                      "Unknown address family `%.*s'.",
			                      (int)(size < 80 ? size : 80), at);
		add_family(reader->netstat, family);
		at += size;
		if (!*at)
			return 0;
	}
}

/* -4, -x, --ax25: an option that has the name of a family, or is a letter for it. */
static int set_family(struct netstat_reader *reader, const struct netstat_option *option,
                      const char *argument, struct diag *diag)
{
	(void)argument;
	return set_families(reader, option, option->name, diag);
}

/* --- the rows --------------------------------------------------------------------------------- */

#define MEMBER(member) offsetof(struct netstat, member)
#define MODE(letter_, name_, mode_, text)                                                          \
	{                                                                                          \
		.letter = letter_, .name = name_, .group = NETSTAT_MODE, .set = set_mode,          \
		.value = mode_, .help = text                                                       \
	}
#define PROTOCOL(letter_, name_, bits_, text)                                                      \
	{                                                                                          \
		.letter = letter_, .name = name_, .group = NETSTAT_SOCKETS, .set = set_protocol,   \
		.value = bits_, .help = text                                                       \
	}
#define FAMILY(letter_, name_, text)                                                               \
	{                                                                                          \
		.letter = letter_, .name = name_, .group = NETSTAT_FAMILY, .set = set_family,      \
		.help = text                                                                       \
	}
#define FLAG(letter_, name_, group_, member_, text)                                                \
	{                                                                                          \
		.letter = letter_, .name = name_, .group = group_, .set = set_flag,                \
		.value = MEMBER(member_), .help = text                                             \
	}
#define DISPLAY(letter_, name_, member_, text)                                                     \
	FLAG(letter_, name_, NETSTAT_DISPLAY, request.member_, text)
#define IGNORED(letter_, name_, text)                                                              \
	{                                                                                          \
		.letter = letter_, .name = name_, .group = NETSTAT_DISPLAY, .set = set_nothing,    \
		.help = text                                                                       \
	}
/* Argument and help are those of tcptrail's option, unless they differ here. */
#define OURS(name_)                                                                                \
	{                                                                                          \
		.name = name_, .group = NETSTAT_OURS, .set = set_ours                              \
	}
#define OURS_AS(name_, text)                                                                       \
	{                                                                                          \
		.name = name_, .group = NETSTAT_OURS, .set = set_ours, .help = text                \
	}

/* clang-format off */
const struct netstat_option netstat_options[] = {
	MODE('r', "route", LIST_ROUTES, "show routes"),
	MODE('i', "interfaces", LIST_INTERFACES, "show interfaces and their counters; -e: as ifconfig does"),
	FLAG('g', "groups", NETSTAT_MODE, groups, "show multicast groups"),
	MODE('s', "statistics", LIST_STATISTICS, "show counters; -v: with the kernel's names; with -c what changes, per second"),
	MODE('M', "masquerade", LIST_MASQUERADE, "show connections whose source address is translated"),

	PROTOCOL('t', "tcp", LIST_BIT(TCP), "show TCP sockets"),
	PROTOCOL('u', "udp", LIST_BIT(UDP), "show UDP sockets"),
	PROTOCOL('U', "udplite", LIST_BIT(UDPLITE), "show UDP-Lite sockets"),
	PROTOCOL('S', "sctp", LIST_BIT(SCTP), "show SCTP sockets"),
	PROTOCOL('w', "raw", LIST_BIT(RAW), "show raw sockets"),
	{.letter = 'x', .name = "unix", .group = NETSTAT_SOCKETS, .set = set_family, .help = "show UNIX sockets"},
	PROTOCOL('2', "l2cap", LIST_BIT(L2CAP), "show Bluetooth L2CAP sockets"),
	PROTOCOL('f', "rfcomm", LIST_BIT(RFCOMM), "show Bluetooth RFCOMM sockets"),

	{.letter = 'A', .name = "protocol", .argument = "FAMILY,...", .group = NETSTAT_FAMILY, .set = set_families,
	 .help = "families: inet, inet6, unix, ax25, netrom, rose, ipx, ddp, x25, bluetooth; protocols that netstat "
		 "never shows: ping, packet, netlink, vsock"},
	FAMILY('4', "inet", "only IPv4"),
	FAMILY('6', "inet6", "only IPv6"),
	FAMILY(0, "ip", "as --inet"),
	FAMILY(0, "tcpip", "as --inet"),
	FAMILY(0, "ax25", "AX.25"),
	FAMILY(0, "netrom", "NET/ROM"),
	FAMILY(0, "rose", "ROSE"),
	FAMILY(0, "ipx", "IPX"),
	FAMILY(0, "ddp", "AppleTalk"),
	FAMILY(0, "appletalk", "as --ddp"),
	FAMILY(0, "x25", "X.25"),
	FAMILY(0, "bluetooth", "Bluetooth"),

	DISPLAY('a', "all", all, "servers as well; -i: interfaces that are down as well"),
	DISPLAY('l', "listening", listening, "only servers"),
	{.letter = 'e', .name = "extend", .group = NETSTAT_DISPLAY, .set = set_extend, .help = "show more; -ee: still more"},
	DISPLAY('o', "timers", timers, "show timers"),
	DISPLAY('p', "programs", programs, "show the processes that have a socket open"),
	{.letter = 'n', .name = "numeric", .group = NETSTAT_DISPLAY, .set = set_numeric,
	 .help = "show numbers for hosts, ports and users"},
	DISPLAY(0, "numeric-hosts", numeric_hosts, "show numbers for hosts"),
	DISPLAY(0, "numeric-ports", numeric_ports, "show numbers for ports"),
	DISPLAY(0, "numeric-users", numeric_users, "show numbers for users"),
	IGNORED('N', "symbolic", "show names of hardware addresses, which are never shown"),
	DISPLAY('W', "wide", wide, "never cut an address or a name"),
	DISPLAY('T', "notrim", wide, NULL),
	DISPLAY('v', "verbose", verbose, "name the families that this kernel does not have"),
	DISPLAY('F', "fib", fib, "-r: show the routing table, which is the default"),
	DISPLAY('C', "cache", cache, "-r: show the routing cache, which kernels since 3.6 do not have"),
	{.letter = 'c', .name = "continuous", .argument = "SECONDS", .optional = true, .group = NETSTAT_DISPLAY,
	 .set = set_continuous, .help = "repeat every second; -c5: every 5 s"},
	IGNORED('d', NULL, NULL),
	FLAG('Z', "context", NETSTAT_DISPLAY, context, NULL),
	FLAG('h', "help", NETSTAT_DISPLAY, help, NULL),
	FLAG('V', "version", NETSTAT_DISPLAY, version, NULL),

	{.name = "table", .argument = "TABLE", .group = NETSTAT_OURS, .set = set_table,
	 .help = "-r: routes of this table: a number, a name or all (default main)"},
	{.name = "state", .argument = "STATE,...", .group = NETSTAT_OURS, .set = set_state,
	 .help = "state of the socket"},
	OURS_AS("pid", "a process that has the socket open"), OURS_AS("comm", "command name of such a process"), OURS("port"), OURS("lport"), OURS("rport"), OURS("addr"),
	OURS("cgroup"), OURS("container"),
	OURS_AS("netns", "network namespaces: all, host, a name, an inode number or NAME* (default its own)"),
	OURS("json"), OURS("csv"), OURS("columns"), OURS("sort"),
	OURS_AS("limit", "print at most NUMBER rows of each section"),
	OURS("no-header"), OURS("color"), OURS("utc"), OURS("output"),
	OURS("from"), OURS("at"), OURS("since"), OURS("until"),
};
/* clang-format on */

const size_t netstat_options_count = sizeof(netstat_options) / sizeof(netstat_options[0]);

/* --- help ------------------------------------------------------------------------------------- */

static void print_option(FILE *out, const struct netstat_option *option)
{
	struct cli_described ours = {option->argument, option->help, option->optional};
	int at;

	if (option->set == set_ours) {
		cli_describe(option->name, &ours);
		if (option->help)
			ours.help = option->help;
	}
	if (!ours.help)
		return;
	at = option->letter ? fprintf(out, "  -%c, --%s", option->letter, option->name)
	                    : fprintf(out, "      --%s", option->name);
	if (ours.argument)
		at += fprintf(out, ours.optional ? "[=%s]" : " %s", ours.argument);
	cli_print_wrapped(out, at, 30, ours.help);
}

void netstat_help(FILE *out)
{
	static const char *const headings[NETSTAT_GROUPS] = {
		[NETSTAT_MODE] = "What, instead of sockets",   [NETSTAT_SOCKETS] = "Which sockets",
		[NETSTAT_FAMILY] = "Which families",           [NETSTAT_DISPLAY] = "How",
		[NETSTAT_OURS] = "What netstat does not have",
	};

	for (int group = 0; group < NETSTAT_GROUPS; group++) {
		fprintf(out, "\n%s:\n", headings[group]);
		for (size_t i = 0; i < netstat_options_count; i++)
			if ((int)netstat_options[i].group == group)
				print_option(out, &netstat_options[i]);
	}
}
