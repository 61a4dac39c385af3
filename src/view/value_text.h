/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as people read them. The text is not yet safe for a terminal (base/escape.h). */
#ifndef TCPTRAIL_VIEW_VALUE_TEXT_H
#define TCPTRAIL_VIEW_VALUE_TEXT_H

#include "base/buffer.h"
#include "field/field.h"

void value_text(struct buffer *out, const struct field_context *context, const struct value *value);

/* Adds "@25s" for a value that was read 25 seconds before; adds nothing for 0. */
void value_text_ago(struct buffer *out, uint64_t ago);

/* What switches a terminal to the color of a mark; NULL: the mark has none. */
const char *value_color(enum value_mark mark);
#define VALUE_COLOR_END "\033[0m"

#endif
