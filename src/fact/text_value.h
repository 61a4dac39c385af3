/* SPDX-License-Identifier: BSD-2-Clause */
/* One value of a fact's text form: written and read by the kind of its row. */
#ifndef TCPTRAIL_FACT_TEXT_VALUE_H
#define TCPTRAIL_FACT_TEXT_VALUE_H

#include <stdbool.h>
#include <stdio.h>

#include "fact_table.h"
#include "fact/text_row.h"

/* Bytes of a token; quoted ones are given without quotes, escapes resolved. */
struct text_token {
	const char *text; /* NUL-terminated; may hold NULs of its own when quoted */
	size_t size;
	bool quoted;
};

/* Is it all 0, so that its key may be left out? part: start of the row's struct. */
bool text_value_empty(const struct text_row *row, const void *part, const struct fact *fact);

void text_value_print(FILE *out, const struct text_row *row, const void *part,
                      const struct fact *fact);

/* What reading the values of one line leaves behind. */
struct text_reader {
	struct fact *fact;
	char wants[192]; /* after an error: what is accepted */
	bool ipv4, ipv6; /* an address of this form was read */
};

/* Stores the token's value; that of a tail with its count. 0, or -EINVAL with wants set. */
int text_value_parse(struct text_reader *reader, const struct text_token *token,
                     const struct text_row *row, void *part);

#endif
