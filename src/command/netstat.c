/* SPDX-License-Identifier: BSD-2-Clause */
/* The command netstat: what net-tools' netstat prints, and what it does not have if asked for. */
#include "command/netstat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/pattern.h"
#include "command/commands.h"
#include "command/netstat_print.h"
#include "enrich/netns.h"
#include "list/registry.h"
#include "session/notice.h"
#include "session/owners.h"
#include "session/privilege.h"
#include "session/session.h"

/* --- the command line ------------------------------------------------------------------------- */

static void free_own(void *own)
{
	struct netstat *netstat = own;
	struct list_registry columns;

	if (!netstat)
		return;
	columns = (struct list_registry){(struct field *)netstat->columns, netstat->column_count};
	list_registry_free(&columns);
	list_filter_free(&netstat->filter);
	free(netstat);
}

/* -h, -V and --columns help lead to other commands, as in tcptrail's own lines. */
static const char *leads_to(const struct options *options, const struct netstat *netstat)
{
	if (netstat->help || (options->columns && !strcmp(options->columns, "help")))
		return "--help";
	return netstat->version ? "--version" : NULL;
}

/* -Z */
static void refuse_context(struct netstat *netstat)
{
	netstat_refuse(netstat, NETSTAT_FAILED, false, "%s",
	               access("/sys/fs/selinux/enforce", F_OK)
	                       ? "SELinux is not enabled on this machine."
	                       : "netstat: -Z: tcptrail shows no security contexts");
}

static int read_options(int argc, char **argv, struct options *options, struct diag *diag)
{
	struct netstat *netstat = calloc(1, sizeof(*netstat));
	struct netstat_reader reader = {options, netstat};
	int err;

	if (!netstat)
		return diag_fail(diag, -ENOMEM, "out of memory");
	options->own = netstat;
	err = netstat_read_line(&reader, argc, argv, diag);
	if (!err && netstat->context && !netstat->code)
		refuse_context(netstat);
	if (options->from)
		options->command = &netstat_recorded;
	if (!err && !netstat->code)
		err = netstat_choose(&reader, diag);
	if (err)
		return err;
	if (!options->interval)
		options->interval = NS_PER_SEC;
	if (leads_to(options, netstat))
		options->command = cli_find_command(options->commands, leads_to(options, netstat));
	else if (netstat->code)
		options->command = &netstat_refused;
	if (netstat->help) { /* and not of --columns */
		free(options->columns);
		options->columns = NULL;
	}
	return 0;
}

struct command_columns netstat_columns(const struct options *options)
{
	const struct netstat *netstat = options->own;

	if (!netstat) /* another grammar read the line */
		return (struct command_columns){NULL, 0};
	return (struct command_columns){netstat->columns, netstat->column_count};
}

static const char *const programs[] = {"netstat", "netstat.tcptrail", NULL};

const struct command_grammar netstat_grammar = {
	.programs = programs,
	.read = read_options,
	.free = free_own,
};

/* --- a line that is refused ------------------------------------------------------------------- */

static int refuse(struct session *session)
{
	const struct netstat *netstat = session->options->own;

	if (netstat->reason.text[0])
		notice_line("%s", netstat->reason.text);
	if (netstat->usage)
		notice_line("usage: netstat [OPTION]... [DELAY]; netstat --help lists the options");
	session->answer = (enum exit_code)netstat->code;
	return 0;
}

const struct command netstat_refused = {
	.word = "netstat",
	.end = refuse,
};

/* --- namespaces ------------------------------------------------------------------------------- */

static bool is_asked(const struct query *query, const struct netns_entry *entry)
{
	uint64_t number;

	for (size_t i = 0; i < query->netns.count; i++) {
		const char *asked = query->netns.items[i];

		if (!strcmp(asked, "all"))
			return true;
		if (!parse_number(asked, 1, UINT32_MAX, &number) && number == entry->inode)
			return true;
		if (*entry->name && pattern_match(asked, entry->name))
			return true;
	}
	return false;
}

/* The namespaces to read, our own first. 0 or -errno with diag. */
static int find_places(const struct options *options, struct netns_list *found, struct diag *diag)
{
	size_t kept = 0;
	int err = netns_enumerate(found, diag);

	if (err)
		return err;
	for (size_t i = 0; i < found->count; i++)
		if (options->query.netns.count ? is_asked(&options->query, &found->entries[i])
		                               : found->entries[i].inode == netns_own())
			found->entries[kept++] = found->entries[i];
	found->count = kept;
	if (!kept)
		return diag_fail(diag, -ENOENT,
		                 "--netns: no namespace \"%.80s\" here: expected "
		                 "all, host, a name, an inode number or NAME*",
		                 options->query.netns.items[0]);
	return 0;
}

/* Without --netns nothing but a number of our own is needed: no walk over /proc. */
static bool needs_names(const struct options *options)
{
	return options->query.netns.count || options->columns || options->format != OUTPUT_TEXT;
}

static int own_place(struct netns_list *found, struct diag *diag)
{
	*found = (struct netns_list){.entries = calloc(1, sizeof(*found->entries)), .count = 1};
	if (!found->entries)
		return diag_fail(diag, -ENOMEM, "out of memory");
	found->entries[0].inode = netns_own();
	return 0;
}

/* --- a run ------------------------------------------------------------------------------------ */

/* 0; 1: it could not be entered; or -errno that ends the run. */
static int print_netns(struct netstat_run *run, const struct netns_entry *entry)
{
	struct netstat_place *place;
	/* Without /proc our own has no number, and there is no way out of it. */
	int err = entry->inode == netns_own() ? 0 : netns_enter(entry);

	if (err == -ENOENT || err == -ESTALE)
		return 0; /* it has ended */
	if (err) {
		if (!run->round)
			notice_line("netstat: --netns: cannot enter %s: %s",
			            *entry->name ? entry->name : entry->path, strerror(-err));
		return 1;
	}
	netstat_names_netns(&run->names, entry);
	place = netstat_read_place(run, entry->inode, entry->name);
	err = netns_leave();
	if (err)
		return err;
	if (!place)
		return -ENOMEM;
	return netstat_out_note(&run->out, netstat_print_place(run, place, entry->name));
}

/* netstat's two notices, in its words. */
static void notice_unreadable_owners(const struct owners *owners)
{
	if (owners->none) {
		notice_line(
			"(No info could be read for \"-p\": geteuid()=%u but you should be root.)",
			(unsigned int)geteuid());
	} else if (owners->unreadable) {
		notice_line("(Not all processes could be identified, non-owned process info");
		notice_line(" will not be shown, you would have to be root to see it all.)");
	}
}

/* Holders come and go: each round reads them again. Without them there are no names of processes. */
static void read_holders(struct netstat_run *run)
{
	struct owners owners = {NULL};

	list_holders_free(run->holders);
	run->holders = NULL;
	if (!run->netstat->needs_holders)
		return;
	if (owners_read(&owners)) {
		owners.none = true;
		owners.unreadable = 1;
	}
	run->holders = owners.holders;
	if (!run->round)
		notice_unreadable_owners(&owners);
}

/* 0, 1: not all namespaces could be read, or -errno. */
static int print_round(struct netstat_run *run, struct diag *diag)
{
	struct netns_list found = {0};
	bool asked = run->options->query.netns.count;
	int err = needs_names(run->options) ? find_places(run->options, &found, asked ? diag : NULL)
	                                    : -ENOENT;
	bool blind = false;

	if (err && !asked)
		err = own_place(&found, diag);   /* without its name */
	if (run->options->format == OUTPUT_TEXT) /* a reader of CSV expects them once */
		run->headed = false;
	run->before = run->now;
	run->now = clock_boot();
	run->many_netns |= found.count > 1;
	read_holders(run);
	netstat_names_begin(&run->names);
	for (size_t i = 0; i < found.count && err >= 0 && !netstat_out_stopped(&run->out); i++) {
		err = print_netns(run, &found.entries[i]);
		blind |= err > 0;
	}
	netns_list_free(&found);
	netstat_forget_places(run);
	if (err >= 0)
		err = netstat_out_flush(&run->out);
	return err < 0 ? err : blind;
}

static int print_rounds(struct netstat_run *run, struct diag *diag)
{
	int err;

	do {
		err = print_round(run, diag);
		if (!run->round++ && netstat_found_nothing(run))
			return err; /* it does not come by waiting */
		if (err < 0 || !run->options->continuous || netstat_out_stopped(&run->out))
			return err;
		netstat_out_wait(&run->out, run->options->interval);
	} while (!netstat_out_stopped(&run->out));
	return err;
}

/* The file is opened with the user's own rights. */
static int open_out(struct netstat_run *run, struct diag *diag)
{
	int err = privilege_lower(diag);

	if (!err)
		err = netstat_out_open(&run->out, run->options, diag);
	return privilege_raise(diag) ? -EPERM : err;
}

/* The exit code. err: of the run; closed: of the output. */
static int conclude(const struct netstat_run *run, int err, int closed, const struct diag *diag)
{
	if (diag->text[0]) {
		notice_line("netstat: %s", diag->text);
		return NETSTAT_USAGE;
	}
	if (closed && closed != -EPIPE) {
		notice_line("netstat: output was lost: %s",
		            closed == -EINTR ? "its reader has stalled" : strerror(-closed));
		return EXIT_LOST;
	}
	if (closed == -EPIPE)
		return EXIT_OK;
	if (err < 0) {
		notice_line("netstat: stopped: %s", strerror(-err));
		return EXIT_STOPPED;
	}
	if (err && !run->place_count)
		return EXIT_CANNOT; /* no namespace could be entered */
	return run->missing || err ? NETSTAT_FAILED : EXIT_OK;
}

static int run_netstat(struct session *session)
{
	struct netstat_run run = {.options = session->options, .netstat = session->options->own};
	struct diag diag = {""};
	int err = open_out(&run, &diag), closed;

	if (!err)
		err = netstat_names_open(&run.names, &diag);
	if (!err)
		err = print_rounds(&run, &diag);
	closed = netstat_out_close(&run.out);
	netstat_names_close(&run.names);
	netstat_free_places(&run);
	list_holders_free(run.holders);
	session->answer = (enum exit_code)conclude(&run, err, closed, &diag);
	return 0;
}

/* clang-format off */
#define EXIT_STATUS                                                                                \
	"\nExit status: 0 OK; 1 what was named does not exist here, or could not be read;\n"       \
	"3 usage error, or cannot run here; 4 output was lost; 5 stopped by an error.\n"
/* clang-format on */

const struct command command_netstat = {
	.word = "netstat",
	.usage = "netstat [OPTION]... [DELAY]",
	.summary = "list what netstat lists: all of it",
	.examples =
		{
			{"tcptrail netstat -anp",
                         "all sockets of all families, with their processes"},
			{"tcptrail netstat -rn --netns all",
                         "the routes of every network namespace"},
			{"tcptrail netstat -i --json", "interfaces, as JSON"},
			{"tcptrail netstat -s -c5", "what counters did in each 5 seconds"},
		},
	.grammar = &netstat_grammar,
	.columns = netstat_columns,
	.more_help = netstat_help,
	.exit_status = EXIT_STATUS,
	.end = run_netstat,
};
