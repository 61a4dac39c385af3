/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel has sent the SYN and sent it again. Neither a SYN+ACK nor an RST came back. This host
 * cannot see what drops the SYN.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

enum { RESENT, RESENDING };

/* The larger of two counts: the retransmits that were seen, and those that the kernel counts. */
static uint32_t resent(const struct row *row)
{
	uint32_t seen = row->retransmits[RETRANSMIT_SYN];

	return seen > row->retrans ? seen : row->retrans;
}

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	tally[RESENT] += resent(row);
	tally[RESENDING] += resent(row) > 0;
	return true;
}

static uint64_t doubled(uint64_t rto)
{
	return rto < 60 ? rto * 2 : 120;
}

/*
 * After how many seconds connect() fails. From 5.10 to 6.18 (tcp_write_timeout(),
 * net/ipv4/tcp_timer.c) it fails when a timer expires after the time that `retries` doublings of 1
 * s take, or when that many SYNs were sent. Since 6.5 the first `linear` ones are neither doubled
 * nor counted. 131 s for 6 and 4, 127 s for 6 and 0; 3 s for 1 and 4, measured on 6.18.
 */
static uint64_t time_to_fail(uint64_t retries, uint64_t linear)
{
	uint64_t limit = 0, time = 0, rto = 1;

	for (uint64_t i = 0; i <= retries; i++, rto = doubled(rto))
		limit += rto;
	rto = 1;
	for (uint64_t sent = 1;; sent++) {
		time += rto;
		if (time >= limit || sent > retries + linear)
			return time;
		if (sent > linear)
			rto = doubled(rto);
	}
}

static void note_end(const struct why *why, struct finding *finding)
{
	uint32_t netns = finding->group.key.netns;
	uint64_t retries, linear = 0;
	char end[FORMAT_SIZE];

	if (!table_setting_number(why->table, netns, SETTING_SYN_RETRIES, &retries) ||
	    retries > 127)
		return;
	table_setting_number(why->table, netns, SETTING_SYN_LINEAR_TIMEOUTS, &linear);
	format_duration(end, time_to_fail(retries, linear) * NS_PER_SEC);
	finding_evidence(finding,
	                 "net.ipv4.tcp_syn_retries is %" PRIu64
	                 ": the kernel gives up each connect after about %s, if the program does "
	                 "not give up first",
	                 retries, end);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t resending = group->tally[RESENDING];
	char name[RULE_NAME_SIZE], address[64];

	rule_begin_pile(why, finding, name);
	if (!resending) {
		finding->level = FINDING_OK;
		finding_verdict(
			finding,
			"None of these SYNs was sent again yet: the answers may be in flight.");
		return;
	}
	finding_evidence(finding, "SYNs sent again: %" PRIu64 ", for %" PRIu64 " of the %u",
	                 group->tally[RESENT], resending, group->count);
	if (resending * 10 < group->count) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "A few SYNs were lost; the answers to most may be in flight.");
		return;
	}
	finding->level = group->tally[RESENT] > resending ? FINDING_BAD : FINDING_WARNING;
	if (rule_judge_untracked(why, finding))
		return;
	if (rule_on_host(why, finding)) {
		rule_judge_host(why, finding);
		note_end(why, finding);
		return;
	}
	finding->mover = MOVER_NETWORK;
	rule_address(group, address);
	finding_verdict(finding,
	                "Nothing answers %s at %s port %u: no SYN+ACK and no RST. A firewall drops "
	                "the SYNs, the host is down, or its accept queue is full.",
	                name, address, group->key.port);
	note_end(why, finding);
	rule_next_route(why, finding);
	rule_next_traceroute(why, finding);
	finding_next(finding,
	             "check on the other host whether SYNs arrive: tcpdump -ni any 'tcp port %u'",
	             group->key.port);
}

const struct rule rule_syn_sent_no_answer = {
	.id = "syn-sent-no-answer",
	.states = STATE_BIT(STATE_SYN_SENT),
	.about = "nothing answers the SYN",
	.source = "tcp_write_timeout(), net/ipv4/tcp_timer.c; RFC 9293, 3.10.7.3; RFC 6298",
	.match = match,
	.judge = judge,
};
