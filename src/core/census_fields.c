/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of what has changed in a group.
 *
 *   State       Process              Place                    Before  After Change Stayed
 *   CLOSE_WAIT  4242/java            of port 8080                  3     40    +37      3
 */
#include <inttypes.h>

#include "core/census.h"
#include "core/getter.h"
#include "core/names.h"
#include "core/place.h"
#include "core/value.h"

#define CENSUS_GETTER(name)                                                                        \
	static void census_##name(const struct field_context *context, const void *object,         \
	                          struct value *value)

CENSUS_GETTER(state)
{
	const struct census_row *row = object;

	(void)context;
	value_string(value, state_name(row->key.state));
	value->mark = state_mark(row->key.state);
}

CENSUS_GETTER(program)
{
	const struct census_row *row = object;

	(void)context;
	if (row->key.pid)
		value_print(value, "%u/%.*s", row->key.pid, FACT_COMM_LEN, row->comm);
}

CENSUS_GETTER(pid)
{
	const struct census_row *row = object;

	(void)context;
	if (row->key.pid)
		value_number(value, row->key.pid);
}

CENSUS_GETTER(comm)
{
	const struct census_row *row = object;

	(void)context;
	if (row->comm[0])
		value_print(value, "%.*s", FACT_COMM_LEN, row->comm);
}

CENSUS_GETTER(place)
{
	const struct census_row *row = object;
	char text[PLACE_SIZE];

	(void)context;
	place_text(&row->key, text);
	value_print(value, "%s", text);
}

CENSUS_GETTER(local_port)
{
	const struct census_row *row = object;

	(void)context;
	if (row->key.passive)
		value_number(value, row->key.port);
}

CENSUS_GETTER(foreign)
{
	const struct census_row *row = object;
	char text[ENDPOINT_SIZE];

	(void)context;
	if (row->key.passive)
		return;
	place_remote(&row->key, text);
	value_print(value, "%s", text);
}

CENSUS_GETTER(netns)
{
	const struct census_row *row = object;

	(void)context;
	if (row->key.netns)
		value_number(value, row->key.netns);
}

/* As of a row: its number when it has no name. */
CENSUS_GETTER(netns_name)
{
	const struct census_row *row = object;
	const struct row of_it = {.netns = row->key.netns};

	row_netns_name(context, &of_it, value);
}

CENSUS_GETTER(before)
{
	const struct census_row *row = object;

	(void)context;
	value_number(value, row->before);
}

CENSUS_GETTER(after)
{
	const struct census_row *row = object;

	(void)context;
	value_number(value, row->after);
}

CENSUS_GETTER(change)
{
	const struct census_row *row = object;

	(void)context;
	value->type = VALUE_SIGNED;
	value->sign = (int64_t)row->after - row->before;
}

/* With its sign, so that more and fewer are not mistaken. */
CENSUS_GETTER(difference)
{
	const struct census_row *row = object;
	int64_t change = (int64_t)row->after - row->before;

	(void)context;
	value_print(value, change ? "%+" PRId64 : "%" PRId64, change);
}

CENSUS_GETTER(stayed)
{
	const struct census_row *row = object;

	(void)context;
	value_number(value, row->stayed);
}

static void wall_time(struct value *value, int64_t wall)
{
	if (!wall)
		return;
	value->type = VALUE_TIME;
	value->sign = wall;
}

CENSUS_GETTER(time_before)
{
	const struct census_row *row = object;

	(void)context;
	wall_time(value, row->time_before);
}

CENSUS_GETTER(time_after)
{
	const struct census_row *row = object;

	(void)context;
	wall_time(value, row->time_after);
}

/* clang-format off */
const struct field census_fields[] = {
	{"state", "State", "state the sockets are in", VALUE_STRING, 11, census_state},
	{"program", "Process", "who has them", VALUE_STRING, 20, census_program},
	{"pid", "PID", "its pid", VALUE_NUMBER, -7, census_pid},
	{"comm", "Command", "its command name", VALUE_STRING, 15, census_comm},
	{"place", "Place", "port they came to, or where they lead to", VALUE_STRING, 25, census_place},
	{"netns", "Netns", "network namespace", VALUE_NUMBER, -10, census_netns},
	{"netns_name", "Netns", "its name", VALUE_STRING, 10, census_netns_name},
	{"local_port", "Port", "port they came to", VALUE_NUMBER, -5, census_local_port},
	{"foreign", "Foreign Address", "where they lead to", VALUE_STRING, 23, census_foreign},
	{"before", "Before", "how many there were", VALUE_NUMBER, -6, census_before},
	{"after", "After", "how many there are", VALUE_NUMBER, -6, census_after},
	{"change", "Change", "so many more", VALUE_SIGNED, -6, census_change},
	{"difference", "Change", "the same with its sign", VALUE_STRING, -6, census_difference},
	{"stayed", "Stayed", "of those there are: in this state before", VALUE_NUMBER, -6, census_stayed},
	{"time_before", "Time Before", "when they were counted", VALUE_TIME, 26, census_time_before},
	{"time_after", "Time After", "and when again", VALUE_TIME, 26, census_time_after},
};
/* clang-format on */

const size_t census_fields_count = sizeof(census_fields) / sizeof(census_fields[0]);
