/* SPDX-License-Identifier: BSD-2-Clause */
/* States, times and end of a socket. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "field/event_name.h"
#include "field/row_getters.h"
#include "field/value.h"

enum value_mark state_mark(unsigned int state)
{
	static const enum value_mark marks[] = {
		[STATE_UNKNOWN] = MARK_PLAIN,     [STATE_ESTABLISHED] = MARK_GOOD,
		[STATE_SYN_SENT] = MARK_WARN,     [STATE_SYN_RECV] = MARK_WARN,
		[STATE_FIN_WAIT1] = MARK_WARN,    [STATE_FIN_WAIT2] = MARK_WARN,
		[STATE_TIME_WAIT] = MARK_PLAIN,   [STATE_CLOSE] = MARK_PLAIN,
		[STATE_CLOSE_WAIT] = MARK_BAD,    [STATE_LAST_ACK] = MARK_WARN,
		[STATE_LISTEN] = MARK_PLAIN,      [STATE_CLOSING] = MARK_WARN,
		[STATE_NEW_SYN_RECV] = MARK_WARN,
	};
	_Static_assert(sizeof(marks) / sizeof(marks[0]) == STATE_COUNT, "a mark for each state");

	return state < STATE_COUNT ? marks[state] : MARK_PLAIN;
}

ROW_GETTER(state)
{
	const struct row *row = object;

	(void)context;
	value_string(value, state_name(row->state));
	value->mark = state_mark(row->state);
}

ROW_GETTER(age)
{
	const struct row *row = object;
	bool exact = row->flags & ROW_SINCE_EXACT;

	if (row->since && age_is_known(value_since(context, row->since), exact))
		value_duration(value, value_since(context, row->since), exact);
}

/* Token of an MPTCP socket, for itself and for its subflows: one is found by the other's. */
ROW_GETTER(mptcp_token)
{
	const struct row *row = object, *msk = table_find_mptcp(context->table, row);

	msk = row->flags & ROW_MPTCP ? row : msk;
	if (msk && msk->token)
		value_print(value, "%08x", msk->token);
}

ROW_GETTER(born)
{
	const struct row *row = object;

	if (row->born && row->flags & ROW_BORN_EXACT)
		value_time(value, context, row->born);
}

ROW_GETTER(life)
{
	const struct row *row = object;

	if (row->born)
		value_duration(value, value_since(context, row->born), row->flags & ROW_BORN_EXACT);
}

ROW_GETTER(remaining)
{
	const struct row *row = object;

	if (!(row->flags & ROW_MINI) || !row->deadline)
		return;
	value_duration(value, row->deadline > context->now ? row->deadline - context->now : 0,
	               true);
}

ROW_GETTER(closed_by)
{
	const struct row *row = object;

	(void)context;
	value_string(value, closer_name(row->closer));
}

ROW_GETTER(error)
{
	const struct row *row = object;

	(void)context;
	if (!row->err)
		return;
	value_string(value, strerrorname_np(row->err));
	if (value->type == VALUE_NONE)
		value_print(value, "%u", row->err);
}

ROW_GETTER(reason)
{
	const struct row *row = object;

	if (row->rsts_sent)
		value_reason(value, context, row->rst_sent_reason);
}

/* People see one state: a half-open connection is a request socket or in SYN_RECV. */
static void merge_states(struct state_time times[STATE_COUNT])
{
	struct state_time *to = &times[STATE_SYN_RECV], *request = &times[STATE_NEW_SYN_RECV];

	to->ns += request->ns;
	to->at_least |= request->at_least;
	request->ns = 0;
}

/* [{"state":"SYN_SENT","duration_ns":41000,"duration_exact":true},...] */
static void list_state_times(const struct field_context *context, const void *object,
                             struct buffer *json)
{
	struct state_time times[STATE_COUNT];
	const char *comma = "";

	table_time_in_states(context->table, object, times);
	merge_states(times);
	buffer_text(json, "[");
	for (unsigned int state = 1; state < STATE_COUNT; state++) {
		if (!times[state].ns)
			continue;
		buffer_text(json, comma);
		buffer_text(json, "{");
		member_string(json, KEY(state), state_name(state));
		member_duration(json, KEY(duration), times[state].ns, !times[state].at_least);
		buffer_text(json, "}");
		comma = ",";
	}
	buffer_text(json, "]");
}

/* Adds a word to the text form of a list. false: the text is full and ends in "...". */
static bool add_word(struct value *value, const char *word)
{
	size_t used = strlen(value->buf);
	size_t room = sizeof(value->buf) - used - sizeof("...");

	if (strlen(word) + 1 > room) {
		strcpy(value->buf + used, "...");
		return false;
	}
	if (used)
		value->buf[used++] = ' ';
	strcpy(value->buf + used, word);
	return true;
}

/* SYN_SENT=41.0us ESTABLISHED>=7.00s */
ROW_GETTER(state_times)
{
	struct state_time times[STATE_COUNT];
	uint64_t count = 0;

	table_time_in_states(context->table, object, times);
	merge_states(times);
	for (unsigned int state = 1; state < STATE_COUNT; state++) {
		char time[FORMAT_SIZE], word[FORMAT_SIZE * 2];

		if (!times[state].ns)
			continue;
		format_duration(time, times[state].ns);
		snprintf(word, sizeof(word), "%s%s%s", state_name(state),
		         times[state].at_least ? ">=" : "=", time);
		count++;
		if (!add_word(value, word))
			break;
	}
	value_list(value, count, list_state_times);
}

static const char *step_name(const struct field_context *context, const struct step *step,
                             char room[8])
{
	const char *name;

	switch ((enum step_kind)step->kind) {
	case STEP_STATE:
		return state_name(step->a);
	case STEP_RETRANSMIT:
		return retransmit_kind_name(step->a);
	case STEP_RST_SENT:
		name = names_find(value_names(context), name_key_number(NAME_RST, step->a));
		if (name && name[0])
			return name;
		snprintf(room, 8, "%u", step->a);
		return step->a ? room : "";
	case STEP_RST_RECEIVED:
		return "";
	}
	return "";
}

static const char *step_event(const struct step *step)
{
	return change_event_name(step_change_kind(step));
}

/* A step has the keys of an event: {"time":"...","event":"state","new_state":"SYN_SENT",...} */
static void list_step(const struct field_context *context, const struct step *step,
                      struct buffer *json)
{
	enum step_kind kind = step->kind;
	char room[8];
	const char *name = step_name(context, step, room);

	buffer_text(json, "{");
	member_time(json, KEY(time), table_wall(context->table, step->time));
	member_string(json, KEY(event), step_event(step));
	member_string(json, KEY(new_state), kind == STEP_STATE ? name : NULL);
	member_bool(json, KEY(inferred), kind == STEP_STATE && !step->b);
	member_string(json, KEY(retrans_kind), kind == STEP_RETRANSMIT ? name : NULL);
	member_string(json, KEY(reason), kind == STEP_RST_SENT ? name : NULL);
	buffer_text(json, "}");
}

static void list_history(const struct field_context *context, const void *object,
                         struct buffer *json)
{
	const struct row *row = object;
	const struct step *step = table_step(context->table, row->history);
	const char *comma = "";

	buffer_text(json, "[");
	for (; step; step = table_step(context->table, step->next)) {
		buffer_text(json, comma);
		list_step(context, step, json);
		comma = ",";
	}
	buffer_text(json, "]");
}

/* SYN_SENT retransmit:SYN ESTABLISHED rst_sent:NOT_SPECIFIED */
ROW_GETTER(history)
{
	const struct row *row = object;
	const struct step *step = table_step(context->table, row->history);
	uint64_t count = 0;
	bool room = true;

	for (; step; step = table_step(context->table, step->next), count++) {
		char word[FORMAT_SIZE * 2], number[8];
		const char *name = step_name(context, step, number);
		bool plain = step->kind == STEP_STATE;
		bool inferred = plain && count && !step->b; /* the first step is the first sight */

		snprintf(word, sizeof(word), "%s%s%s%s", plain ? "" : step_event(step),
		         plain || !name[0] ? "" : ":", name, inferred ? "(inferred)" : "");
		room = room && add_word(value, word);
	}
	if (row->steps_dropped && room)
		add_word(value, "...");
	value_list(value, count + row->steps_dropped, list_history);
}

/* The table keeps the first steps and counts the others. */
ROW_GETTER(history_dropped)
{
	const struct row *row = object;

	(void)context;
	if (row->history != ROW_NONE)
		value_number(value, row->steps_dropped);
}
