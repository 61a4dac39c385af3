/* SPDX-License-Identifier: BSD-2-Clause */
#include "field/field.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "field/endpoint.h"
#include "field/value.h"

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

/* Keys before headings. */
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

/* "age" of "age_ns" and of "age_exact", which are its keys in JSON and CSV. */
static const struct field *find_part(const struct field *fields, size_t count, const char *typed)
{
	static const char *const parts[] = {"_ns", "_exact"};
	size_t size = strlen(typed);

	for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
		size_t part = strlen(parts[p]);
		char key[32];

		if (size <= part || size - part >= sizeof(key) ||
		    strcasecmp(typed + size - part, parts[p]) != 0)
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)(size - part), typed);
		for (size_t i = 0; i < count; i++)
			if (!strcasecmp(fields[i].word->key, key) &&
			    (fields[i].word->type == VALUE_DURATION ||
			     fields[i].word->type == VALUE_TIME))
				return &fields[i];
	}
	return NULL;
}

/* What an option is about, where it is called otherwise. */
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
		found[0] = find_part(fields, count, typed);
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

	value_get(&left, context, field, a);
	value_get(&right, context, field, b);
	if (left.type != right.type)
		return left.type == VALUE_NONE ? 1 : -1;
	return value_compare(&left, &right);
}

void value_get(struct value *value, const struct field_context *context, const struct field *field,
               const void *object)
{
	memset(value, 0, offsetof(struct value, buf));
	value->buf[0] = '\0';
	field->get(context, object, value);
}

void value_number(struct value *value, uint64_t number)
{
	value->type = VALUE_NUMBER;
	value->number = number;
}

void value_bool(struct value *value, bool yes)
{
	value->type = VALUE_BOOL;
	value->yes = yes;
}

void value_duration(struct value *value, uint64_t ns, bool exact)
{
	value->type = VALUE_DURATION;
	value->number = ns;
	value->exact = exact;
}

#define LOOKED_NOW NS_PER_SEC /* a walk takes its time: what it found at its begin is as of now */

void value_looked(struct value *value, const struct field_context *context, uint64_t time)
{
	if (context->recorded && value->type != VALUE_NONE && context->now >= time + LOOKED_NOW)
		value->ago = context->now - time;
}

void value_time(struct value *value, const struct field_context *context, uint64_t boot)
{
	int64_t wall = table_wall(context->table, boot);

	if (!wall)
		return;
	value->type = VALUE_TIME;
	value->sign = wall;
}

void value_endpoint(struct value *value, uint8_t family, const uint8_t *addr, uint16_t port,
                    const char *zone)
{
	value->type = VALUE_ENDPOINT;
	value->endpoint =
		(struct endpoint){.addr = addr, .port = port, .family = family, .zone = zone};
}

void value_string(struct value *value, const char *text)
{
	if (!text || !text[0])
		return;
	value->type = VALUE_STRING;
	value->string = text;
}

void value_print(struct value *value, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(value->buf, sizeof(value->buf), format, args);
	va_end(args);
	value->type = VALUE_STRING;
	value->string = value->buf;
}

void value_print_more(struct value *value, const char *format, ...)
{
	size_t used = strlen(value->buf);
	va_list args;

	va_start(args, format);
	vsnprintf(value->buf + used, sizeof(value->buf) - used, format, args);
	va_end(args);
}

void value_reason(struct value *value, const struct field_context *context, uint32_t reason)
{
	if (!reason)
		return;
	value_string(value, names_find(value_names(context), name_key_number(NAME_RST, reason)));
	if (value->type == VALUE_NONE)
		value_print(value, "%u", reason);
}

struct names *value_names(const struct field_context *context)
{
	return table_names((struct table *)context->table);
}
