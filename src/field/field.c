/* SPDX-License-Identifier: BSD-2-Clause */
#include "field/field.h"

#include <string.h>

const struct field *field_find(const struct field *fields, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(fields[i].word->key, key))
			return &fields[i];
	return NULL;
}

static const struct field *find_heading(const struct field *fields, size_t count, const char *typed)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(fields[i].word->heading, typed))
			return &fields[i];
	return NULL;
}

/* Keys take precedence over headings. */
static const struct field *find_any_case(const struct field *fields, size_t count,
                                         const char *typed)
{
	for (size_t i = 0; i < count; i++)
		if (!strcasecmp(fields[i].word->key, typed))
			return &fields[i];
	for (size_t i = 0; i < count; i++)
		if (!strcasecmp(fields[i].word->heading, typed))
			return &fields[i];
	return NULL;
}

/* Is it a key of the word in JSON and CSV: "age_ns" or "age_exact" of age? */
static bool has_key(const struct word *word, const char *typed)
{
	const struct word_endings endings = word_endings(word);
	size_t size = strlen(word->key);

	if (strncasecmp(word->key, typed, size) != 0)
		return false;
	return !strcasecmp(typed + size, endings.first) ||
	       (endings.second && !strcasecmp(typed + size, endings.second));
}

static const struct field *find_by_json_key(const struct field *fields, size_t count,
                                            const char *typed)
{
	for (size_t i = 0; i < count; i++)
		if (has_key(fields[i].word, typed))
			return &fields[i];
	return NULL;
}

/* Finds the fields that an option is about, if the option has another name than they. */
static size_t find_of_option(const struct field *fields, size_t count, const char *typed,
                             const struct field *found[FIELDS_TYPED_MOST])
{
	static const struct {
		const char *option, *keys[FIELDS_TYPED_MOST];
	} options[] = {
		{"lport", {"local_port"}},
		{"rport", {"foreign_port"}},
		{"port", {"local_port", "foreign_port"}},
		{"addr", {"local_addr", "foreign_addr"}},
		{"older", {"age", "duration"}}, /* of a socket, of an event */
		{"newer", {"age", "duration"}},
		{"programs", {"program"}},
		{"timers", {"timer"}},
		{"stacks", {"stack"}},
	};
	size_t hits = 0;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcasecmp(options[i].option, typed) != 0)
			continue;
		for (size_t k = 0; k < FIELDS_TYPED_MOST && options[i].keys[k]; k++) {
			found[hits] = field_find(fields, count, options[i].keys[k]);
			hits += found[hits] != NULL;
		}
	}
	return hits;
}

size_t fields_find_typed(const struct field *fields, size_t count, const char *typed,
                         const struct field *found[FIELDS_TYPED_MOST])
{
	found[0] = field_find(fields, count, typed);
	if (!found[0])
		found[0] = find_heading(fields, count, typed);
	if (!found[0])
		found[0] = find_any_case(fields, count, typed);
	if (!found[0])
		found[0] = find_by_json_key(fields, count, typed);
	return found[0] ? 1 : find_of_option(fields, count, typed, found);
}

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int value_compare(const struct value *a, const struct value *b)
{
	switch (a->type) {
	case VALUE_NONE:
		return 0;
	case VALUE_STRING:
		return strcmp(a->string, b->string);
	case VALUE_NUMBER:
	case VALUE_DURATION:
	case VALUE_LIST:
		return order(a->number, b->number);
	case VALUE_SIGNED:
	case VALUE_TIME:
		return (a->sign > b->sign) - (a->sign < b->sign);
	case VALUE_ENDPOINT:
		return endpoint_compare(&a->endpoint, &b->endpoint);
	case VALUE_BOOL:
		return order(a->yes, b->yes);
	}
	return 0;
}

int field_compare(const struct field_context *context, const struct field *field, const void *a,
                  const void *b)
{
	struct value left, right;

	field_get(field, context, a, &left);
	field_get(field, context, b, &right);
	return value_order(&left, &right);
}

int value_order(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return a->type == VALUE_NONE ? 1 : -1;
	return value_compare(a, b);
}

void field_get(const struct field *field, const struct field_context *context, const void *object,
               struct value *value)
{
	memset(value, 0, offsetof(struct value, buf));
	value->buf[0] = '\0';
	value->object = field->about ? field->about(context, object) : object;
	if (value->object)
		field->get(context, value->object, value);
}
