/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vocabulary: one thing has one name, in every object of JSON, in every column of text and CSV,
 * for --columns and for --sort. All code that prints a key takes it from here.
 */
#ifndef TCPTRAIL_FIELD_WORD_H
#define TCPTRAIL_FIELD_WORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

enum value_type {
	VALUE_NONE,     /* not known; text "-", JSON null, CSV empty */
	VALUE_STRING,   /* any bytes; the renderer escapes them */
	VALUE_NUMBER,   /* unsigned */
	VALUE_SIGNED,   /* a difference; text "+5" */
	VALUE_DURATION, /* ns; exact or a lower bound: text "12.3s" or ">=12.3s" */
	VALUE_TIME,     /* wall clock, ns since 1970 */
	VALUE_ENDPOINT, /* address and port: text "127.0.0.1:80", or by name */
	VALUE_BOOL,
	VALUE_LIST, /* several elements; `list` writes them as JSON, `string` is the text form */
};

struct word {
	const char *key;     /* snake_case: JSON key, CSV heading, --columns and --sort name */
	const char *heading; /* text heading, netstat's where netstat has the column */
	enum value_type type;
	int width; /* minimum width in text; negative: right-aligned */
	const char *help;
};

enum word_id {
#define WORD(key, heading, type, width, help) WORD_##key,
#include "field/vocabulary.h"
#undef WORD
	WORD_COUNT
};

extern const struct word vocabulary[WORD_COUNT];

#define KEY(key) (&vocabulary[WORD_##key])

/*
 * A duration and a time have two keys in JSON, and two cells in CSV:
 *
 *   duration    "age_ns":4200,"age_exact":false      false: a lower bound
 *   time        "time":"2026-11-22T01:34:03.123456Z","time_ns":1795311243123456789
 *
 * A key is the word's key and an ending. second NULL: the word has one key.
 */
struct word_endings {
	const char *first, *second;
};
struct word_endings word_endings(const struct word *word);

/* Each adds a member to a JSON object. An unknown value is null, under the same keys. */
void member_null(struct buffer *json, const struct word *word);
void member_number(struct buffer *json, const struct word *word, uint64_t number);
void member_signed(struct buffer *json, const struct word *word, int64_t number);
void member_bool(struct buffer *json, const struct word *word, bool yes);
/* NULL and "" become null. */
void member_string(struct buffer *json, const struct word *word, const char *text);
/* text has at most size bytes, and ends at the first NUL. */
void member_text(struct buffer *json, const struct word *word, const char *text, size_t size);
void member_duration(struct buffer *json, const struct word *word, uint64_t ns, bool exact);
/* wall: ns since 1970; 0 is null */
void member_time(struct buffer *json, const struct word *word, int64_t wall);
/* Adds the key alone. The caller adds the value. */
void member_key(struct buffer *json, const struct word *word);

#endif
