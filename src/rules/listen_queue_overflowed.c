/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An accept queue overflowed while watched, but has room in the last sample: the process pauses now
 * and then. The kernel counts overflows for a namespace, not for a listener. Retransmitted SYN+ACKs
 * show which listener it was, if the queue became full during handshakes. Otherwise the finding is
 * about the listener with the most connections.
 */
#include <inttypes.h>
#include <stdio.h>

#include "rules/rule.h"

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	uint64_t now, grown;

	tally[0] += row->rqueue;
	tally[1] += row->wqueue;
	return row->flags & ROW_QUEUES &&
	       table_counter(table, row->netns, COUNTER_LISTEN_OVERFLOWS, &now, &grown) && grown;
}

static uint64_t resent(const struct why *why, const struct group_key *key)
{
	uint64_t sum = 0;

	for (size_t i = 0; why->storms && i < storms_count(why->storms); i++) {
		const struct storm *storm = storms_at(why->storms, i);

		if (storm->key.kind == CHANGE_RETRANSMIT &&
		    storm->key.detail == RETRANSMIT_SYNACK &&
		    storm->key.place.netns == key->netns && storm->key.place.port == key->port)
			sum += storm->count;
	}
	return sum;
}

/* Connections that are or were at its port while watched. */
static uint64_t traffic(const struct why *why, const struct group_key *key)
{
	uint32_t by_state[STATE_COUNT];
	uint64_t sum = 0;

	if (!survey_place(why->survey, key, by_state))
		return 0;
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		sum += state == STATE_LISTEN ? 0 : by_state[state];
	return sum;
}

struct suspects {
	const struct group *first;
	uint64_t resent, traffic; /* of the first */
	uint64_t count;           /* with connections, or with SYN+ACKs sent again */
	uint64_t looked;          /* listening sockets in the query */
	bool full;                /* another rule reports a queue that is full, or nearly full */
};

static void suspect(const struct why *why, const struct group *group, struct suspects *suspects)
{
	uint64_t again = resent(why, &group->key), all = traffic(why, &group->key);

	suspects->count += again || all;
	if (suspects->first &&
	    (again < suspects->resent || (again == suspects->resent && all <= suspects->traffic)))
		return;
	suspects->first = group;
	suspects->resent = again;
	suspects->traffic = all;
}

static void find_suspects(const struct why *why, const struct group_key *key,
                          struct suspects *suspects)
{
	*suspects = (struct suspects){0};
	for (size_t i = 0; i < groups_count(why->groups); i++) {
		const struct group *group = groups_at(why->groups, i);
		const struct rule *rule;

		if (group->key.state != STATE_LISTEN || group->key.netns != key->netns)
			continue;
		rule = rules[group->key.class - 1];
		suspects->full |= rule == &rule_listen_queue_full ||
		                  rule == &rule_listen_queue_filling ||
		                  (rule == &rule_listen_member_dead &&
		                   group->tally[0] * 4 >= group->tally[1] * 3);
		suspects->looked += group->count;
		suspect(why, group, suspects);
	}
	/* A listener outside the query may have overflowed. */
	if (survey_listeners(why->survey, key->netns) > suspects->looked)
		suspects->count = survey_listeners(why->survey, key->netns);
}

static bool is_sure(const struct suspects *suspects)
{
	return suspects->resent || suspects->count < 2;
}

/* The queue of another listener overflowed. */
static void judge_by_time(const struct why *why, struct finding *finding)
{
	const struct rule *rule = &rule_listen_queue_waiting;

	if (!finding->group.tally[0] && rule_turns_away(why, &finding->group))
		rule = &rule_listen_turns_away;
	finding->rule = rule->id;
	finding->source = rule->source;
	rule->judge(why, finding);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t overflows = rule_grown(why, group, COUNTER_LISTEN_OVERFLOWS);
	struct suspects suspects;
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	find_suspects(why, &group->key, &suspects);
	if (suspects.full || !suspects.first || suspects.first->key.port != group->key.port ||
	    suspects.first->key.pid != group->key.pid) {
		judge_by_time(why, finding);
		return;
	}
	rule_note_queue(finding);
	rule_note_overflows(why, finding);
	finding->level =
		overflows > OVERFLOWS_FEW && is_sure(&suspects) ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	if (suspects.resent)
		finding_evidence(finding, "%" PRIu64 " SYN+ACKs of port %u were sent again",
		                 suspects.resent, group->key.port);
	if (is_sure(&suspects))
		finding_verdict(finding,
		                "%s pauses with accept(): the queue of port %u was full while "
		                "watched, and has room now.",
		                name, group->key.port);
	else
		finding_verdict(
			finding,
			"An accept queue was full while watched, and has room now: one of %" PRIu64
			" listeners. Port %u of %s has the most connections.",
			suspects.count, group->key.port, name);
	rule_note_abort(why, finding);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "see what pauses %s: garbage collection, a lock, or a slow request in the "
	             "thread that calls accept()",
	             name);
	rule_next_backlog(why, finding);
}

const struct rule rule_listen_queue_overflowed = {
	.id = "listen-queue-overflowed",
	.states = STATE_BIT(STATE_LISTEN),
	.about = "the accept queue was full while watched, and has room now",
	.source = "tcp_conn_request() and tcp_v4_syn_recv_sock(), net/ipv4: ListenOverflows",
	.match = match,
	.judge = judge,
};
