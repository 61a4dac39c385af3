/* SPDX-License-Identifier: BSD-2-Clause */
/* The command snapshot: netstat's list, once or with -c again and again. */
#include <errno.h>

#include "base/parse.h"
#include "command/commands.h"
#include "command/fail_if.h"
#include "command/rows.h"

/* --- the command line ------------------------------------------------------------------------- */

/* netstat's DELAY, as -c. */
static int read_delay(struct options *options, const char *const words[], size_t count,
                      struct diag *diag)
{
	uint64_t interval;

	(void)count;
	if (parse_duration(words[0], &interval) || !interval)
		return diag_fail(diag, -EINVAL,
		                 "snapshot: invalid delay \"%.80s\": expected one delay in "
		                 "seconds, above 0",
		                 words[0]);
	options->continuous = true;
	options->interval = interval;
	return 0;
}

static int check(struct options *options, struct diag *diag)
{
	if (options->stacks && !options->continuous && !options->from)
		return cli_no_effect("stacks",
		                     "one snapshot sees no connect, listen or accept; use -c, "
		                     "--from, events or no command",
		                     diag);
	return fail_if_check(options, false, diag);
}

/*
 * Holders take as long to find as the sockets do. A list without processes needs none, but sockets
 * in CLOSE are found by their fds alone.
 */
static bool needs_holders(const struct options *options)
{
	const struct query *query = &options->query;

	if (options->format != OUTPUT_TEXT)
		return true;
	return options->programs || options->extend || options->verbose || options->columns ||
	       options->sort || options->fail_if_count || options->continuous || query->pid_count ||
	       query->comms.count || query->containers.count ||
	       query->states & STATE_BIT(STATE_CLOSE);
}

static void needs(const struct options *options, struct needs *needs)
{
	needs->trace = needs->detached = options->continuous;
	needs->holders = needs_holders(options);
	needs->instant = needs->sockets = true;
	fail_if_needs(options, needs);
}

/* --- the session ------------------------------------------------------------------------------ */

static int begin(struct session *session)
{
	int err;

	if (!session->options->continuous)
		return 1;
	err = rows_print(session);
	return err ? err : rows_repeat(session);
}

static int end(struct session *session)
{
	struct fail_if *fail_if;
	int err;

	if (session->options->continuous)
		return 0;
	if (!session->options->fail_if_count)
		return rows_print(session);
	fail_if = fail_if_new(session);
	err = fail_if ? fail_if_print(fail_if) : -ENOMEM;
	fail_if_free(fail_if);
	return err;
}

const struct command command_snapshot = {
	.word = "snapshot",
	.usage = "snapshot [OPTION]... [DELAY]",
	.summary = "list sockets as netstat does",
	.examples =
		{
			{"tcptrail snapshot -antp", "list sockets as netstat -antp does"},
			{"tcptrail snapshot -ltnc2", "list listening sockets every 2 seconds"},
			{"tcptrail snapshot --sort -age --limit 20",
                         "list the 20 sockets that stay longest in their state"},
		},
	.takes = TAKES_FILTERS TAKES_LIVE TAKES_RECORDING TAKES_NUMERIC TAKES_ROWS " fail-if",
	.operands = {.most = 1, .read = read_delay},
	.sources = SOURCE_LIVE | SOURCE_RECORDING,
	.check = check,
	.needs = needs,
	.begin = begin,
	.end = end,
};
