/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of a group's change.
 *
 *   State       PID/Program name     Place                     Before  Count Growth Stayed
 *   CLOSE_WAIT  4242/java            of port 8080                  3     40    +37      3
 */
#include <inttypes.h>

#include "count/census.h"
#include "field/row_getters.h"
#include "table/names.h"
#include "count/group_place.h"
#include "field/value.h"

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
	group_place_text(&row->key, text);
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
	group_place_remote(&row->key, text);
	value_print(value, "%s", text);
}

CENSUS_GETTER(netns)
{
	const struct census_row *row = object;

	(void)context;
	if (row->key.netns)
		value_number(value, row->key.netns);
}

CENSUS_GETTER(netns_name)
{
	const struct census_row *row = object;

	value_netns_name(value, context, row->key.netns);
}

CENSUS_GETTER(count_before)
{
	const struct census_row *row = object;

	(void)context;
	value_number(value, row->before);
}

CENSUS_GETTER(count)
{
	const struct census_row *row = object;

	(void)context;
	value_number(value, row->after);
}

CENSUS_GETTER(growth)
{
	const struct census_row *row = object;

	(void)context;
	value->type = VALUE_SIGNED;
	value->sign = (int64_t)row->after - row->before;
}

CENSUS_GETTER(stayed)
{
	const struct census_row *row = object;

	(void)context;
	value_number(value, row->stayed);
}

CENSUS_GETTER(since)
{
	const struct census_row *row = object;

	(void)context;
	value_wall_time(value, row->time_before);
}

CENSUS_GETTER(time)
{
	const struct census_row *row = object;

	(void)context;
	value_wall_time(value, row->time_after);
}

#define FIELD(name)                                                                                \
	{                                                                                          \
		.word = KEY(name), .get = census_##name                                            \
	}

const struct field census_fields[] = {
	FIELD(since),   FIELD(time),         FIELD(state), FIELD(program),    FIELD(pid),
	FIELD(comm),    FIELD(place),        FIELD(netns), FIELD(netns_name), FIELD(local_port),
	FIELD(foreign), FIELD(count_before), FIELD(count), FIELD(growth),     FIELD(stayed),
};

const size_t census_fields_count = sizeof(census_fields) / sizeof(census_fields[0]);
