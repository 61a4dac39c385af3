/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer of an MPTCP connection has closed: it sent a DATA_FIN, and the MPTCP socket, which
 * is what the program has, waits in CLOSE_WAIT. Its subflows stay ESTABLISHED until both ends
 * have closed, so that nothing of this is to be seen in the states of TCP.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

#define FEW       5
#define LEAKED    (30 * NS_PER_SEC) /* more than a request takes */
#define TOO_YOUNG NS_PER_SEC

enum { TALLY_OLD, TALLY_YOUNG, TALLY_AGES };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	uint64_t age;

	if (row->mptcp != STATE_CLOSE_WAIT)
		return false;
	age = table_now(table) - row->mptcp_since;
	tally[TALLY_OLD] = age >= LEAKED;
	tally[TALLY_YOUNG] = age < TOO_YOUNG;
	tally[TALLY_AGES] = age;
	return true;
}

static bool may_be_fine(struct finding *finding, const char *name)
{
	const struct group *group = &finding->group;

	finding->mover = MOVER_NOBODY;
	finding->level = group->count < FEW ? FINDING_FINE : FINDING_UNCLEAR;
	if (group->tally[TALLY_YOUNG] * 2 > group->count) {
		finding_verdict(
			finding,
			"Cannot tell yet, for most of these MPTCP sockets have been in "
			"CLOSE_WAIT for less than a second: %s may be about to get to them.",
			name);
		return true;
	}
	if (group->count >= FEW || group->tally[TALLY_OLD])
		return false;
	finding_verdict(finding,
	                "The peers of a few MPTCP sockets have closed, not long ago: %s may be "
	                "about to close them.",
	                name);
	return true;
}

static void tell_ages(struct finding *finding)
{
	const struct group *group = &finding->group;
	char mean[FORMAT_SIZE];

	format_duration(mean, group->tally[TALLY_AGES] / group->count);
	finding_evidence(finding,
	                 "the MPTCP sockets of these subflows are in CLOSE_WAIT, for %s on average",
	                 mean);
	if (group->tally[TALLY_OLD])
		finding_evidence(finding, "%" PRIu64 " of %u have been for 30 s and more",
		                 group->tally[TALLY_OLD], group->count);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	bool sure = group->tally[TALLY_OLD] * 2 >= group->count ||
	            rule_trend(why, group) == TREND_GROWING;
	char name[48];

	rule_task_name(why, finding, name);
	tell_ages(finding);
	if (may_be_fine(finding, name))
		return;
	finding->level = sure ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s %s: the peers have closed these MPTCP connections, and it does not "
	                "close its sockets. TCP's states do not show it.",
	                name, sure ? "leaks sockets" : "may leak sockets");
	rule_tell_flow(why, finding);
	rule_tell_doing(why, finding);
	finding_next(finding, "see the MPTCP sockets themselves: ss -Manpi");
	finding_next(finding,
	             "find the path in %s that returns without close() after read() gave 0 or an "
	             "error",
	             name);
}

const struct rule rule_mptcp_close_wait = {
	.id = "mptcp-close-wait",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "MPTCP sockets in CLOSE_WAIT, whose subflows are ESTABLISHED",
	.source = "RFC 8684, 3.3.3: DATA_FIN; mptcp_check_data_fin(), net/mptcp/protocol.c",
	.match = match,
	.judge = judge,
};
