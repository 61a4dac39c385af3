/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/cell_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/escape.h"

/* Bytes of the first `columns` characters; what escape_terminal() writes is valid UTF-8. */
static size_t bytes_of(const struct buffer *text, size_t columns)
{
	size_t at = 0;

	for (; at < text->size; at++) {
		if (((unsigned char)text->data[at] & 0xc0) == 0x80)
			continue;
		if (!columns)
			break;
		columns--;
	}
	return at;
}

void cell_text(struct buffer *out, const char *text, int width, unsigned int cut)
{
	struct buffer escaped = {0};
	size_t columns = escape_terminal(&escaped, text), size = escaped.size;
	size_t least = (size_t)(width < 0 ? -width : width), blanks;
	bool is_cut = cut && columns > cut;

	if (is_cut) {
		size = bytes_of(&escaped, cut - 1);
		columns = cut;
	}
	blanks = columns < least ? least - columns : 0;
	if (width < 0)
		buffer_fill(out, ' ', blanks);
	buffer_add(out, escaped.data, size);
	if (is_cut)
		buffer_text(out, "+");
	if (width > 0)
		buffer_fill(out, ' ', blanks);
	out->failed |= escaped.failed;
	buffer_free(&escaped);
}

void cell_number(struct buffer *out, uint64_t number, int width)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	cell_text(out, text, width, 0);
}
