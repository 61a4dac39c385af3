/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack of the code that connected, listened or accepted. */
#include "field/row_getters.h"
#include "field/stack_text.h"
#include "field/value.h"

static const struct stack *stack_of(const struct field_context *context, const struct row *row)
{
	return row_find_stack(context->table, row);
}

static void list_frames(const struct field_context *context, const void *object,
                        struct buffer *json)
{
	stack_json(json, context->table, stack_of(context, object));
}

ROW_GETTER(stack)
{
	const struct stack *stack = stack_of(context, object);

	if (!stack)
		return;
	stack_short_text(value->buf, sizeof(value->buf), context->table, stack);
	value_list(value, stack->count, list_frames);
}
