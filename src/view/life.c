/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   Socket      127.0.0.1:8080 127.0.0.1:47400, cookie 4101, netns host
 *   State       CLOSE_WAIT for 4.35s, closed by peer
 *   Made by     accept of 24513/python3, thread 24514 worker-7, uid 0
 *   Command     python3 server.py
 *   Held by     24513/python3 fd 4
 *   Stack       accept+0x4f (/usr/lib/libc.so.6)
 *               serve_client+0x1f (server) server.c:88
 *   Peer        FIN_WAIT2 of 25148/python3[exited], cookie 4100
 *
 *   2026-11-22 03:42:18.200702  SYN_RECV -> ESTABLISHED      >=5.55us
 *   2026-11-22 03:42:18.500961  ESTABLISHED -> CLOSE_WAIT       300ms
 */
#include "view/life.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "field/event_name.h"
#include "field/stack_text.h"
#include "field/value.h"
#include "view/line.h"
#include "view/value_text.h"

#define LABEL_WIDTH    12
#define STEP_WIDTH     30
#define STEP_PEER_SIZE 512

/* Part of a line of the head: a field between two texts. An unknown field leaves out all three. */
struct piece {
	const char *before;
	const char *key;
	const char *after;
};

#define PIECES_MOST 5

static const struct {
	const char *label;
	struct piece pieces[PIECES_MOST]; /* if the first is not known there is no line */
} head[] = {
	{"Socket",
         {{"", "local", ""},
          {" ", "foreign", ""},
          {", cookie ", "cookie", ""},
          {", netns ", "netns_name", ""}}},
	{"MPTCP",
         {{"token ", "mptcp_token", ""},
          {", subflow of a socket in ", "mptcp_state", ""},
          {" for ", "mptcp_age", ""}}},
	{"State", {{"", "state", ""}, {" for ", "age", ""}, {", closed by ", "closed_by", ""}}},
	{"Error", {{"", "error", ""}}},
	{"Made by",
         {{"", "creator_by", ""},
          {" of ", "creator_program", ""},
          {", thread ", "creator_tid", ""},
          {" ", "creator_thread", ""},
          {", uid ", "creator_uid", ""}}},
	{"Command", {{"", "creator_args", ""}}},
	{"Process", {{"", "program", ""}, {", known by ", "owner_source", ""}}},
	{"Threads", {{"", "doing", ""}}},
	{"Open fds", {{"", "open_fds", ""}, {" of ", "fd_limit", ""}}},
	{"Cgroup", {{"", "cgroup", ""}, {" (", "container", ")"}}},
	{"Listener", {{"", "listener", ""}}},
	{"Peer",
         {{"", "peer_state", ""}, {" of ", "peer_program", ""}, {", cookie ", "peer_cookie", ""}}},
	{"Bytes",
         {{"received ", "bytes_received", ""},
          {", sent ", "bytes_sent", ""},
          {"; Recv-Q ", "recv_q", ""}, /* includes a FIN */
          {", Send-Q ", "send_q", ""}}},
	{"Timer", {{"", "timer", ""}}},
};

/* Adds a field, escaped for a terminal. false: it is not known. */
static bool add_field(struct buffer *line, const struct view *view, const struct piece *piece,
                      const struct row *row)
{
	const struct field *field = field_find(row_fields, row_fields_count, piece->key);
	struct buffer text = {0};
	struct value value;

	field_get(field, &view->context, row, &value);
	if (value.type == VALUE_NONE)
		return false;
	buffer_text(line, piece->before);
	value_text(&text, &view->context, &value);
	line_add_safe(line, &text);
	buffer_text(line, piece->after);
	return true;
}

static void add_label(struct buffer *line, const char *label)
{
	buffer_print(line, "%-*s", LABEL_WIDTH, label);
}

/* Adds every process and fd that has the socket open. */
static void add_holders(struct buffer *line, const struct view *view, const struct row *row)
{
	const struct field *field = field_find(row_fields, row_fields_count, "holders");
	const struct table *table = view->context.table;
	struct value value;
	const struct holder *holder = table_holder(table, row->holders);
	const char *comma = "";

	field_get(field, &view->context, row, &value);
	for (; holder; holder = table_holder(table, holder->next)) {
		const struct task *task = table_task(table, holder->task);
		char comm[FACT_COMM_LEN + 1] = "";

		if (task->exited)
			continue;
		memcpy(comm, task->comm, FACT_COMM_LEN);
		buffer_print(line, "%s%u/", comma, task->pid);
		escape_terminal(line, comm);
		buffer_print(line, " fd %d", holder->fd);
		value_text_ago(line, value.ago);
		comma = ", ";
	}
}

static int print_holders(struct view *view, const struct row *row)
{
	struct buffer line = {0};
	size_t empty;

	add_label(&line, "Held by");
	empty = line.size;
	add_holders(&line, view, row);
	if (line.size == empty) {
		buffer_free(&line);
		return 0;
	}
	buffer_text(&line, "\n");
	return line_write(view, &line);
}

/* Prints the code that created the socket, one function a line, innermost first. */
static int print_stack(struct view *view, const struct row *row)
{
	const struct stack *stack = row_find_stack(view->context.table, row);
	int err = 0;

	for (uint32_t i = 0; stack && i < stack->count && !err; i++) {
		struct buffer line = {0}, text = {0};

		add_label(&line, i ? "" : "Stack");
		stack_frame_text(&text, view->context.table, stack, i);
		line_add_safe(&line, &text);
		buffer_text(&line, "\n");
		err = line_write(view, &line);
	}
	return err;
}

int life_head(struct view *view, const struct row *row)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]) && !err; i++) {
		struct buffer line = {0};

		add_label(&line, head[i].label);
		if (!add_field(&line, view, &head[i].pieces[0], row)) {
			buffer_free(&line);
			continue;
		}
		for (size_t p = 1; p < PIECES_MOST && head[i].pieces[p].key; p++)
			add_field(&line, view, &head[i].pieces[p], row);
		buffer_text(&line, "\n");
		err = line_write(view, &line);
	}
	err = err ? err : print_holders(view, row);
	return err ? err : print_stack(view, row);
}

/* --- steps ---------------------------------------------------------------------------------- */

struct moment {
	uint64_t time;
	const char *text;
	uint64_t dwell;
	bool dwell_known, dwell_exact;
};

static int print_moment(struct view *view, const struct moment *moment)
{
	int64_t wall = table_wall(view->context.table, moment->time);
	char text[FORMAT_SIZE] = "-";
	struct buffer line = {0};
	size_t columns;

	if (wall)
		format_time(text, wall, view->context.utc);
	buffer_print(&line, "%-27s ", text);
	columns = escape_terminal(&line, moment->text);
	if (moment->dwell_known) {
		char duration[FORMAT_SIZE];

		format_duration(duration, moment->dwell);
		if (columns < STEP_WIDTH)
			buffer_fill(&line, ' ', STEP_WIDTH - columns);
		buffer_print(&line, " %s%s", moment->dwell_exact ? "" : ">=", duration);
	}
	buffer_text(&line, "\n");
	return line_write(view, &line);
}

static const struct field *transition_field(void)
{
	return field_find(change_fields, change_fields_count, "transition");
}

/* The step as the change that made it. from: the state before, 0 if it was not seen. */
static struct change change_of(const struct step *step, uint8_t from)
{
	struct change change = {.time = step->time, .kind = step_change_kind(step)};

	switch ((enum step_kind)step->kind) {
	case STEP_STATE:
		change.old = from;
		change.new = step->a;
		change.inferred = !step->b;
		break;
	case STEP_RETRANSMIT:
		change.retransmit = step->a;
		break;
	case STEP_RST_SENT:
		change.reason = step->a;
		break;
	case STEP_RST_RECEIVED:
		break;
	}
	return change;
}

/* The state in which the socket was first seen. */
static void first_text(const struct step *step, struct value *value)
{
	value_print(value, "%s%s", state_name(step->a), step->b ? "" : " (or earlier)");
}

static int print_dropped(struct view *view, const struct row *row)
{
	struct buffer line = {0};

	if (!row->steps_dropped)
		return 0;
	buffer_print(&line, "%-27s %s%u more events were not kept\n", "",
	             row->steps_dropped == UINT16_MAX ? "at least " : "", row->steps_dropped);
	return line_write(view, &line);
}

int life_steps(struct view *view, const struct row *row)
{
	const struct table *table = view->context.table;
	const struct step *step = table_step(table, row->history), *state = NULL;
	int err = 0;

	for (; step && !err; step = table_step(table, step->next)) {
		const struct change change = change_of(step, state ? state->a : 0);
		struct moment moment = {.time = step->time};
		struct value value = {0};

		if (step->kind == STEP_STATE && !state)
			first_text(step, &value);
		else
			field_get(transition_field(), &view->context, &change, &value);
		moment.text = value.string;
		if (step->kind == STEP_STATE) {
			moment.dwell_known = state && step->time > state->time;
			moment.dwell_exact = state && state->b && step->b;
			moment.dwell = moment.dwell_known ? step->time - state->time : 0;
			state = step;
		}
		err = print_moment(view, &moment);
	}
	return err ? err : print_dropped(view, row);
}

/* "RST sent TCP_ABORT_ON_DATA to 10.0.0.2:5000": a listener has no peer, so the line names it. */
static const char *add_peer(const struct view *view, const struct change *change, const char *what,
                            char text[STEP_PEER_SIZE])
{
	const struct field *field = field_find(row_fields, row_fields_count, "foreign");
	struct buffer peer = {0};
	struct value value;

	field_get(field, &view->context, change->row, &value);
	value_text(&peer, &view->context, &value);
	buffer_add(&peer, "", 1);
	snprintf(text, STEP_PEER_SIZE, "%s to %s", what, peer.failed ? "" : peer.data);
	buffer_free(&peer);
	return text;
}

int life_step(struct view *view, const struct change *change)
{
	char text[STEP_PEER_SIZE];
	struct moment moment = {
		.time = change->time,
		.dwell = change->dwell,
		.dwell_known = change->kind == CHANGE_STATE && change->dwell_known,
		.dwell_exact = change->dwell_exact,
	};
	struct value value;

	field_get(transition_field(), &view->context, change, &value);
	if (value.type != VALUE_STRING)
		return 0;
	moment.text = value.string;
	if (change->row && row_is_listener(change->row) && change->row->rport)
		moment.text = add_peer(view, change, value.string, text);
	return print_moment(view, &moment);
}

int life_end(struct view *view, const struct row *row, uint64_t time)
{
	static const struct piece pieces[] = {{", closed by ", "closed_by", ""},
	                                      {", error ", "error", ""},
	                                      {", RST sent: ", "reason", ""}};
	char text[FORMAT_SIZE];
	struct moment moment = {.time = time};
	struct buffer line = {0};
	int err = -ENOMEM;

	format_duration(text, time > row->born ? time - row->born : 0);
	buffer_print(&line, "ended after %s%s", row->flags & ROW_BORN_EXACT ? "" : "at least ",
	             text);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		add_field(&line, view, &pieces[i], row);
	buffer_add(&line, "", 1);
	moment.text = line.data;
	if (!line.failed)
		err = print_moment(view, &moment);
	buffer_free(&line);
	return err;
}
