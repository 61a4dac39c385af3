/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer has shut down only its sending. The process still sends, and the peer receives it. Such
 * a socket is in use, however long this lasts.
 */
#include <inttypes.h>

#include "rules/rule.h"

enum { TALLY_ANSWERED, TALLY_TAKING, TALLY_FLYING };

static bool in_flight(const struct row *row)
{
	return row->wqueue && row->flags & ROW_TIMER && row->timer == TIMER_RETRANSMIT;
}

/* Other rules match sockets with unread data, and sockets whose data do not get through. */
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

	rule_begin_pile(why, finding, name);
	if (group->tally[TALLY_TAKING])
		finding_evidence(finding,
		                 "%" PRIu64 " of %u: the peers acknowledged %" PRIu64
		                 " bytes between two samples",
		                 group->tally[TALLY_TAKING], group->count,
		                 group->tally[TALLY_ANSWERED]);
	if (group->tally[TALLY_FLYING])
		finding_evidence(finding, "%" PRIu64 " of %u: bytes are in flight",
		                 group->tally[TALLY_FLYING], group->count);
	finding->level = FINDING_OK;
	finding_verdict(finding,
	                "Still answering: the peers have shut down only their sending, and they "
	                "receive what %s sends.",
	                name);
}

const struct rule rule_close_wait_answering = {
	.id = "close-wait-answering",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "the process still sends its answer: the peer has shut down only its sending",
	.source = "tcp_snd_una_update(), net/ipv4/tcp_input.c: bytes_acked; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
