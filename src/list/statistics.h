/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of -s: one counter of the kernel each. */
#ifndef TCPTRAIL_LIST_STATISTICS_H
#define TCPTRAIL_LIST_STATISTICS_H

#include "list/list.h"
#include "list/statistics_words.h"

struct statistic {
	const char *name;                    /* as in nstat(8) */
	size_t section;                      /* bytes of the name */
	const struct statistic_words *words; /* NULL: not known */
	uint64_t value;
	uint64_t grown; /* as value, but it only grows, also if the kernel began anew */
	bool now;       /* a present number: it also falls */

	/* Compared with what was read before. */
	bool compared;
	int64_t change;
	uint64_t elapsed; /* ns since then */

	/* How it looks in text. */
	bool shown;
	bool heads;        /* it is the first of its section that has a line */
	const char *title; /* above it: "ICMP input histogram:"; NULL: none */
};

/* The section of a record: of its name, or all of it if that is not known. */
size_t statistic_section(const struct statistic *statistic);

extern const struct listing listing_statistics;

extern const struct field statistic_fields[];
extern const size_t statistic_fields_count;

/* JSON: fields of the list. */
extern const struct field statistic_whole_fields[];
extern const size_t statistic_whole_fields_count;

/* The text form of a record; see struct listing. */
bool statistic_text(const struct list_request *request, const struct field_context *context,
                    const void *record, struct buffer *out);

#endif
