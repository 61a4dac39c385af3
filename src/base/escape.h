/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings from outside (a comm, a cgroup path, a DNS name) may hold any bytes. These functions make
 * them harmless for a terminal or for JSON, and undo the escapes that others write.
 */
#ifndef TCPTRAIL_BASE_ESCAPE_H
#define TCPTRAIL_BASE_ESCAPE_H

#include "base/buffer.h"

/*
 * For a terminal. Control characters, invisible characters, characters that change the direction of
 * text, and bytes that are not UTF-8 become \xNN. Returns the number of columns, one a character.
 */
size_t escape_terminal(struct buffer *out, const char *text);

/*
 * A JSON string with its quotes. The same characters become \uNNNN, so that it is safe to read on a
 * terminal; bytes that are not UTF-8 become U+FFFD.
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
