/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process does not read what it was sent. For how long bytes wait is not measured,
 * but as long at least as the peer has been silent. Surer is a process that has read
 * nothing of all that ever came, or lets much pile up.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "rules/rule.h"

#define WAITS_LONG (5 * NS_PER_SEC)
#define MUCH       65536 /* bytes a socket: more than a request that has just come */

enum { TALLY_BYTES, TALLY_QUIET, TALLY_NEVER, TALLY_READ };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	bool old = table_now(table) > row->since + WAITS_LONG;
	bool counted = row->flags & ROW_BYTES;

	/* Before accept() nobody can read: that is the listener's matter. */
	if (!(row->flags & ROW_QUEUES) || !row->rqueue || !(row->flags & ROW_SOCKET))
		return false;
	tally[TALLY_BYTES] = row->rqueue;
	tally[TALLY_QUIET] = row->flags & ROW_IDLE && row->idle_ms >= WAITS_LONG / NS_PER_MS;
	tally[TALLY_NEVER] = old && counted && row->bytes_received <= row->rqueue;
	tally[TALLY_READ] = counted && row->bytes_received > row->rqueue;
	return true;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t quiet = group->tally[TALLY_QUIET], never = group->tally[TALLY_NEVER];
	char name[48];
	bool sure, much = group->tally[TALLY_BYTES] >= (uint64_t)group->count * MUCH;

	rule_task_name(why, finding, name);
	finding_evidence(finding, "%" PRIu64 " bytes were received and not read",
	                 group->tally[TALLY_BYTES]);
	if (group->median < WAITS_LONG) {
		finding->level = FINDING_FINE;
		finding_verdict(finding,
		                "%s has bytes to read on these, and most of them are young.", name);
		return;
	}
	if (quiet * 2 < group->count && never * 2 < group->count) {
		if (group->tally[TALLY_READ] * 2 >= group->count && !much) {
			finding->level = FINDING_FINE;
			finding_verdict(finding,
			                "%s has a little to read on these, and has read what came "
			                "before.",
			                name);
			return;
		}
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding,
		                "%s has bytes to read on these. Cannot tell for how long, because "
		                "the connections are older than that; it may get to them soon.",
		                name);
		finding_next(finding,
		             "look again: are they the same, and do their bytes become more? "
		             "tcptrail why established");
		return;
	}
	sure = never * 2 >= group->count || much;
	finding->level = sure ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding, "%s %s what it was sent: it is stuck, or too slow.", name,
	                sure ? "does not read" : "seems not to read");
	if (quiet)
		finding_evidence(finding,
		                 "the peers of %" PRIu64 " of %u have been silent for 5 s or more: "
		                 "for so long at least these bytes wait",
		                 quiet, group->count);
	if (never)
		finding_evidence(finding, "on %" PRIu64 " of %u nothing was ever read", never,
		                 group->count);
	rule_tell_doing(why, finding);
	finding_next(finding,
	             "find out what the threads of %s wait for (gdb -p, jstack, py-spy): a lock, "
	             "a full pool, a slow backend",
	             name);
	finding_next(finding,
	             "or nobody polls the fd: is it still in the poll set (epoll_ctl, select)?");
}

const struct rule rule_established_unread = {
	.id = "established-unread",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "data was received and is not read",
	.source = "tcp_recvmsg(), net/ipv4/tcp.c; tcp_diag_get_info(), net/ipv4/tcp_diag.c: Recv-Q",
	.match = match,
	.judge = judge,
};
