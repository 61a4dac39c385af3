/* SPDX-License-Identifier: BSD-2-Clause */
/* The text form of a listing: rows of cells as netstat lays them out, to the byte. */
#ifndef TCPTRAIL_VIEW_LISTING_H
#define TCPTRAIL_VIEW_LISTING_H

#include "list/list.h"
#include "view/view.h"

#define LISTING_CELLS_MOST 32

/* All that rows of one listing share. */
struct listing_page {
	const struct listing *listing;
	const struct list_request *request;
	struct field_context context;
	bool color; /* values have colors by their marks */
	struct list_layout layout;
	const struct field *fields[LISTING_CELLS_MOST]; /* of the cells; NULL: there is none */
	struct buffer text, safe;                       /* of one value */
};

/* Asks the listing for its layout. */
void listing_page_open(struct listing_page *page, const struct listing *listing,
                       const struct list_request *request, const struct field_context *context);
void listing_page_close(struct listing_page *page);
/*
 * Adds a row and its newline, or what the listing's text() makes of the record. Returns the columns
 * of the longest line.
 */
size_t listing_page_add(struct listing_page *page, const void *record, struct buffer *out);

#endif
