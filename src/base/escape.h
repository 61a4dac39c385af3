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

/* The ways in which others escape bytes. */
enum escape_form {
	ESCAPE_C = 1 << 0,     /* as in C: \n and the like, \o to \ooo, \xHH */
	ESCAPE_OCTAL = 1 << 1, /* \ooo */
	ESCAPE_HEX = 1 << 2,   /* \xHH */
};

/*
 * The byte that an escape stands for, which is of one of the forms. *text is at the backslash, and
 * moves behind the escape. -1: no such escape; *text stays.
 */
int unescape_byte(const char **text, enum escape_form forms);
/* In place. An escape of another form stays as it is, and one that stands for NUL. */
void unescape(char *text, enum escape_form forms);

#endif
