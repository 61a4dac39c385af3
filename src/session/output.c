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
#include "session/output_private.h"

/* Bytes that a stalled reader may leave untaken: more than the ring's facts take as text. */
#define OUTLET_ROOM (32U << 20)
/* ms without a read after a signal; terminals may be far away. */
#define PIPE_HURRY     100
#define TERMINAL_HURRY 1000

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
		.format = view_formats[options->format],
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

/* The MPTCP token shows which subflow belongs to which socket. */
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

/* --columns is about the changes of a command that prints nothing else, otherwise about rows. */
static int choose_columns(struct output *output, struct diag *diag)
{
	const struct options *options = output->options;
	bool stream = command_columns(options->command, options).fields == change_fields;
	bool text = options->format == OUTPUT_TEXT;
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

/* The outlet knows better than the view why it failed. */
void output_note_error(struct output *output, int err)
{
	int cause = err && output->outlet ? outlet_flush(output->outlet) : 0;

	if (err && !output->err)
		output->err = cause ? cause : err;
}

FILE *output_file(const struct output *output)
{
	return output->out;
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
		return diag_fail(diag, err, "cannot start the thread that writes: %s",
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

/* While the reader still stalls, there is no room to report it either. */
uint64_t output_take_dropped(struct output *output, bool end)
{
	uint64_t dropped;

	if (!output->outlet)
		return 0;
	if (end)
		output_note_error(output, outlet_settle(output->outlet));
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
		output_note_error(output, outlet_flush(output->outlet));
	else if (fflush(output->out))
		output_note_error(output, -errno);
	return output->err;
}
