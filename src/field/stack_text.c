/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   accept<accept_one<serve_client<main
 *   [{"ip":139930748751715,"function":"accept","offset":19,"module":"/usr/lib/libc.so.6",
 *     "source":"accept.c:26"},...]
 */
#include "field/stack_text.h"

#include <stdio.h>

#include "field/word.h"
#include "fact/frame.h"

const struct stack *row_find_stack(const struct table *table, const struct row *row)
{
	const struct origin *origin = table_origin(table, row->owner);

	return origin && origin->stack ? table_find_stack(table, origin->stack) : NULL;
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

/* Prints as many whole names as fit; "<..." stands for the rest. */
void stack_short_text(char *out, size_t size, const struct table *table, const struct stack *stack)
{
	static const char rest[] = "<...";
	size_t room = size - sizeof(rest), whole = 0;
	struct buffer text = {0};

	for (uint32_t i = 0; i < stack->count && text.size <= room; i++) {
		struct frame frame;

		find_frame(table, stack, i, &frame);
		whole = text.size;
		buffer_text(&text, i ? "<" : "");
		frame_text_short(&text, stack->ips[i], &frame);
	}
	if (text.size <= room || !whole)
		whole = text.size < room ? text.size : room;
	snprintf(out, size, "%.*s%s", (int)whole, text.size ? text.data : "",
	         whole < text.size ? rest : "");
	buffer_free(&text);
}
