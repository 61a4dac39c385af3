/* SPDX-License-Identifier: BSD-2-Clause */
/* Sections in netstat's layout. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "command/netstat_page_private.h"
#include "view/line.h"
#include "view/listing.h"

/* Adds all rows. Returns the columns of the longest line. */
static size_t add_rows(const struct netstat_page *page, struct listing_page *pages,
                       const struct page_rows *rows, bool wide, struct buffer *out)
{
	size_t longest = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct listing_page *at = &pages[rows->rows[i].place];
		size_t columns;

		at->context.wide = wide;
		at->color = page->options->color == COLOR_ALWAYS;
		columns = listing_page_add(at, rows->rows[i].record, out);
		longest = columns > longest ? columns : longest;
	}
	return longest;
}

/* A terminal that is wide enough for whole values gets them. */
static void add_body(const struct netstat_page *page, struct listing_page *pages,
                     const struct page_rows *rows, struct buffer *out)
{
	bool wide = page->request->wide;
	size_t before = out->size;

	if (!wide && page->columns) {
		if (add_rows(page, pages, rows, true, out) <= page->columns)
			return;
		out->size = before;
	}
	add_rows(page, pages, rows, wide, out);
}

/* The lists have one title and one row of headings. */
static int print_layout(struct netstat_page *page, const struct list *lists, size_t count)
{
	struct listing_page *pages = calloc(count, sizeof(*pages));
	struct view view = {.out = page->out};
	struct buffer out = {0};
	struct page_rows rows = {0};
	int err = pages ? page_collect(page, lists, count, &rows) : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		listing_page_open(&pages[i], lists[i].listing, page->request, &page->context);
	if (!err) {
		if (!page->options->no_header && (rows.count || !pages[0].layout.unless_empty)) {
			buffer_text(&out, pages[0].layout.title ? pages[0].layout.title : "");
			buffer_text(&out, pages[0].layout.headings ? pages[0].layout.headings : "");
		}
		add_body(page, pages, &rows, &out);
		err = line_write(&view, &out);
	}
	for (size_t i = 0; i < count && pages; i++)
		listing_page_close(&pages[i]);
	free(rows.rows);
	free(pages);
	return err;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* netstat prints one title above all sockets of the Internet. */
static bool is_together(const struct netstat_page *page, const struct list *a, const struct list *b)
{
	struct list_layout left = {0}, right = {0};

	a->listing->layout(page->request, &left);
	b->listing->layout(page->request, &right);
	return left.title && *left.title && same_text(left.title, right.title) &&
	       same_text(left.headings, right.headings);
}

static int print_sections(struct netstat_page *page, const struct list *lists, size_t count)
{
	size_t size;
	int err = 0;

	for (size_t at = 0; at < count && !err; at += size) {
		for (size = 1;
		     at + size < count && is_together(page, &lists[at], &lists[at + size]);)
			size++;
		err = print_layout(page, &lists[at], size);
	}
	return err;
}

/* --- all -------------------------------------------------------------------------------------- */

int netstat_page_print(struct netstat_page *page, const struct list *lists, size_t count)
{
	int err = 0;

	if (!count)
		return 0;
	if (page->options->format == OUTPUT_TEXT && !page->options->columns)
		return print_sections(page, lists, count);
	if (page->options->format != OUTPUT_JSON)
		return page_print_table(page, lists, count);
	for (size_t i = 0; i < count && !err; i++)
		err = page_print_objects(page, &lists[i]);
	return err;
}
