/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings from outside (a comm, a cgroup path, a DNS name) hold any bytes.
 * These make them harmless for where they go.
 */
#ifndef TCPTRAIL_BASE_ESCAPE_H
#define TCPTRAIL_BASE_ESCAPE_H

#include "base/buffer.h"

/*
 * For eyes: control characters, invisible ones, what turns the direction of text, and bytes
 * that are no UTF-8 come out as \xNN each. Returns the columns it takes, one
 * for each character.
 */
size_t escape_terminal(struct buffer *out, const char *text);

/*
 * A JSON string with its quotes, for eyes as well: the same characters come out as \uNNNN; bytes
 * that are no UTF-8 become U+FFFD.
 */
void escape_json(struct buffer *out, const char *text);

#endif
