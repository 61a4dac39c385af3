/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a value of a field for programs, in any format that has keys and units as JSON has them.
 * The text for people is view/value_text.h: it chooses units, looks up names and cuts addresses.
 */
#ifndef TCPTRAIL_VIEW_VALUE_WRITE_H
#define TCPTRAIL_VIEW_VALUE_WRITE_H

#include "base/buffer.h"
#include "field/field.h"

/* How a format writes each type of value. Each function adds to the line. */
struct value_writer {
	void (*null)(struct buffer *line, const struct word *word);
	void (*string)(struct buffer *line, const struct word *word, const char *text);
	void (*number)(struct buffer *line, const struct word *word, uint64_t number);
	void (*sign)(struct buffer *line, const struct word *word, int64_t number);
	void (*duration)(struct buffer *line, const struct word *word, uint64_t ns, bool exact);
	/* wall: ns since 1970, not 0 */
	void (*time)(struct buffer *line, const struct word *word, int64_t wall);
	void (*yes)(struct buffer *line, const struct word *word, bool yes);
	/* NULL: the format has no lists, and gets the text form as a string or a number */
	void (*list)(struct buffer *line, const struct word *word,
	             const struct field_context *context, const struct value *value);
};

/* Writes one field of an object. */
void value_write(struct buffer *line, const struct value_writer *writer, const struct field *field,
                 const struct field_context *context, const void *object);

#endif
