/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ICMP error came back for the SYN, or the neighbour on the link did not answer.
 * Of connects for which there is no route from the beginning nothing is known but
 * their error: such a socket never leaves CLOSE.
 */
#include "rules/rule.h"

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	const struct row *listener = rule_find_listener(why, group);
	char name[RULE_NAME_SIZE], address[64], enter[RULE_NAME_SIZE];

	rule_note_failures(why, finding);
	if (rule_fails_seldom(finding))
		return;
	if (listener) {
		rule_judge_rejected(why, finding, listener);
		return;
	}
	rule_address(group, address);
	finding->level = group->failed < group->entered ? FINDING_WARNING : FINDING_BAD;
	rule_blame_path(why, finding);
	finding_verdict(finding,
	                "%s cannot reach %s: a router or a firewall says so, or the host does not "
	                "answer on the link (EHOSTUNREACH, ENETUNREACH, EACCES, EPERM).",
	                rule_task_name(why, finding, name), address);
	rule_next_route(why, finding);
	finding_next(finding,
	             "if that is on the link, FAILED here says that nobody answers: %sip "
	             "neigh show %s",
	             rule_enter(why, finding, enter), address);
	finding_next(finding, "see who says so: %stcpdump -ni any 'icmp or icmp6'", enter);
}

const struct rule rule_connect_unreachable = {
	.id = "connect-unreachable",
	.failure = CONNECT_UNREACHABLE,
	.about = "connects end with an ICMP error, or without a neighbour",
	.source = "tcp_v4_err(), net/ipv4/tcp_ipv4.c; RFC 1122, 4.2.3.9",
	.judge = judge,
};
