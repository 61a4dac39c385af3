/* SPDX-License-Identifier: BSD-2-Clause */
/* How values look to people; not yet safe for a terminal (base/escape.h). */
#ifndef TCPTRAIL_VIEW_TEXT_H
#define TCPTRAIL_VIEW_TEXT_H

#include "base/buffer.h"
#include "field/field.h"

void text_value(struct buffer *out, const struct field_context *context, const struct value *value);

/* "@25s" behind a value that was looked at 25 seconds before; nothing for 0. */
void text_ago(struct buffer *out, uint64_t ago);

#endif
