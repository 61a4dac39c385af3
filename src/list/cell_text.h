/* SPDX-License-Identifier: BSD-2-Clause */
/* Cells of netstat's rows, for listings that write their rows themselves. */
#ifndef TCPTRAIL_LIST_CELL_TEXT_H
#define TCPTRAIL_LIST_CELL_TEXT_H

#include <stdint.h>

#include "base/buffer.h"

/*
 * Adds text, harmless for a terminal, and blanks up to `width` columns (negative: before it). Of more than `cut`
 * columns the last one that is left is a "+". cut 0: it is never cut.
 */
void cell_text(struct buffer *out, const char *text, int width, unsigned int cut);
void cell_number(struct buffer *out, uint64_t number, int width);

#endif
