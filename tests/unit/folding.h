/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of fields: a table made of facts in their text form, and fields printed of it. */
#ifndef TCPTRAIL_TEST_FOLDING_H
#define TCPTRAIL_TEST_FOLDING_H

#include <stdlib.h>
#include <string.h>

#include "table/table.h"
#include "fact/text.h"
#include "view/view.h"

#define FOLD_LINE 4096

/* Applies facts, one a line. */
static inline void fold_lines(struct table *table, const char *lines)
{
	uint64_t fact[FACT_MAX_SIZE / sizeof(uint64_t)];
	struct diag diag = {""};
	char *copy = strdup(lines);
	char *rest = copy;
	char *line;

	while ((line = strsep(&rest, "\n"))) {
		int got = fact_text_parse(line, (struct fact *)fact, &diag);

		if (got < 0)
			fail_msg("%s: %s", line, diag.text);
		if (got)
			assert_int_equal(table_apply(table, (struct fact *)fact), 0);
	}
	free(copy);
}

static inline struct table *fold_new(const char *lines)
{
	struct table *table = table_new(100);

	assert_non_null(table);
	fold_lines(table, lines);
	return table;
}

/* The only row of a table, or the one with that cookie. */
static inline const struct row *fold_row(const struct table *table, uint64_t cookie)
{
	struct row_iter iter;
	const struct row *row =
		cookie ? table_find_cookie(table, cookie) : table_first(table, &iter);

	assert_non_null(row);
	return row;
}

/* One object by one field in a format; blanks before and the line's end after it cut off. */
static inline void fold_print(const struct view_format *format, const struct field_context *context,
                              const struct field *field, const void *object, char text[FOLD_LINE])
{
	struct view view = {
		.format = format,
		.context = *context,
		.fields = &field,
		.field_count = 1,
		.kind = "t",
	};
	char line[FOLD_LINE] = "";
	char *start = line;

	assert_non_null(field);
	view.out = fmemopen(line, sizeof(line), "w");
	assert_int_equal(format->object(&view, object), 0);
	fclose(view.out);
	line[strcspn(line, "\n")] = '\0';
	while (*start == ' ')
		start++;
	memmove(text, start, strlen(start) + 1);
}

#endif
