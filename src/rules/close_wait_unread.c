/* SPDX-License-Identifier: BSD-2-Clause */
/* The peer has sent data, then its FIN. The process reads neither: it hangs, or it is slow. */
#include <inttypes.h>

#include "base/clock.h"
#include "rules/rule.h"

#define WAITS_LONG (5 * NS_PER_SEC)

enum { TALLY_BYTES, TALLY_STILL };

/* The FIN counts 1 in the receive queue (tcp_fin(), which advances rcv_nxt). */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	tally[TALLY_BYTES] = row->rqueue ? row->rqueue - 1 : 0;
	tally[TALLY_STILL] = rule_is_unread(row);
	return row->flags & ROW_QUEUES && row->rqueue > 1;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	enum trend trend = rule_trend(why, group);
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
	finding_evidence(finding, "%" PRIu64 " bytes were received but not read",
	                 group->tally[TALLY_BYTES]);
	rule_note_unread(finding, group->tally[TALLY_STILL]);
	if (trend == TREND_TURNOVER && group->median < WAITS_LONG) {
		finding->level = FINDING_OK;
		finding_verdict(finding, "Turnover: %s reads and closes them, but with a delay.",
		                name);
		return;
	}
	if (rule_too_soon(why, finding) || rule_too_few(why, finding))
		return;
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding, "%s does not read the received data: it hangs, or it is too slow.",
	                name);
	rule_note_maker(why, finding);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "find out what the threads of %s wait for (gdb -p, jstack, py-spy): a lock, a "
	             "full pool, a slow backend",
	             name);
	finding_next(finding, "close() with unread data will reset these connections (RST)");
}

const struct rule rule_close_wait_unread = {
	.id = "close-wait-unread",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "received data are not read",
	.source = "tcp_fin() and tcp_recvmsg(), net/ipv4; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
