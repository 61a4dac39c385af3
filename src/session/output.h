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
 * From here on a reader that stalls holds nobody up: what is printed waits in a buffer,
 * and changes and facts that find no room there are left out. A regular file has no
 * reader. stop: an fd that, once readable, ends all waiting. 0 or -errno with diag.
 */
int output_detach(struct output *output, int stop, struct diag *diag);
/* Does a thread write, so that nobody waits for the reader? */
bool output_is_detached(const struct output *output);
/*
 * A signal ends it: from here on a reader that takes nothing for a while is not waited for.
 */
void output_hurry(struct output *output);
/* Has the reader not taken all yet? Then the next snapshot is left out, and counted. */
bool output_skip_snapshot(struct output *output);
/* What was left out since the last time. 0 while the reader stalls; at the end it is waited for. */
uint64_t output_take_dropped(struct output *output, bool end);
/*
 * Flushes and closes. 0, -EPIPE (the reader left), -EINTR (it took no more), or another
 * -errno of the stream.
 */
int output_close(struct output *output);

/* The rows that the options ask for. 0 or -errno. */
int output_snapshot(struct output *output);
/* Asks for all names that the snapshot will print, so that they can be waited for. */
void output_want_names(struct output *output);

/* Headings of the stream, then its changes as far as they match. */
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

/* Hands everything on. 0, or the first error of the stream since it was opened. */
int output_flush(struct output *output);

#endif
