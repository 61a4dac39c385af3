/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command netstat with --from: the same listings, as far as a recording has them. Counters and
 * interfaces are those of the host's own namespace, or of those that --netns names; with --since or
 * --until it prints what has changed in that time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/numbers.h"
#include "command/commands.h"
#include "command/netstat_print.h"
#include "list/inet.h"
#include "session/input.h"
#include "session/notice.h"
#include "session/session.h"
#include "table/mib.h"
#include "table/names.h"

static bool has_sockets(const struct session *session)
{
	return ((const struct netstat *)session->options->own)->mode == LIST_SOCKETS;
}

static bool is_span(const struct options *options)
{
	return options->since.kind != WHEN_NONE || options->until.kind != WHEN_NONE;
}

static void needs(const struct options *options, struct needs *needs)
{
	const struct netstat *netstat = options->own;
	bool sockets = netstat->mode == LIST_SOCKETS;

	needs->instant = sockets || !is_span(options);
	needs->sockets = sockets;
	needs->counts = !sockets;
	needs->facts = !sockets && is_span(options);
}

static int open_run(struct session *session, struct diag *diag)
{
	struct netstat_run *run = calloc(1, sizeof(*run));

	if (!run)
		return diag_fail(diag, -ENOMEM, "out of memory");
	run->options = session->options;
	run->netstat = session->options->own;
	run->recorded = session->table;
	session->state = run;
	if (run->options->output && input_is(run->options->from, run->options->output))
		return diag_fail(diag, -EEXIST,
		                 "--output: %s is what --from reads: expected another file",
		                 run->options->output);
	return netstat_out_open(&run->out, run->options, diag);
}

/* --- namespaces --------------------------------------------------------------------------------- */

static const char *name_of(struct session *session, uint32_t netns)
{
	const char *name =
		names_find(table_names(session->table), name_key_number(NAME_NETNS, netns));

	return name ? name : "";
}

static void compare_host(const struct fact *fact, void *arg)
{
	const struct fact_name *name = (const struct fact_name *)fact;

	*(bool *)arg |= name->kind == NAME_NETNS && !strcmp(name->name, "host");
}

/* A recorder that sees one namespace alone may not know its name. */
static void look_for_host(struct session *session)
{
	struct netstat_run *run = session->state;
	const struct fact_sink sink = {compare_host, &run->knows_host};

	names_save(table_names(session->table), 0, &sink);
}

static bool is_asked(const struct session *session, uint32_t netns, const char *name)
{
	const struct netstat_run *run = session->state;
	const struct query *query = &session->options->query;

	if (!query->netns.count)
		return !run->knows_host || !strcmp(name, "host");
	for (size_t i = 0; i < query->netns.count; i++)
		if (!strcmp(query->netns.items[i], "all"))
			return true;
	return query_match_netns(query, netns, name);
}

/* The next namespace that is asked for and has counters, from *place on. false: there is none. */
static bool next_netns(struct session *session, size_t *place, uint32_t *netns)
{
	const struct mib_set *set;

	while ((set = table_mib_at(session->table, *place))) {
		*netns = mib_netns(set);
		while ((set = table_mib_at(session->table, *place)) && mib_netns(set) == *netns)
			(*place)++;
		if (is_asked(session, *netns, name_of(session, *netns)))
			return true;
	}
	return false;
}

/* --- counters and interfaces ---------------------------------------------------------------------- */

/* Reads what is there now, to be compared with. 0 or -ENOMEM. */
static int read_baseline(struct session *session)
{
	struct netstat_run *run = session->state;
	uint32_t netns;

	look_for_host(session);
	run->now = table_now(session->table);
	run->baseline = true;
	run->round = 1; /* what is missing now is not reported */
	for (size_t place = 0; next_netns(session, &place, &netns);)
		if (!netstat_read_place(run, netns, name_of(session, netns)))
			return -ENOMEM;
	run->baseline = false;
	run->round = 0;
	run->missing = false; /* it may come later */
	return 0;
}

static int begin(struct session *session)
{
	struct netstat_run *run = session->state;

	if (has_sockets(session) || !is_span(session->options))
		return 0;
	run->span = true;
	run->waits = !table_mib_at(session->table, 0);
	return read_baseline(session);
}

/* At the very beginning of a recording there is nothing yet; at the end of its first walk there is. */
static void on_fact(const struct fact *fact, struct session *session)
{
	struct netstat_run *run = session->state;

	if (fact->type != FACT_WALK_END || !run->waits)
		return;
	run->waits = false;
	read_baseline(session); /* if it fails, growth is that since the first report */
}

/* The counters of the kernel go on, but how they grew before is not known to the new recorder. */
static int restarted(struct session *session)
{
	((struct netstat_run *)session->state)->restarted = true;
	return 0;
}

static int print_counted(struct session *session)
{
	struct netstat_run *run = session->state;
	size_t place = 0, count = 0;
	uint32_t netns;
	int err = 0;

	while (next_netns(session, &place, &netns))
		count++;
	if (!count) {
		diag_fail(&session->refusal, -ENODATA,
		          "--from: no counters%s are recorded for that time",
		          session->options->query.netns.count ? " of these namespaces" : "");
		return 0;
	}
	run->many_netns = count > 1;
	run->before = run->now ? run->now : table_began(session->table);
	run->now = table_now(session->table);
	for (place = 0; !err && next_netns(session, &place, &netns);) {
		const char *name = name_of(session, netns);
		struct netstat_place *at = netstat_read_place(run, netns, name);

		err = at ? netstat_print_place(run, at, name) : -ENOMEM;
	}
	return err;
}

/* --- all ------------------------------------------------------------------------------------------ */

/* The namespaces that are asked for and have sockets. 0 or -ENOMEM. */
static int find_netns(struct session *session, struct numbers *found)
{
	struct row_iter iter;
	const struct row *row;
	uint32_t last = 0;

	table_for_each (session->table, iter, row) {
		if (!row->netns || row->netns == last)
			continue;
		last = row->netns;
		if (is_asked(session, last, name_of(session, last)) &&
		    numbers_add(found, last) == NUMBERS_NONE)
			return -ENOMEM;
	}
	return 0;
}

static int print_netns(struct session *session, uint32_t netns)
{
	struct netstat_run *run = session->state;
	const char *name = name_of(session, netns);
	struct netstat_place *place = netstat_read_place(run, netns, name);

	return place ? netstat_print_place(run, place, name) : -ENOMEM;
}

/* Without any the titles stand alone: no namespace has this number. */
#define NO_NETNS UINT32_MAX

static int print_sockets(struct session *session)
{
	struct netstat_run *run = session->state;
	struct numbers found = {0};
	int err = find_netns(session, &found);

	run->many_netns = numbers_count(&found) > 1;
	if (!err && run->netstat->needs_holders) {
		run->holders = inet_recorded_holders(session->table);
		err = run->holders ? 0 : -ENOMEM;
	}
	if (!err && !numbers_count(&found) && session->options->query.netns.count)
		diag_fail(&session->refusal, -ENOENT, "--netns: no sockets of \"%.80s\" in %s",
		          session->options->query.netns.items[0], session->options->from);
	else if (!err && !numbers_count(&found))
		err = print_netns(session, NO_NETNS);
	for (size_t i = 0; i < numbers_count(&found) && !err; i++)
		err = print_netns(session, (uint32_t)numbers_at(&found, i));
	numbers_free(&found);
	return err;
}

static int end(struct session *session)
{
	struct netstat_run *run = session->state;
	int err;

	look_for_host(session);
	err = has_sockets(session) ? print_sockets(session) : print_counted(session);
	netstat_out_note(&run->out, err);
	session->answer = run->missing ? (enum exit_code)NETSTAT_FAILED : EXIT_OK;
	return run->out.err ? 0 : err; /* close_run() reports what became of the output */
}

static int close_run(struct session *session)
{
	struct netstat_run *run = session->state;

	int err = 0;

	if (run) {
		err = netstat_out_close(&run->out);
		netstat_free_places(run);
		list_holders_free(run->holders);
	}
	free(run);
	if (!err || err == -EPIPE)
		return 0;
	notice("output was lost: %s", strerror(-err));
	return err;
}

const struct command netstat_recorded = {
	.word = "netstat",
	.columns = netstat_columns,
	.sources = SOURCE_RECORDING,
	.own_output = true,
	.needs = needs,
	.open = open_run,
	.begin = begin,
	.fact = on_fact,
	.restarted = restarted,
	.end = end,
	.close = close_run,
};
