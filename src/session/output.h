/* SPDX-License-Identifier: BSD-2-Clause */
/* Options turned into views: what a snapshot, a change and the totals look like. */
#ifndef TCPTRAIL_SESSION_OUTPUT_H
#define TCPTRAIL_SESSION_OUTPUT_H

#include "cli/cli.h"

struct output;

/* Opens stdout or --output. 0, or -errno with diag. */
int output_open(struct output **output, const struct options *options, const struct table *table,
                struct diag *diag);
/*
 * From here on a stalled reader does not hold up the session: lines wait in a buffer, and changes and
 * facts that find no room there are dropped. Does nothing for a regular file, which has no reader. stop:
 * an fd that ends all waiting when it is readable. 0 or -errno with diag.
 */
int output_detach(struct output *output, int stop, struct diag *diag);
/* Where text goes; it changes when the output is detached. */
FILE *output_file(const struct output *output);
/* Does a thread write, so that the session need not wait for the reader? */
bool output_is_detached(const struct output *output);
/* A signal came: from here on wait only for a reader that still reads. */
void output_hurry(struct output *output);
/* Is the reader behind? Then skip the next snapshot; it is counted. */
bool output_skip_snapshot(struct output *output);
/* What was dropped since the last call. 0 while the reader stalls; at the end, waits for the reader. */
uint64_t output_take_dropped(struct output *output, bool end);
/*
 * Flushes and closes. 0, -EPIPE (the reader left), -EINTR (the reader stalled), or another -errno of
 * the stream.
 */
int output_close(struct output *output);

/* Prints the rows that the options ask for. 0 or -errno. */
int output_snapshot(struct output *output);
/* Requests all names that the snapshot will print, so that one can wait for them. */
void output_want_names(struct output *output);

/* The headings of the stream, then the changes that match. */
int output_begin_events(struct output *output);
int output_end_events(struct output *output);
void output_change(const struct change *change, void *output); /* a table_change_fn */
/* The stream as facts, what --from reads. */
void output_fact(const struct fact *fact, void *output); /* a fact_fn */

/* Has the stream printed as many as --limit allows? */
bool output_full(const struct output *output);

int output_totals(struct output *output);

/* The views that rows and changes are printed by. Valid until output_close. */
const struct view *output_row_view(const struct output *output);
const struct view *output_change_view(const struct output *output);

/* Writes all that is buffered. 0, or the first error of the stream since it was opened. */
int output_flush(struct output *output);

#endif
