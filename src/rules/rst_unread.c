/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process calls close() on a socket with unread data: the kernel sends an RST in place of a FIN.
 * Then the peer may even lose answers that were sent before.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "rules/rule.h"

#define AT_ONCE      (NS_PER_SEC / 10)
#define OTHERS_SHARE 4 /* at least one of so many ended otherwise */

static bool match_storm(const struct table *table, const struct storm *storm)
{
	if (storm->key.kind != CHANGE_RST_SENT)
		return false;
	if (storm->key.detail) /* since 6.12 the kernel reports the reason */
		return rule_storm_reason(table, storm, "TCP_ABORT_ON_CLOSE");
	return storm->key.act == STORM_ACT_UNREAD;
}

/*
 * Servers turn away visitors that use another protocol like this, while other connections end
 * normally.
 */
static bool may_be_visitors(const struct why *why, const struct finding *finding)
{
	const struct storm *storm = finding->storm;
	uint64_t ended = groups_ended(why->groups, &finding->group.key);

	return storm->key.place.passive && !storm->key.elsewhere &&
	       storm->curt * 10 >= storm->count * 9 && ended >= storm->count + STORM_LEAST &&
	       (ended - storm->count) * OTHERS_SHARE >= ended;
}

static void judge_visitors(struct finding *finding)
{
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "Cannot tell whether this is a problem: it happened within a second, after "
	                "a short message at most, and other connections ended normally. Servers "
	                "turn away visitors that use another protocol like this.");
	finding_next(finding, "see which clients these are: tcptrail events --lport %u",
	             finding->group.key.port);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct storm *storm = finding->storm;
	char name[RULE_NAME_SIZE];

	rule_begin_storm(why, finding, name);
	if (storm->unread)
		finding_evidence(finding, "%" PRIu64 " bytes of the peers' data were thrown away",
		                 storm->unread);
	finding_verdict(finding,
	                "%s closes connections with unread data: it discards what the peer sent, "
	                "and the peer gets an RST, which may destroy the answer.",
	                name);
	if (rule_storm_is_small(finding) || rule_resets_are_usual(why, finding))
		return;
	if (may_be_visitors(why, finding)) {
		judge_visitors(finding);
		return;
	}
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	if (storm->last - storm->first < AT_ONCE) {
		finding->level = FINDING_WARNING;
		finding_verdict(finding, "All at once: it may have ended, or dropped all its "
		                         "connections. Cannot tell whether this goes on.");
	}
	finding_next(finding,
	             "in %s, find the path that closes before read() returned 0: an error path, or "
	             "a request body or pipelined request that is ignored",
	             name);
	finding_next(finding, "in that path: shutdown(fd, SHUT_WR), read() until it returns 0 or a "
	                      "timeout expires, then close()");
	if (storm->pid)
		finding_next(finding, "see each of them: tcptrail events --pid %u", storm->pid);
}

const struct rule rule_rst_unread = {
	.id = "rst-unread",
	.about = "RSTs sent because of close() with unread data",
	.source = "RFC 2525, 2.17; RFC 9293, 3.6; __tcp_close(), net/ipv4/tcp.c",
	.match_storm = match_storm,
	.judge = judge,
};
