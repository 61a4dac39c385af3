/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One JSON object a line:
 *
 *   {"v":1,"type":"socket","proto":"tcp","local":"127.0.0.1:80",...,"age_ns":53,"age_exact":true}
 *
 * The keys are the same in each object; what is not known is null.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "base/format.h"
#include "core/endpoint.h"
#include "core/value.h"
#include "view/line.h"

/* Of a duration: is it that, or at least that? */
static void print_exact(struct buffer *line, const struct field *field, const char *text)
{
	buffer_text(line, ",\"");
	buffer_text(line, field->key);
	buffer_text(line, "_exact\":");
	buffer_text(line, text);
}

static void print_null(struct buffer *line, const struct field *field)
{
	buffer_text(line, "null");
	if (field->type == VALUE_DURATION)
		print_exact(line, field, "null");
}

static void print_quoted(struct buffer *line, const char *harmless)
{
	buffer_text(line, "\"");
	buffer_text(line, harmless);
	buffer_text(line, "\"");
}

static void print_value(const struct view *view, struct buffer *line, const struct field *field,
                        const struct value *value, const void *object)
{
	char text[ENDPOINT_SIZE > FORMAT_SIZE ? ENDPOINT_SIZE : FORMAT_SIZE];

	switch (value->type) {
	case VALUE_NONE:
		print_null(line, field);
		break;
	case VALUE_STRING:
		escape_json(line, value->string);
		break;
	case VALUE_NUMBER:
		buffer_number(line, value->number);
		break;
	case VALUE_SIGNED:
		buffer_print(line, "%" PRId64, value->sign);
		break;
	case VALUE_DURATION:
		buffer_number(line, value->number);
		print_exact(line, field, value->exact ? "true" : "false");
		break;
	case VALUE_TIME:
		format_time_iso(text, value->sign, view->context.utc);
		print_quoted(line, text);
		break;
	case VALUE_ENDPOINT:
		endpoint_text(&value->endpoint, text);
		escape_json(line, text); /* names of interfaces may have quotes in them */
		break;
	case VALUE_BOOL:
		buffer_text(line, value->yes ? "true" : "false");
		break;
	case VALUE_LIST:
		value->list(&view->context, object, line);
		break;
	}
}

static int json_object(struct view *view, const void *object)
{
	struct buffer line = {0};
	struct value value;

	buffer_text(&line, "{\"v\":");
	buffer_number(&line, VIEW_JSON_SCHEMA);
	buffer_text(&line, ",\"type\":");
	escape_json(&line, view->kind);
	for (size_t i = 0; i < view->field_count; i++) {
		const struct field *field = view->fields[i];

		value_get(&value, &view->context, field, object);
		buffer_text(&line, ",\"");
		line_key(&line, field);
		buffer_text(&line, "\":");
		print_value(view, &line, field, &value, object);
	}
	buffer_text(&line, "}\n");
	return line_write(view, &line);
}

const struct view_format view_json = {
	.name = "json",
	.object = json_object,
};
