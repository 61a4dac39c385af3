/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   Totals: 14 sockets now: ESTABLISHED 4, TIME_WAIT 2, LISTEN 8
 *   seen since start: 120 transitions; 3 retransmits: SYN 1, RTO 2; RSTs: 1 sent, 0 received
 *   lost: nothing
 */
#include "view/totals.h"

#include <errno.h>
#include <inttypes.h>

#include "view/view.h"

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

/* Request sockets are SYN_RECV to everybody else. */
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
		fprintf(out, "; %" PRIu64 " rows corrected by walks\n", totals->healed);
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
		fprintf(out, "; subflows of MPTCP: %u", totals->subflows);
	fprintf(out, "\nseen since start: %" PRIu64 " transitions; %" PRIu64 " retransmits",
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

int totals_json(FILE *out, const struct totals *totals)
{
	bool first = true;

	fprintf(out, "{\"v\":%d,\"type\":\"totals\",\"sockets\":%u,\"states\":{", VIEW_JSON_SCHEMA,
	        totals->rows - totals->subflows);
	for (unsigned int state = 1; state < STATE_NEW_SYN_RECV; state++)
		fprintf(out, "%s\"%s\":%u", state > 1 ? "," : "", state_name(state),
		        in_state(totals, state));
	fprintf(out, "},\"subflows\":%u,\"transitions\":%" PRIu64 ",\"retransmits\":{",
	        totals->subflows, totals->transitions);
	for (enum retransmit_kind kind = 0; kind < RETRANSMIT_KIND_COUNT; kind++)
		fprintf(out, "%s\"%s\":%" PRIu64, kind ? "," : "", retransmit_kind_name(kind),
		        totals->retransmits[kind]);
	fprintf(out, "},\"rst_sent\":%" PRIu64 ",\"rst_received\":%" PRIu64 ",\"lost\":{",
	        totals->rsts_sent, totals->rsts_received);
	for (enum fact_loss_where where = 1; where < LOSS_WHERE_COUNT; where++) {
		fprintf(out, "%s\"%s\":%" PRIu64, first ? "" : ",", loss_where_name(where),
		        totals->lost[where]);
		first = false;
	}
	fprintf(out, "},\"lost_uncounted\":%s,\"healed\":%" PRIu64 "}\n",
	        totals->lost_uncounted ? "true" : "false", totals->healed);
	return stream_error(out);
}
