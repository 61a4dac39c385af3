/* SPDX-License-Identifier: BSD-2-Clause */
/* A view makes a line in memory, then writes it with one call. */
#ifndef TCPTRAIL_VIEW_LINE_H
#define TCPTRAIL_VIEW_LINE_H

#include "base/buffer.h"
#include "view/view.h"

/* Writes and frees the line, and flushes if view->flush is set. 0 or -errno. */
int line_write(struct view *view, struct buffer *line);

/* Adds text to the line, escaped for a terminal, and frees it. Returns its width in columns. */
size_t line_add_safe(struct buffer *line, struct buffer *text);

#endif
