/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a replay exact? Folds a whole recording, and at each checkpoint compares the table
 * that it has come to with the recorder's, byte by byte. Begins anew at each checkpoint,
 * too, and compares the two at the end.
 *
 *   verify_recording FILE|DIR     prints "N checkpoints equal, M facts"; or what differs, and fails
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/load.h"
#include "table/save.h"
#include "table/table.h"
#include "fact/text.h"
#include "record/reader.h"

#define ROWS_MAX 2000000U

/* The recorder's checkpoint, as it comes. */
struct verify {
	struct table *all;   /* folded from the beginning of the session */
	struct table *begun; /* from the last checkpoint on */
	struct buffer expected;
	bool inside;
	bool pristine; /* a session that goes on after a gap begins with a checkpoint */
	uint64_t facts, checkpoints;
};

static void die(const char *what)
{
	fprintf(stderr, "verify_recording: %s\n", what);
	exit(1);
}

static void print_difference(const struct buffer *want, const struct buffer *have)
{
	size_t at = 0;

	while (at < want->size && at < have->size) {
		const struct fact *w = (const void *)(want->data + at);
		const struct fact *h = (const void *)(have->data + at);

		if (w->len != h->len || memcmp(w, h, w->len) != 0) {
			printf("recorded: ");
			fact_text_print(stdout, w);
			printf("replayed: ");
			fact_text_print(stdout, h);
			return;
		}
		at += w->len;
	}
	printf("recorded %zu bytes, replayed %zu\n", want->size, have->size);
}

static void compare(const struct verify *v, struct table *table, const char *which)
{
	struct buffer have = {0};

	if (table_dump(table, &have))
		die("the replayed table cannot be dumped");
	if (have.size != v->expected.size || memcmp(have.data, v->expected.data, have.size) != 0) {
		print_difference(&v->expected, &have);
		printf("after %" PRIu64 " facts, %" PRIu64 " checkpoints: ", v->facts,
		       v->checkpoints);
		die(which);
	}
	buffer_free(&have);
}

static void end_checkpoint(struct verify *v)
{
	if (!v->pristine)
		compare(v, v->all, "the table folded from the beginning differs");
	v->pristine = false;
	if (v->begun)
		compare(v, v->begun, "the table begun at the checkpoint before differs");
	table_free(v->begun);
	v->begun = table_new(ROWS_MAX);
	for (size_t at = 0; at < v->expected.size;) {
		const struct fact *fact = (const void *)(v->expected.data + at);

		if (table_apply(v->all, fact) || table_apply(v->begun, fact))
			die("a checkpoint is refused");
		at += fact->len;
	}
	v->checkpoints++;
	v->expected.size = 0;
}

static void take(struct verify *v, const struct fact *fact)
{
	v->inside |= fact->type == FACT_TABLE;
	if (v->inside) {
		buffer_add(&v->expected, fact, fact->len);
		if (fact->type == FACT_TABLE_END) {
			v->inside = false;
			end_checkpoint(v);
		}
		return;
	}
	v->facts++;
	v->pristine = false;
	if (table_apply(v->all, fact) || (v->begun && table_apply(v->begun, fact)))
		die("a fact is refused");
}

static void restart(struct verify *v)
{
	table_restart(v->all);
	v->pristine = true;
	table_free(v->begun);
	v->begun = NULL;
}

int main(int argc, char **argv)
{
	struct verify v = {.all = table_new(ROWS_MAX), .pristine = true};
	const struct fact *fact;
	struct reader *reader;
	struct diag diag;
	int64_t wall;
	int got;

	if (argc != 2 || !v.all)
		die("verify_recording FILE|DIR");
	if (reader_open(&reader, argv[1], &diag))
		die(diag.text);
	while ((got = reader_next(reader, &fact, &wall, &diag)) > 0) {
		if (got == READER_RESTART)
			restart(&v);
		else
			take(&v, fact);
	}
	if (got < 0)
		die(diag.text);
	printf("%" PRIu64 " checkpoints equal, %" PRIu64 " facts\n", v.checkpoints, v.facts);
	reader_close(reader);
	table_free(v.all);
	table_free(v.begun);
	buffer_free(&v.expected);
	return 0;
}
