/* SPDX-License-Identifier: BSD-2-Clause */
/* The accept queue has more connections than the backlog: the kernel drops further ones. */
#include <inttypes.h>

#include "rules/rule.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	tally[0] += row->rqueue;
	tally[1] += row->wqueue;
	return row->flags & ROW_QUEUES && row->rqueue > row->wqueue;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t now, grown;
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_queue(finding);
	rule_note_overflows(why, finding);
	finding->mover = MOVER_APPLICATION;
	if (rule_trend(why, group) != TREND_UNKNOWN &&
	    table_counter(why->table, group->key.netns, COUNTER_LISTEN_OVERFLOWS, &now, &grown) &&
	    !grown) {
		finding->level = FINDING_WARNING;
		finding_verdict(finding,
		                "%s has let its accept queue on port %u fill up. The kernel "
		                "dropped nothing while watched.",
		                name, group->key.port);
	} else {
		finding->level = FINDING_BAD;
		finding_verdict(finding,
		                "%s does not call accept() fast enough: the queue of port %u is "
		                "full, and the kernel drops further connections.",
		                name, group->key.port);
	}
	rule_note_abort(why, finding);
	rule_note_doing(why, finding);
	rule_note_sharers(why, finding);
	rule_note_accepted(why, finding);
	finding_next(finding, "find out what delays the thread of %s that calls accept()", name);
	rule_next_backlog(why, finding);
}

const struct rule rule_listen_queue_full = {
	.id = "listen-queue-full",
	.states = STATE_BIT(STATE_LISTEN),
	.about = "the accept queue is full",
	.source = "sk_acceptq_is_full(), include/net/sock.h; tcp_conn_request(), "
		  "net/ipv4/tcp_input.c",
	.match = match,
	.judge = judge,
};
