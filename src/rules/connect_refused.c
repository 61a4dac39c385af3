/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An RST, or an ICMP error for the port, answered the SYN: nobody listens there, or a firewall
 * rejects it.
 */

#include "rules/rule.h"

/*
 * A socket that listens on that port in another namespace, at any address, because the addresses of
 * that namespace are not known. NULL: none.
 */
static const struct row *find_elsewhere(const struct why *why, const struct group_key *key)
{
	const struct row *row = survey_listener(why->survey, key->netns, key->port);

	return row && row->netns != key->netns ? row : NULL;
}

static void next_elsewhere(const struct why *why, struct finding *finding,
                           const struct row *listener)
{
	struct owner owner;

	table_owner(why->table, listener, &owner);
	if (owner.task)
		finding_next(finding,
		             "%u/%.*s listens on port %u in another namespace of this host: if "
		             "these connects are for it, a firewall rejects them",
		             owner.task->pid, FACT_COMM_LEN, owner.task->comm, listener->lport);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	const struct row *listener = rule_find_listener(why, group);
	const struct row *elsewhere = find_elsewhere(why, &group->key);
	char name[RULE_NAME_SIZE], address[64];

	rule_note_failures(why, finding);
	if (rule_is_scan(why, finding) || rule_fails_seldom(finding))
		return;
	if (listener) {
		rule_judge_rejected(why, finding, listener);
		return;
	}
	rule_address(group, address);
	rule_task_name(why, finding, name);
	finding->mover = MOVER_PEER;
	if (group->failed < group->entered) {
		finding->level = FINDING_WARNING;
		finding_verdict(finding,
		                "%s port %u refuses some connects of %s: its listener was missing "
		                "for a while, or some backends behind it do not listen.",
		                address, group->key.port, name);
	} else {
		finding->level = FINDING_BAD;
		finding_verdict(finding,
		                "%s port %u refuses each connect of %s: nobody listens there%s.",
		                address, group->key.port, name,
		                elsewhere ? ", or a firewall rejects them" : "");
	}
	finding_next(finding, "check at %s which process listens: ss -ltnp 'sport = :%u'", address,
	             group->key.port);
	finding_next(finding, "if one listens there: a firewall on the path rejects with an RST, "
	                      "or the listener is bound to another address");
	if (elsewhere)
		next_elsewhere(why, finding, elsewhere);
}

const struct rule rule_connect_refused = {
	.id = "connect-refused",
	.failure = CONNECT_REFUSED,
	.about = "an RST answers the connects",
	.source = "RFC 9293, 3.10.7.1 and 3.10.7.3; tcp_reset(), net/ipv4/tcp_input.c",
	.judge = judge,
};
