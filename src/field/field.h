/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The field registry: a const row per column, whose names are a word of the vocabulary, drives
 * text, JSON keys, CSV, --columns, --sort and the help text. Renderers switch on a value's type,
 * never on a field's name.
 */
#ifndef TCPTRAIL_FIELD_FIELD_H
#define TCPTRAIL_FIELD_FIELD_H

#include <stddef.h>

#include "base/buffer.h"
#include "table/table.h"
#include "field/word.h"

/* How alarming a value is: what colours are made of. */
enum value_mark {
	MARK_PLAIN,
	MARK_GOOD,
	MARK_WARN,
	MARK_BAD,
};

/* What is printed of one (address, port). */
struct endpoint {
	const uint8_t *addr;
	uint16_t port; /* 0: "*" */
	uint8_t family;
	const char *zone; /* interface of a link-local address; NULL: none, or not known */
};

struct field_context;

struct value {
	enum value_type type;
	enum value_mark mark;
	bool exact; /* VALUE_DURATION */
	uint64_t
		ago; /* ns since it was looked at, and it may be another one now; 0: it is as of now */
	union {
		uint64_t number; /* VALUE_LIST: how many */
		int64_t sign;
		struct endpoint endpoint;
		bool yes;
	};
	const char *string; /* VALUE_STRING, VALUE_LIST (NULL: its number); may point into buf */
	/* VALUE_LIST: writes all of the list as one JSON value. */
	void (*list)(const struct field_context *context, const void *object, struct buffer *json);
	char buf[160];
};

/* How values are to be made; the same for one whole output. */
struct field_context {
	const struct table *table;
	uint64_t now; /* CLOCK_BOOTTIME ns that ages are counted to */
	bool numeric_hosts, numeric_ports, numeric_users;
	bool wide; /* do not cut addresses to netstat's 23 columns */
	bool utc;
	bool recorded; /* of a recording: nobody looked again just before */
};

struct field {
	const struct word *word; /* word->type is what get makes, if not VALUE_NONE */
	void (*get)(const struct field_context *context, const void *object, struct value *value);
};

/* Columns of a socket (object: struct row) and of an event (object: struct change). */
extern const struct field row_fields[];
extern const size_t row_fields_count;
extern const struct field change_fields[];
extern const size_t change_fields_count;

/* Field by key, or NULL. */
const struct field *field_find(const struct field *fields, size_t count, const char *key);
/*
 * Fields as people name them: by key or by heading, in any case, where what is typed exactly goes
 * first; by a key of JSON or CSV ("age_ns"); or by an option that is about them ("lport"). Returns
 * how many, for "port" is two; 0: there is none of that name.
 */
#define FIELDS_TYPED_MOST 2
size_t fields_find_typed(const struct field *fields, size_t count, const char *typed,
                         const struct field *found[FIELDS_TYPED_MOST]);

/*
 * Order of two objects by a field's value: numbers by size, strings by bytes,
 * unknown values last. Like qsort's compare.
 */
int field_compare(const struct field_context *context, const struct field *field, const void *a,
                  const void *b);

#endif
