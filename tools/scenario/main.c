/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses the options, finds the scenario's row, makes the situation, holds it, tears it down. */
#include "child.h"
#include "netns.h"
#include "scenario.h"
#include "sock.h"
#include "util.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct scenario_group *const groups[] = {
	&open_group,  &close_group, &fail_group,  &share_group, &own_group,
	&uring_group, &net_group,   &mptcp_group, &load_group,
};

struct option_row {
	const char *name;
	const char *value; /* what --help calls its value; NULL: a switch */
	long min, max;
	size_t offset;
	bool common; /* every scenario takes it */
	const char *help;
};

#define AT(field) offsetof(struct options, field)

static const struct option_row option_rows[] = {
	{"hold", "SECONDS", 0, 3600, AT(hold), true, "hold this long at most (60)"},
	{"no-stdin", NULL, 0, 1, AT(no_stdin), true, "do not end at a line or EOF on stdin"},
	{"netns", NULL, 0, 1, AT(netns), true, "use a network namespace of its own"},
	{"count", "N", 1, 5000000, AT(count), false, "make N of them"},
	{"ipv6", NULL, 0, 1, AT(ipv6), false, "use ::1 (also -6)"},
	{"mapped", NULL, 0, 1, AT(mapped), false, "use IPv6 sockets on ::ffff:127.0.0.1"},
	{"any", NULL, 0, 1, AT(any), false, "listen on the wildcard address"},
	{"port", "PORT", 0, 65535, AT(port), false, "port of the listener (any free one)"},
	{"active", NULL, 0, 1, AT(active), false, "the connecting side enters the state"},
	{"passive", NULL, 0, 1, AT(passive), false, "the accepting side enters the state"},
	{"shutdown", NULL, 0, 1, AT(shutdown), false, "the first FIN by shutdown(): fd is kept"},
	{"unread", "N", 0, 60000, AT(unread), false, "leave N bytes unread before the FIN"},
	{"eof-read", NULL, 0, 1, AT(eof_read), false, "the application has read EOF"},
	{"full-queue", NULL, 0, 1, AT(full_queue), false, "SYN dropped by a full accept queue"},
	{"ack-lost", NULL, 0, 1, AT(ack_lost), false, "lose the client's ACK, not the SYN+ACK"},
	{"half-open", NULL, 0, 1, AT(half_open), false, "stop in SYN_RECV"},
	{"peer-closed", NULL, 0, 1, AT(peer_closed), false, "the clients have closed already"},
	{"parent-closes", NULL, 0, 1, AT(parent_closes), false, "only the child keeps it open"},
	{"in-flight", NULL, 0, 1, AT(in_flight), false, "sent, never received: no fd at all"},
	{"in-closing", NULL, 0, 1, AT(in_closing), false, "stop with both sides in CLOSING"},
	{"timeout-ms", "MS", 100, 20000, AT(timeout_ms), false, "TCP_USER_TIMEOUT (1000)"},
	{"retrans", "N", 1, 4, AT(retrans), false, "wait for N retransmits (2)"},
	{"workers", "N", 1, 64, AT(workers), false, "processes that share the work (4)"},
	{"pairs", "N", 1, 64, AT(pairs), false, "server/client process pairs (2)"},
	{"seconds", "N", 1, 600, AT(seconds), false, "stop after N seconds (60)"},
	{"linger0", NULL, 0, 1, AT(linger0), false, "close by RST: leaves no TIME_WAIT"},
	{"lines", NULL, 0, 1, AT(lines), false, "a line for every socket"},
	{"plain-client", NULL, 0, 1, AT(plain_client), false, "plain TCP to an MPTCP listener"},
	{"mptcp", NULL, 0, 1, AT(mptcp), false, "use MPTCP; the cookies are those of the subflows"},
	{"kill", NULL, 0, 1, AT(kill), false, "end the process with SIGKILL"},
	{"fixed", NULL, 0, 1, AT(fixed), false, "a direct descriptor of the ring: no fd at all"},
};

static const struct scenario *scenario_find(const char *name)
{
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		for (size_t i = 0; i < groups[g]->count; i++) {
			if (!strcmp(groups[g]->rows[i].name, name))
				return &groups[g]->rows[i];
		}
	}
	return NULL;
}

static void list(void)
{
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		for (size_t i = 0; i < groups[g]->count; i++) {
			const struct scenario *s = &groups[g]->rows[i];

			printf("%-20s %s%s%s%s\n", s->name, s->help, *s->options ? " [" : "",
			       s->options, *s->options ? "]" : "");
		}
	}
}

static void usage(void)
{
	puts("usage: scenario NAME [options] | --list | --help\n"
	     "Puts sockets into a state, prints them and \"ready\", holds until stdin ends.\n");
	for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
		const struct option_row *row = &option_rows[i];
		char text[40];

		snprintf(text, sizeof(text), "--%s %s", row->name, row->value ?: "");
		printf("  %-20s %s\n", text, row->help);
	}
	puts("\nAll scenarios take --hold, --no-stdin and --netns; --list shows which take the "
	     "others.");
}

static const struct option_row *option_find(const char *arg)
{
	if (!strcmp(arg, "-6"))
		arg = "--ipv6";
	for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
		if (!strncmp(arg, "--", 2) && !strcmp(arg + 2, option_rows[i].name))
			return &option_rows[i];
	}
	die("unknown option %s: see --help", arg);
}

/* Refuse an option that the scenario does not know: otherwise a test would check something else. */
static bool option_applies(const struct option_row *row, const struct scenario *s)
{
	size_t len = strlen(row->name);

	if (row->common)
		return true;
	for (const char *p = s->options; *p; p += strcspn(p, " "), p += *p == ' ') {
		if (strcspn(p, " ") == len && !strncmp(p, row->name, len))
			return true;
	}
	return false;
}

static long parse_number(const struct option_row *row, const char *text)
{
	char *end;
	long value;

	if (!text)
		die("--%s needs a value", row->name);
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < row->min || value > row->max)
		die("--%s: invalid value \"%s\": expected %ld to %ld", row->name, text, row->min,
		    row->max);
	return value;
}

static struct options parse(char **argv, const struct scenario *s)
{
	struct options o = {
		.hold = 60,
		.count = s->count ?: 1,
		.workers = 4,
		.pairs = 2,
		.seconds = 60,
		.timeout_ms = 1000,
		.retrans = 2,
	};

	for (; *argv; argv++) {
		const struct option_row *row = option_find(*argv);

		if (!option_applies(row, s))
			die("%s does not take --%s", s->name, row->name);
		*(long *)((char *)&o + row->offset) = row->value ? parse_number(row, *++argv) : 1;
	}
	if (o.active && o.passive)
		die("--active or --passive, not both");
	if (o.ipv6 && o.mapped)
		die("--ipv6 or --mapped, not both");
	return o;
}

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		die_errno("cannot get RLIMIT_NOFILE");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die_errno("cannot set RLIMIT_NOFILE");
}

/*
 * SIGINT and SIGTERM are blocked from the start and read in hold(): a scenario that dies early
 * leaves orphans that retransmit for minutes.
 */
static int signals_block(void)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		die_errno("cannot make a signalfd");
	return fd;
}

static void hold(const struct options *o, int signals)
{
	struct pollfd fds[] = {
		{.fd = signals, .events = POLLIN},
		{.fd = o->no_stdin ? -1 : STDIN_FILENO, .events = POLLIN},
	};

	if (poll(fds, ARRAY_SIZE(fds), o->hold * 1000) < 0)
		die_errno("cannot wait");
}

int main(int argc, char **argv)
{
	const struct scenario *s;
	struct options o;
	int signals;

	if (argc < 2 || !strcmp(argv[1], "--help")) {
		usage();
		return argc < 2;
	}
	if (!strcmp(argv[1], "--list")) {
		list();
		return 0;
	}
	s = scenario_find(argv[1]);
	if (!s)
		die("unknown scenario %s: see --list", argv[1]);
	o = parse(argv + 2, s);
	signals = signals_block();
	raise_file_limit();
	if (o.netns || s->own_netns)
		netns_unshare();
	/*
	 * A last resort if a deadline is missing somewhere: SIGALRM ends this process, and so the
	 * children.
	 */
	alarm(o.hold + o.seconds + 600);
	s->stand(&o);
	say("ready");
	hold(&o, signals);
	child_end_all();
	sock_teardown_all();
	return 0;
}
