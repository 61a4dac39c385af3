/* SPDX-License-Identifier: BSD-2-Clause */
#include "field/value.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "field/field.h"

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

void value_list(struct value *value, uint64_t count, value_list_fn *list)
{
	if (!count)
		return;
	value->type = VALUE_LIST;
	value->number = count;
	value->list = list;
	value->string = value->buf;
}

/* A walk takes time: a value that it read less than a second before is current. */
#define LOOKED_NOW NS_PER_SEC

void value_looked(struct value *value, const struct field_context *context, uint64_t time)
{
	if (context->recorded && value->type != VALUE_NONE && context->now >= time + LOOKED_NOW)
		value->ago = context->now - time;
}

void value_time(struct value *value, const struct field_context *context, uint64_t boot)
{
	value_wall_time(value, table_wall(context->table, boot));
}

void value_wall_time(struct value *value, int64_t wall)
{
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

uint64_t value_since(const struct field_context *context, uint64_t time)
{
	return context->now > time ? context->now - time : 0;
}

void value_netns_name(struct value *value, const struct field_context *context, uint32_t netns)
{
	if (!netns)
		return;
	value_string(value, names_query(value_names(context), name_key_number(NAME_NETNS, netns)));
	if (value->type == VALUE_NONE)
		value_print(value, "%u", netns);
}

bool age_is_known(uint64_t age, bool exact)
{
	return exact || age >= 100 * NS_PER_MS;
}
