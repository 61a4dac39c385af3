/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields and the text form of a counter:
 *
 *	Tcp:
 *	    5 connections were opened by this host (connect)
 *
 * and after a while, with -c or --since:
 *
 *	Tcp:
 *	    0.5/s  TcpActiveOpens  5 connections were opened by this host (connect)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "list/statistics.h"

/* --- fields ----------------------------------------------------------------------------------- */

static void get_section(const struct field_context *context, const void *object,
                        struct value *value)
{
	const struct statistic *statistic = object;

	(void)context;
	value_print(value, "%.*s", (int)statistic_section(statistic), statistic->name);
}

static void get_counter(const struct field_context *context, const void *object,
                        struct value *value)
{
	(void)context;
	value_string(value, ((const struct statistic *)object)->name);
}

static void get_value(const struct field_context *context, const void *object, struct value *value)
{
	const struct statistic *statistic = object;

	(void)context;
	if ((int64_t)statistic->value != -1) /* TcpMaxConn: there is no limit */
		value_number(value, statistic->value);
}

static void get_change(const struct field_context *context, const void *object, struct value *value)
{
	const struct statistic *statistic = object;

	(void)context;
	if (!statistic->compared)
		return;
	value->type = VALUE_SIGNED;
	value->sign = statistic->change;
}

static void get_elapsed(const struct field_context *context, const void *object,
                        struct value *value)
{
	const struct statistic *statistic = object;

	(void)context;
	if (statistic->compared && statistic->elapsed)
		value_duration(value, statistic->elapsed, true);
}

static uint64_t number_of(const struct statistic *statistic)
{
	return statistic->compared && !statistic->now ? (uint64_t)statistic->change
	                                              : statistic->value;
}

static void get_sentence(const struct field_context *context, const void *object,
                         struct value *value)
{
	const struct statistic *statistic = object;
	struct buffer text = {0};

	(void)context;
	if (!statistic->words)
		return;
	statistic_words_say(statistic->words, statistic->name, number_of(statistic), &text);
	value_print(value, "%.*s", (int)text.size, text.data ? text.data : "");
	buffer_free(&text);
}

static void get_rules(const struct field_context *context, const void *object, struct value *value)
{
	const struct statistic *statistic = object;

	(void)context;
	value_string(value, statistic->words ? statistic->words->rules : NULL);
}

const struct field statistic_fields[] = {
	{KEY(section), get_section, NULL}, {KEY(counter), get_counter, NULL},
	{KEY(value), get_value, NULL},     {KEY(change), get_change, NULL},
	{KEY(elapsed), get_elapsed, NULL}, {KEY(sentence), get_sentence, NULL},
	{KEY(rules), get_rules, NULL},
};
const size_t statistic_fields_count = sizeof(statistic_fields) / sizeof(statistic_fields[0]);

/* --- JSON: one object, keyed by the kernel's names -------------------------------------------- */

static void add_member(struct buffer *json, const char *name)
{
	/* Names of counters have letters and digits only. */
	buffer_print(json, "%s\"%s\":", json->data[json->size - 1] == '{' ? "" : ",", name);
}

static void list_counters(const struct field_context *context, const void *object,
                          struct buffer *json)
{
	const struct list *list = object;

	(void)context;
	buffer_text(json, "{");
	for (size_t i = 0; i < list->count && !json->failed; i++) {
		const struct statistic *statistic = list_at(list, i);

		add_member(json, statistic->name);
		if (statistic->value <= INT64_MAX)
			buffer_number(json, statistic->value);
		else /* TcpMaxConn: -1 */
			buffer_print(json, "%" PRId64, (int64_t)statistic->value);
	}
	buffer_text(json, "}");
}

static void list_changes(const struct field_context *context, const void *object,
                         struct buffer *json)
{
	const struct list *list = object;

	(void)context;
	buffer_text(json, "{");
	for (size_t i = 0; i < list->count && !json->failed; i++) {
		const struct statistic *statistic = list_at(list, i);

		if (!statistic->change)
			continue;
		add_member(json, statistic->name);
		buffer_print(json, "%" PRId64, statistic->change);
	}
	buffer_text(json, "}");
}

static const struct statistic *first_of(const struct list *list)
{
	return list->count ? list_at(list, 0) : NULL;
}

static void get_counters(const struct field_context *context, const void *object,
                         struct value *value)
{
	(void)context;
	value_list(value, first_of(object) ? 1 : 0, list_counters);
	value->object = object;
}

static void get_changes(const struct field_context *context, const void *object,
                        struct value *value)
{
	const struct statistic *first = first_of(object);

	(void)context;
	value_list(value, first && first->compared, list_changes);
	value->object = object;
}

static void get_span(const struct field_context *context, const void *object, struct value *value)
{
	if (first_of(object))
		get_elapsed(context, first_of(object), value);
}

const struct field statistic_whole_fields[] = {
	{KEY(counters), get_counters, NULL},
	{KEY(changes), get_changes, NULL},
	{KEY(elapsed), get_span, NULL},
};
const size_t statistic_whole_fields_count =
	sizeof(statistic_whole_fields) / sizeof(statistic_whole_fields[0]);

/* --- text ------------------------------------------------------------------------------------- */

/* "12.5/s", or "now" of a number that does not count. */
static void add_rate(const struct statistic *statistic, struct buffer *out)
{
	double seconds = (double)statistic->elapsed / NS_PER_SEC;
	char rate[32];

	if (statistic->now)
		snprintf(rate, sizeof(rate), "%+" PRId64, statistic->change);
	else if (statistic->elapsed)
		snprintf(rate, sizeof(rate), "%.1f/s", (double)statistic->change / seconds);
	else
		snprintf(rate, sizeof(rate), "?/s");
	buffer_print(out, "    %12s  %-30s  ", rate, statistic->name);
}

static void add_sentence(const struct statistic *statistic, bool named, struct buffer *out)
{
	if (statistic->words)
		statistic_words_say(statistic->words, statistic->name, number_of(statistic), out);
	else if (named)
		buffer_number(out, number_of(statistic));
	else
		buffer_print(out, "%s: %" PRIu64, statistic->name + statistic->section,
		             number_of(statistic));
}

static void add_line(const struct statistic *statistic, const struct list_request *request,
                     struct buffer *out)
{
	const unsigned int listed = STATISTIC_IN_LIST | STATISTIC_OUT_LIST;
	const struct statistic_words *words = statistic->words;

	if (statistic->compared)
		add_rate(statistic, out);
	else
		buffer_text(out, words && words->flags & listed ? "        " : "    ");
	add_sentence(statistic, statistic->compared, out);
	if (request->verbose && !statistic->compared)
		buffer_print(out, " [%s]", statistic->name);
	if (words && words->rules[0] && (statistic->compared || request->verbose))
		buffer_print(out, " (why: %s)", words->rules);
	buffer_text(out, "\n");
}

bool statistic_text(const struct list_request *request, const struct field_context *context,
                    const void *record, struct buffer *out)
{
	const struct statistic *statistic = record;

	(void)context;
	if (statistic->heads)
		buffer_print(out, "%.*s:\n", (int)statistic_section(statistic), statistic->name);
	if (statistic->title)
		buffer_print(out, "    %s\n", statistic->title);
	if (statistic->shown)
		add_line(statistic, request, out);
	return true;
}
