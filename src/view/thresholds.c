/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The format of the Monitoring Plugins Development Guidelines. Performance data stands behind the
 * bar: label=value;warn;crit. A value above crit is critical.
 *
 *   CRITICAL: 131 CLOSE_WAIT (limit 100) of 4242/java, port 8080, oldest 2h11m | close_wait=131;;100
 *   OK: at most 12 CLOSE_WAIT of one process (limit 100) | close_wait=12;;100
 */
#include "view/thresholds.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "count/group_place.h"
#include "field/value.h"
#include "view/line.h"
#include "view/object.h"

/* A bar in the name would start the performance data, so this escapes it. */
static void add_comm(struct buffer *line, const struct task *task)
{
	char comm[FACT_COMM_LEN + 1] = "", *rest = comm, *piece;
	const char *bar = "";

	memcpy(comm, task->comm, FACT_COMM_LEN);
	while ((piece = strsep(&rest, "|"))) {
		buffer_text(line, bar);
		escape_terminal(line, piece);
		bar = "\\x7c";
	}
}

/* ", port 8080 and 2 more places", ", to 10.0.0.1:80" */
static void add_place(struct buffer *line, const struct threshold_result *result)
{
	char to[ENDPOINT_SIZE];

	if (result->place.passive) {
		buffer_print(line, ", port %u", result->place.port);
	} else {
		group_place_remote(&result->place, to);
		buffer_print(line, ", to %s", to);
	}
	if (result->places > 1)
		buffer_print(line, " and %u more place%s", result->places - 1,
		             result->places == 2 ? "" : "s");
}

static const char *whole(const struct view *view)
{
	return view->one_netns ? "this network namespace" : "this host";
}

static void add_owner(const struct view *view, struct buffer *line,
                      const struct threshold *threshold, const struct threshold_result *result)
{
	if (threshold->per_host) {
		buffer_print(line, " of %s", whole(view));
		return;
	}
	if (result->task) {
		buffer_print(line, " of %u/", result->task->pid);
		add_comm(line, result->task);
	} else {
		buffer_text(line, " of an unknown process");
	}
	add_place(line, result);
}

/* "CLOSE_WAIT for 5m00s or more" */
static void add_state(struct buffer *line, const struct threshold *threshold)
{
	char age[FORMAT_SIZE];

	buffer_text(line, state_name(threshold->state));
	if (!threshold->age)
		return;
	format_duration(age, threshold->age);
	buffer_print(line, " for %s or more", age);
}

static void add_oldest(struct buffer *line, const struct threshold_result *result)
{
	char oldest[FORMAT_SIZE];

	if (!age_is_known(result->oldest, result->oldest_exact))
		return;
	format_duration(oldest, result->oldest);
	buffer_print(line, ", oldest %s%s", result->oldest_exact ? "" : ">=", oldest);
}

static void add_met(const struct view *view, struct buffer *line, const struct threshold *threshold,
                    const struct threshold_result *result)
{
	buffer_print(line, "%u ", result->count);
	add_state(line, threshold);
	buffer_print(line, " (limit %" PRIu64 ")", threshold->most);
	add_owner(view, line, threshold, result);
	add_oldest(line, result);
	if (threshold->has_growth)
		buffer_print(line, ", grew by %" PRId64 " (limit %" PRId64 ")", result->growth,
		             threshold->growth_most);
	if (result->others)
		buffer_print(line, ", and %u other process%s", result->others,
		             result->others == 1 ? " exceeds it" : "es exceed it");
}

static void add_ok(const struct view *view, struct buffer *line, const struct threshold *threshold,
                   const struct threshold_result *result)
{
	bool exact = threshold->per_host && !result->undecided;

	/* All sockets of unknown processes may belong to this one. */
	buffer_print(line, "%s%u ", exact ? "" : "at most ", result->count + result->undecided);
	add_state(line, threshold);
	buffer_print(line, " of %s", threshold->per_host ? whole(view) : "one process");
	if (!threshold->per_host && view->one_netns)
		buffer_print(line, " in %s", whole(view));
	buffer_print(line, " (limit %" PRIu64 ")", threshold->most);
	if (threshold->has_growth && result->places)
		buffer_print(line, ", grew by %" PRId64 " (limit %" PRId64 ")", result->growth,
		             threshold->growth_most);
}

/* "close_wait", or "close_wait_2" of a second threshold: labels must differ. */
static void add_label(struct buffer *line, const struct threshold *thresholds, size_t index)
{
	unsigned int nth = 1;

	for (const char *at = state_name(thresholds[index].state); *at; at++)
		buffer_fill(line, (char)tolower((unsigned char)*at), 1);
	for (size_t i = 0; i < index; i++)
		nth += thresholds[i].state == thresholds[index].state;
	if (nth > 1)
		buffer_print(line, "_%u", nth);
}

static void add_performance(struct buffer *line, const struct threshold *thresholds,
                            const struct threshold_result *results, size_t index)
{
	buffer_text(line, " ");
	add_label(line, thresholds, index);
	buffer_print(line, "=%u;;%" PRIu64, results[index].count, thresholds[index].most);
	if (!thresholds[index].has_growth)
		return;
	buffer_text(line, " ");
	add_label(line, thresholds, index);
	buffer_print(line, "_growth=%" PRId64 ";;%" PRId64, results[index].growth,
	             thresholds[index].growth_most);
}

int thresholds_text(struct view *view, const struct threshold *thresholds,
                    const struct threshold_result *results, size_t count)
{
	struct buffer line = {0};
	const char *between = ": ";
	bool met = false;

	for (size_t i = 0; i < count; i++)
		met |= results[i].met;
	buffer_text(&line, met ? "CRITICAL" : "OK");
	for (size_t i = 0; i < count; i++) {
		if (results[i].met != met)
			continue;
		buffer_text(&line, between);
		(met ? add_met : add_ok)(view, &line, &thresholds[i], &results[i]);
		between = "; ";
	}
	buffer_text(&line, " |");
	for (size_t i = 0; i < count; i++)
		add_performance(&line, thresholds, results, i);
	buffer_text(&line, "\n");
	return line_write(view, &line);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void add_json_condition(struct buffer *json, const struct threshold *threshold,
                               const struct threshold_result *result)
{
	member_number(json, KEY(count), result->count);
	member_number(json, KEY(limit), threshold->most);
	if (threshold->age)
		member_duration(json, KEY(age_limit), threshold->age, true);
	else
		member_null(json, KEY(age_limit));
	if (threshold->has_growth) {
		member_signed(json, KEY(growth), result->growth);
		member_signed(json, KEY(growth_limit), threshold->growth_most);
	} else {
		member_null(json, KEY(growth));
		member_null(json, KEY(growth_limit));
	}
}

static int json_threshold(struct view *view, const struct threshold *threshold,
                          const struct threshold_result *result)
{
	const struct task *task = result->task;
	struct buffer json = {0};

	object_begin(&json, "threshold");
	object_time(&json, view);
	member_string(&json, KEY(fail_if), threshold->text);
	member_bool(&json, KEY(met), result->met);
	member_string(&json, KEY(state), state_name(threshold->state));
	member_string(&json, KEY(per), threshold->per_host ? "host" : "process");
	add_json_condition(&json, threshold, result);
	object_process(&json, task ? task->pid : 0, task ? task->comm : NULL);
	/* The place with most sockets. */
	object_place(&json, view, result->places ? &result->place : NULL);
	member_number(&json, KEY(places), result->places);
	if (result->places)
		member_duration(&json, KEY(age_max), result->oldest, result->oldest_exact);
	else
		member_null(&json, KEY(age_max));
	member_number(&json, KEY(others), result->others);
	return object_end(view, &json);
}

int thresholds_json(struct view *view, const struct threshold *thresholds,
                    const struct threshold_result *results, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = json_threshold(view, &thresholds[i], &results[i]);
	return err;
}
