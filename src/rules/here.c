/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remote ends whose address is this host's own, in this namespace or another one: there is no
 * network between, and what does not answer there is a process or the kernel of this host.
 */
#include "core/endpoint.h"
#include "rules/rule.h"

static bool is_local(const struct why *why, const uint8_t addr[16])
{
	return address_is_loopback(addr) || survey_is_local(why->survey, addr);
}

/* Of a port: all of the first addresses that segments went to or came from. */
static bool are_ends_here(const struct why *why, const struct storm *storm)
{
	bool here = storm->ends[0].count;

	for (int i = 0; i < STORM_ENDS && storm->ends[i].count; i++)
		here &= is_local(why, storm->ends[i].addr);
	return here;
}

bool rule_is_here(const struct why *why, const struct finding *finding)
{
	const struct group *group = &finding->group;
	uint8_t addr[16];

	if (finding->storm && finding->storm->key.elsewhere)
		return false;
	if (finding->storm && group->key.passive)
		return are_ends_here(why, finding->storm);
	if (group->local || (group->example && row_is_to_itself(group->example)))
		return true;
	if (!group->key.passive)
		return is_local(why, group->key.addr);
	if (!group->example)
		return false;
	endpoint_map(group->example->family, group->example->raddr, addr);
	return is_local(why, addr);
}

/* What may drop segments without a word, if no process does. */
static void next_filter(const struct why *why, struct finding *finding)
{
	char enter[48];

	rule_enter(why, finding, enter);
	finding_next(finding,
	             "see what drops segments on this host: %snft list ruleset; "
	             "nstat -az | grep -i drop; tc -s qdisc",
	             enter);
}

static bool is_full(const struct row *listener)
{
	return listener->flags & ROW_QUEUES && listener->rqueue > listener->wqueue;
}

/* Somebody listens there, but no SYN is answered. */
static void blame_listener(const struct why *why, struct finding *finding,
                           const struct row *listener)
{
	struct owner owner;

	table_owner(why->table, listener, &owner);
	if (owner.task)
		finding_evidence(finding, "port %u is listened on by %u/%.*s, on this host",
		                 listener->lport, owner.task->pid, FACT_COMM_LEN, owner.task->comm);
	if (listener->flags & ROW_QUEUES)
		finding_evidence(finding, "%u connections wait there for accept(), of %u that may",
		                 listener->rqueue, listener->wqueue + 1);
	if (!is_full(listener) && !rule_grown(why, &finding->group, COUNTER_LISTEN_OVERFLOWS)) {
		finding->mover = MOVER_KERNEL;
		finding_verdict(finding, "Somebody listens there and the accept queue has room: "
		                         "a firewall of this host drops segments.");
		next_filter(why, finding);
		return;
	}
	finding->mover = MOVER_APPLICATION;
	if (!is_full(listener))
		finding_verdict(finding, "Accept queues of this namespace were full meanwhile, so "
		                         "the kernel dropped what came.");
	else if (owner.task)
		finding_verdict(finding,
		                "%u/%.*s does not call accept(): its queue is full, so the kernel "
		                "drops what comes.",
		                owner.task->pid, FACT_COMM_LEN, owner.task->comm);
	else
		finding_verdict(finding, "The accept queue there is full, so the kernel drops what "
		                         "comes.");
	finding_next(finding, "see why it does not accept: tcptrail why listen --port %u",
	             listener->lport);
}

void rule_judge_here(const struct why *why, struct finding *finding)
{
	const struct group_key *key = &finding->group.key;
	const struct row *listener = survey_listener(why->survey, key->netns, key->port);
	char name[48], address[64];

	finding_verdict(finding,
	                "Nothing answers the SYNs of %s to %s port %u, which is on this host.",
	                rule_task_name(why, finding, name), rule_address(&finding->group, address),
	                key->port);
	if (listener) {
		blame_listener(why, finding, listener);
		return;
	}
	finding->mover = MOVER_KERNEL;
	finding_verdict(finding, "No listener is known there, and no RST comes: a firewall of "
	                         "this host drops the SYNs, or an interface is down.");
	next_filter(why, finding);
}

/* Between two ends on this host nothing gets lost but by what its kernel is told to do. */
void rule_blame_way(const struct why *why, struct finding *finding)
{
	const struct row *example = finding->group.example;
	const struct row *peer = example ? table_find_peer(why->table, example) : NULL;

	if (!rule_is_here(why, finding) && !peer) {
		finding->mover = MOVER_NETWORK;
		return;
	}
	finding->mover = MOVER_KERNEL;
	finding_evidence(finding, "the other end is on this host: no network is between");
	next_filter(why, finding);
}
