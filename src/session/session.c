/* SPDX-License-Identifier: BSD-2-Clause */
/* What a session owns, from its begin to its end. */
#include "session/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "session/input.h"
#include "session/notice.h"
#include "session/privilege.h"
#include "session/session_private.h"
#include "session/signals.h"
#include "view/totals.h"

#define NAMES_WAIT_MS 2000 /* in all */

/* --- for commands ----------------------------------------------------------------------------- */

bool session_is_live(const struct session *session)
{
	return session->feed;
}

FILE *session_out(const struct session *session)
{
	return session->output ? output_file(session->output) : session->out;
}

void session_walk(struct session *session)
{
	if (session->feed)
		feed_walk(session->feed);
}

void session_examine(struct session *session, const struct row *row)
{
	if (session->feed)
		feed_examine(session->feed, row);
}

void session_wait_names(struct session *session)
{
	if (session->feed)
		feed_wait_names(session->feed, NAMES_WAIT_MS);
}

void session_begin_output(struct session *session)
{
	if (session->output && output_is_detached(session->output))
		signals_hold(true);
}

void session_begin_loop(void)
{
	signals_hold(true);
}

/* --- for drivers ------------------------------------------------------------------------------ */

int session_open_command(struct session *session, struct diag *diag)
{
	int err;

	if (!session->command->open)
		return EXIT_OK;
	if (privilege_lower(diag))
		return EXIT_CANNOT;
	err = session->command->open(session, diag);
	if (err)
		return err == -EINVAL ? EXIT_USAGE : EXIT_CANNOT;
	return privilege_raise(diag) ? EXIT_CANNOT : EXIT_OK;
}

static void report_change(const struct change *change, void *arg)
{
	struct session *session = arg;

	session->command->change(change, session);
}

void session_listen(struct session *session, bool listen)
{
	bool wanted = listen && session->command->change && !session->needs.facts;

	table_set_listener(session->table, wanted ? report_change : NULL, session);
}

void session_fact(const struct fact *fact, void *arg)
{
	struct session *session = arg;

	session->command->fact(fact, session);
}

int session_conclude(struct session *session, int err, struct diag *diag)
{
	if (session->refusal.text[0]) {
		*diag = session->refusal;
		return EXIT_CANNOT;
	}
	/* close_session() reports what became of the output. */
	if ((session->output && output_flush(session->output)) || err == -EPIPE)
		return EXIT_OK;
	if (err)
		diag_fail(diag, err, "stopped: %s", strerror(-err));
	return err ? EXIT_STOPPED : (int)session->answer;
}

/* --- opened and closed ------------------------------------------------------------------------ */

/* false: no facts were lost. */
static bool report_losses(const struct session *session)
{
	struct totals totals;
	char lost[256] = "";
	FILE *text = fmemopen(lost, sizeof(lost), "w");
	bool any;

	table_totals(session->table, &totals);
	any = text && totals_lost(text, &totals);
	if (text)
		fclose(text);
	if (any)
		notice("facts were lost on the way (%s); the next walk corrects the table", lost);
	return any;
}

/* The error that stopped a session says more than what it lost. */
static int lost(int code)
{
	return code == EXIT_STOPPED ? code : EXIT_LOST;
}

static int close_session(struct session *session, int code)
{
	int err = session->output ? output_close(session->output) : 0;

	if (err && err != -EPIPE) {
		notice("output was lost: %s",
		       err == -EINTR ? "its reader has stalled" : strerror(-err));
		code = lost(code);
	}
	if (code == EXIT_OK && session->table && report_losses(session))
		code = EXIT_LOST;
	feed_close(session->feed); /* its last facts are for the command, too */
	if (session->command->close && session->command->close(session))
		code = lost(code);
	table_free(session->table);
	loop_close(session);
	return code;
}

/* Opening --output empties it: it must not be what --from reads. */
static bool overwrites_input(const struct options *options, struct diag *diag)
{
	if (!options->from || !options->output || !input_is(options->from, options->output))
		return false;
	diag_fail(diag, -EINVAL, "--output: %s is what --from reads: expected another file",
	          options->output);
	return true;
}

/* With the user's own rights, also to look at what --from names. EXIT_OK, or a code with diag. */
static int open_output(struct session *session, struct diag *diag)
{
	int code = EXIT_OK;

	if (session->command->own_output)
		return EXIT_OK;
	if (privilege_lower(diag))
		return EXIT_CANNOT;
	if (overwrites_input(session->options, diag))
		code = EXIT_USAGE;
	else if (output_open(&session->output, session->options, session->table, diag))
		code = EXIT_CANNOT;
	return privilege_raise(diag) ? EXIT_CANNOT : code;
}

/* The command runs on facts. */
static int run_on_facts(struct session *session)
{
	const struct options *options = session->options;
	struct diag diag = {""};
	int code = EXIT_CANNOT, err = options->from ? 0 : loop_open(session);

	session->table = table_new(options->max_sockets);
	if (!session->table)
		diag_fail(&diag, -ENOMEM, "out of memory");
	else if (err)
		diag_fail(&diag, err, "the loop cannot be opened: %s", strerror(-err));
	else
		code = open_output(session, &diag);
	if (code == EXIT_OK)
		code = options->from ? drive_replay(session, &diag) : drive_live(session, &diag);
	if (diag.text[0])
		notice("%s", diag.text);
	return close_session(session, code);
}

/* The command takes no facts: it only prints. */
static int run_alone(struct session *session)
{
	int err;

	session->out = lines_open(STDOUT_FILENO);
	if (!session->out)
		return EXIT_LOST;
	err = session->command->end(session);
	if (session->refusal.text[0])
		notice("%s", session->refusal.text);
	/* A full buffer that could not be written is empty now: ask for the error itself. */
	if ((ferror(session->out) || fclose(session->out)) && errno != EPIPE) {
		notice("output was lost: %s", strerror(errno));
		return EXIT_LOST;
	}
	return err && err != -EPIPE ? EXIT_CANNOT : (int)session->answer;
}

int session_run(const struct options *options)
{
	struct session session = {
		.command = options->command, .options = options, .since = INT64_MIN};

	command_needs(options->command, options, &session.needs);
	return options->command->sources == SOURCE_NONE ? run_alone(&session)
	                                                : run_on_facts(&session);
}
