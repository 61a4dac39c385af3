/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ICMP error answered the SYN, or the neighbour on the link did not answer. If there is no route
 * at all, the socket never leaves CLOSE, and only the errno of connect() is known.
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
	                "%s cannot reach %s: a router or a firewall rejects it, or the host does "
	                "not answer on the link (EHOSTUNREACH, ENETUNREACH, EACCES, EPERM).",
	                rule_task_name(why, finding, name), address);
	rule_next_route(why, finding);
	finding_next(finding,
	             "if it is on the link, FAILED here means that the host does not answer: %sip "
	             "neigh show %s",
	             rule_enter(why, finding, enter), address);
	finding_next(finding, "see which router rejects it: %stcpdump -ni any 'icmp or icmp6'",
	             enter);
}

const struct rule rule_connect_unreachable = {
	.id = "connect-unreachable",
	.failure = CONNECT_UNREACHABLE,
	.about = "an ICMP error answers the connects, or the neighbour does not answer",
	.source = "tcp_v4_err(), net/ipv4/tcp_ipv4.c; RFC 1122, 4.2.3.9",
	.judge = judge,
};
