/* SPDX-License-Identifier: BSD-2-Clause */
/* The command why: counts for a while which sockets come and go, then runs the rules. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/format.h"
#include "command/commands.h"
#include "command/fail_if.h"
#include "rules/rule.h"
#include "session/notice.h"
#include "session/scope.h"
#include "session/session.h"
#include "view/findings.h"

#define WATCH_DEFAULT (10 * NS_PER_SEC)
#define OLD_DEFAULT   (300 * NS_PER_SEC) /* longer than an answer or the idle time of a pool */

struct why_command {
	struct session *session;
	const struct options *options;
	struct groups *groups;
	struct storms *storms;
	struct fail_if *fail_if; /* NULL: not asked for */
	uint64_t shown;          /* seconds of the loop, by the progress line */
};

/* --- the command line ------------------------------------------------------------------------- */

static int check(struct options *options, struct diag *diag)
{
	if (!options_given(options, "for"))
		options->watch = WATCH_DEFAULT;
	if (options->continuous && !options->interval)
		options->interval = options->watch;
	return fail_if_check(options, true, diag);
}

static void needs(const struct options *options, struct needs *needs)
{
	needs->detached = options->continuous;
	needs->host = needs->sockets = needs->verdict = true;
	needs->watch_before = options->watch;
	needs->watch_end = options_given(options, "for");
	fail_if_needs(options, needs);
}

static void print_rules(FILE *out)
{
	fputs("\nFindings, by the rule that they name:\n", out);
	for (size_t i = 0; i < rules_count; i++)
		cli_print_wrapped(out, fprintf(out, "  %s", rules[i]->id), 32, rules[i]->about);
}

/* --- rules ------------------------------------------------------------------------------------ */

static void why_free(struct why_command *why)
{
	if (!why)
		return;
	groups_free(why->groups);
	storms_free(why->storms);
	fail_if_free(why->fail_if);
	free(why);
}

static struct why_command *why_new(struct session *session)
{
	struct why_command *why = calloc(1, sizeof(*why));
	bool fail_ifs = session->options->fail_if_count;

	if (!why)
		return NULL;
	why->session = session;
	why->options = session->options;
	why->groups = groups_new(session->table);
	why->storms = storms_new(session->table);
	why->fail_if = fail_ifs ? fail_if_new(session) : NULL;
	if (why->groups && why->storms && (why->fail_if || !fail_ifs))
		return why;
	why_free(why);
	return NULL;
}

static void count_change(const struct change *change, struct session *session)
{
	struct why_command *why = session->state;

	groups_change(change, why->groups);
	if (why->fail_if)
		fail_if_change(change, why->fail_if);
	if (!query_match_change(&why->options->query, session->table, change))
		return;
	/* Count now: the socket may be destroyed before the rules run. */
	storms_change(change, why->storms);
	if (change_connect_failure(change) != CONNECT_FAILURE_NONE)
		groups_failure(change, why->groups);
}

static bool is_wanted(const struct row *row, void *arg)
{
	const struct why_command *why = arg;
	const struct table *table = why->session->table;

	return query_match(&why->options->query, table, row, table_now(table));
}

static int judge(struct why_command *why, struct finding **findings, size_t *count)
{
	const struct rules_request ask = {
		.wanted = is_wanted,
		.arg = why,
		.old = why->options->old ? why->options->old : OLD_DEFAULT,
		.states = why->options->query.states,
	};
	/* Storms are not about sockets in a state. */
	const struct storms *storms = ask.states ? NULL : why->storms;

	return rules_run(why->session->table, why->groups, storms, &ask, findings, count);
}

/* Looks up what the holders of one socket of each finding do. 0 or -ENOMEM. */
static void examine(const struct row *row, void *arg)
{
	session_examine(arg, row);
}

static int examine_examples(struct why_command *why)
{
	struct session *session = why->session;
	struct finding *findings;
	size_t count;
	int err;

	if (!session_is_live(session))
		return 0;
	err = judge(why, &findings, &count);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (findings[i].level != FINDING_OK && findings[i].group.example)
			examine(findings[i].group.example, session);
	rules_free(findings, count);
	return rules_each_fd_candidate(session->table, why->groups, examine, session);
}

/* Prints to stderr what can be seen without watching: a line for each finding that is or may be bad. */
static int print_headlines(struct why_command *why)
{
	struct view view = *output_row_view(why->session->output);
	struct finding *findings;
	size_t count;
	int err;

	if (why->options->format != OUTPUT_TEXT)
		return 0;
	err = judge(why, &findings, &count);
	if (err)
		return err;
	view.out = stderr;
	view.color = view.color && isatty(STDERR_FILENO);
	err = findings_headlines(&view, findings, count);
	rules_free(findings, count);
	return err;
}

static int print_findings(struct why_command *why)
{
	const struct options *options = why->options;
	struct findings_scope scope = {.window = groups_window(why->groups),
	                               .states = options->query.states};
	struct view view = *output_row_view(why->session->output);
	struct finding *findings;
	size_t count;
	int err = judge(why, &findings, &count);

	if (err)
		return err;
	groups_forgotten(why->groups, &scope.forgotten);
	if (options->format == OUTPUT_JSON)
		err = findings_json(&view, findings, count, &scope);
	else
		err = findings_text(&view, findings, count, options->verbose, &scope,
		                    options->continuous);
	rules_free(findings, count);
	return err;
}

/* --- the session ------------------------------------------------------------------------------ */

/* On a terminal, in place: "watching: 4s of 10s". */
static void show_progress(struct session *session)
{
	struct why_command *why = session->state;
	uint64_t seconds = (clock_boot() - session->began) / NS_PER_SEC;

	if (!isatty(STDERR_FILENO) || seconds == why->shown)
		return;
	why->shown = seconds;
	fprintf(stderr, "\rwatching: %" PRIu64 "s", seconds);
	if (!why->options->continuous)
		fprintf(stderr, " of %" PRIu64 "s", (uint64_t)(why->options->watch / NS_PER_SEC));
}

static void clear_progress(const struct session *session)
{
	if (session->began && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static int report(struct session *session)
{
	struct why_command *why = session->state;
	int err;

	clear_progress(session);
	session_walk(session);
	err = examine_examples(why);
	if (!err)
		err = scope_check_rows(session->options, session->table, &session->refusal);
	if (!err)
		err = print_findings(why);
	return err || !why->fail_if ? err : fail_if_print(why->fail_if);
}

static int repeat(struct session *session, int fd)
{
	(void)fd;
	return output_skip_snapshot(session->output) ? 0 : report(session);
}

static int begin_watching(struct session *session)
{
	const struct options *options = session->options;
	char time[FORMAT_SIZE];
	int err = print_headlines(session->state);

	if (err)
		return err;
	format_duration(time, options->watch);
	session_begin_loop();
	notice(options->continuous ? "watching; Ctrl-C: report now and stop"
	                           : "watching for %s; Ctrl-C: report now",
	       time);
	return options->continuous ? session_every(session, options->interval, repeat) : 0;
}

static int begin(struct session *session)
{
	session->state = why_new(session);
	if (!session->state)
		return -ENOMEM;
	if (!session_is_live(session))
		return 0;
	return session->options->watch ? begin_watching(session) : 1;
}

/* Rules count what happens: the sockets of the session before are gone. */
static int restarted(struct session *session)
{
	notice("the recorder was restarted: the report covers what came after");
	why_free(session->state);
	session->state = why_new(session);
	return session->state ? 0 : -ENOMEM;
}

static int turn(struct session *session)
{
	const struct options *options = session->options;

	show_progress(session);
	return !options->continuous && clock_boot() >= session->began + options->watch;
}

static int close_why(struct session *session)
{
	why_free(session->state);
	return 0;
}

static const struct command_option helps[] = {
	{"continuous", "report every --for; -c60: every 60 s"},
	{"for", "watch for TIME before the report (default 10s)"},
	{"verbose", "also report what is fine, and more notices"},
	{},
};

const struct command command_why = {
	.word = "why",
	.usage = "why [OPTION]... [STATE]...",
	.summary = "explain piles of sockets",
	.examples =
		{
			{"tcptrail why close_wait",
                         "watch for 10 s, then explain the sockets in CLOSE_WAIT"},
			{"tcptrail why --for 5m --stacks",
                         "all states, with the code that created the sockets"},
			{"tcptrail why --pid 4242 --json", "one process, for another program"},
		},
	.takes = TAKES_FILTERS TAKES_LIVE TAKES_RECORDING
	" numeric continuous stacks json color for old fail-if utc output",
	.helps = helps,
	.operands = {.most = SIZE_MAX, .read = cli_read_states},
	.more_help = print_rules,
	.sources = SOURCE_LIVE | SOURCE_RECORDING,
	.check = check,
	.needs = needs,
	.begin = begin,
	.change = count_change,
	.restarted = restarted,
	.turn = turn,
	.end = report,
	.close = close_why,
};
