/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One JSON object a line:
 *
 *   {"v":2,"type":"socket",...,"local":"127.0.0.1:80",...,"age_ns":53,"age_exact":true}
 *
 * The keys are the same in each object; what is not known is null.
 */
#include "field/endpoint.h"
#include "field/value.h"
#include "view/object.h"

static void print_member(const struct view *view, struct buffer *line, const struct word *word,
                         const struct value *value, const void *object)
{
	char text[ENDPOINT_SIZE];

	switch (value->type) {
	case VALUE_NONE:
		member_null(line, word);
		break;
	case VALUE_STRING:
		member_string(line, word, value->string);
		break;
	case VALUE_NUMBER:
		member_number(line, word, value->number);
		break;
	case VALUE_SIGNED:
		member_signed(line, word, value->sign);
		break;
	case VALUE_DURATION:
		member_duration(line, word, value->number, value->exact);
		break;
	case VALUE_TIME:
		member_time(line, word, value->sign);
		break;
	case VALUE_ENDPOINT:
		endpoint_text(&value->endpoint, text);
		member_string(line, word, text);
		break;
	case VALUE_BOOL:
		member_bool(line, word, value->yes);
		break;
	case VALUE_LIST:
		member_key(line, word);
		value->list(&view->context, object, line);
		break;
	}
}

static int json_object(struct view *view, const void *object)
{
	struct buffer line = {0};
	struct value value;

	object_begin(&line, view->kind);
	for (size_t i = 0; i < view->field_count; i++) {
		const struct field *field = view->fields[i];

		value_get(&value, &view->context, field, object);
		print_member(view, &line, field->word, &value, object);
	}
	return object_end(view, &line);
}

const struct view_format view_json = {
	.name = "json",
	.object = json_object,
};
