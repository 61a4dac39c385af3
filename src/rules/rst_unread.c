/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * close() of a socket with data that nobody has read: the kernel sends an RST in place
 * of a FIN, and the peer may lose even what we have answered before.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "rules/rule.h"

#define AT_ONCE      (NS_PER_SEC / 10)
#define OTHERS_SHARE 4 /* one of so many at least ended otherwise */

static bool match_storm(const struct table *table, const struct storm *storm)
{
	if (storm->key.kind != CHANGE_RST_SENT)
		return false;
	if (storm->key.detail) /* since 6.12 the kernel says why */
		return rule_storm_reason(table, storm, "TCP_ABORT_ON_CLOSE");
	return storm->key.act == STORM_ACT_UNREAD;
}

/* Visitors that speak another protocol are sent away so, while others end in order. */
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
	finding_verdict(
		finding,
		"Cannot tell whether that matters: it was within a second, after a word at most, "
		"and others ended in order. Visitors that speak another protocol are sent away "
		"so.");
	finding_next(finding, "see who they are: tcptrail events --lport %u",
	             finding->group.key.port);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct storm *storm = finding->storm;
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_storm(finding);
	if (storm->unread)
		finding_evidence(finding, "%" PRIu64 " bytes of the peers' data were thrown away",
		                 storm->unread);
	finding_verdict(finding,
	                "%s closes connections with unread data: it throws away what the peer "
	                "sent, and the peer gets an RST, which can cost it the answer.",
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
		finding_verdict(finding, "All at once: perhaps it ended, or dropped all that it "
		                         "had. That alone does not say that it goes on.");
	}
	finding_next(finding,
	             "in %s, find the path that closes before read() gave 0: an error path, a "
	             "request body or pipelined request that is ignored",
	             name);
	finding_next(finding, "there: shutdown(fd, SHUT_WR), read() until it gives 0 or a time is "
	                      "over, then close()");
	if (storm->pid)
		finding_next(finding, "see each of them: tcptrail events --pid %u", storm->pid);
}

const struct rule rule_rst_unread = {
	.id = "rst-unread",
	.about = "RSTs sent for close() with unread data",
	.source = "RFC 2525, 2.17; RFC 9293, 3.6; __tcp_close(), net/ipv4/tcp.c",
	.match_storm = match_storm,
	.judge = judge,
};
