/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vocabulary: what is the same thing has the same name in every object of JSON, in every column
 * of text and CSV, for --columns and --sort. Whoever prints a key takes it from here.
 */
#ifndef TCPTRAIL_FIELD_WORD_H
#define TCPTRAIL_FIELD_WORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

enum value_type {
	VALUE_NONE,     /* not known; text "-", JSON null, CSV empty */
	VALUE_STRING,   /* any bytes; the renderer makes them safe */
	VALUE_NUMBER,   /* unsigned */
	VALUE_SIGNED,   /* text "+5": a difference */
	VALUE_DURATION, /* ns; exact or a lower bound: text "12.3s" or ">=12.3s" */
	VALUE_TIME,     /* wall clock, ns since 1970 */
	VALUE_ENDPOINT, /* address and port: text "127.0.0.1:80", or by name */
	VALUE_BOOL,
	VALUE_LIST, /* several, or of parts; `list` writes them as JSON, text form in `string` */
};

struct word {
	const char *key;     /* snake_case: JSON key, CSV heading, --columns and --sort name */
	const char *heading; /* text heading, netstat's where netstat has the column */
	enum value_type type;
	int width; /* least in text; negative: right-aligned */
	const char *help;
};

enum word_id {
#define WORD(key, heading, type, width, help) WORD_##key,
#include "field/words.h"
#undef WORD
	WORD_COUNT
};

extern const struct word vocabulary[WORD_COUNT];

#define KEY(key) (&vocabulary[WORD_##key])

/*
 * Members of a JSON object, behind those that it has. Two keys have a
 *
 *   duration    "age_ns":4200,"age_exact":false      false: a lower bound
 *   time        "time":"2026-11-22T01:34:03.123456Z","time_ns":1795311243123456789
 *
 * What is not known is null, under the same keys.
 */
void member_null(struct buffer *json, const struct word *word);
void member_number(struct buffer *json, const struct word *word, uint64_t number);
void member_signed(struct buffer *json, const struct word *word, int64_t number);
void member_bool(struct buffer *json, const struct word *word, bool yes);
/* NULL and "" are null. */
void member_string(struct buffer *json, const struct word *word, const char *text);
/* The size first bytes of text, as far as they are no NUL. */
void member_text(struct buffer *json, const struct word *word, const char *text, size_t size);
void member_duration(struct buffer *json, const struct word *word, uint64_t ns, bool exact);
/* wall: ns since 1970; 0 is null */
void member_time(struct buffer *json, const struct word *word, int64_t wall);
/* The key alone: the value follows. */
void member_key(struct buffer *json, const struct word *word);

#endif
