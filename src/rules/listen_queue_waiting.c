/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections wait for accept(), and the queue has room. This is fine if each waits only for a
 * moment. If they wait for seconds, the process does not accept, or too slowly.
 */
#include <inttypes.h>

#include "base/format.h"
#include "rules/rule.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	tally[0] += row->rqueue;
	tally[1] += row->wqueue;
	return row->flags & ROW_QUEUES && row->rqueue;
}

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	if (!finding->group.tally[0]) {
		finding->level = FINDING_OK;
		finding_verdict(finding, "No connection waits for accept() at port %u.",
		                finding->group.key.port);
		return;
	}
	rule_note_queue(finding);
	if (!rule_waits_long(why, finding)) {
		if (rule_turns_away(why, &finding->group)) {
			finding->rule = rule_listen_turns_away.id;
			finding->source = rule_listen_turns_away.source;
			rule_listen_turns_away.judge(why, finding);
			return;
		}
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s accepts waiting connections on port %u within seconds.", name,
		                finding->group.key.port);
		return;
	}
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(
		finding,
		"%s does not call accept() on port %u: connections have waited for seconds.", name,
		finding->group.key.port);
	rule_note_doing(why, finding);
	rule_note_sharers(why, finding);
	rule_note_accepted(why, finding);
	finding_next(finding, "find out what delays the thread of %s that calls accept()", name);
}

const struct rule rule_listen_queue_waiting = {
	.id = "listen-queue-waiting",
	.states = STATE_BIT(STATE_LISTEN),
	.about = "connections wait long for accept()",
	.source = "inet_csk_accept(), net/ipv4/inet_connection_sock.c",
	.match = match,
	.judge = judge,
};
