/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/command/diff.c */
/*
 * Input: flags, a number of facts, facts. diff compares the table that so many of them make with
 * what the others make of it, and prints that in each format.
 */
#include "table/load.h"
#include "count/census.h"
#include "cli/cli.h"
#include "facts.h"
#include "output.h"
#include "view/diff.h"

#define ROWS_MAX 1000

enum { FLAG_ALL = 1, FLAG_RESTART = 2, FLAG_UTC = 4 };

static void compare(struct table *table, const uint8_t *facts, size_t size, uint8_t flags,
                    size_t first, enum output_format format)
{
	struct census *before, *after;
	struct census_row *rows;
	struct query query;
	size_t cut = facts_size(facts, size, first);
	struct printed printed;
	struct view view;
	size_t count;

	printed_open(&printed);
	view = (struct view){.format = view_formats[format],
	                     .out = printed.out,
	                     .header = true,
	                     .context = {.table = table, .utc = flags & FLAG_UTC}};
	query_init(&query);
	facts_fold(table, facts, cut);
	before = census_take(table, &query);
	if (flags & FLAG_RESTART)
		table_restart(table);
	facts_fold(table, facts + cut, size - cut);
	after = census_take(table, &query);
	EXPECT(before && after);
	EXPECT(census_compare(before, after, flags & FLAG_ALL, &rows, &count) == 0);
	if (format == OUTPUT_JSON)
		EXPECT(diff_json(&view, rows, count) == 0);
	else
		EXPECT(diff_text(&view, before, after, rows, count) == 0);
	free(rows);
	census_free(before);
	census_free(after);
	query_free(&query);
	printed_check(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	for (enum output_format format = OUTPUT_TEXT; format <= OUTPUT_CSV; format++) {
		struct table *table = table_new(ROWS_MAX);

		EXPECT(table);
		compare(table, data + 2, size - 2, data[0], data[1], format);
		table_free(table);
	}
	return 0;
}
