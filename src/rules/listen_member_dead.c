/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of several listeners that share a port (SO_REUSEPORT) does not accept, and the others have an
 * empty queue. The kernel chooses the listener by a hash of the addresses, even if that listener
 * does not accept. So some connections hang, while the same client may succeed when it retries.
 */
#include "rules/rule.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	uint32_t idle;

	tally[0] += row->rqueue;
	tally[1] += row->wqueue;
	return row->flags & ROW_QUEUES && row->rqueue && table_siblings(table, row, &idle) && idle;
}

static void note_siblings(uint32_t siblings, uint32_t idle, struct finding *finding)
{
	const char *least = siblings < LISTENERS_COUNTED ? "" : "at least ";

	if (siblings == 1)
		finding_evidence(finding, "one other socket listens at the same address "
		                          "(SO_REUSEPORT), and its queue is empty");
	else
		finding_evidence(finding,
		                 "%s%u others listen at the same address (SO_REUSEPORT), and the "
		                 "queues of %u of them are empty",
		                 least, siblings, idle);
}

static void judge_alive(const struct why *why, struct finding *finding, const char *name)
{
	const struct group *group = &finding->group;
	uint64_t waiting = group->tally[0], most = group->tally[1] + 1;

	if (waiting * 4 < most * 3) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s accepts waiting connections on port %u within seconds.", name,
		                group->key.port);
		return;
	}
	finding->level = waiting < most ? FINDING_WARNING : FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s is slow with accept() on port %u, but others that share the port are "
	                "not: its queue is %s.",
	                name, group->key.port,
	                waiting < most ? "at least three quarters full"
	                               : "full, and the kernel drops further connections to it");
	rule_note_overflows(why, finding);
	rule_note_abort(why, finding);
	rule_note_doing(why, finding);
	rule_next_backlog(why, finding);
}

static void judge_dead(const struct why *why, struct finding *finding, const char *name,
                       uint32_t siblings)
{
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s does not call accept() on port %u, which it shares with others: it "
	                "gets about 1 in %u new connections, and these hang.",
	                name, finding->group.key.port, siblings + 1);
	rule_note_overflows(why, finding);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "end %s, or let it close its listening socket: the kernel sends it "
	             "connections as long as that is open",
	             name);
	finding_next(finding, "find out what delays the thread of %s that calls accept()", name);
}

static void judge(const struct why *why, struct finding *finding)
{
	uint32_t idle, siblings = table_siblings(why->table, finding->group.example, &idle);
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_queue(finding);
	note_siblings(siblings, idle, finding);
	if (rule_waits_long(why, finding))
		judge_dead(why, finding, name, siblings);
	else
		judge_alive(why, finding, name);
}

const struct rule rule_listen_member_dead = {
	.id = "listen-member-dead",
	.states = STATE_BIT(STATE_LISTEN),
	.about = "one of several listeners that share a port does not accept",
	.source = "reuseport_select_sock(), net/core/sock_reuseport.c; inet_csk_accept(), "
		  "net/ipv4/inet_connection_sock.c",
	.match = match,
	.judge = judge,
};
