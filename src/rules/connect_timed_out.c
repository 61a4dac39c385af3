/* SPDX-License-Identifier: BSD-2-Clause */
/* Connects that the kernel has given up. Before that, the rule syn-sent-no-answer matches them. */
#include "rules/rule.h"

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char name[RULE_NAME_SIZE], address[64];

	rule_note_failures(why, finding);
	rule_note_setting(why, finding, SETTING_SYN_RETRIES, NULL);
	if (rule_fails_seldom(finding))
		return;
	rule_address(group, address);
	finding->level = group->failed < group->entered ? FINDING_WARNING : FINDING_BAD;
	if (rule_judge_silent(why, finding))
		return;
	finding->mover = MOVER_NETWORK;
	finding_verdict(finding,
	                "Connects of %s to %s port %u time out: nothing answered their SYNs.",
	                rule_task_name(why, finding, name), address, group->key.port);
	rule_next_route(why, finding);
	rule_next_traceroute(why, finding);
}

const struct rule rule_connect_timed_out = {
	.id = "connect-timed-out",
	.failure = CONNECT_TIMED_OUT,
	.about = "connects time out because nothing answers",
	.source = "tcp_write_timeout(), net/ipv4/tcp_timer.c; RFC 1122, 4.2.3.5",
	.judge = judge,
};
