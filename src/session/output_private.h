/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of output. */
#ifndef TCPTRAIL_SESSION_OUTPUT_PRIVATE_H
#define TCPTRAIL_SESSION_OUTPUT_PRIVATE_H

#include "session/output.h"
#include "view/view.h"

struct output {
	const struct options *options;
	const struct table *table;
	FILE *file;            /* stdout or --output */
	FILE *lines;           /* into file, whole lines at a time */
	FILE *out;             /* what is printed to: lines, or the outlet's */
	struct outlet *outlet; /* NULL: the session itself waits for the reader */
	struct view rows, changes;
	const struct field **row_columns, **change_columns;
	size_t row_count;         /* of row_columns; the one behind them is the MPTCP token */
	struct totals seen;       /* of changes that the filters select */
	uint64_t changes_printed; /* or facts */
	uint64_t skipped;         /* snapshots that the reader was not ready for */
	bool begun;               /* something stands above what comes */
	int err;                  /* first error of the stream */
};

/* Keeps the first error. */
void output_note_error(struct output *output, int err);

#endif
