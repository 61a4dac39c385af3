/* SPDX-License-Identifier: BSD-2-Clause */
/* The user stack that made a socket, as text and as JSON. */
#ifndef TCPTRAIL_FIELD_STACK_TEXT_H
#define TCPTRAIL_FIELD_STACK_TEXT_H

#include "base/buffer.h"
#include "table/table.h"

/* Stack of the connect, listen or accept that made the row's socket. NULL: not known. */
const struct stack *row_find_stack(const struct table *table, const struct row *row);

/* Adds one frame as frame_text() prints it. Index 0 is the innermost frame. */
void stack_frame_text(struct buffer *out, const struct table *table, const struct stack *stack,
                      uint32_t index);
/* Adds names of functions, innermost first: "accept<serve<main". At most size - 1 bytes. */
void stack_short_text(char *text, size_t size, const struct table *table,
                      const struct stack *stack);
/* Adds all frames: [{"ip":139930748751715,"function":"accept",...},...] */
void stack_json(struct buffer *json, const struct table *table, const struct stack *stack);

#endif
