/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process does not read the data it received. The waiting time is known in two cases: several
 * samples saw unread bytes, or the process has never read anything. One sample alone tells less: a
 * peer that was silent for long at first sight has sent the bytes before that.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "rules/rule.h"

#define WAITS_LONG (5 * NS_PER_SEC)
#define MUCH       65536 /* bytes a socket: more than a request that has just come */

enum { TALLY_BYTES, TALLY_QUIET, TALLY_NEVER, TALLY_STILL, TALLY_READS };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	bool old = table_now(table) > row->since + WAITS_LONG;

	/* Before accept() nobody can read: the rules of listeners judge that. */
	if (!(row->flags & ROW_QUEUES) || !row->rqueue || !(row->flags & ROW_SOCKET))
		return false;
	tally[TALLY_BYTES] = row->rqueue;
	tally[TALLY_STILL] = rule_is_unread(row);
	tally[TALLY_READS] = !tally[TALLY_STILL] && row->flags & ROW_READ;
	tally[TALLY_QUIET] = old && !(row->flags & (ROW_SINCE_EXACT | ROW_READ));
	tally[TALLY_NEVER] = old && row->flags & ROW_BYTES && row->bytes_received <= row->rqueue;
	return true;
}

/* True if this is not a finding, or if it is unclear; then level and verdict are set. */
static bool may_be_fine(struct finding *finding, const char *name)
{
	const struct group *group = &finding->group;
	const uint64_t *tally = group->tally;
	bool still = tally[TALLY_STILL] * 2 >= group->count;

	if (still || tally[TALLY_NEVER] * 2 >= group->count)
		return false;
	if (group->median < WAITS_LONG) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s has bytes to read on these, but most of the sockets are young.",
		                name);
		return true;
	}
	if (tally[TALLY_READS] * 2 >= group->count) {
		finding->level = FINDING_OK;
		finding_verdict(
			finding,
			"%s has bytes to read on these, but it has read from others while watched.",
			name);
		return true;
	}
	if (tally[TALLY_QUIET] * 2 >= group->count)
		return false;
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "%s has bytes to read on these. Cannot tell for how long, because they "
	                "were not sampled for long enough. It may read them soon.",
	                name);
	finding_next(finding, "watch for a while: tcptrail why established --for 1m");
	return true;
}

static void note_unread(struct finding *finding)
{
	const struct group *group = &finding->group;
	const uint64_t *tally = group->tally;

	if (tally[TALLY_STILL])
		rule_note_unread(finding, tally[TALLY_STILL]);
	else if (tally[TALLY_QUIET])
		finding_evidence(finding,
		                 "the peers of %" PRIu64
		                 " of %u were silent at first sight: unless more bytes came since, "
		                 "the unread bytes are as old as the age",
		                 tally[TALLY_QUIET], group->count);
	if (tally[TALLY_NEVER])
		finding_evidence(finding,
		                 "on %" PRIu64 " of %u the process has never read anything",
		                 tally[TALLY_NEVER], group->count);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	const uint64_t *tally = group->tally;
	char name[RULE_NAME_SIZE];
	bool sure;

	rule_task_name(why, finding, name);
	finding_evidence(finding, "%" PRIu64 " bytes were received but not read",
	                 tally[TALLY_BYTES]);
	if (may_be_fine(finding, name))
		return;
	sure = tally[TALLY_STILL] * 2 >= group->count || tally[TALLY_NEVER] * 2 >= group->count ||
	       tally[TALLY_BYTES] >= (uint64_t)group->count * MUCH;
	finding->level = sure ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding, "%s %s the received data: it hangs, or it is too slow.", name,
	                sure ? "does not read" : "seems not to read");
	note_unread(finding);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "find out what the threads of %s wait for (gdb -p, jstack, py-spy): a lock, a "
	             "full pool, a slow backend",
	             name);
	finding_next(finding, "or nobody polls the fd: check that it is still in the poll set "
	                      "(epoll_ctl, select)");
	if (!group->key.passive)
		finding_next(finding,
		             "if it is a client that receives answers: look for a response body "
		             "that is not read and closed%s",
		             rule_trend(why, group) == TREND_GROWING ? "; these grow in number"
		                                                     : "");
}

const struct rule rule_established_unread = {
	.id = "established-unread",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "received data are not read",
	.source = "tcp_recvmsg(), net/ipv4/tcp.c; tcp_diag_get_info(), net/ipv4/tcp_diag.c: Recv-Q",
	.match = match,
	.judge = judge,
};
