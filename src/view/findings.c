/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   BAD  31 CLOSE_WAIT of 4242/java, from port 8080               application's move
 *     4242/java leaks sockets: it has read the end of stream and does not close them.
 *     age    >=2.10s .. 2h11m, half of them over 40m
 *     made   31 of 31 were made here: accept<serve<main
 *     seen   in 10.0s 31 came into this state and 0 left it (3.1 and 0.0 per second)
 *     do     find the path in ...
 *     rests on RFC 9293, 3.6 ... (close-wait-leak)
 */
#include "view/findings_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "count/group_place.h"
#include "field/stack_text.h"
#include "view/line.h"
#include "view/next.h"
#include "view/piles.h"

static const char *const level_words[] = {
	[FINDING_OK] = "FINE",         [FINDING_STEADY] = "STEADY", [FINDING_UNCLEAR] = "UNCLEAR",
	[FINDING_WARNING] = "WARNING", [FINDING_BAD] = "BAD",
};

static const char *level_color(enum finding_level level)
{
	static const char *const colors[] = {
		[FINDING_OK] = "\033[32m",      [FINDING_STEADY] = "\033[36m",
		[FINDING_UNCLEAR] = "\033[36m", [FINDING_WARNING] = "\033[33m",
		[FINDING_BAD] = "\033[1;31m",
	};

	return colors[level];
}

static const struct task *task_of(const struct view *view, const struct finding *finding)
{
	const struct group_key *key = &finding->group.key;

	return key->pid ? table_find_task(view->context.table, key->pid, key->start) : NULL;
}

/* Name of the process, NUL-terminated, even if it has exited; false: it is not known which. */
bool finding_comm(const struct view *view, const struct finding *finding,
                  char comm[FACT_COMM_LEN + 1])
{
	const struct task *task = task_of(view, finding);
	const char *known = finding->storm ? finding->storm->key.comm : finding->group.comm;

	memset(comm, 0, FACT_COMM_LEN + 1);
	if (task)
		known = task->comm;
	memcpy(comm, known, strnlen(known, FACT_COMM_LEN));
	return task || (finding->storm && finding->group.key.pid);
}

/* Of groups that were joined the largest is named. */
static void add_more(struct buffer *line, uint32_t count, const char *what)
{
	if (count > 1)
		buffer_print(line, " and %u more%s", count - 1, what);
}

/* "3 CLOSE_WAIT of port 8080", "12 failed connects to 10.0.0.1:80 and 3 more" */
static void add_group(struct buffer *line, const struct group *group)
{
	char place[PLACE_SIZE];

	group_place_text(&group->key, place);
	if (group->failed)
		buffer_print(line, "%" PRIu64 " failed connect%s %s", group->failed,
		             group->failed == 1 ? "" : "s", place);
	else
		buffer_print(line, "%u %s %s", group->count, state_name(group->key.state), place);
	add_more(line, group->places, "");
}

/* "812 RSTs sent (TCP_ABORT_ON_CLOSE) of port 8080", "40 RTO retransmits to 10.0.0.1" */
static void add_storm(struct buffer *line, const struct view *view, const struct storm *storm)
{
	bool again = storm->key.kind == CHANGE_RETRANSMIT;
	bool sent = storm->key.kind == CHANGE_RST_SENT;
	const char *plural = storm->count == 1 ? "" : "s";
	char place[PLACE_SIZE], remote[ENDPOINT_SIZE], buf[16];
	const char *detail = storm_detail(storm, view->context.table, buf);

	buffer_print(line, "%" PRIu64 " ", storm->count);
	if (again)
		buffer_print(line, "%s retransmit%s", detail, plural);
	else
		buffer_print(line, "RST%s %s", plural, sent ? "sent" : "received");
	if (!again && detail[0]) {
		buffer_text(line, " (");
		escape_terminal(line, detail);
		buffer_text(line, ")");
	}
	if (storm->key.elsewhere) {
		buffer_text(line, " elsewhere");
		return;
	}
	group_place_remote(&storm->key.place, remote);
	group_place_text(&storm->key.place, place);
	if (!again && !sent && !storm->key.place.passive)
		buffer_print(line, " from %s", remote);
	else
		buffer_print(line, " %s", place);
}

/* "network namespace host" */
static void add_netns(struct buffer *line, const struct view *view, uint32_t netns)
{
	const struct name_key key = name_key_number(NAME_NETNS, netns);
	const char *name = names_find(table_names((struct table *)view->context.table), key);

	buffer_text(line, "network namespace ");
	if (name && name[0])
		escape_terminal(line, name);
	else
		buffer_print(line, "%u", netns);
}

static void add_headline(struct buffer *line, const struct view *view,
                         const struct finding *finding)
{
	char comm[FACT_COMM_LEN + 1];

	if (view->color)
		buffer_text(line, level_color(finding->level));
	buffer_print(line, "%-8s", level_words[finding->level]);
	if (view->color)
		buffer_text(line, "\033[0m");
	if (finding->storm) {
		add_storm(line, view, finding->storm);
		add_more(line, finding->group.places, "");
	} else if (finding->of_netns) {
		add_netns(line, view, finding->group.key.netns);
	} else {
		add_group(line, &finding->group);
	}
	if (finding_comm(view, finding, comm)) {
		buffer_print(line, ", %u/", finding->group.key.pid);
		escape_terminal(line, comm);
	} else if (comm[0]) {
		buffer_text(line, ", ");
		escape_terminal(line, comm);
		buffer_text(line, finding->storm && finding->storm->several ? " (several processes)"
		                                                            : " (exited)");
	}
	add_more(line, finding->group.processes,
	         finding->group.processes == 2 ? " process" : " processes");
	if (finding->mover != MOVER_NOBODY)
		buffer_print(line, ": it is the %s's move", mover_name(finding->mover));
	buffer_text(line, "\n");
}

/* Takes the next line off the text; false: there is none. */
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

/* Who has the sockets is in the headline, if that is known. */
static void add_owner(struct buffer *out, const struct view *view, const struct finding *finding)
{
	const struct row *example = finding->group.example;
	char comm[FACT_COMM_LEN + 1];
	struct owner owner;

	if (!example || finding->group.key.pid || finding_comm(view, finding, comm))
		return;
	if (example->flags & (ROW_ORPHAN | ROW_MINI)) {
		buffer_text(out, "  owner    none: no process has the oldest open\n");
		return;
	}
	table_owner(view->context.table, example, &owner);
	if (owner.listeners)
		buffer_print(
			out, "  owner    one of %u%s that listen there; which one is not known\n",
			owner.listeners, owner.listeners > LISTENERS_COUNTED ? " or more" : "");
	else
		buffer_text(out, "  owner    not known\n");
}

/* Lines of text, each behind the label. */
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

static void add_ages(struct buffer *out, const struct group *group)
{
	char young[FORMAT_SIZE], median[FORMAT_SIZE], p99[FORMAT_SIZE], old[FORMAT_SIZE];
	const char *bound = group->at_least ? ">=" : "";

	format_duration(young, group->youngest);
	format_duration(median, group->median);
	format_duration(p99, group->p99);
	format_duration(old, group->oldest);
	if (group->count == 1)
		buffer_print(out, "  age      %s%s\n", bound, old);
	else
		buffer_print(out, "  age      %s%s .. %s%s; median %s%s, 99 %% below %s%s\n", bound,
		             young, bound, old, bound, median, bound, p99);
}

/* "812 within 9.80s, the last one 200ms ago" */
static void add_events(struct buffer *out, const struct view *view, const struct storm *storm)
{
	uint64_t now = table_now(view->context.table);
	char span[FORMAT_SIZE], ago[FORMAT_SIZE];

	format_duration(span, storm->last - storm->first);
	format_duration(ago, now > storm->last ? now - storm->last : 0);
	if (storm->count == 1)
		buffer_print(out, "  events   1, %s ago\n", ago);
	else
		buffer_print(out, "  events   %" PRIu64 " within %s, the last one %s ago\n",
		             storm->count, span, ago);
}

static void add_stack(struct buffer *out, const struct view *view, const struct group *group)
{
	const struct stack *stack = table_find_stack(view->context.table, group->stack);

	if (!group->stack || !stack)
		return;
	buffer_print(out, "  made     %u of %u were made here:\n", group->stack_count,
	             group->count);
	for (uint32_t i = 0; i < stack->count; i++) {
		struct buffer text = {0};

		stack_frame_text(&text, view->context.table, stack, i);
		buffer_add(&text, "", 1);
		buffer_text(out, "             ");
		if (!text.failed)
			escape_terminal(out, text.data);
		buffer_text(out, "\n");
		buffer_free(&text);
	}
}

/* What a recording cannot do is done with it. */
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

	add_headline(&out, view, finding);
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

/* When it was judged: "2026-11-24T03:12:00.123456Z". false: before any FACT_CLOCK. */
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
		buffer_text(&line, "at once: ");
		add_headline(&line, view, &findings[i]);
		err = line_write(view, &line);
	}
	return err;
}

static void add_forgotten(struct buffer *line, const struct groups_forgotten *forgotten)
{
	if (!forgotten->groups)
		return;
	buffer_print(line, "; %" PRIu64 " failed connect%s in %" PRIu64 " older group%s forgotten",
	             forgotten->failed, forgotten->failed == 1 ? "" : "s", forgotten->groups,
	             forgotten->groups == 1 ? "" : "s");
}

/* What is steady is told if there is much of it, or if it is old. */
static bool is_told(const struct finding *finding, bool all, const struct findings_scope *scope)
{
	if (finding->waits)
		return false;
	if (all || scope->states || finding->level > FINDING_STEADY)
		return true;
	return finding->level == FINDING_STEADY &&
	       (finding->old || finding->group.count >= PILE_LEAST);
}

struct counts {
	size_t problems, steady, old, fine, hidden;
	uint64_t failed;
};

static struct counts count_findings(const struct finding *findings, size_t count, bool all,
                                    const struct findings_scope *scope)
{
	struct counts counts = {0};

	for (size_t i = 0; i < count; i++) {
		const struct finding *finding = &findings[i];

		counts.failed += finding->group.failed;
		if (finding->waits)
			continue;
		counts.problems += finding->level > FINDING_STEADY;
		counts.steady += finding->level == FINDING_STEADY;
		counts.old += finding->level == FINDING_STEADY && finding->old;
		counts.fine += finding->level == FINDING_OK;
		counts.hidden += !is_told(finding, all, scope);
	}
	return counts;
}

/* "CLOSE_WAIT or LAST_ACK" */
static void add_states(struct buffer *line, uint32_t states)
{
	const char * or = "";

	for (unsigned int i = 1; i < STATE_NEW_SYN_RECV; i++) {
		if (!(states & STATE_BIT(i)))
			continue;
		buffer_print(line, "%s%s", or, state_name((uint8_t)i));
		or = " or ";
	}
}

static void add_result(struct buffer *line, const struct counts *counts, size_t piles,
                       const struct findings_scope *scope)
{
	size_t all = counts->problems + counts->steady + counts->fine;

	if (counts->problems) {
		buffer_print(line, "%zu finding%s", counts->problems,
		             counts->problems == 1 ? "" : "s");
	} else if (scope->states && !all) {
		buffer_text(line, "No socket asked for is in ");
		add_states(line, scope->states);
	} else if (piles || scope->states) {
		buffer_text(line, "No finding");
	} else {
		buffer_text(line, "Nothing piles up");
	}
}

static void add_rest(struct buffer *line, const struct counts *counts)
{
	if (counts->steady)
		buffer_print(line, "; %zu group%s steady", counts->steady,
		             counts->steady == 1 ? "" : "s");
	if (counts->old)
		buffer_print(line, ", %zu of them old", counts->old);
	if (counts->fine)
		buffer_print(line, "; %zu group%s looked at and fine", counts->fine,
		             counts->fine == 1 ? "" : "s");
	if (counts->hidden)
		buffer_text(line, " (-v shows why)");
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
	struct counts counts = count_findings(findings, count, all, scope);
	char time[FORMAT_SIZE];
	struct buffer last = {0};
	size_t piles = 0;
	int err = scope->states ? 0 : print_piles(view, findings, count, &piles);

	for (size_t i = 0; i < count && !err; i++)
		if (is_told(&findings[i], all, scope))
			err = print_finding(view, &findings[i]);
	if (err)
		return err;
	if (dated && finding_time_text(view, time))
		buffer_print(&last, "%s: ", time);
	format_duration(time, scope->window);
	add_result(&last, &counts, piles, scope);
	if (scope->window)
		buffer_print(&last, ", watched for %s", time);
	add_rest(&last, &counts);
	add_forgotten(&last, &scope->forgotten);
	buffer_text(&last, dated ? ".\n\n" : ".\n");
	return line_write(view, &last);
}
