/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of the formats: fields over a plain object, and what a view prints of it. */
#ifndef TCPTRAIL_TEST_VIEWING_H
#define TCPTRAIL_TEST_VIEWING_H

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "field/field.h"
#include "field/value.h"
#include "view/view.h"

/* One value of each type. */
struct sample {
	const char *string;
	uint64_t number;
	int64_t sign;
	uint64_t duration;
	bool exact;
	int64_t time;
	struct endpoint endpoint;
	bool yes;
	const char *list, *list_text;
	bool unknown; /* all of it */
	enum value_mark mark;
};

#define SAMPLE_GETTER(name)                                                                        \
	static inline void sample_##name(const struct field_context *context, const void *object,  \
	                                 struct value *value)

SAMPLE_GETTER(string)
{
	const struct sample *sample = object;

	(void)context;
	if (!sample->unknown)
		value_string(value, sample->string);
	value->mark = sample->mark;
}

SAMPLE_GETTER(number)
{
	const struct sample *sample = object;

	(void)context;
	if (!sample->unknown)
		value_number(value, sample->number);
}

SAMPLE_GETTER(sign)
{
	const struct sample *sample = object;

	(void)context;
	if (sample->unknown)
		return;
	value->type = VALUE_SIGNED;
	value->sign = sample->sign;
}

SAMPLE_GETTER(duration)
{
	const struct sample *sample = object;

	(void)context;
	if (!sample->unknown)
		value_duration(value, sample->duration, sample->exact);
}

SAMPLE_GETTER(time)
{
	const struct sample *sample = object;

	(void)context;
	if (sample->unknown)
		return;
	value->type = VALUE_TIME;
	value->sign = sample->time;
}

SAMPLE_GETTER(endpoint)
{
	const struct sample *sample = object;

	(void)context;
	if (sample->unknown)
		return;
	value->type = VALUE_ENDPOINT;
	value->endpoint = sample->endpoint;
}

SAMPLE_GETTER(yes)
{
	const struct sample *sample = object;

	(void)context;
	if (!sample->unknown)
		value_bool(value, sample->yes);
}

static inline void sample_list_json(const struct field_context *context, const void *object,
                                    struct buffer *json)
{
	const struct sample *sample = object;

	(void)context;
	buffer_text(json, sample->list);
}

SAMPLE_GETTER(list)
{
	const struct sample *sample = object;

	(void)context;
	if (sample->unknown)
		return;
	value->type = VALUE_LIST;
	value->number = 2;
	value->list = sample_list_json;
	value->string = sample->list_text;
}

#define SAMPLE_WORD(key, heading, type, width) (&(const struct word){key, heading, type, width, ""})

static const struct field sample_fields[] = {
	{SAMPLE_WORD("string", "String", VALUE_STRING, 8), sample_string, NULL},
	{SAMPLE_WORD("number", "Num", VALUE_NUMBER, -5), sample_number, NULL},
	{SAMPLE_WORD("sign", "Sign", VALUE_SIGNED, -5), sample_sign, NULL},
	{SAMPLE_WORD("age", "Age", VALUE_DURATION, -7), sample_duration, NULL},
	{SAMPLE_WORD("time", "Time", VALUE_TIME, 26), sample_time, NULL},
	{SAMPLE_WORD("local", "Local Address", VALUE_ENDPOINT, 23), sample_endpoint, NULL},
	{SAMPLE_WORD("yes", "Yes", VALUE_BOOL, 3), sample_yes, NULL},
	{SAMPLE_WORD("list", "List", VALUE_LIST, 6), sample_list, NULL},
};

/* Points fields at those of the keys; returns how many. */
static inline size_t viewing_fields(const struct field *all, size_t count, const char *keys,
                                    const struct field **fields)
{
	char copy[256];
	char *rest = copy;
	char *key;
	size_t chosen = 0;

	snprintf(copy, sizeof(copy), "%s", keys);
	while ((key = strsep(&rest, ",")))
		if ((fields[chosen] = field_find(all, count, key)))
			chosen++;
	return chosen;
}

/* What the view prints of the objects, begin and end included; to be freed. */
static inline char *viewing_print(struct view *view, const void *const *objects, size_t count)
{
	char *text = NULL;
	size_t size;
	int err = 0;

	view->out = open_memstream(&text, &size);
	if (view->format->begin)
		err = view->format->begin(view);
	for (size_t i = 0; !err && i < count; i++)
		err = view->format->object(view, objects[i]);
	if (!err && view->format->end)
		err = view->format->end(view);
	fclose(view->out);
	view->out = NULL;
	if (err) {
		free(text);
		return NULL;
	}
	return text;
}

/* Prints one sample by the fields of the keys, and compares. */
#define expect_sample(view, sample, keys, expected)                                                \
	do {                                                                                       \
		const struct field *expect_fields[8];                                              \
		const void *expect_objects[] = {sample};                                           \
		char *expect_text;                                                                 \
                                                                                                   \
		(view)->fields = expect_fields;                                                    \
		(view)->field_count = viewing_fields(sample_fields, 8, keys, expect_fields);       \
		expect_text = viewing_print(view, expect_objects, 1);                              \
		assert_non_null(expect_text);                                                      \
		assert_string_equal(expect_text, expected);                                        \
		free(expect_text);                                                                 \
	} while (0)

#endif
