/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command netstat with --from: the same listings, as far as a recording has them. Counters and
 * interfaces are those of the host's own namespace, or of those that --netns names; with --since or
 * --until it prints what has changed in that time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "command/netstat_print.h"
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
	return 0;
}

/* --- namespaces --------------------------------------------------------------------------------- */

static const char *name_of(struct session *session, uint32_t netns)
{
	const char *name =
		names_find(table_names(session->table), name_key_number(NAME_NETNS, netns));

	return name ? name : "";
}

static bool is_asked(const struct session *session, uint32_t netns, const char *name)
{
	const struct query *query = &session->options->query;

	if (!query->netns.count)
		return !strcmp(name, "host");
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

static int print_sockets(struct netstat_run *run)
{
	struct netstat_place *place = netstat_read_place(run, 0, "");

	return place ? netstat_print_place(run, place, "") : -ENOMEM;
}

static int end(struct session *session)
{
	struct netstat_run *run = session->state;
	struct diag diag = {""};
	int err = netstat_out_open(&run->out, run->options, &diag), closed;

	if (!err)
		err = has_sockets(session) ? print_sockets(run) : print_counted(session);
	closed = netstat_out_close(&run->out);
	if (diag.text[0])
		session->refusal = diag;
	session->answer = run->missing ? (enum exit_code)NETSTAT_FAILED : EXIT_OK;
	return err ? err : closed;
}

static int close_run(struct session *session)
{
	struct netstat_run *run = session->state;

	if (run)
		netstat_free_places(run);
	free(run);
	return 0;
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
