/* SPDX-License-Identifier: BSD-2-Clause */
/* tcptrail without a command: the list, the stream, and at the end the list and totals. */
#include "command/commands.h"
#include "command/rows.h"
#include "command/stream.h"

/* Without options the user wants to see all sockets and their processes. */
static int check(struct options *options, struct diag *diag)
{
	(void)diag;
	options->all |= !options->listening;
	options->programs = true;
	return 0;
}

static void needs(const struct options *options, struct needs *needs)
{
	(void)options;
	needs->detached = true;
	needs->wait_stacks = true;
}

static int begin(struct session *session)
{
	int err = session_is_live(session) ? rows_print(session) : 0;

	if (!err)
		err = stream_begin(session);
	return err ? err : rows_repeat(session);
}

static int end(struct session *session)
{
	int err;

	session_walk(session);
	err = output_end_events(session->output);
	if (!err)
		err = output_snapshot(session->output);
	return err ? err : output_totals(session->output);
}

const struct command command_watch = {
	.usage = "[OPTION]...",
	.summary = "list sockets, then watch them",
	.examples =
		{
			{"tcptrail -np", "list all sockets, then print every transition"},
			{"tcptrail snapshot -antp --state close_wait --older 5m",
                         "list sockets that hang in CLOSE_WAIT, and their processes"},
			{"tcptrail events --port 443 --json", "print events for another program"},
		},
	.takes = TAKES_FILTERS TAKES_LIVE TAKES_RECORDING TAKES_NUMERIC TAKES_ROWS,
	.sources = SOURCE_LIVE | SOURCE_RECORDING,
	.check = check,
	.needs = needs,
	.begin = begin,
	.change = stream_change,
	.end = end,
};
