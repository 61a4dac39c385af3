/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A cell has a least width. A longer value shifts the rest of its line, or is cut, and then its last
 * character is a "+":
 *
 *   tcp        0      0 127.0.0.1:80            127.0.0.1:33492         ESTABLISHED 4711/a-long-progra+
 */
#include "view/listing.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/format.h"
#include "list/registry.h"
#include "view/value_text.h"

#define CUT_MARK '+'

void listing_page_open(struct listing_page *page, const struct listing *listing,
                       const struct list_request *request, const struct field_context *context)
{
	*page = (struct listing_page){.listing = listing, .request = request, .context = *context};
	listing->layout(request, &page->layout);
	if (page->layout.count > LISTING_CELLS_MOST)
		page->layout.count = LISTING_CELLS_MOST;
	for (size_t i = 0; i < page->layout.count; i++)
		page->fields[i] = list_field(listing, page->layout.cells[i].key);
}

void listing_page_close(struct listing_page *page)
{
	buffer_free(&page->text);
	buffer_free(&page->safe);
}

static bool goes_on(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80; /* inside a character of UTF-8 */
}

/*
 * Leaves so many characters, of which the mark is one. The tail, so many bytes at the end, stays: the
 * number of other processes, for example.
 */
static void cut(struct buffer *text, size_t columns, size_t tail)
{
	size_t at = 0, end = text->size - tail;

	if (tail > text->size || tail + 1 >= columns)
		tail = 0, end = text->size;
	for (columns -= tail; columns > 1 && at < end; columns--)
		for (at++; at < end && goes_on(text->data[at]);)
			at++;
	text->data[at++] = CUT_MARK;
	memmove(text->data + at, text->data + end, tail);
	text->size = at + tail;
}

/* netstat shows no zones. */
static void add_endpoint(struct listing_page *page, const struct value *value)
{
	struct value bare = *value;

	bare.endpoint.zone = NULL;
	value_text(&page->text, &page->context, &bare);
}

/* Makes page->safe the text of the value, safe for a terminal. Returns its columns. */
static size_t write_value(struct listing_page *page, const struct list_cell *cell,
                          const struct value *value)
{
	struct buffer *text = &page->text, *safe = &page->safe;
	size_t columns = 0;

	text->size = safe->size = 0;
	if (value->netstat)
		buffer_text(text, value->netstat);
	else if (value->type == VALUE_NONE)
		buffer_text(text, cell->none ? cell->none : "");
	else if (value->type == VALUE_ENDPOINT)
		add_endpoint(page, value);
	else
		value_text(text, &page->context, value);
	buffer_add(text, "", 1);
	if (!text->failed)
		columns = escape_terminal(safe, text->data);
	safe->failed |= text->failed;
	if (!cell->cut || columns <= cell->cut || page->context.wide)
		return columns;
	cut(safe, cell->cut, value->type == VALUE_STRING ? value->tail : 0);
	return cell->cut;
}

/*
 * Adds what most cells are, without a copy: a number, or a string that stays whole and begins the
 * cell. false: it is another value.
 */
static bool add_simple(const struct listing_page *page, const struct list_cell *cell,
                       const struct value *value, struct buffer *line, size_t *columns)
{
	size_t least = (size_t)abs(cell->width);
	char digits[FORMAT_SIZE];

	if (page->color || value->netstat || value->ago)
		return false;
	if (value->type == VALUE_NUMBER && !cell->cut) {
		*columns = (size_t)(format_number(digits, value->number, 1) - digits);
		if (cell->width < 0 && *columns < least)
			buffer_fill(line, ' ', least - *columns);
		buffer_add(line, digits, *columns);
	} else if (value->type == VALUE_STRING && cell->width >= 0 &&
	           (!cell->cut || page->context.wide)) {
		*columns = escape_terminal(line, value->string);
	} else {
		return false;
	}
	if (*columns < least && cell->width > 0)
		buffer_fill(line, ' ', least - *columns);
	*columns = *columns < least ? least : *columns;
	return true;
}

/* Returns the columns of the cell, padded. */
static size_t add_cell(struct listing_page *page, const struct list_cell *cell,
                       const struct value *value, struct buffer *line)
{
	const char *code = page->color ? value_color(value->mark) : NULL;
	size_t least = (size_t)abs(cell->width), columns, pad;

	if (add_simple(page, cell, value, line, &columns))
		return columns;
	columns = write_value(page, cell, value);
	pad = columns < least ? least - columns : 0;
	if (cell->width < 0)
		buffer_fill(line, ' ', pad);
	if (code)
		buffer_text(line, code);
	buffer_add(line, page->safe.data, page->safe.size);
	if (code)
		buffer_text(line, VALUE_COLOR_END);
	if (cell->width > 0)
		buffer_fill(line, ' ', pad);
	line->failed |= page->safe.failed;
	return columns + pad;
}

static size_t add_row(struct listing_page *page, const void *record, struct buffer *out)
{
	size_t begin = out->size, columns = 0;

	for (size_t i = 0; i < page->layout.count; i++) {
		const struct list_cell *cell = &page->layout.cells[i];
		const char *before = cell->before ? cell->before : i ? " " : "";
		struct value value;

		if (page->fields[i])
			field_get(page->fields[i], &page->context, record, &value);
		else
			value = (struct value){.type = VALUE_NONE};
		buffer_text(out, before);
		columns += strlen(before) + add_cell(page, cell, &value, out);
	}
	while (!page->layout.trailing && out->size > begin && out->data[out->size - 1] == ' ')
		out->size--;
	buffer_text(out, "\n");
	return columns;
}

static size_t longest_line(const char *text, size_t size)
{
	size_t longest = 0, columns = 0;

	for (size_t i = 0; i < size; i++) {
		columns = text[i] == '\n' ? 0 : columns + !goes_on(text[i]);
		longest = columns > longest ? columns : longest;
	}
	return longest;
}

size_t listing_page_add(struct listing_page *page, const void *record, struct buffer *out)
{
	const struct listing *listing = page->listing;
	size_t begin = out->size;

	if (!listing->text || !listing->text(page->request, &page->context, record, out))
		return add_row(page, record, out);
	return out->failed ? 0 : longest_line(out->data + begin, out->size - begin);
}
