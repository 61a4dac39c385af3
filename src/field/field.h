/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The field registry: one const row per column. Text, JSON keys, CSV, --columns, --sort and the
 * help text follow from it. A row takes its names from the vocabulary (field/word.h). A renderer
 * switches on the type of a value, never on the name of a field.
 */
#ifndef TCPTRAIL_FIELD_FIELD_H
#define TCPTRAIL_FIELD_FIELD_H

#include <stddef.h>

#include "field/value.h"
#include "field/word.h"
#include "table/table.h"

/* What getters and renderers need to know. One output has one context. */
struct field_context {
	const struct table *table;
	uint64_t now; /* CLOCK_BOOTTIME ns; ages end here */
	bool numeric_hosts, numeric_ports, numeric_users;
	bool wide; /* do not cut addresses to netstat's 23 columns */
	bool utc;
	bool recorded;  /* the table comes from a recording, so no walk precedes the output */
	uint32_t netns; /* inode of the namespace of all objects; 0: each has its own */
};

struct field {
	const struct word *word; /* get makes a value of word->type, or VALUE_NONE */
	void (*get)(const struct field_context *context, const void *object, struct value *value);
	/*
	 * Finds what get() takes instead of the object: the socket of an event, the peer of a
	 * socket. It returns NULL if there is none; the value is not known then. NULL: get()
	 * takes the object itself.
	 */
	const void *(*about)(const struct field_context *context, const void *object);
};

/* Makes the value of one field of an object. It initializes all of *value. */
void field_get(const struct field *field, const struct field_context *context, const void *object,
               struct value *value);

/* Columns of a socket (object: struct row) and of an event (object: struct change). */
extern const struct field row_fields[];
extern const size_t row_fields_count;
extern const struct field change_fields[];
extern const size_t change_fields_count;

/* Finds a field by its key. NULL: no field has it. */
const struct field *field_find(const struct field *fields, size_t count, const char *key);
/*
 * Finds the fields that a user names. The name is a key or a heading, in any case (an exact match
 * wins); a key of JSON or CSV ("age_ns"); or an option about the field ("lport"). Returns how many
 * fields match: "port" names two. 0: no field has this name.
 */
#define FIELDS_TYPED_MOST 2
size_t fields_find_typed(const struct field *fields, size_t count, const char *typed,
                         const struct field *found[FIELDS_TYPED_MOST]);

/*
 * Compares two objects by the value of a field, as a function for qsort() does. It compares numbers
 * by size and strings by bytes. Unknown values come last.
 */
int field_compare(const struct field_context *context, const struct field *field, const void *a,
                  const void *b);
/* The same for two values that may come from different registries. */
int value_order(const struct value *a, const struct value *b);

#endif
