/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: flags, a number of facts, facts. diff compares the table that so many of them make with
 * what the others make of it, and prints that in each format.
 */
#include "table/load.h"
#include "command/diff.h"
#include "facts.h"
#include "output.h"

#define ROWS_MAX 1000

enum { FLAG_ALL = 1, FLAG_RESTART = 2, FLAG_UTC = 4 };

static void compare(struct table *table, const uint8_t *facts, size_t size, uint8_t flags,
                    size_t first, enum output_format format)
{
	static const struct view_format *const formats[] = {
		[OUTPUT_TEXT] = &view_text, [OUTPUT_JSON] = &view_json, [OUTPUT_CSV] = &view_csv};
	struct options options = {.format = format, .all = flags & FLAG_ALL};
	size_t cut = facts_size(facts, size, first);
	struct diff_command *diff;
	struct printed printed;
	struct view view;

	printed_open(&printed);
	view = (struct view){.format = formats[format],
	                     .out = printed.out,
	                     .header = true,
	                     .context = {.table = table, .utc = flags & FLAG_UTC}};
	query_init(&options.query);
	diff = diff_new(&options, &view);
	EXPECT(diff);
	facts_fold(table, facts, cut);
	EXPECT(diff_take(diff) == 0);
	if (flags & FLAG_RESTART)
		table_restart(table);
	facts_fold(table, facts + cut, size - cut);
	EXPECT(diff_take(diff) == 0 && diff_print(diff) == 0);
	diff_free(diff);
	query_free(&options.query);
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
