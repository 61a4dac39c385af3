/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   From 2026-11-25 03:00:00.000000 to 2026-11-25 03:12:00.000000 (12m00s)
 *   State       PID/Program name     Place                     Before  Count Growth Stayed
 *   CLOSE_WAIT  4242/java            of port 8080                   3     40    +37      3
 *   ESTABLISHED 977/nginx            to 10.0.0.2:8080              30     12    -18     12
 *   All: ESTABLISHED 41 -> 23, CLOSE_WAIT 3 -> 40, LISTEN 4
 */
#include "view/diff.h"

#include <errno.h>
#include <stdio.h>

#include "base/format.h"
#include "view/line.h"

#define KEYS_MOST 16

static int print_rows(struct view *view, const char *const *keys, const struct census_row *rows,
                      size_t count)
{
	const struct field *fields[KEYS_MOST];
	int err;

	view->fields = fields;
	for (view->field_count = 0; keys[view->field_count]; view->field_count++)
		fields[view->field_count] =
			field_find(census_fields, census_fields_count, keys[view->field_count]);
	err = view->format->begin ? view->format->begin(view) : 0;
	for (size_t i = 0; i < count && !err; i++)
		err = view->format->object(view, &rows[i]);
	if (!err && view->format->end)
		err = view->format->end(view);
	view->fields = NULL;
	view->field_count = 0;
	return err;
}

/* --- text ----------------------------------------------------------------------------------- */

static void add_time(struct buffer *line, int64_t wall, bool utc)
{
	char text[FORMAT_SIZE] = "an unknown time";

	if (wall)
		format_time(text, wall, utc);
	buffer_text(line, text);
}

static int print_times(struct view *view, const struct census *before, const struct census *after)
{
	int64_t from = census_wall(before), to = census_wall(after);
	struct buffer line = {0};
	char span[FORMAT_SIZE];

	buffer_text(&line, "From ");
	add_time(&line, from, view->context.utc);
	buffer_text(&line, " to ");
	add_time(&line, to, view->context.utc);
	if (from && to > from) {
		format_duration(span, (uint64_t)to - (uint64_t)from);
		buffer_print(&line, " (%s)", span);
	}
	buffer_text(&line, "\n");
	return line_write(view, &line);
}

static int print_states(struct view *view, const struct census *before, const struct census *after)
{
	uint32_t old[STATE_COUNT], new[STATE_COUNT];
	struct buffer line = {0};
	const char *between = " ";

	census_states(before, old);
	census_states(after, new);
	buffer_text(&line, "All:");
	for (unsigned int state = 1; state < STATE_COUNT; state++) {
		if (!old[state] && !new[state])
			continue;
		buffer_print(&line, "%s%s %u", between, state_name(state), old[state]);
		if (old[state] != new[state])
			buffer_print(&line, " -> %u", new[state]);
		between = ", ";
	}
	buffer_text(&line, *between == ' ' ? " no sockets\n" : "\n");
	return line_write(view, &line);
}

static int print_none(struct view *view)
{
	struct buffer line = {0};

	buffer_text(&line, "No group changed in size.\n");
	return line_write(view, &line);
}

/* The same place may exist in several namespaces. */
static bool several_netns(const struct census_row *rows, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (rows[i].key.netns != rows[0].key.netns)
			return true;
	return false;
}

int diff_text(struct view *view, const struct census *before, const struct census *after,
              const struct census_row *rows, size_t count)
{
	static const char *const keys[] = {"state", "program", "place",  "count_before",
	                                   "count", "growth",  "stayed", NULL};
	static const char *const keys_netns[] = {"state",      "program",      "place",
	                                         "netns_name", "count_before", "count",
	                                         "growth",     "stayed",       NULL};
	int err = print_times(view, before, after);

	if (!err && !count)
		err = print_none(view);
	else if (!err)
		err = print_rows(view, several_netns(rows, count) ? keys_netns : keys, rows, count);
	return err ? err : print_states(view, before, after);
}

/* --- JSON ----------------------------------------------------------------------------------- */

int diff_json(struct view *view, const struct census_row *rows, size_t count)
{
	static const char *const keys[] = {
		"time",       "since",   "state",        "pid",   "comm",   "netns",  "netns_name",
		"local_port", "foreign", "count_before", "count", "growth", "stayed", NULL};

	return print_rows(view, keys, rows, count);
}
