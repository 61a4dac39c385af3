/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints changes or facts as they come, and totals. */
#include <errno.h>
#include <string.h>

#include "base/outlet.h"
#include "session/output_private.h"
#include "view/totals.h"

#define FACTS_PATIENCE 100 /* ms that a fact waits for a reader */

/* Between the parts of a text. */
static void blank_line(struct output *output)
{
	if (output->begun && output->options->format == OUTPUT_TEXT)
		output_note_error(output, fputc('\n', output->out) == EOF ? -errno : 0);
	output->begun = true;
}

int output_begin_events(struct output *output)
{
	struct view *view = &output->changes;

	blank_line(output);
	if (view->format->begin)
		output_note_error(output, view->format->begin(view));
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

/* The table counts all changes; this counts those that the filters select. */
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
	output_note_error(output, view->format->object(view, change));
	end_object(output);
}

void output_fact(const struct fact *fact, void *arg)
{
	struct output *output = arg;

	/* A walk is useful only as a whole, and comes faster than many readers read. */
	if (output->err || fact->type == FACT_TICK || output_full(output))
		return;
	output->changes_printed++;
	begin_object(output, FACTS_PATIENCE);
	output_note_error(output, output->changes.format->object(&output->changes, fact));
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

/* Losses may concern any socket: keep the table's counts of them. */
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
	if (output->options->format == OUTPUT_TEXT)
		output_note_error(output, totals_text(output->out, &totals));
	else if (output->options->format == OUTPUT_JSON)
		output_note_error(output, totals_json(&output->rows, &totals));
	/* CSV: another table would end the one that stands there. */
	return output_flush(output);
}
