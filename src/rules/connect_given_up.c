/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connects that the program itself ends: its own timeout expired, or it was killed. The kernel
 * reports no error for these. A timeout below one second leaves no retransmitted SYN.
 */
#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

#define AT_ONCE (10 * NS_PER_MS) /* the error came at once */

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	const struct row *listener = rule_find_listener(why, group);
	char name[RULE_NAME_SIZE], address[64], time[FORMAT_SIZE];

	rule_note_failures(why, finding);
	format_duration(time, group->waited / group->failed);
	finding_evidence(finding, "the process closed them, or ended, after %s on average", time);
	if (rule_fails_seldom(finding))
		return;
	rule_address(group, address);
	rule_task_name(why, finding, name);
	finding->level = group->failed < group->left ? FINDING_WARNING
	                                             : FINDING_BAD; /* the others still wait */
	if (listener && group->waited / group->failed < AT_ONCE) {
		rule_judge_rejected(why, finding, listener);
		return;
	}
	if (rule_judge_silent(why, finding))
		return;
	finding->mover = MOVER_NETWORK;
	finding_verdict(finding,
	                "%s gives up connects to %s port %u: nothing answered before that. A "
	                "firewall drops the SYN, the host is down, its accept queue is full, or "
	                "the timeout of %s is too short for this path.",
	                name, address, group->key.port, name);
	rule_next_route(why, finding);
	finding_next(finding,
	             "check on the other host whether SYNs arrive: tcpdump -ni any 'tcp port %u'",
	             group->key.port);
	rule_next_traceroute(why, finding);
}

const struct rule rule_connect_given_up = {
	.id = "connect-given-up",
	.failure = CONNECT_GIVEN_UP,
	.about = "the program ends its connects before anything answers",
	.source = "new_state[] and __tcp_close(), net/ipv4/tcp.c; RFC 9293, 3.10.4",
	.judge = judge,
};
