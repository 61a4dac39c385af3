/* SPDX-License-Identifier: BSD-2-Clause */
/* What the formats share: a line is made in memory, then written at once. */
#ifndef TCPTRAIL_VIEW_LINE_H
#define TCPTRAIL_VIEW_LINE_H

#include "base/buffer.h"
#include "view/view.h"

/* Writes and frees the line; flushes if the view wants it. 0 or -errno. */
int line_write(struct view *view, struct buffer *line);

#endif
