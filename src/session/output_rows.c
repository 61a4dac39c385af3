/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the sockets of the table that the options ask for. */
#include <errno.h>
#include <stdlib.h>

#include "session/output_private.h"

/* A process that the user asked for may leak fds of sockets in CLOSE: show those it has open. */
static bool is_of_process(const struct output *output, const struct row *row)
{
	const struct query *query = &output->options->query;
	struct owner owner;

	if (output->options->listening || !(query->pid_count || query->comms.count))
		return false;
	table_owner(output->table, row, &owner);
	return row->flags & ROW_SOCKET && owner.holding == HOLDING_OPEN;
}

/* As netstat: not listeners; -l: only listeners; -a: both. --state decides by itself. */
static bool shown(const struct output *output, const struct row *row)
{
	const struct options *options = output->options;

	if (options->query.states)
		return true;
	if (row->state == STATE_CLOSE) /* netstat's tables have no such sockets */
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

/* Show the MPTCP token if there are subflows and the user chose no columns. */
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
	output_note_error(output, err);
	return output_flush(output);
}

void output_want_names(struct output *output)
{
	const struct options *options = output->options;
	FILE *out = output->out, *nowhere;
	const struct row **rows;
	size_t count;

	if (options->numeric_hosts && options->numeric_ports && options->numeric_users)
		return; /* the facts bring the other names */
	nowhere = fopen("/dev/null", "we");
	rows = matching(output, &count);
	/* Printing to nowhere requests just the names that printing needs. */
	if (rows && nowhere) {
		output->rows.out = nowhere;
		print_rows(output, rows, count);
		output->rows.out = out;
	}
	if (nowhere)
		fclose(nowhere);
	free(rows);
}
