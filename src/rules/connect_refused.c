/* SPDX-License-Identifier: BSD-2-Clause */
/* The SYN was answered by an RST: nobody listens there, or a firewall rejects. */
#include <inttypes.h>

#include "rules/rule.h"

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char name[48], address[64];

	rule_tell_failures(why, finding);
	if (rule_fails_seldom(finding))
		return;
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
