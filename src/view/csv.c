/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comma-separated values by RFC 4180, keys and conventions those of the JSON
 * format. What is not known is empty; a list is its text form.
 *
 *   proto,recv_q,local,age_ns,age_exact
 *   tcp,0,127.0.0.1:80,53000,true
 */
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "field/endpoint.h"
#include "field/value.h"
#include "view/line.h"

/* Control characters are gone after escape_terminal, so no line break is left to quote. */
static void print_string(struct buffer *line, const char *text)
{
	struct buffer safe = {0};
	bool quote;

	escape_terminal(&safe, text);
	line->failed |= safe.failed;
	quote = safe.size &&
	        (memchr(safe.data, ',', safe.size) || memchr(safe.data, '"', safe.size));
	if (quote)
		buffer_text(line, "\"");
	for (size_t i = 0; i < safe.size; i++) {
		if (safe.data[i] == '"')
			buffer_text(line, "\"");
		buffer_add(line, &safe.data[i], 1);
	}
	if (quote)
		buffer_text(line, "\"");
	buffer_free(&safe);
}

static bool has_two_keys(const struct word *word)
{
	return word->type == VALUE_DURATION || word->type == VALUE_TIME;
}

static void print_value(struct buffer *line, const struct field *field, const struct value *value)
{
	char text[ENDPOINT_SIZE > FORMAT_SIZE ? ENDPOINT_SIZE : FORMAT_SIZE];

	switch (value->type) {
	case VALUE_NONE:
		if (has_two_keys(field->word))
			buffer_text(line, ",");
		break;
	case VALUE_STRING:
		print_string(line, value->string);
		break;
	case VALUE_NUMBER:
		buffer_number(line, value->number);
		break;
	case VALUE_SIGNED:
		buffer_print(line, "%" PRId64, value->sign);
		break;
	case VALUE_DURATION:
		buffer_print(line, "%" PRIu64 ",%s", value->number,
		             value->exact ? "true" : "false");
		break;
	case VALUE_TIME:
		format_time_iso(text, value->sign, true);
		buffer_print(line, "%s,%" PRId64, text, value->sign);
		break;
	case VALUE_ENDPOINT:
		endpoint_text(&value->endpoint, text);
		print_string(line, text);
		break;
	case VALUE_BOOL:
		buffer_text(line, value->yes ? "true" : "false");
		break;
	case VALUE_LIST:
		if (value->string)
			print_string(line, value->string);
		else
			buffer_number(line, value->number);
		break;
	}
}

static int csv_begin(struct view *view)
{
	struct buffer line = {0};

	if (!view->header)
		return 0;
	for (size_t i = 0; i < view->field_count; i++) {
		const struct word *word = view->fields[i]->word;

		if (i)
			buffer_text(&line, ",");
		if (word->type == VALUE_DURATION)
			buffer_print(&line, "%s_ns,%s_exact", word->key, word->key);
		else if (word->type == VALUE_TIME)
			buffer_print(&line, "%s,%s_ns", word->key, word->key);
		else
			buffer_text(&line, word->key);
	}
	buffer_text(&line, "\r\n");
	return line_write(view, &line);
}

static int csv_object(struct view *view, const void *object)
{
	struct buffer line = {0};
	struct value value;

	for (size_t i = 0; i < view->field_count; i++) {
		if (i)
			buffer_text(&line, ",");
		value_get(&value, &view->context, view->fields[i], object);
		print_value(&line, view->fields[i], &value);
	}
	buffer_text(&line, "\r\n");
	return line_write(view, &line);
}

const struct view_format view_csv = {
	.name = "csv",
	.begin = csv_begin,
	.object = csv_object,
};
