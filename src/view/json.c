/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One JSON object a line:
 *
 *   {"v":2,"type":"socket",...,"local":"127.0.0.1:80",...,"age_ns":53,"age_exact":true}
 *
 * Every object has the same keys. An unknown value is null.
 */
#include "view/object.h"
#include "view/value_write.h"

static void write_list(struct buffer *line, const struct word *word,
                       const struct field_context *context, const struct value *value)
{
	member_key(line, word);
	value->list(context, value->object, line);
}

static const struct value_writer writer = {
	.null = member_null,
	.string = member_string,
	.number = member_number,
	.sign = member_signed,
	.duration = member_duration,
	.time = member_time,
	.yes = member_bool,
	.list = write_list,
};

static int json_object(struct view *view, const void *object)
{
	struct buffer line = {0};

	object_begin(&line, view->kind);
	for (size_t i = 0; i < view->field_count; i++)
		value_write(&line, &writer, view->fields[i], &view->context, object);
	return object_end(view, &line);
}

const struct view_format view_json = {
	.name = "json",
	.object = json_object,
};
