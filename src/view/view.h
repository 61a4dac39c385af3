/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writers of stdout. A view prints objects (struct row or struct change) by
 * their fields in a format; it knows neither the kernel nor options.
 */
#ifndef TCPTRAIL_VIEW_VIEW_H
#define TCPTRAIL_VIEW_VIEW_H

#include <stdio.h>

#include "field/field.h"

struct view;

/* One output format: text, json, csv. One file in view/, one row in view_formats[]. */
struct view_format {
	const char *name;
	/* All return 0 or -errno of the stream. begin/end may be NULL. */
	int (*begin)(struct view *view);
	int (*object)(struct view *view, const void *object);
	int (*end)(struct view *view);
};

extern const struct view_format view_text, view_json, view_csv;

struct view {
	const struct view_format *format;
	FILE *out;
	struct field_context context;
	const struct field *const *fields; /* columns in order */
	size_t field_count;
	const char *title; /* text: line above the header; NULL: none */
	const char *kind;  /* json: "socket" or "event", the value of "type" */
	const char *from;  /* the recording that it is about; NULL: the live kernel */
	bool at;           /* ... at an instant of it, which is the table's time */
	bool one_netns;    /* there is our own network namespace only: others cannot be seen */
	bool header;       /* text, csv: print title and headings */
	bool color;        /* text: highlight by state */
	bool flush;        /* flush after each object: a stream that someone reads */
};

#endif
