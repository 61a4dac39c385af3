/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command trail: prints the life of the sockets that were asked for. One name may stand for
 * several sockets in the course of time: the fd of a process, or two addresses.
 */
#include <errno.h>
#include <stdlib.h>

#include "command/commands.h"
#include "session/notice.h"
#include "session/session.h"
#include "base/array.h"
#include "view/life.h"

/* A row that was asked for. */
struct followed {
	uint64_t id;
	bool printed; /* with --follow: what comes is printed as it comes */
};

struct trail {
	const struct options *options;
	struct view rows, changes;
	struct followed *followed; /* those that live */
	size_t living;
	unsigned int found;
	bool begun;
	int err; /* the first error of the stream */
};

/* --- the command line ------------------------------------------------------------------------- */

/* One word, or two as a table shows them: LOCAL FOREIGN. */
static int read_socket(struct options *options, const char *const words[], size_t count,
                       struct diag *diag)
{
	struct diag why;
	int err;

	if (asprintf(&options->socket, "%s%s%s", words[0], count > 1 ? "-" : "",
	             count > 1 ? words[1] : "") < 0) {
		options->socket = NULL;
		return diag_fail(diag, -ENOMEM, "out of memory");
	}
	err = pick_parse(options->socket, &options->pick, &why);
	return err ? diag_fail(diag, err, "trail: %.*s", (int)sizeof(why.text) - 16, why.text) : 0;
}

static int check(struct options *options, struct diag *diag)
{
	if (options->from && options->verbose)
		return cli_no_effect("verbose", "a recording has no probes", diag);
	return 0;
}

static void needs(const struct options *options, struct needs *needs)
{
	needs->trace = needs->detached = options->follow;
}

/* --- lives ------------------------------------------------------------------------------------ */

static struct trail *trail_new(const struct session *session, FILE *out)
{
	struct trail *trail = calloc(1, sizeof(*trail));

	if (!trail)
		return NULL;
	trail->options = session->options;
	trail->rows = *output_row_view(session->output);
	trail->changes = *output_change_view(session->output);
	trail->rows.out = trail->changes.out = out;
	return trail;
}

static void trail_free(struct trail *trail)
{
	if (!trail)
		return;
	free(trail->followed);
	free(trail);
}

static bool is_text(const struct trail *trail)
{
	return trail->options->format == OUTPUT_TEXT;
}

static void note(struct trail *trail, int err)
{
	if (err && !trail->err)
		trail->err = err;
}

static struct followed *find(const struct trail *trail, uint64_t id)
{
	for (size_t i = 0; i < trail->living; i++)
		if (trail->followed[i].id == id)
			return &trail->followed[i];
	return NULL;
}

/* The socket, if it was asked for; NULL: it is another one, or there is no memory. */
static struct followed *recognize(struct trail *trail, const struct row *row)
{
	const struct table *table = trail->rows.context.table;
	struct followed *one = find(trail, row->id);

	if (one || !pick_match(&trail->options->pick, table, row) ||
	    !query_match(&trail->options->query, table, row, table_now(table)))
		return one;
	one = array_add(trail->followed, trail->living, sizeof(*one));
	if (!one) {
		note(trail, -ENOMEM);
		return NULL;
	}
	trail->followed = one;
	one += trail->living++;
	*one = (struct followed){.id = row->id};
	trail->found++;
	return one;
}

static void print_life(struct trail *trail, const struct row *row)
{
	struct view *view = &trail->rows;

	view->context.now = table_now(view->context.table);
	if (!is_text(trail)) {
		note(trail, view->format->object(view, row));
		return;
	}
	if (trail->begun && fputc('\n', view->out) == EOF)
		note(trail, -errno);
	trail->begun = true;
	note(trail, life_head(view, row));
	if (fputc('\n', view->out) == EOF)
		note(trail, -errno);
	note(trail, life_steps(view, row));
}

/* Prints its last line; if nothing of it was printed before, also all that went before. */
static void print_end(struct trail *trail, const struct followed *one, const struct row *row,
                      uint64_t time)
{
	if (!one->printed || !is_text(trail))
		print_life(trail, row);
	if (is_text(trail))
		note(trail, life_end(&trail->rows, row, time));
}

static void print_step(struct trail *trail, struct followed *one, const struct change *change)
{
	struct view *view = &trail->changes;

	if (!one->printed) /* all its steps so far, with this one */
		print_life(trail, change->row);
	else if (is_text(trail))
		note(trail, life_step(view, change));
	else
		note(trail, view->format->object(view, change));
	one->printed = true;
}

static void forget(struct trail *trail, struct followed *one)
{
	*one = trail->followed[--trail->living];
}

/* A request socket became a full socket: follow that one. */
static void follow(struct trail *trail, struct followed *one, const struct change *change)
{
	struct followed *child = find(trail, change->into);

	if (!child) {
		one->id = change->into;
		return;
	}
	child->printed |= one->printed;
	trail->found--; /* it was counted twice */
	forget(trail, one);
}

static void report_change(const struct change *change, struct session *session)
{
	struct trail *trail = session->state;
	struct followed *one;

	if (!change->row || !change->row->used) /* a loss, or a segment for no socket */
		return;
	one = recognize(trail, change->row);
	if (!one || trail->err)
		return;
	if (change->kind == CHANGE_END) {
		print_end(trail, one, change->row, change->time);
		forget(trail, one);
	} else if (change->kind == CHANGE_BECAME) {
		follow(trail, one, change);
	} else if (trail->options->follow && change_has_line(change)) {
		print_step(trail, one, change);
	}
}

static int trail_print(struct trail *trail)
{
	const struct table *table = trail->rows.context.table;
	struct row_iter iter;
	const struct row *row;

	table_for_each (table, iter, row) {
		struct followed *one = recognize(trail, row);

		if (!one || one->printed)
			continue;
		print_life(trail, row);
		one->printed = true;
	}
	return trail->err;
}

/* --- the session ------------------------------------------------------------------------------ */

/* What the threads of the holders are doing is looked up here only. */
static void examine(struct session *session)
{
	struct row_iter iter;
	const struct row *row;

	table_for_each (session->table, iter, row)
		if (pick_match(&session->options->pick, session->table, row))
			session_examine(session, row);
}

/* Printing to nowhere asks for the names that printing needs. */
static void wait_names(struct session *session)
{
	FILE *nowhere = fopen("/dev/null", "we");
	struct trail *trail = nowhere ? trail_new(session, nowhere) : NULL;

	if (trail)
		trail_print(trail);
	trail_free(trail);
	if (nowhere)
		fclose(nowhere);
	session_wait_names(session);
}

static int begin(struct session *session)
{
	struct trail *trail;
	int err;

	session->state = trail = trail_new(session, session_out(session));
	if (!trail)
		return -ENOMEM;
	if (!session_is_live(session))
		return 0;
	examine(session);
	wait_names(session);
	session_begin_output(session);
	err = trail_print(trail);
	if (err || !trail->living || !session->options->follow)
		return err ? err : 1;
	return output_flush(session->output);
}

static int turn(struct session *session)
{
	const struct trail *trail = session->state;

	return trail->err ? trail->err : !trail->living;
}

/* "fd 7 of pid 5790" */
static const char *picked(const struct options *options, char *buf, size_t size)
{
	const struct pick *pick = &options->pick;

	if (pick->kind == PICK_FD)
		snprintf(buf, size, "fd %d of pid %u", pick->fd, pick->pid);
	else
		snprintf(buf, size, "%s%.150s", pick->kind == PICK_COOKIE ? "cookie " : "",
		         options->socket);
	return buf;
}

static void report_nothing(struct session *session)
{
	const struct options *options = session->options;
	char buf[200];
	const char *name = picked(options, buf, sizeof(buf));

	session->answer = session->one_netns ? EXIT_CANNOT : EXIT_BAD;
	if (options->from)
		notice("no socket in %s matches %s", options->from, name);
	else if (session->one_netns)
		notice("no socket in this network namespace matches %s; others cannot be seen",
		       name);
	else
		notice("no socket matches %s", name);
}

static int end(struct session *session)
{
	struct trail *trail = session->state;
	int err = session_is_live(session) ? 0 : trail_print(trail);

	if (!err && !trail->found)
		report_nothing(session);
	return err;
}

static int close(struct session *session)
{
	trail_free(session->state);
	return 0;
}

static const struct command_option helps[] = {
	{"verbose", "print a notice for each probe that is missing"},
	{},
};

const struct command command_trail = {
	.word = "trail",
	.usage = "trail [OPTION]... SOCKET",
	.summary = "print the life of a socket",
	.examples =
		{
			{"tcptrail trail 4242:7", "the socket that is fd 7 of process 4242"},
			{"tcptrail trail 10.0.0.1:80-10.0.0.2:5000",
                         "by its addresses, the local one first"},
			{"tcptrail trail -f sk:1005",
                         "by its cookie, as ss -e prints it, until it ends"},
		},
	.takes = TAKES_FILTERS TAKES_LIVE TAKES_RECORDING TAKES_NUMERIC
	" numeric-users wide json follow utc output",
	.helps = helps,
	.operands = {.least = 1,
                     .most = 2,
                     .missing = "missing socket: expected PID:FD, a cookie or LOCAL-REMOTE",
                     .read = read_socket},
	.sources = SOURCE_LIVE | SOURCE_RECORDING,
	.check = check,
	.needs = needs,
	.begin = begin,
	.change = report_change,
	.turn = turn,
	.end = end,
	.close = close,
};
