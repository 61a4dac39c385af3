/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   Totals: 14 sockets now: ESTABLISHED 4, TIME_WAIT 2, LISTEN 8
 *   seen since the start: 120 transitions; 3 retransmits: SYN 1, RTO 2; RSTs: 1 sent, 0 received
 *   lost: nothing
 */
#include "view/totals.h"

#include <errno.h>
#include <inttypes.h>

#include "base/escape.h"
#include "view/object.h"

static int stream_error(FILE *out)
{
	return ferror(out) ? -EIO : 0;
}

static const char *comma(bool *first)
{
	const char *text = *first ? "" : ", ";

	*first = false;
	return text;
}

/* netstat and ss show request sockets as SYN_RECV. */
static uint32_t in_state(const struct totals *totals, unsigned int state)
{
	if (state == STATE_NEW_SYN_RECV)
		return 0;
	return totals->by_state[state] +
	       (state == STATE_SYN_RECV ? totals->by_state[STATE_NEW_SYN_RECV] : 0);
}

static uint64_t all_retransmits(const struct totals *totals)
{
	uint64_t sum = 0;

	for (int kind = 0; kind < RETRANSMIT_KIND_COUNT; kind++)
		sum += totals->retransmits[kind];
	return sum;
}

bool totals_lost(FILE *out, const struct totals *totals)
{
	bool first = true;

	for (enum fact_loss_where where = 1; where < LOSS_WHERE_COUNT; where++)
		if (totals->lost[where])
			fprintf(out, "%s%s %" PRIu64, comma(&first), loss_where_name(where),
			        totals->lost[where]);
	if (totals->lost_uncounted)
		fprintf(out, "%san unknown number", comma(&first));
	return !first;
}

static void text_lost(FILE *out, const struct totals *totals)
{
	fputs("lost: ", out);
	if (totals_lost(out, totals))
		fprintf(out, "; walks corrected %" PRIu64 " socket%s\n", totals->healed,
		        totals->healed == 1 ? "" : "s");
	else
		fputs("nothing\n", out);
}

int totals_text(FILE *out, const struct totals *totals)
{
	bool first = true;

	fprintf(out, "Totals: %u sockets now%s", totals->rows - totals->subflows,
	        totals->rows ? ": " : "");
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		if (in_state(totals, state))
			fprintf(out, "%s%s %u", comma(&first), state_name(state),
			        in_state(totals, state));
	if (totals->subflows)
		fprintf(out, "; MPTCP subflows %u", totals->subflows);
	fprintf(out, "\nseen since the start: %" PRIu64 " transitions; %" PRIu64 " retransmits",
	        totals->transitions, all_retransmits(totals));
	first = true;
	for (enum retransmit_kind kind = 0; kind < RETRANSMIT_KIND_COUNT; kind++)
		if (totals->retransmits[kind])
			fprintf(out, "%s%s %" PRIu64, first ? ": " : ", ",
			        retransmit_kind_name(kind), totals->retransmits[kind]),
				first = false;
	fprintf(out, "; RSTs: %" PRIu64 " sent, %" PRIu64 " received\n", totals->rsts_sent,
	        totals->rsts_received);
	text_lost(out, totals);
	return stream_error(out);
}

static void add_count(struct buffer *json, const char *name, uint64_t count)
{
	if (json->data && json->data[json->size - 1] != '{')
		buffer_text(json, ",");
	escape_json(json, name);
	buffer_text(json, ":");
	buffer_number(json, count);
}

static void add_states(struct buffer *json, const struct totals *totals)
{
	member_number(json, KEY(sockets), totals->rows - totals->subflows);
	member_key(json, KEY(sockets_by_state));
	buffer_text(json, "{");
	for (unsigned int state = 1; state < STATE_NEW_SYN_RECV; state++)
		add_count(json, state_name(state), in_state(totals, state));
	buffer_text(json, "}");
	member_number(json, KEY(subflows), totals->subflows);
}

static void add_seen(struct buffer *json, const struct totals *totals)
{
	member_number(json, KEY(transitions), totals->transitions);
	member_number(json, KEY(retrans), all_retransmits(totals));
	member_key(json, KEY(retrans_by_kind));
	buffer_text(json, "{");
	for (enum retransmit_kind kind = 0; kind < RETRANSMIT_KIND_COUNT; kind++)
		add_count(json, retransmit_kind_name(kind), totals->retransmits[kind]);
	buffer_text(json, "}");
	member_number(json, KEY(rst_sent), totals->rsts_sent);
	member_number(json, KEY(rst_received), totals->rsts_received);
}

static void add_lost(struct buffer *json, const struct totals *totals)
{
	uint64_t lost = 0;

	for (enum fact_loss_where where = 1; where < LOSS_WHERE_COUNT; where++)
		lost += totals->lost[where];
	member_number(json, KEY(lost), lost);
	member_bool(json, KEY(lost_exact), !totals->lost_uncounted);
	member_key(json, KEY(lost_by_place));
	buffer_text(json, "{");
	for (enum fact_loss_where where = 1; where < LOSS_WHERE_COUNT; where++)
		add_count(json, loss_where_name(where), totals->lost[where]);
	buffer_text(json, "}");
	member_number(json, KEY(sockets_healed), totals->healed);
}

int totals_json(struct view *view, const struct totals *totals)
{
	struct buffer json = {0};

	object_begin(&json, "totals");
	object_time(&json, view);
	add_states(&json, totals);
	add_seen(&json, totals);
	add_lost(&json, totals);
	return object_end(view, &json);
}
