/* SPDX-License-Identifier: BSD-2-Clause */
#include "field/word.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/format.h"

const struct word vocabulary[WORD_COUNT] = {
#define WORD(key, heading, type, width, help)                                                      \
	[WORD_##key] = {#key, heading, VALUE_##type, width, help},
#include "field/vocabulary.h"
#undef WORD
};

struct word_endings word_endings(const struct word *word)
{
	if (word->type == VALUE_DURATION)
		return (struct word_endings){"_ns", "_exact"};
	if (word->type == VALUE_TIME)
		return (struct word_endings){"", "_ns"};
	return (struct word_endings){"", NULL};
}

static void add_key(struct buffer *json, const struct word *word, const char *ending)
{
	if (json->size && json->data[json->size - 1] != '{')
		buffer_text(json, ",");
	buffer_text(json, "\"");
	buffer_text(json, word->key);
	buffer_text(json, ending);
	buffer_text(json, "\":");
}

void member_key(struct buffer *json, const struct word *word)
{
	add_key(json, word, "");
}

void member_null(struct buffer *json, const struct word *word)
{
	const struct word_endings endings = word_endings(word);

	add_key(json, word, endings.first);
	buffer_text(json, "null");
	if (!endings.second)
		return;
	add_key(json, word, endings.second);
	buffer_text(json, "null");
}

void member_number(struct buffer *json, const struct word *word, uint64_t number)
{
	member_key(json, word);
	buffer_number(json, number);
}

void member_signed(struct buffer *json, const struct word *word, int64_t number)
{
	member_key(json, word);
	buffer_print(json, "%" PRId64, number);
}

void member_bool(struct buffer *json, const struct word *word, bool yes)
{
	member_key(json, word);
	buffer_text(json, yes ? "true" : "false");
}

void member_string(struct buffer *json, const struct word *word, const char *text)
{
	member_key(json, word);
	if (text && text[0])
		escape_json(json, text);
	else
		buffer_text(json, "null");
}

void member_text(struct buffer *json, const struct word *word, const char *text, size_t size)
{
	char *copy = strndup(text, size);

	json->failed |= !copy;
	member_string(json, word, copy);
	free(copy);
}

void member_duration(struct buffer *json, const struct word *word, uint64_t ns, bool exact)
{
	const struct word_endings endings = word_endings(word);

	add_key(json, word, endings.first);
	buffer_number(json, ns);
	add_key(json, word, endings.second);
	buffer_text(json, exact ? "true" : "false");
}

void member_time(struct buffer *json, const struct word *word, int64_t wall)
{
	const struct word_endings endings = word_endings(word);
	char text[FORMAT_SIZE];

	if (!wall) {
		member_null(json, word);
		return;
	}
	format_time_iso(text, wall, true);
	add_key(json, word, endings.first);
	buffer_text(json, "\"");
	buffer_text(json, text);
	buffer_text(json, "\"");
	add_key(json, word, endings.second);
	buffer_print(json, "%" PRId64, wall);
}
