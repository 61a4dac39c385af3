/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Columns in the layout of netstat. A column has a minimum width. One blank separates columns. A
 * long value shifts the rest of its line.
 *
 *   Proto Recv-Q Send-Q Local Address           Foreign Address         State       Timer
 *   tcp        0      0 127.0.0.1:80            127.0.0.1:33492         ESTABLISHED off (0.00/0/0)
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/line.h"
#include "view/value_text.h"

/* A line, and buffers for one value: the raw text and the escaped text. */
struct line {
	struct buffer line, text, safe;
};

/* Adds a text, escaped and padded. The color codes do not count for the width. */
static void print_cell(struct line *to, int width, const char *text, const char *color)
{
	struct buffer *line = &to->line, *safe = &to->safe;
	size_t least = (size_t)abs(width), columns, pad;

	safe->size = 0;
	columns = escape_terminal(safe, text);
	pad = columns < least ? least - columns : 0;
	line->failed |= safe->failed;
	if (width < 0)
		buffer_fill(line, ' ', pad);
	if (color)
		buffer_text(line, color);
	buffer_add(line, safe->data, safe->size);
	if (color)
		buffer_text(line, VALUE_COLOR_END);
	if (width > 0)
		buffer_fill(line, ' ', pad);
}

static int finish_line(struct view *view, struct line *to)
{
	struct buffer *line = &to->line;

	while (line->size && line->data[line->size - 1] == ' ')
		line->size--;
	buffer_text(line, "\n");
	buffer_free(&to->text);
	buffer_free(&to->safe);
	return line_write(view, line);
}

static int text_begin(struct view *view)
{
	struct line line = {0};

	if (!view->header)
		return 0;
	if (view->title)
		buffer_print(&line.line, "%s\n", view->title);
	for (size_t i = 0; i < view->field_count; i++) {
		if (i)
			buffer_text(&line.line, " ");
		print_cell(&line, view->fields[i]->word->width, view->fields[i]->word->heading,
		           NULL);
	}
	return finish_line(view, &line);
}

static void print_field(const struct view *view, struct line *line, const struct field *field,
                        const void *object)
{
	struct buffer *text = &line->text;
	struct value value;

	field_get(field, &view->context, object, &value);
	text->size = 0;
	value_text(text, &view->context, &value);
	buffer_add(text, "", 1);
	line->line.failed |= text->failed;
	if (!text->failed)
		print_cell(line, field->word->width, text->data,
		           view->color ? value_color(value.mark) : NULL);
}

static int text_object(struct view *view, const void *object)
{
	struct line line = {0};

	for (size_t i = 0; i < view->field_count; i++) {
		if (i)
			buffer_text(&line.line, " ");
		print_field(view, &line, view->fields[i], object);
	}
	return finish_line(view, &line);
}

const struct view_format view_text = {
	.name = "text",
	.begin = text_begin,
	.object = text_object,
};
