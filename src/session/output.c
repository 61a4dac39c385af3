/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/outlet.h"
#include "field/columns.h"
#include "fact/text.h"
#include "view/totals.h"
#include "view/view.h"

/* What a stalled reader may leave untaken: more than it takes to hold the ring's facts as text. */
#define OUTLET_ROOM    (32U << 20)
#define FACTS_PATIENCE 100 /* ms */
/* ms that a reader may take nothing once a signal has come; terminals are far away at times. */
#define PIPE_HURRY     100
#define TERMINAL_HURRY 1000

struct output {
	const struct options *options;
	const struct table *table;
	FILE *file;            /* stdout or --output */
	FILE *lines;           /* into file, whole lines at a time */
	FILE *out;             /* what is printed to: lines, or the outlet's */
	struct outlet *outlet; /* NULL: who prints waits for the reader */
	struct view rows, changes;
	const struct field **row_columns, **change_columns;
	size_t row_count;   /* of row_columns; one more stands behind them, of the token of MPTCP */
	struct totals seen; /* of what the filters select: since it began, no rows */
	uint64_t changes_printed; /* or facts */
	uint64_t skipped;         /* snapshots that a reader was not ready for */
	bool begun;               /* something stands above what comes */
	int err;                  /* first error of the stream */
};

static const struct view_format *const formats[] = {
	[OUTPUT_TEXT] = &view_text,
	[OUTPUT_JSON] = &view_json,
	[OUTPUT_CSV] = &view_csv,
	[OUTPUT_FACTS] = &view_text,
};

static bool want_color(const struct options *options, FILE *out)
{
	switch (options->color) {
	case COLOR_ALWAYS:
		return true;
	case COLOR_NEVER:
		return false;
	case COLOR_AUTO:
		break;
	}
	return isatty(fileno(out)) && !getenv("NO_COLOR");
}

static struct view view_for(const struct output *output, const char *kind)
{
	const struct options *options = output->options;

	return (struct view){
		.format = formats[options->format],
		.out = output->out,
		.kind = kind,
		.from = options->from,
		.at = options->at.kind,
		.header = !options->no_header,
		.color = want_color(options, output->file),
		.context =
			{
				.table = output->table,
				.numeric_hosts = options->numeric_hosts,
				.numeric_ports = options->numeric_ports,
				.numeric_users = options->numeric_users,
				.wide = options->wide,
				.utc = options->utc,
				.recorded = options->from,
			},
	};
}

/* Which subflow belongs to which socket, where there are any. */
static int add_token(struct output *output)
{
	size_t count = output->rows.field_count;
	const struct field **columns =
		reallocarray(output->row_columns, count + 1, sizeof(*columns));

	if (!columns)
		return -ENOMEM;
	columns[count] = field_find(row_fields, row_fields_count, "mptcp_token");
	output->row_columns = columns;
	output->rows.fields = columns;
	output->row_count = count;
	return 0;
}

/* --columns is about the stream in `events`, about the snapshot elsewhere. */
static int choose_columns(struct output *output, struct diag *diag)
{
	const struct options *options = output->options;
	bool stream = options->command == COMMAND_EVENTS, text = options->format == OUTPUT_TEXT;
	const char *defaults[COLUMNS_MAX];
	const char *more = options->stacks ? "+stack" : NULL;
	const char *typed = options->columns ? options->columns : more;
	int err;

	columns_snapshot(options->extend, options->programs, options->timers, options->verbose,
	                 defaults);
	err = columns_select(row_fields, row_fields_count, text ? defaults : NULL,
	                     stream ? more : typed, &output->row_columns, &output->rows.field_count,
	                     diag);
	if (err)
		return err;
	err = add_token(output);
	if (err)
		return diag_fail(diag, err, "out of memory");
	err = columns_select(change_fields, change_fields_count, text ? columns_events : NULL,
	                     stream ? typed : more, &output->change_columns,
	                     &output->changes.field_count, diag);
	output->changes.fields = output->change_columns;
	return err;
}

static const char *netstat_title(const struct options *options)
{
	if (options->all)
		return "Active Internet connections (servers and established)";
	return options->listening ? "Active Internet connections (only servers)"
	                          : "Active Internet connections (w/o servers)";
}

int output_open(struct output **result, const struct options *options, const struct table *table,
                struct diag *diag)
{
	struct output *output = calloc(1, sizeof(*output));
	int err;

	if (!output)
		return diag_fail(diag, -ENOMEM, "out of memory");
	output->options = options;
	output->table = table;
	output->file = options->output ? fopen(options->output, "we") : stdout;
	if (!output->file) {
		err = diag_fail(diag, -errno, "cannot write %s: %s", options->output,
		                strerror(errno));
		free(output);
		return err;
	}
	output->lines = lines_open(fileno(output->file));
	if (!output->lines) {
		output_close(output);
		return diag_fail(diag, -ENOMEM, "out of memory");
	}
	output->out = output->lines;
	output->rows = view_for(output, "socket");
	output->rows.title = netstat_title(options);
	output->changes = view_for(output, "event");
	err = choose_columns(output, diag);
	if (err) {
		output_close(output);
		return err;
	}
	*result = output;
	return 0;
}

const struct view *output_row_view(const struct output *output)
{
	return &output->rows;
}

const struct view *output_change_view(const struct output *output)
{
	return &output->changes;
}

/* The outlet knows better than who prints why it failed. */
static void note_error(struct output *output, int err)
{
	int cause = err && output->outlet ? outlet_flush(output->outlet) : 0;

	if (err && !output->err)
		output->err = cause ? cause : err;
}

bool output_is_detached(const struct output *output)
{
	return output->outlet;
}

int output_detach(struct output *output, int stop, struct diag *diag)
{
	int err = output_flush(output);
	struct stat stat;

	if (!fstat(fileno(output->file), &stat) && S_ISREG(stat.st_mode))
		return 0;
	if (!err)
		err = outlet_open(&output->outlet, fileno(output->file), OUTLET_ROOM, stop);
	if (err)
		return diag_fail(diag, err, "a thread that writes cannot be started: %s",
		                 strerror(-err));
	output->out = outlet_file(output->outlet);
	output->rows.out = output->changes.out = output->out;
	return 0;
}

void output_hurry(struct output *output)
{
	bool terminal = isatty(fileno(output->file));

	if (output->outlet)
		outlet_hurry(output->outlet, terminal ? TERMINAL_HURRY : PIPE_HURRY);
}

bool output_skip_snapshot(struct output *output)
{
	bool behind = output->outlet && outlet_waiting(output->outlet);

	output->skipped += behind;
	return behind;
}

/* While the reader still stalls, there is no room for the telling either. */
uint64_t output_take_dropped(struct output *output, bool end)
{
	uint64_t dropped;

	if (!output->outlet)
		return 0;
	if (end)
		note_error(output, outlet_settle(output->outlet));
	else if (outlet_waiting(output->outlet) > OUTLET_ROOM / 2)
		return 0;
	dropped = outlet_take_dropped(output->outlet) + output->skipped;
	output->skipped = 0;
	return dropped;
}

int output_close(struct output *output)
{
	int err, closed;

	if (!output)
		return 0;
	err = output->out ? output_flush(output) : 0;
	closed = outlet_close(output->outlet);
	err = err ? err : closed;
	if (output->lines && fclose(output->lines) && !err)
		err = -errno;
	if (output->file != stdout && fclose(output->file) && !err)
		err = -errno;
	free(output->row_columns);
	free(output->change_columns);
	free(output);
	return err;
}

int output_flush(struct output *output)
{
	if (output->outlet)
		note_error(output, outlet_flush(output->outlet));
	else if (fflush(output->out))
		note_error(output, -errno);
	return output->err;
}

/* --- snapshot ------------------------------------------------------------------------------- */

/* A process asked for by pid or name may leak fds in CLOSE: those that it has open. */
static bool is_of_process(const struct output *output, const struct row *row)
{
	const struct query *query = &output->options->query;
	struct owner owner;

	if (output->options->listening || !(query->pid_count || query->comms.count))
		return false;
	table_owner(output->table, row, &owner);
	return row->flags & ROW_SOCKET && owner.holding == HOLDING_OPEN;
}

/* netstat's choice: established only, -l listeners only, -a both; --state says it itself. */
static bool shown(const struct output *output, const struct row *row)
{
	const struct options *options = output->options;

	if (options->query.states)
		return true;
	if (row->state == STATE_CLOSE) /* an fd that is in none of the tables netstat reads */
		return is_of_process(output, row);
	if (options->all)
		return true;
	return row_is_listener(row) == options->listening;
}

static size_t collect(const struct output *output, const struct row **rows, size_t room)
{
	const struct options *options = output->options;
	uint64_t now = table_now(output->table);
	struct row_iter iter;
	const struct row *row;
	size_t count = 0;

	table_for_each (output->table, iter, row)
		if (count < room && shown(output, row) &&
		    query_match(&options->query, output->table, row, now))
			rows[count++] = row;
	return count;
}

struct order {
	const struct field_context *context;
	const struct field *field;
	int sign;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct order *order = arg;
	int by = field_compare(order->context, order->field, *(const struct row *const *)a,
	                       *(const struct row *const *)b);

	return by * order->sign;
}

static void sort(const struct output *output, const struct row **rows, size_t count)
{
	const char *key = output->options->sort;
	struct order order = {.context = &output->rows.context, .sign = 1};
	const struct field *found[FIELDS_TYPED_MOST];

	if (!key)
		return;
	if (*key == '-') {
		order.sign = -1;
		key++;
	}
	if (!fields_find_typed(row_fields, row_fields_count, key, found))
		return;
	order.field = found[0];
	qsort_r(rows, count, sizeof(*rows), compare, &order);
}

/* Where nobody has chosen columns. */
static bool wants_token(const struct output *output, const struct row **rows, size_t count)
{
	const struct options *options = output->options;
	size_t at = 0;

	if (options->format != OUTPUT_TEXT || options->columns)
		return false;
	while (at < count && !(rows[at]->flags & (ROW_MPTCP | ROW_SUBFLOW)))
		at++;
	return at < count;
}

static int print_rows(struct output *output, const struct row **rows, size_t count)
{
	struct view *view = &output->rows;
	int err;

	view->field_count = output->row_count + wants_token(output, rows, count);
	err = view->format->begin ? view->format->begin(view) : 0;
	for (size_t i = 0; i < count && !err; i++)
		err = view->format->object(view, rows[i]);
	if (!err && view->format->end)
		err = view->format->end(view);
	return err;
}

static const struct row **matching(struct output *output, size_t *count)
{
	struct totals totals;
	const struct row **rows;

	table_totals(output->table, &totals);
	output->rows.context.now = table_now(output->table);
	rows = calloc(totals.rows ? totals.rows : 1, sizeof(*rows));
	if (rows)
		*count = collect(output, rows, totals.rows);
	return rows;
}

int output_snapshot(struct output *output)
{
	size_t count, limit = output->options->limit;
	const struct row **rows = matching(output, &count);
	int err;

	if (!rows)
		return -ENOMEM;
	sort(output, rows, count);
	err = print_rows(output, rows, limit && limit < count ? limit : count);
	free(rows);
	output->begun = true;
	note_error(output, err);
	return output_flush(output);
}

void output_want_names(struct output *output)
{
	const struct options *options = output->options;
	FILE *out = output->out, *nowhere;
	const struct row **rows;
	size_t count;

	if (options->numeric_hosts && options->numeric_ports && options->numeric_users)
		return; /* the other names came with the facts */
	nowhere = fopen("/dev/null", "we");
	rows = matching(output, &count);
	/* Printing to nowhere wants just the names that printing needs. */
	if (rows && nowhere) {
		output->rows.out = nowhere;
		print_rows(output, rows, count);
		output->rows.out = out;
	}
	if (nowhere)
		fclose(nowhere);
	free(rows);
}

/* --- stream --------------------------------------------------------------------------------- */

/* Between the parts of a text. */
static void blank_line(struct output *output)
{
	if (output->begun && output->options->format == OUTPUT_TEXT &&
	    output->options->command == COMMAND_WATCH)
		note_error(output, fputc('\n', output->out) == EOF ? -errno : 0);
	output->begun = true;
}

int output_begin_events(struct output *output)
{
	struct view *view = &output->changes;

	blank_line(output);
	if (output->options->format != OUTPUT_FACTS && view->format->begin)
		note_error(output, view->format->begin(view));
	return output_flush(output);
}

bool output_full(const struct output *output)
{
	return output->options->limit && output->changes_printed >= output->options->limit;
}

static void begin_object(const struct output *output, int patience)
{
	if (output->outlet)
		outlet_begin_object(output->outlet, patience);
}

static void end_object(const struct output *output)
{
	if (output->outlet)
		outlet_end_object(output->outlet);
}

/* As the table does, for what it cannot know: whom the filters select. */
static void count_change(struct totals *seen, const struct change *change)
{
	switch (change->kind) {
	case CHANGE_STATE:
		seen->transitions += !change->inferred;
		break;
	case CHANGE_RETRANSMIT:
		seen->retransmits[change->retransmit]++;
		break;
	case CHANGE_RST_SENT:
		seen->rsts_sent++;
		break;
	case CHANGE_RST_RECEIVED:
		seen->rsts_received++;
		break;
	case CHANGE_LOSS:
	case CHANGE_END:
	case CHANGE_BECAME:
	case CHANGE_SUBFLOW:
	case CHANGE_CONNECT_FAILED:
	case CHANGE_KIND_COUNT:
		break;
	}
}

void output_change(const struct change *change, void *arg)
{
	struct output *output = arg;
	struct view *view = &output->changes;

	if (!change_has_line(change) ||
	    !query_match_change(&output->options->query, output->table, change))
		return;
	count_change(&output->seen, change);
	if (output->err || output_full(output))
		return;
	output->changes_printed++;
	begin_object(output, 0);
	note_error(output, view->format->object(view, change));
	end_object(output);
}

void output_fact(const struct fact *fact, void *arg)
{
	struct output *output = arg;

	/* A walk is worth something as a whole only, and comes faster than many readers read. */
	if (output->err || fact->type == FACT_TICK || output_full(output))
		return;
	output->changes_printed++;
	begin_object(output, FACTS_PATIENCE);
	note_error(output, fact_text_print(output->out, fact));
	end_object(output);
}

int output_end_events(struct output *output)
{
	blank_line(output);
	return output_flush(output);
}

static void count_rows(const struct output *output, struct totals *totals)
{
	uint64_t now = table_now(output->table);
	struct row_iter iter;
	const struct row *row;

	totals->rows = totals->subflows = 0;
	memset(totals->by_state, 0, sizeof(totals->by_state));
	table_for_each (output->table, iter, row) {
		if (!query_match(&output->options->query, output->table, row, now))
			continue;
		totals->rows++;
		if (row->flags & ROW_SUBFLOW)
			totals->subflows++;
		else
			totals->by_state[row->state]++;
	}
}

/* What was lost, and healed, may be anybody's. */
static void select_totals(const struct output *output, struct totals *totals)
{
	const struct totals *seen = &output->seen;

	count_rows(output, totals);
	totals->transitions = seen->transitions;
	totals->rsts_sent = seen->rsts_sent;
	totals->rsts_received = seen->rsts_received;
	memcpy(totals->retransmits, seen->retransmits, sizeof(totals->retransmits));
}

int output_totals(struct output *output)
{
	struct totals totals;

	table_totals(output->table, &totals);
	if (!query_is_empty(&output->options->query) || output->options->since.kind)
		select_totals(output, &totals);
	blank_line(output);
	switch (output->options->format) {
	case OUTPUT_TEXT:
		note_error(output, totals_text(output->out, &totals));
		break;
	case OUTPUT_JSON:
		note_error(output, totals_json(&output->rows, &totals));
		break;
	case OUTPUT_CSV: /* another table would end the one there is */
	case OUTPUT_FACTS:
		break;
	}
	return output_flush(output);
}
