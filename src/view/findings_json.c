/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings for programs: one object a line. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "core/place.h"
#include "core/stack.h"
#include "view/findings_private.h"
#include "view/line.h"

static void add_json_lines(struct buffer *json, const char *key, const struct buffer *text)
{
	const char *at = text->data, *comma = "";
	size_t left = text->size;
	char line[FINDING_LINE_ROOM];

	buffer_print(json, ",\"%s\":[", key);
	while (finding_take_line(&at, &left, line)) {
		buffer_text(json, comma);
		escape_json(json, line);
		comma = ",";
	}
	buffer_text(json, "]");
	json->failed |= text->failed;
}

static void add_json_place(struct buffer *json, const struct group_key *key)
{
	char to[ENDPOINT_SIZE];

	buffer_print(json, ",\"netns\":%u", key->netns);
	if (key->passive) {
		buffer_print(json, ",\"local_port\":%u,\"foreign\":null", key->port);
		return;
	}
	place_remote(key, to);
	buffer_print(json, ",\"local_port\":null,\"foreign\":\"%s\"", to);
}

static void add_json_task(struct buffer *json, const struct view *view,
                          const struct finding *finding)
{
	char comm[FACT_COMM_LEN + 1];

	if (finding_comm(view, finding, comm))
		buffer_print(json, ",\"pid\":%u,\"comm\":", finding->group.key.pid);
	else
		buffer_text(json, ",\"pid\":null,\"comm\":");
	if (comm[0])
		escape_json(json, comm);
	else
		buffer_text(json, "null");
}

static void add_json_stack(struct buffer *json, const struct view *view, const struct group *group)
{
	const struct stack *stack = table_find_stack(view->context.table, group->stack);

	if (!group->stack || !stack) {
		buffer_text(json, ",\"stack\":null,\"stack_count\":null");
		return;
	}
	buffer_text(json, ",\"stack\":[");
	for (uint32_t i = 0; i < stack->count; i++) {
		struct buffer text = {0};

		stack_frame_text(&text, view->context.table, stack, i);
		buffer_add(&text, "", 1);
		buffer_text(json, i ? "," : "");
		escape_json(json, text.failed ? "" : text.data);
		buffer_free(&text);
	}
	buffer_print(json, "],\"stack_count\":%u", group->stack_count);
}

/* Of sockets that are there; of failed connects and of storms none is. */
static void add_json_ages(struct buffer *json, const struct group *group)
{
	if (!group->count) {
		buffer_text(json, ",\"age_min_ns\":null,\"age_median_ns\":null,"
		                  "\"age_p99_ns\":null,\"age_max_ns\":null,\"age_exact\":null");
		return;
	}
	buffer_print(json,
	             ",\"age_min_ns\":%" PRIu64 ",\"age_median_ns\":%" PRIu64
	             ",\"age_p99_ns\":%" PRIu64 ",\"age_max_ns\":%" PRIu64 ",\"age_exact\":%s",
	             group->youngest, group->median, group->p99, group->oldest,
	             group->at_least ? "false" : "true");
}

static void add_json_no_storm(struct buffer *json)
{
	buffer_text(json, ",\"event\":null,\"detail\":null,\"events\":null,\"span_ns\":null");
}

/* What there is, and how it comes and goes. */
static void add_json_group(struct buffer *json, const struct group *group)
{
	buffer_print(json,
	             ",\"state\":\"%s\",\"count\":%u,\"entered\":%" PRIu64 ",\"left\":%" PRIu64,
	             state_name(group->key.state), group->count, group->entered, group->left);
	if (group->failed)
		buffer_print(json, ",\"failed\":%" PRIu64, group->failed);
	else
		buffer_text(json, ",\"failed\":null");
	add_json_no_storm(json);
}

static void add_json_no_group(struct buffer *json)
{
	buffer_text(json, ",\"state\":null,\"count\":null,\"entered\":null,\"left\":null,"
	                  "\"failed\":null");
}

/* What happened, and how often. */
static void add_json_storm(struct buffer *json, const struct view *view, const struct storm *storm)
{
	static const char *const events[] = {
		[CHANGE_RETRANSMIT] = "retransmit",
		[CHANGE_RST_SENT] = "rst_sent",
		[CHANGE_RST_RECEIVED] = "rst_received",
	};
	char buf[16];
	const char *detail = storm_detail(storm, view->context.table, buf);

	add_json_no_group(json);
	buffer_print(json, ",\"event\":\"%s\",\"detail\":", events[storm->key.kind]);
	if (detail[0])
		escape_json(json, detail);
	else
		buffer_text(json, "null");
	buffer_print(json, ",\"events\":%" PRIu64 ",\"span_ns\":%" PRIu64, storm->count,
	             storm->last - storm->first);
}

/* Of a namespace neither sockets nor events are told. */
static void add_json_netns(struct buffer *json)
{
	add_json_no_group(json);
	add_json_no_storm(json);
}

static int json_finding(struct view *view, const struct finding *finding, uint64_t window)
{
	const struct storm *storm = finding->storm;
	char verdict[1024], time[FORMAT_SIZE];
	struct buffer json = {0}, next = {0};

	buffer_print(&json, "{\"v\":%d,\"type\":\"finding\",\"rule\":\"%s\",\"level\":\"%s\"",
	             VIEW_JSON_SCHEMA, finding->rule, finding_level_name(finding->level));
	if (finding_time_text(view, time))
		buffer_print(&json, ",\"time\":\"%s\"", time);
	else
		buffer_text(&json, ",\"time\":null");
	buffer_print(&json, ",\"mover\":\"%s\"", mover_name(finding->mover));
	if (storm)
		add_json_storm(&json, view, storm);
	else if (finding->of_netns)
		add_json_netns(&json);
	else
		add_json_group(&json, &finding->group);
	add_json_task(&json, view, finding);
	if (storm && storm->key.elsewhere)
		buffer_text(&json, ",\"netns\":null,\"local_port\":null,\"foreign\":null");
	else if (finding->of_netns)
		buffer_print(&json, ",\"netns\":%u,\"local_port\":null,\"foreign\":null",
		             finding->group.key.netns);
	else
		add_json_place(&json, &finding->group.key);
	buffer_print(&json, ",\"window_ns\":%" PRIu64, window);
	add_json_ages(&json, &finding->group);
	snprintf(verdict, sizeof(verdict), "%.*s", (int)finding->verdict.size,
	         finding->verdict.data ? finding->verdict.data : "");
	buffer_text(&json, ",\"verdict\":");
	escape_json(&json, verdict);
	add_json_lines(&json, "evidence", &finding->evidence);
	finding_next_lines(view, finding, &next);
	add_json_lines(&json, "next", &next);
	buffer_free(&next);
	add_json_stack(&json, view, &finding->group);
	buffer_text(&json, ",\"source\":");
	escape_json(&json, finding->source);
	buffer_text(&json, "}\n");
	return line_write(view, &json);
}

static int json_forgotten(struct view *view, const struct groups_forgotten *forgotten)
{
	struct buffer json = {0};

	buffer_print(&json,
	             "{\"v\":%d,\"type\":\"forgotten\",\"groups\":%" PRIu64 ",\"failed\":%" PRIu64
	             "}\n",
	             VIEW_JSON_SCHEMA, forgotten->groups, forgotten->failed);
	return line_write(view, &json);
}

int findings_json(struct view *view, const struct finding *findings, size_t count,
                  const struct findings_scope *scope)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		if (!findings[i].waits)
			err = json_finding(view, &findings[i], scope->window);
	if (!err && scope->forgotten.groups)
		err = json_forgotten(view, &scope->forgotten);
	return err;
}
