/* SPDX-License-Identifier: BSD-2-Clause */
/* The accept queue is not full yet, but one burst can fill it. */
#include "rules/rule.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	tally[0] += row->rqueue;
	tally[1] += row->wqueue;
	return row->flags & ROW_QUEUES && (uint64_t)row->rqueue * 4 >= (row->wqueue + 1ULL) * 3;
}

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(
		finding,
		"%s is slow with accept(): the queue of port %u is at least three quarters full.",
		name, finding->group.key.port);
	rule_note_queue(finding);
	if (rule_waits_long(why, finding) ||
	    rule_grown(why, &finding->group, COUNTER_LISTEN_OVERFLOWS) > OVERFLOWS_FEW)
		finding->level = FINDING_BAD;
	rule_note_overflows(why, finding);
	rule_note_doing(why, finding);
	rule_note_sharers(why, finding);
	rule_note_accepted(why, finding);
	finding_next(finding, "see whether this goes on: watch -n1 \"ss -ltn 'sport = :%u'\"",
	             finding->group.key.port);
	rule_next_backlog(why, finding);
}

const struct rule rule_listen_queue_filling = {
	.id = "listen-queue-filling",
	.states = STATE_BIT(STATE_LISTEN),
	.about = "the accept queue is nearly full",
	.source = "inet_csk_reqsk_queue_add(), net/ipv4/inet_connection_sock.c",
	.match = match,
	.judge = judge,
};
