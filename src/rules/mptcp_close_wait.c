/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer of an MPTCP connection has sent a DATA_FIN. The program has the MPTCP socket, which
 * waits in CLOSE_WAIT. The subflows stay ESTABLISHED until both ends have closed, or until the peer
 * gives up (net.mptcp.close_timeout, 60 s). Then the MPTCP socket is in CLOSE.
 */
#include <inttypes.h>

#include "rules/rule.h"

enum { TALLY_UNREAD, TALLY_BYTES };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	tally[TALLY_UNREAD] = row->flags & ROW_QUEUES && row->rqueue;
	tally[TALLY_BYTES] = row->rqueue;
	return row->flags & ROW_MPTCP;
}

/* A DATA_FIN is in no queue, so it is not known whether the program has read the end of stream. */
static void note_queue(struct finding *finding)
{
	const struct group *group = &finding->group;

	if (group->tally[TALLY_UNREAD])
		finding_evidence(
			finding,
			"%" PRIu64 " of %u have unread data, %" PRIu64 " bytes of memory in all",
			group->tally[TALLY_UNREAD], group->count, group->tally[TALLY_BYTES]);
	else
		finding_evidence(finding, "Recv-Q is 0: all data were read; MPTCP does not report "
		                          "whether the end of stream was read");
}

static void judge_leak(const struct why *why, struct finding *finding, const char *name)
{
	bool unread = finding->group.tally[TALLY_UNREAD] * 2 > finding->group.count;

	finding->level = FINDING_BAD;
	finding_verdict(finding,
	                "%s leaks sockets: the peers have closed these MPTCP connections, and it "
	                "does not close its sockets.",
	                name);
	rule_note_old(why, finding);
	rule_note_maker(why, finding);
	rule_note_doing(why, finding);
	if (unread)
		finding_next(finding,
		             "find out why the threads of %s do not read (gdb -p, jstack, py-spy)",
		             name);
	else
		finding_next(finding,
		             "find the path in %s that returns without close() after read() "
		             "returned 0 or an error",
		             name);
	finding_next(finding, "see the sockets and their subflows: tcptrail snapshot -anp "
	                      "--columns +mptcp_token, ss -Manpi");
}

static void judge(const struct why *why, struct finding *finding)
{
	uint64_t closed = survey_closed(why->survey, &finding->group.key);
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
	finding->mover = MOVER_APPLICATION;
	note_queue(finding);
	/*
	 * Peers give up after a minute. A socket that is then in CLOSE and still open has not left
	 * its process.
	 */
	switch (rule_trend_open(why, finding, closed, "given up")) {
	case TREND_GROWING:
		if (rule_may_be_passing(why, finding, closed))
			return;
		judge_leak(why, finding, name);
		return;
	case TREND_UNKNOWN:
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding,
		                "The peers have closed these MPTCP connections, and %s has not. "
		                "Cannot tell whether they grow in number: they were not watched.",
		                name);
		rule_note_old(why, finding);
		finding_next(finding, "watch for a while: tcptrail why close_wait --for 1m");
		return;
	case TREND_IDLE:
		rule_judge_steady(why, finding,
		                  "keeps these MPTCP sockets, although the peers have closed");
		return;
	case TREND_TURNOVER:
	case TREND_SHRINKING:
		rule_judge_closing_late(finding, name);
		return;
	}
}

const struct rule rule_mptcp_close_wait = {
	.id = "mptcp-close-wait",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "MPTCP: the peers have closed, the fd is never closed",
	.source = "RFC 8684, 3.3.3: DATA_FIN; mptcp_check_data_fin(), net/mptcp/protocol.c",
	.match = match,
	.judge = judge,
};
