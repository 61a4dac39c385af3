/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process does not read what it was sent. For how long, the looks at a socket
 * tell that came while bytes waited; and nothing may have been read of all that ever
 * came. A socket looked at once tells less: that its peer had been silent for long
 * says so only of what had come by then.
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

	/* Before accept() nobody can read: that is the listener's matter. */
	if (!(row->flags & ROW_QUEUES) || !row->rqueue || !(row->flags & ROW_SOCKET))
		return false;
	tally[TALLY_BYTES] = row->rqueue;
	tally[TALLY_STILL] = rule_is_unread(row);
	tally[TALLY_READS] = !tally[TALLY_STILL] && row->flags & ROW_READ;
	tally[TALLY_QUIET] = old && !(row->flags & (ROW_SINCE_EXACT | ROW_READ));
	tally[TALLY_NEVER] = old && row->flags & ROW_BYTES && row->bytes_received <= row->rqueue;
	return true;
}

/* Is it no finding, or cannot be told? Then level and verdict say so. */
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
		                "%s has bytes to read on these, and most of them are young.", name);
		return true;
	}
	if (tally[TALLY_READS] * 2 >= group->count) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s has bytes to read on these, and has read others meanwhile.",
		                name);
		return true;
	}
	if (tally[TALLY_QUIET] * 2 >= group->count)
		return false;
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "%s has bytes to read on these. Cannot tell for how long, because they "
	                "were not looked at for long enough; it may get to them soon.",
	                name);
	finding_next(finding, "watch for a while: tcptrail why established --for 1m");
	return true;
}

static void tell_unread(struct finding *finding)
{
	const struct group *group = &finding->group;
	const uint64_t *tally = group->tally;

	if (tally[TALLY_STILL])
		rule_note_unread(finding, tally[TALLY_STILL]);
	else if (tally[TALLY_QUIET])
		finding_evidence(finding,
		                 "the peers of %" PRIu64 " of %u had been silent when first looked "
		                 "at: bytes that did not come since are as old as age says",
		                 tally[TALLY_QUIET], group->count);
	if (tally[TALLY_NEVER])
		finding_evidence(finding, "on %" PRIu64 " of %u nothing was ever read",
		                 tally[TALLY_NEVER], group->count);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	const uint64_t *tally = group->tally;
	char name[RULE_NAME_SIZE];
	bool sure;

	rule_task_name(why, finding, name);
	finding_evidence(finding, "%" PRIu64 " bytes were received and not read",
	                 tally[TALLY_BYTES]);
	if (may_be_fine(finding, name))
		return;
	sure = tally[TALLY_STILL] * 2 >= group->count || tally[TALLY_NEVER] * 2 >= group->count ||
	       tally[TALLY_BYTES] >= (uint64_t)group->count * MUCH;
	finding->level = sure ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding, "%s %s what it was sent: it is stuck, or too slow.", name,
	                sure ? "does not read" : "seems not to read");
	tell_unread(finding);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "find out what the threads of %s wait for (gdb -p, jstack, py-spy): a lock, "
	             "a full pool, a slow backend",
	             name);
	finding_next(finding,
	             "or nobody polls the fd: is it still in the poll set (epoll_ctl, select)?");
	if (!group->key.passive)
		finding_next(
			finding,
			"a client that gets answers: look for a response body that is not read and "
			"closed%s",
			rule_trend(why, group) == TREND_GROWING ? "; these become more" : "");
}

const struct rule rule_established_unread = {
	.id = "established-unread",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "data was received and is not read",
	.source = "tcp_recvmsg(), net/ipv4/tcp.c; tcp_diag_get_info(), net/ipv4/tcp_diag.c: Recv-Q",
	.match = match,
	.judge = judge,
};
