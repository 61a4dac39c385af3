/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Findings as JSON: one object a line. It prints numbers where the text prints sentences, so the
 * two share only what findings_private.h has.
 */
#include "base/escape.h"
#include "field/event_name.h"
#include "field/stack_text.h"
#include "field/value.h"
#include "view/findings_private.h"
#include "view/object.h"

static void add_sentences(struct buffer *json, const struct word *word, const struct buffer *text)
{
	const char *at = text->data, *comma = "";
	size_t left = text->size;
	char line[FINDING_LINE_ROOM];

	member_key(json, word);
	buffer_text(json, "[");
	while (finding_take_line(&at, &left, line)) {
		buffer_text(json, comma);
		escape_json(json, line);
		comma = ",";
	}
	buffer_text(json, "]");
	json->failed |= text->failed;
}

static void add_who_and_where(struct buffer *json, const struct view *view,
                              const struct finding *finding)
{
	const struct group *group = &finding->group;
	bool elsewhere = finding->storm && finding->storm->key.elsewhere;
	char comm[FACT_COMM_LEN + 1];
	bool known = finding_comm(view, finding, comm);

	object_process(json, known ? group->key.pid : 0, comm);
	member_number(json, KEY(processes), group->processes ? group->processes : 1);
	object_place(json, view, elsewhere ? NULL : &group->key);
	member_number(json, KEY(places), group->places ? group->places : 1);
}

static void add_stack(struct buffer *json, const struct view *view, const struct group *group)
{
	const struct stack *stack = NULL;

	if (group->stack)
		stack = table_find_stack(view->context.table, group->stack);
	if (!stack) {
		member_null(json, KEY(stack));
		member_null(json, KEY(stack_count));
		return;
	}
	member_key(json, KEY(stack));
	stack_json(json, view->context.table, stack);
	member_number(json, KEY(stack_count), group->stack_count);
}

/* Failed connects and storms have no sockets, so they have no ages. */
static void add_ages(struct buffer *json, const struct group *group)
{
	const struct {
		enum word_id word;
		uint64_t ns;
	} ages[] = {
		{WORD_age_min, group->youngest},
		{WORD_age_median, group->median},
		{WORD_age_p99, group->p99},
		{WORD_age_max, group->oldest},
	};

	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++) {
		const struct word *word = &vocabulary[ages[i].word];

		if (group->count)
			member_duration(json, word, ages[i].ns, !group->at_least);
		else
			member_null(json, word);
	}
}

static void add_nulls(struct buffer *json, const enum word_id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		member_null(json, &vocabulary[ids[i]]);
}

static const enum word_id of_groups[] = {WORD_state, WORD_count, WORD_entered, WORD_left,
                                         WORD_failed};
static const enum word_id of_storms[] = {WORD_event, WORD_retrans_kind, WORD_reason, WORD_events,
                                         WORD_span};

/* Number of sockets in the state, entered and left. */
static void add_group(struct buffer *json, const struct group *group)
{
	member_string(json, KEY(state), state_name(group->key.state));
	member_number(json, KEY(count), group->count);
	member_number(json, KEY(entered), group->entered);
	member_number(json, KEY(left), group->left);
	if (group->failed)
		member_number(json, KEY(failed), group->failed);
	else
		member_null(json, KEY(failed));
	add_nulls(json, of_storms, sizeof(of_storms) / sizeof(of_storms[0]));
}

/* Kind and number of events. */
static void add_storm(struct buffer *json, const struct view *view, const struct storm *storm)
{
	enum change_kind kind = storm->key.kind;
	uint8_t detail = storm->key.detail;
	struct value reason = {0};

	if (kind == CHANGE_RST_SENT)
		value_reason(&reason, &view->context, detail);
	add_nulls(json, of_groups, sizeof(of_groups) / sizeof(of_groups[0]));
	member_string(json, KEY(event), change_event_name(kind));
	member_string(json, KEY(retrans_kind),
	              kind == CHANGE_RETRANSMIT ? retransmit_kind_name(detail) : NULL);
	member_string(json, KEY(reason), reason.string);
	member_number(json, KEY(events), storm->count);
	member_duration(json, KEY(span), storm->last - storm->first, true);
}

static void add_texts(struct buffer *json, const struct view *view, const struct finding *finding)
{
	const struct buffer *verdict = &finding->verdict;
	struct buffer next = {0};

	member_text(json, KEY(summary), verdict->data ? verdict->data : "", verdict->size);
	add_sentences(json, KEY(evidence), &finding->evidence);
	finding_next_lines(view, finding, &next);
	add_sentences(json, KEY(next), &next);
	buffer_free(&next);
}

/* A finding about a namespace has neither sockets nor events. */
static void add_of_netns(struct buffer *json)
{
	add_nulls(json, of_groups, sizeof(of_groups) / sizeof(of_groups[0]));
	add_nulls(json, of_storms, sizeof(of_storms) / sizeof(of_storms[0]));
}

static int json_finding(struct view *view, const struct finding *finding, uint64_t window)
{
	struct buffer json = {0};

	object_begin(&json, "finding");
	object_time(&json, view);
	member_string(&json, KEY(rule), finding->rule);
	member_string(&json, KEY(verdict), finding_level_name(finding->level));
	member_string(&json, KEY(mover), mover_name(finding->mover));
	if (finding->storm)
		add_storm(&json, view, finding->storm);
	else if (finding->of_netns)
		add_of_netns(&json);
	else
		add_group(&json, &finding->group);
	add_who_and_where(&json, view, finding);
	member_duration(&json, KEY(window), window, true);
	add_ages(&json, &finding->group);
	add_texts(&json, view, finding);
	add_stack(&json, view, &finding->group);
	member_string(&json, KEY(reference), finding->source);
	return object_end(view, &json);
}

static int json_forgotten(struct view *view, const struct groups_forgotten *forgotten)
{
	struct buffer json = {0};

	object_begin(&json, "forgotten");
	object_time(&json, view);
	member_number(&json, KEY(groups), forgotten->groups);
	member_number(&json, KEY(failed), forgotten->failed);
	return object_end(view, &json);
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
