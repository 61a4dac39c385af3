/* SPDX-License-Identifier: BSD-2-Clause */
/* The command diff: counts the sockets at two instants of a recording, prints what has changed. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "session/session.h"
#include "view/diff.h"

/* --- the command line ------------------------------------------------------------------------- */

/* "-10m" is a time. -4 and -6 are options, with what begins so and is no time. */
static bool is_time(const char *word)
{
	struct when when;

	if (word[1] == '4' || word[1] == '6')
		return word[1 + strspn(word + 1, "46")] && !when_parse(word, &when);
	return isdigit((unsigned char)word[1]);
}

static int read_times(struct options *options, const char *const words[], size_t count,
                      struct diag *diag)
{
	for (size_t i = 0; i < count; i++)
		if (when_parse(words[i], &options->instants[i]))
			return diag_fail(diag, -EINVAL,
			                 "diff: invalid time \"%.80s\": " WHEN_EXPECTED, words[i]);
	return 0;
}

static void needs(const struct options *options, struct needs *needs)
{
	needs->when = options->instants;
	needs->when_count = 2;
	needs->sockets = true;
}

/* --- the session ------------------------------------------------------------------------------ */

/* The state is the census of the first instant. */
static int print(const struct session *session, struct census *after)
{
	const struct options *options = session->options;
	struct view view = *output_row_view(session->output);
	struct census *before = session->state;
	struct census_row *rows;
	size_t count;
	int err = census_compare(before, after, options->all, &rows, &count);

	if (err)
		return err;
	view.title = NULL;
	view.kind = "diff";
	if (options->format == OUTPUT_JSON)
		err = diff_json(&view, rows, count);
	else
		err = diff_text(&view, before, after, rows, count);
	free(rows);
	return err;
}

static int end(struct session *session)
{
	struct census *census = census_take(session->table, &session->options->query);
	int err;

	if (!census)
		return -ENOMEM;
	if (!session->state) {
		session->state = census;
		return 0;
	}
	err = print(session, census);
	census_free(census);
	return err;
}

static int close(struct session *session)
{
	census_free(session->state);
	return 0;
}

static const struct command_option helps[] = {
	{"all", "also show what did not change"},
	{},
};

const struct command command_diff = {
	.word = "diff",
	.usage = "diff --from FILE|DIR T1 [T2]",
	.summary = "show changes from T1 to T2",
	.examples =
		{
			{"tcptrail diff --from /var/lib/tcptrail -10m",
                         "changes in its last ten minutes, by state, process and place"},
			{"tcptrail diff --from /var/lib/tcptrail 03:00 03:12",
                         "changes between two times of last night"},
			{"tcptrail diff --from day.facts start --state close_wait",
                         "changes in the number of sockets in CLOSE_WAIT"},
		},
	.takes = TAKES_FILTERS " all numeric json utc output from",
	.helps = helps,
	.operands = {.least = 1,
                     .most = 2,
                     .missing = "missing first time (T1): " WHEN_EXPECTED,
                     .is_operand = is_time,
                     .read = read_times},
	.sources = SOURCE_RECORDING,
	.needs = needs,
	.end = end,
	.close = close,
};
