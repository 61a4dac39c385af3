/* SPDX-License-Identifier: BSD-2-Clause */
/* The SYN was answered by an RST: nobody listens there, or a firewall rejects. */
#include <inttypes.h>

#include "rules/rule.h"

/* Who listened at that address of this namespace when connects were refused; NULL: nobody. */
static const struct row *find_listener(const struct why *why, const struct group *group)
{
	const struct row *row = group->local ? survey_listener_at(why->survey, &group->key) : NULL;
	uint64_t began = table_now(why->table) - groups_window_of(why->groups, group);

	if (!row || !(row->flags & ROW_BORN_EXACT))
		return row;
	return row->born < (group->failed < group->entered ? began : group->last) ? row : NULL;
}

/* nf_send_reset(), net/ipv4/netfilter/nf_reject_ipv4.c, answers in the place of the listener. */
static void blame_firewall(const struct why *why, struct finding *finding,
                           const struct row *listener)
{
	const struct group *group = &finding->group;
	char name[48], address[64], enter[48];
	struct owner owner;

	table_owner(why->table, listener, &owner);
	rule_address(group, address);
	if (owner.task)
		finding_evidence(finding, "%u/%.*s listens there", owner.task->pid, FACT_COMM_LEN,
		                 owner.task->comm);
	else
		finding_evidence(finding, "somebody listens there; who is not known");
	finding->level = group->failed < group->entered ? FINDING_WARNING : FINDING_BAD;
	finding->mover = rule_is_here(why, finding) ? MOVER_KERNEL : MOVER_NETWORK;
	finding_verdict(finding,
	                "Connects of %s to %s port %u are refused although somebody listens "
	                "there: a firewall answers with an RST.",
	                rule_task_name(why, finding, name), address, group->key.port);
	finding_next(finding,
	             "see which rule does: %snft list ruleset; iptables-save | grep -i "
	             "reject",
	             rule_enter(why, finding, enter));
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	const struct row *listener = find_listener(why, group);
	char name[48], address[64];

	rule_tell_failures(why, finding);
	if (rule_fails_seldom(finding))
		return;
	if (listener) {
		blame_firewall(why, finding, listener);
		return;
	}
	rule_address(group, address);
	rule_task_name(why, finding, name);
	finding->mover = MOVER_PEER;
	if (group->failed < group->entered) {
		finding->level = FINDING_WARNING;
		finding_verdict(finding,
		                "%s port %u refuses some of the connects of %s: its listener "
		                "was away for a while, or not all backends behind it listen.",
		                address, group->key.port, name);
	} else {
		finding->level = FINDING_BAD;
		finding_verdict(finding,
		                "%s port %u refuses each connect of %s: nobody listens there.",
		                address, group->key.port, name);
	}
	finding_next(finding, "see at %s who listens: ss -ltnp 'sport = :%u'", address,
	             group->key.port);
	finding_next(finding, "if somebody does: a firewall between rejects with an RST, or the "
	                      "listener is bound to another address");
}

const struct rule rule_connect_refused = {
	.id = "connect-refused",
	.failure = CONNECT_REFUSED,
	.about = "connects are answered by an RST",
	.source = "RFC 9293, 3.10.7.1 and 3.10.7.3; tcp_reset(), net/ipv4/tcp_input.c",
	.judge = judge,
};
