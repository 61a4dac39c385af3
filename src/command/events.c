/* SPDX-License-Identifier: BSD-2-Clause */
/* The command events: the stream of transitions, retransmits and RSTs, or of facts. */
#include "command/commands.h"
#include "command/stream.h"

static struct command_columns columns(const struct options *options)
{
	(void)options;
	return (struct command_columns){change_fields, change_fields_count};
}

static int check(struct options *options, struct diag *diag)
{
	if (options->from && options->verbose)
		return cli_no_effect("verbose", "a recording has no probes", diag);
	return 0;
}

static void needs(const struct options *options, struct needs *needs)
{
	needs->detached = needs->wait_stacks = true;
	needs->facts = needs->host = options->format == OUTPUT_FACTS;
}

static void print_fact(const struct fact *fact, struct session *session)
{
	output_fact(fact, session->output);
}

static int turn(struct session *session)
{
	return output_full(session->output); /* --limit */
}

static const struct command_option helps[] = {
	{"verbose", "print a notice for each probe that is missing"},
	{},
};

static const struct command_option lacks[] = {
	{"all", "it always shows all sockets"},
	{"listening", "use --state listen"},
	{"programs", "it always shows the process"},
	{},
};

const struct command command_events = {
	.word = "events",
	.usage = "events [OPTION]...",
	.summary = "print transitions and RSTs",
	.examples =
		{
			{"tcptrail events -n --comm nginx", "print events of nginx's sockets"},
			{"tcptrail events --state syn_sent --newer 1s", "print fast connects"},
			{"tcptrail events --facts --output day.facts",
                         "write facts to read later with --from"},
		},
	.takes = TAKES_FILTERS TAKES_LIVE TAKES_RECORDING TAKES_NUMERIC
	" wide stacks json csv facts columns limit no-header color utc output",
	.helps = helps,
	.lacks = lacks,
	.sources = SOURCE_LIVE | SOURCE_RECORDING,
	.columns = columns,
	.check = check,
	.needs = needs,
	.begin = stream_begin,
	.change = stream_change,
	.fact = print_fact,
	.turn = turn,
};
