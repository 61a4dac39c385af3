/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer has connected and closed again, and nobody has called accept() yet. A process cannot
 * close a connection before it accepts it.
 */
#include "base/clock.h"
#include "rules/rule.h"

#define WAITS_LONG NS_PER_SEC /* a busy loop accepts each connection sooner */

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	struct owner owner;

	table_owner(table, row, &owner);
	tally[0] += row->rqueue;
	return owner.queued || (!owner.task && owner.holding == HOLDING_UNKNOWN &&
	                        !(row->flags & (ROW_SOCKET | ROW_ORPHAN)));
}

static const struct row *find_listener(const struct why *why, const struct finding *finding)
{
	return table_find_listener(why->table, finding->group.example);
}

static bool is_full(const struct row *listener)
{
	return listener && listener->flags & ROW_QUEUES && listener->rqueue > listener->wqueue;
}

static void note_queue(const struct row *listener, struct finding *finding)
{
	if (!listener || !(listener->flags & ROW_QUEUES))
		return;
	finding_evidence(finding, "accept queue of port %u: %u waiting; backlog %u",
	                 listener->lport, listener->rqueue, listener->wqueue);
	if (is_full(listener))
		finding_evidence(finding,
		                 "the accept queue is full: the kernel drops further connections");
}

/* Many sockets listen on the port, and it is not known which of them has these. */
static void note_sharing(uint32_t listeners, struct finding *finding)
{
	finding_evidence(finding,
	                 "%u sockets listen on port %u (SO_REUSEPORT); it is not known which of "
	                 "them has these in its queue",
	                 listeners, finding->group.key.port);
	finding_next(finding, "see which queue has grown: ss -ltnp 'sport = :%u'",
	             finding->group.key.port);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct row *listener = find_listener(why, finding);
	const struct group *group = &finding->group;
	uint32_t sharing = rule_listeners(why, finding);
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	note_queue(listener, finding);
	rule_note_flow(why, finding);
	if (group->median < WAITS_LONG && !is_full(listener)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s has not accepted these yet, but it accepts each of them soon.",
		                name);
		return;
	}
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s does not call accept(): these wait in the queue of port %u, and their "
	                "peers have closed.",
	                name, group->key.port);
	rule_note_doing(why, finding);
	if (sharing)
		note_sharing(sharing, finding);
	else
		finding_next(finding, "find out what delays the thread of %s that calls accept()",
		             name);
	if (is_full(listener))
		finding_next(finding, "a longer queue (listen() backlog, net.core.somaxconn) only "
		                      "helps if accept() keeps up on average");
}

const struct rule rule_close_wait_queued = {
	.id = "close-wait-queued",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "never accepted: still in the accept queue of a listener",
	.source = "inet_csk_accept(), net/ipv4/inet_connection_sock.c; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
