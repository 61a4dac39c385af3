/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * We have closed, and the peer has acknowledged our FIN but does not close. If no process has the
 * socket open, tcp_fin_timeout ends it. If it was only shut down, it stays without limit.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "rules/rule.h"

#define WAITS_LONG (60 * NS_PER_SEC)
#define MANY       100

enum { TALLY_CLOSED, TALLY_HELD_LONG };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	bool closed = row->flags & (ROW_ORPHAN | ROW_MINI);

	tally[TALLY_CLOSED] = closed;
	tally[TALLY_HELD_LONG] = !closed && table_now(table) > row->since + WAITS_LONG;
	return true;
}

/* A half-closed socket is open: the program has only called shutdown(). */
static void note_closed(struct finding *finding, uint64_t all, uint64_t closed)
{
	if (closed == all)
		finding_evidence(finding, "all %" PRIu64 " closed, none half-closed", all);
	else if (!closed)
		finding_evidence(finding, "all %" PRIu64 " half-closed", all);
	else
		finding_evidence(finding,
		                 "%" PRIu64 " of %" PRIu64 " closed, %" PRIu64 " half-closed",
		                 closed, all, all - closed);
}

static void note_end(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;

	rule_note_flow(why, finding);
	note_closed(finding, group->count, group->tally[TALLY_CLOSED]);
	rule_note_peer(why, finding);
	if (group->tally[TALLY_CLOSED])
		rule_note_setting(
			why, finding, SETTING_FIN_TIMEOUT,
			"seconds until the kernel ends a closed one, whatever the peer does");
}

static void next_peer(const struct why *why, struct finding *finding)
{
	const struct row *peer = table_find_peer(why->table, finding->group.example);
	struct owner owner;

	if (peer)
		table_owner(why->table, peer, &owner);
	if (peer && owner.task)
		finding_next(finding, "see why it does not close: tcptrail why close_wait --pid %u",
		             owner.task->pid);
	else
		finding_next(finding, "on the peer's host: tcptrail why close_wait");
}

/* They end by themselves. Many of them are reported anyway, because their peers do not close. */
static void judge_closed(const struct why *why, struct finding *finding, const char *name)
{
	const struct group *group = &finding->group;

	if (rule_trend(why, group) != TREND_GROWING || group->count < MANY) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s has closed these, the peers have not closed yet: the kernel "
		                "ends them soon.",
		                name);
		return;
	}
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_PEER;
	finding_verdict(
		finding,
		"%s has closed these, but the peers do not close: the kernel has to end them.",
		name);
	next_peer(why, finding);
}

static void judge_held(const struct why *why, struct finding *finding, const char *name)
{
	const struct group *group = &finding->group;
	bool growing = rule_trend(why, group) == TREND_GROWING;

	if (!group->tally[TALLY_HELD_LONG] && !(growing && group->count >= MANY)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s has shut down its side and waits for the remaining data of the "
		                "peers, but not for long yet.",
		                name);
		return;
	}
	finding->level = growing ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_PEER;
	finding_verdict(finding,
	                "%s has shut down its side and waits for the peers to close theirs. It "
	                "keeps the fd, so no timeout ends this.",
	                name);
	rule_note_doing(why, finding);
	next_peer(why, finding);
	finding_next(finding,
	             "limit the wait in %s: close() some time after shutdown(); tcp_fin_timeout "
	             "starts only then",
	             name);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t held = group->count - group->tally[TALLY_CLOSED];
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	note_end(why, finding);
	if (held * 2 >= group->count || group->tally[TALLY_HELD_LONG])
		judge_held(why, finding, name);
	else
		judge_closed(why, finding, name);
}

const struct rule rule_fin_wait2_peer = {
	.id = "fin-wait2-peer",
	.states = STATE_BIT(STATE_FIN_WAIT2),
	.about = "we have closed, the peer has not",
	.source = "tcp_close() and tcp_fin_time(), net/ipv4/tcp.c; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
