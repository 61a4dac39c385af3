/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections whose remote address belongs to this host, in this namespace or another one. No
 * network is between the ends, so a process or the kernel of this host does not answer.
 */
#include <inttypes.h>

#include "field/endpoint.h"
#include "rules/rule.h"

static bool is_local(const struct why *why, const uint8_t addr[16])
{
	return address_is_loopback(addr) || survey_is_local(why->survey, addr);
}

/* A storm at a port: are all its recorded remote addresses on this host? */
static bool are_ends_here(const struct why *why, const struct storm *storm)
{
	bool here = storm->ends[0].count;

	for (int i = 0; i < STORM_ENDS && storm->ends[i].count; i++)
		here &= is_local(why, storm->ends[i].addr);
	return here;
}

bool rule_on_host(const struct why *why, const struct finding *finding)
{
	const struct group *group = &finding->group;
	uint8_t addr[16];

	if (finding->storm && finding->storm->key.elsewhere)
		return false;
	if (finding->storm && finding->storm->here * 2 > finding->storm->count)
		return true;
	if (finding->storm && group->key.passive)
		return are_ends_here(why, finding->storm);
	if (group->local || (group->example && row_is_to_itself(group->example)))
		return true;
	if (!group->key.passive)
		return is_local(why, group->key.addr);
	if (!group->example)
		return false;
	address_map(group->example->family, group->example->raddr, addr);
	return is_local(why, addr);
}

/* What may drop segments if no process does. */
static void next_filter(const struct why *why, struct finding *finding)
{
	char enter[RULE_NAME_SIZE];

	rule_enter(why, finding, enter);
	finding_next(finding,
	             "see what drops segments on this host: %snft list ruleset; nstat -az | grep "
	             "-i drop; tc -s qdisc",
	             enter);
}

const struct row *rule_find_listener(const struct why *why, const struct group *group)
{
	const struct row *row = group->local ? survey_listener_at(why->survey, &group->key) : NULL;
	uint64_t began = table_now(why->table) - groups_window_of(why->groups, group);

	if (!row || !(row->flags & ROW_BORN_EXACT))
		return row;
	return row->born < (group->failed < group->entered ? began : group->last) ? row : NULL;
}

/*
 * A firewall rejects with nf_send_reset() or nf_send_unreach(),
 * net/ipv4/netfilter/nf_reject_ipv4.c.
 */
void rule_judge_rejected(const struct why *why, struct finding *finding, const struct row *listener)
{
	const struct group *group = &finding->group;
	char name[RULE_NAME_SIZE], address[64], enter[RULE_NAME_SIZE];
	struct owner owner;

	table_owner(why->table, listener, &owner);
	rule_address(group, address);
	if (owner.task)
		finding_evidence(finding, "%u/%.*s listens there", owner.task->pid, FACT_COMM_LEN,
		                 owner.task->comm);
	else
		finding_evidence(finding, "an unknown process listens there");
	finding->level = group->failed < group->entered ? FINDING_WARNING : FINDING_BAD;
	finding->mover = MOVER_KERNEL;
	finding_verdict(
		finding,
		"Connects of %s to %s port %u are refused although a process listens there: a "
		"firewall on this host rejects them, with an RST or an ICMP error.",
		rule_task_name(why, finding, name), address, group->key.port);
	finding_next(finding,
	             "find the firewall rule: %snft list ruleset; iptables-save | grep -i reject",
	             rule_enter(why, finding, enter));
}

static bool is_full(const struct row *listener)
{
	return listener->flags & ROW_QUEUES && listener->rqueue > listener->wqueue;
}

/* How often accept queues of its namespace overflowed while watched. */
static uint64_t overflows_of(const struct why *why, const struct row *listener)
{
	uint64_t now, grown;

	return table_counter(why->table, listener->netns, COUNTER_LISTEN_OVERFLOWS, &now, &grown)
	               ? grown
	               : 0;
}

/* Three quarters full counts as full: between two drops accept() makes room. */
static bool is_behind(const struct row *listener)
{
	return listener->flags & ROW_QUEUES &&
	       (uint64_t)listener->rqueue * 4 >= (listener->wqueue + 1ULL) * 3;
}

static void blame_queue(struct finding *finding, const struct row *listener,
                        const struct owner *owner)
{
	const char *was = is_full(listener) ? "is" : "was";

	finding->mover = MOVER_APPLICATION;
	if (owner->task)
		finding_verdict(finding,
		                "%u/%.*s does not call accept()%s: its accept queue %s full, so "
		                "the kernel drops new connections.",
		                owner->task->pid, FACT_COMM_LEN, owner->task->comm,
		                is_full(listener) ? "" : " in time", was);
	else
		finding_verdict(
			finding,
			"The accept queue there %s full, so the kernel drops new connections.",
			was);
	finding_next(finding, "see why it does not accept: tcptrail why listen --port %u",
	             listener->lport);
}

/* The kernel counts overflows for the namespace, not for each listener. */
static void blame_either(const struct why *why, struct finding *finding, const struct row *listener)
{
	finding->mover = MOVER_KERNEL;
	finding_verdict(finding,
	                "A process listens there, and its accept queue has room now: the queue was "
	                "full for a while, or a firewall on this host drops segments.");
	finding_next(finding,
	             "see whether its accept queue fills for short times: watch -n1 \"ss -ltn "
	             "'sport = :%u'\"",
	             listener->lport);
	next_filter(why, finding);
}

uint32_t rule_count_peers(const struct why *why, const struct group *group, bool half_open)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		const struct row *peer = table_find_peer(why->table, row);

		if (!peer)
			continue;
		count += half_open ? peer->state == STATE_SYN_RECV ||
		                             peer->state == STATE_NEW_SYN_RECV
		                   : peer->state == STATE_SYN_SENT;
	}
	return count;
}

/* The listener of the remote address: that of a half-open peer, or else any at the port. */
static const struct row *find_listener(const struct why *why, const struct finding *finding)
{
	const struct group *group = &finding->group;

	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		const struct row *peer = table_find_peer(why->table, row), *listener;

		listener = peer && !(peer->flags & ROW_SOCKET)
		                   ? table_find_listener(why->table, peer)
		                   : NULL;
		if (listener)
			return listener;
	}
	return survey_listener(why->survey, group->key.netns, group->key.port);
}

/* The listener exists, but no SYN is answered. */
static void blame_listener(const struct why *why, struct finding *finding,
                           const struct row *listener)
{
	uint64_t overflows = overflows_of(why, listener);
	struct owner owner;

	table_owner(why->table, listener, &owner);
	if (owner.task)
		finding_evidence(finding, "%u/%.*s listens on port %u on this host",
		                 owner.task->pid, FACT_COMM_LEN, owner.task->comm, listener->lport);
	if (listener->flags & ROW_QUEUES)
		finding_evidence(finding, "accept queue of port %u: %u waiting; backlog %u",
		                 listener->lport, listener->rqueue, listener->wqueue);
	rule_note_overflow_count(finding, overflows);
	if (is_full(listener) ||
	    (overflows &&
	     (is_behind(listener) || survey_listeners(why->survey, listener->netns) == 1))) {
		blame_queue(finding, listener, &owner);
		return;
	}
	if (overflows) {
		blame_either(why, finding, listener);
		return;
	}
	finding->mover = MOVER_KERNEL;
	if (rule_count_peers(why, &finding->group, true))
		finding_verdict(finding, "The SYNs reach the listener, but the SYN+ACKs do not "
		                         "come back: a firewall on this host drops them.");
	else
		finding_verdict(finding, "A process listens there, and its accept queue has room: "
		                         "a firewall on this host drops segments.");
	next_filter(why, finding);
}

void rule_judge_host(const struct why *why, struct finding *finding)
{
	const struct group_key *key = &finding->group.key;
	const struct row *listener = find_listener(why, finding);
	char name[RULE_NAME_SIZE], address[64];

	finding_verdict(finding,
	                "Nothing answers the SYNs of %s to %s port %u, which is on this host.",
	                rule_task_name(why, finding, name), rule_address(&finding->group, address),
	                key->port);
	if (listener) {
		blame_listener(why, finding, listener);
		return;
	}
	finding->mover = MOVER_KERNEL;
	finding_verdict(finding, "No listener is known there, and no RST comes back: a firewall on "
	                         "this host drops the SYNs, or an interface is down.");
	next_filter(why, finding);
}

/* Between two ends on this host only a setting of its kernel drops segments. */
void rule_blame_path(const struct why *why, struct finding *finding)
{
	const struct row *example = finding->group.example;
	const struct row *peer = example ? table_find_peer(why->table, example) : NULL;

	if (!rule_on_host(why, finding) && !peer) {
		finding->mover = MOVER_NETWORK;
		return;
	}
	finding->mover = MOVER_KERNEL;
	finding_evidence(finding, "the peer is on this host: no network is between them");
	next_filter(why, finding);
}
