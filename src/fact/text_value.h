/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints and parses one value, by the kind of its row. */
#ifndef TCPTRAIL_FACT_TEXT_VALUE_H
#define TCPTRAIL_FACT_TEXT_VALUE_H

#include <stdbool.h>
#include <stdio.h>

#include "fact_table.h"
#include "fact/text_row.h"

/* A token; a quoted one has no quotes here, and its escapes are resolved. */
struct text_token {
	const char *text; /* NUL-terminated; a quoted token may contain NULs */
	size_t size;
	bool quoted;
};

/* Is the value 0, so that its key may be omitted? part: start of the struct of the row. */
bool text_value_empty(const struct text_row *row, const void *part, const struct fact *fact);

void text_value_print(FILE *out, const struct text_row *row, const void *part,
                      const struct fact *fact);

/* The state of reading the values of one line. */
struct text_reader {
	struct fact *fact;
	char expected[192]; /* after an error: what is expected */
	bool ipv4, ipv6;    /* the line has an address of this form */
};

/* Stores the value of the token; of a tail, its count too. 0, or -EINVAL with expected set. */
int text_value_parse(struct text_reader *reader, const struct text_token *token,
                     const struct text_row *row, void *part);

#endif
