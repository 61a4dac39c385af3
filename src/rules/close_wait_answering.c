/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer has shut down its sending only, and the process still answers: what it
 * sends is taken. Such a socket is in use, however long that lasts.
 */
#include <inttypes.h>

#include "rules/rule.h"

enum { TALLY_ANSWERED, TALLY_TAKING, TALLY_FLYING };

static bool in_flight(const struct row *row)
{
	return row->wqueue && row->flags & ROW_TIMER && row->timer == TIMER_RETRANSMIT;
}

/* Those with data unread, and those that get nothing through, are of other rules. */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	if (!(row->flags & ROW_QUEUES) || row->rqueue > 1)
		return false;
	tally[TALLY_ANSWERED] = row->answered;
	tally[TALLY_TAKING] = row->answered > 0;
	tally[TALLY_FLYING] = in_flight(row);
	return row->answered || in_flight(row);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_flow(why, finding);
	if (group->tally[TALLY_TAKING])
		finding_evidence(finding,
		                 "%" PRIu64 " of %u: %" PRIu64 " bytes were acknowledged between "
		                 "one look and the next",
		                 group->tally[TALLY_TAKING], group->count,
		                 group->tally[TALLY_ANSWERED]);
	if (group->tally[TALLY_FLYING])
		finding_evidence(finding, "%" PRIu64 " of %u: bytes are on their way",
		                 group->tally[TALLY_FLYING], group->count);
	finding->level = FINDING_OK;
	finding_verdict(finding,
	                "Still answering: the peers have shut down their sending only, and take "
	                "what %s sends.",
	                name);
}

const struct rule rule_close_wait_answering = {
	.id = "close-wait-answering",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "the answer is being sent: the peer has shut down its sending only",
	.source = "tcp_snd_una_update(), net/ipv4/tcp_input.c: bytes_acked; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
