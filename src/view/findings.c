/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   BAD     31 CLOSE_WAIT of port 8080, 4242/java: the application must act
 *            4242/java leaks sockets: it has read the end of stream and does not close them.
 *     age      at least 2.10s to 2h11m; median at least 40m00s, 99th percentile at least 2h10m
 *     seen     31 entered, 0 left in 10.0s (3.1 and 0.0 per second)
 *     made     31 of 31 by this code:
 *                accept+0x4f (/usr/lib/libc.so.6)
 *     next     find the path in ...
 *     rule     close-wait-leak: RFC 9293, 3.6
 */
#include "view/findings_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "field/stack_text.h"
#include "view/line.h"
#include "view/next.h"
#include "view/piles.h"

bool finding_take_line(const char **text, size_t *left, char line[FINDING_LINE_ROOM])
{
	const char *stop;
	size_t size;

	if (!*left)
		return false;
	stop = memchr(*text, '\n', *left);
	size = stop ? (size_t)(stop - *text) : *left;
	snprintf(line, FINDING_LINE_ROOM, "%.*s", (int)size, *text);
	size += stop != NULL;
	*text += size;
	*left -= size;
	return true;
}

/* The headline names the process, if one is known. */
static void add_owner(struct buffer *out, const struct view *view, const struct finding *finding)
{
	const struct row *example = finding->group.example;
	char comm[FACT_COMM_LEN + 1];
	struct owner owner;

	if (!example || finding->group.key.pid || finding_comm(view, finding, comm))
		return;
	if (example->flags & (ROW_ORPHAN | ROW_MINI)) {
		buffer_text(out, "  owner    none: no process has the oldest socket open\n");
		return;
	}
	table_owner(view->context.table, example, &owner);
	if (owner.listeners)
		buffer_print(
			out, "  owner    one of %u%s that listen there; which one is not known\n",
			owner.listeners, owner.listeners > LISTENERS_COUNTED ? " or more" : "");
	else
		buffer_text(out, "  owner    unknown\n");
}

/* Adds each line of the text, behind the label. */
static void add_lines(struct buffer *out, const char *label, const struct buffer *text)
{
	const char *at = text->data;
	size_t left = text->size;
	char line[FINDING_LINE_ROOM];

	while (finding_take_line(&at, &left, line)) {
		buffer_print(out, "  %-9s", label);
		escape_terminal(out, line);
		buffer_text(out, "\n");
	}
	out->failed |= text->failed;
}

/* "at least 2.10s to 2h11m; median at least 40m00s, 99th percentile at least 2h11m" */
static void add_ages(struct buffer *out, const struct group *group)
{
	char young[FORMAT_SIZE], median[FORMAT_SIZE], p99[FORMAT_SIZE], old[FORMAT_SIZE];
	const char *bound = group->at_least ? "at least " : "";

	format_duration(young, group->youngest);
	format_duration(median, group->median);
	format_duration(p99, group->p99);
	format_duration(old, group->oldest);
	if (group->count == 1)
		buffer_print(out, "  age      %s%s\n", bound, old);
	else
		buffer_print(out, "  age      %s%s to %s; median %s%s, 99th percentile %s%s\n",
		             bound, young, old, bound, median, bound, p99);
}

/* "812 in 9.80s, the last one 200ms ago" */
static void add_events(struct buffer *out, const struct view *view, const struct storm *storm)
{
	uint64_t now = table_now(view->context.table);
	char span[FORMAT_SIZE], ago[FORMAT_SIZE];

	format_duration(span, storm->last - storm->first);
	format_duration(ago, now > storm->last ? now - storm->last : 0);
	if (storm->count == 1)
		buffer_print(out, "  events   1, %s ago\n", ago);
	else
		buffer_print(out, "  events   %" PRIu64 " in %s, the last one %s ago\n",
		             storm->count, span, ago);
}

static void add_stack(struct buffer *out, const struct view *view, const struct group *group)
{
	const struct stack *stack = table_find_stack(view->context.table, group->stack);

	if (!group->stack || !stack)
		return;
	buffer_print(out, "  made     %u of %u by this code:\n", group->stack_count, group->count);
	for (uint32_t i = 0; i < stack->count; i++) {
		struct buffer text = {0};

		buffer_text(out, "             ");
		stack_frame_text(&text, view->context.table, stack, i);
		line_add_safe(out, &text);
		buffer_text(out, "\n");
	}
}

void finding_next_lines(const struct view *view, const struct finding *finding, struct buffer *next)
{
	const struct table *table = view->context.table;
	int64_t wall = table_wall(table, table_now(table));
	struct next_source source = {.from = view->from};
	char time[FORMAT_SIZE];

	if (view->at && wall) {
		format_time_iso(time, wall, view->context.utc);
		source.time = time;
	}
	next_lines(next, &finding->next, &source);
}

static int print_finding(struct view *view, const struct finding *finding)
{
	struct buffer out = {0}, next = {0};

	finding_add_headline(&out, view, finding);
	add_lines(&out, "", &finding->verdict);
	if (finding->storm)
		add_events(&out, view, finding->storm);
	else if (finding->group.count)
		add_ages(&out, &finding->group);
	add_owner(&out, view, finding);
	add_lines(&out, "seen", &finding->evidence);
	add_stack(&out, view, &finding->group);
	finding_next_lines(view, finding, &next);
	add_lines(&out, "next", &next);
	buffer_free(&next);
	buffer_print(&out, "  rule     %s: %s\n\n", finding->rule, finding->source);
	return line_write(view, &out);
}

bool finding_time_text(const struct view *view, char time[FORMAT_SIZE])
{
	const struct table *table = view->context.table;
	int64_t wall = table_wall(table, table_now(table));

	if (wall)
		format_time_iso(time, wall, view->context.utc);
	return wall;
}

int findings_headlines(struct view *view, const struct finding *findings, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		struct buffer line = {0};

		if (findings[i].level < FINDING_WARNING || findings[i].waits)
			continue;
		buffer_text(&line, "first look: ");
		finding_add_headline(&line, view, &findings[i]);
		err = line_write(view, &line);
	}
	return err;
}

static int print_piles(struct view *view, const struct finding *findings, size_t count,
                       size_t *made)
{
	struct pile *piles;
	int err = piles_make(findings, count, &piles, made);

	if (!err)
		err = piles_text(view, piles, *made);
	free(piles);
	return err;
}

int findings_text(struct view *view, const struct finding *findings, size_t count, bool all,
                  const struct findings_scope *scope, bool dated)
{
	size_t piles = 0;
	int err = scope->states ? 0 : print_piles(view, findings, count, &piles);

	for (size_t i = 0; i < count && !err; i++)
		if (finding_is_shown(&findings[i], all, scope))
			err = print_finding(view, &findings[i]);
	return err ? err : findings_print_summary(view, findings, count, all, scope, piles, dated);
}
