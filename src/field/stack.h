/* SPDX-License-Identifier: BSD-2-Clause */
/* The user stacks of rows, as text and as JSON. */
#ifndef TCPTRAIL_FIELD_STACK_H
#define TCPTRAIL_FIELD_STACK_H

#include "base/buffer.h"
#include "table/table.h"

/* That of who made the row's socket; NULL: not known. */
const struct stack *row_find_stack(const struct table *table, const struct row *row);

/* One frame, 0 being the innermost, as frame_text() makes it. */
void stack_frame_text(struct buffer *out, const struct table *table, const struct stack *stack,
                      uint32_t index);
/* All of it: [{"ip":139930748751715,"function":"accept",...},...] */
void stack_json(struct buffer *json, const struct table *table, const struct stack *stack);

#endif
