/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which code connected, listened or accepted, innermost function first:
 *
 *   accept<accept_one<serve_client<main
 *   [{"ip":139930748751715,"function":"accept","offset":19,"module":"/usr/lib/libc.so.6",
 *     "source":"accept.c:26"},...]
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fact/frame.h"
#include "field/getter.h"
#include "field/stack.h"
#include "field/value.h"

const struct stack *row_find_stack(const struct table *table, const struct row *row)
{
	const struct origin *origin = table_origin(table, row->owner);

	return origin && origin->stack ? table_find_stack(table, origin->stack) : NULL;
}

static const struct stack *stack_of(const struct field_context *context, const struct row *row)
{
	return row_find_stack(context->table, row);
}

static void find_frame(const struct table *table, const struct stack *stack, uint32_t index,
                       struct frame *frame)
{
	const struct name_key key = {NAME_FRAME, {stack->ips[index], stack->space}};

	frame_parse(names_find(table_names((struct table *)table), key), frame);
}

void stack_frame_text(struct buffer *out, const struct table *table, const struct stack *stack,
                      uint32_t index)
{
	struct frame frame;

	find_frame(table, stack, index, &frame);
	frame_text(out, stack->ips[index], &frame);
}

static void add_part(struct buffer *json, const struct word *word, const struct frame_field *part)
{
	member_text(json, word, part->length ? part->text : "", (size_t)part->length);
}

void stack_json(struct buffer *json, const struct table *table, const struct stack *stack)
{
	struct frame frame;

	buffer_text(json, "[");
	for (uint32_t i = 0; i < stack->count; i++) {
		find_frame(table, stack, i, &frame);
		buffer_text(json, i ? ",{" : "{");
		member_number(json, KEY(ip), stack->ips[i]);
		add_part(json, KEY(function), &frame.function);
		if (frame.function.length || frame.module.length)
			member_number(json, KEY(offset), frame.offset);
		else
			member_null(json, KEY(offset));
		add_part(json, KEY(module), &frame.module);
		add_part(json, KEY(source), &frame.source);
		buffer_text(json, "}");
	}
	buffer_text(json, "]");
}

static void list_frames(const struct field_context *context, const void *object,
                        struct buffer *json)
{
	stack_json(json, context->table, stack_of(context, object));
}

/* As many whole names as there is room for. */
static void print_frames(const struct field_context *context, const struct stack *stack,
                         struct value *value)
{
	struct buffer text = {0};
	size_t whole = 0;

	for (uint32_t i = 0; i < stack->count && text.size < sizeof(value->buf) - 4; i++) {
		struct frame frame;

		find_frame(context->table, stack, i, &frame);
		whole = text.size;
		buffer_text(&text, i ? "<" : "");
		frame_text_short(&text, stack->ips[i], &frame);
	}
	if (text.size < sizeof(value->buf) - 4 || !whole)
		whole = text.size < sizeof(value->buf) - 5 ? text.size : sizeof(value->buf) - 5;
	value_print(value, "%.*s%s", (int)whole, text.data, whole < text.size ? "<..." : "");
	buffer_free(&text);
}

GETTER(stack)
{
	const struct stack *stack = stack_of(context, object);

	if (!stack)
		return;
	print_frames(context, stack, value);
	value->type = VALUE_LIST;
	value->number = stack->count;
	value->list = list_frames;
}

static void list_frames_of_change(const struct field_context *context, const void *object,
                                  struct buffer *json)
{
	list_frames(context, ((const struct change *)object)->row, json);
}

void change_stack(const struct field_context *context, const void *object, struct value *value)
{
	const struct change *change = object;

	if (!change->row)
		return;
	row_stack(context, change->row, value);
	if (value->type == VALUE_LIST)
		value->list = list_frames_of_change;
}
