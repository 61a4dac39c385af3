/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writers of stdout. A view prints objects (struct row, struct change, ...) in a format, one field
 * after the other. It knows neither the kernel nor options.
 */
#ifndef TCPTRAIL_VIEW_VIEW_H
#define TCPTRAIL_VIEW_VIEW_H

#include <stdio.h>

#include "field/field.h"

struct view;

/* An output format: text, json, csv. Each is one file in view/ and a line in field/formats.h. */
struct view_format {
	const char *name;
	/* All return 0 or -errno of the stream. begin and end may be NULL. */
	int (*begin)(struct view *view);
	int (*object)(struct view *view, const void *object);
	int (*end)(struct view *view);
};

extern const struct view_format view_text;
#define FORMAT(upper, lower, help) extern const struct view_format view_##lower;
#include "field/formats.h"
#undef FORMAT
/* By enum output_format: text, then the lines of field/formats.h. */
extern const struct view_format *const view_formats[];

struct view {
	const struct view_format *format;
	FILE *out;
	struct field_context context;
	const struct field *const *fields; /* columns in order */
	size_t field_count;
	const char *title; /* text: line above the headings; NULL: none */
	const char *kind;  /* json: value of "type", e.g. "socket" */
	const char *from;  /* path of the recording; NULL: the live kernel */
	bool at;           /* the user chose a time of the recording */
	bool one_netns;    /* only the own network namespace is visible */
	bool header;       /* text, csv: print title and headings */
	bool color;        /* text: color values by their marks */
	bool flush;        /* flush after each object */
};

#endif
