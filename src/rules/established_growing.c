/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections become more and are not used. A pool takes one that is idle before it opens another,
 * and has a limit; who opens more although most are idle has lost them. Behind a listener it is its
 * clients that do so; a server can but close what is idle.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

#define IDLE_LEAST (5 * NS_PER_SEC) /* a word now and then is heard sooner */
#define IDLE_MANY  10
#define MANY       100

enum { TALLY_IDLE, TALLY_LOOKED };

static uint64_t idle_of(const struct table *table, const struct row *row)
{
	uint64_t now = table_now(table), heard = row->heard * NS_PER_SEC;

	return row->heard && now > heard ? now - heard : 0;
}

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	tally[TALLY_IDLE] = idle_of(table, row) >= IDLE_LEAST;
	tally[TALLY_LOOKED] = row->heard > 0;
	return row->flags & ROW_SOCKET;
}

static bool is_idle(const struct group *group)
{
	return group->tally[TALLY_IDLE] >= IDLE_MANY &&
	       group->tally[TALLY_IDLE] * 2 >= group->count;
}

static void tell_idle(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t most = 0;
	char time[FORMAT_SIZE];

	for (uint32_t i = 0; i < group->count; i++) {
		uint64_t idle = idle_of(why->table, groups_member(why->groups, group, i));

		most = idle > most ? idle : most;
	}
	format_duration(time, most);
	finding_evidence(finding,
	                 "%" PRIu64 " of %u have been idle for 5 s or more, the longest for about "
	                 "%s",
	                 group->tally[TALLY_IDLE], group->count, time);
}

/* Of those that do not become more, or whose idle time nobody has looked at, there is nothing to say. */
static void judge_none(const struct why *why, struct finding *finding)
{
	finding->rule = rule_no_rule.id;
	finding->source = rule_no_rule.source;
	rule_no_rule.judge(why, finding);
}

static void judge_client(const struct why *why, struct finding *finding, const char *name)
{
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s leaks connections: it opens more and more to there, although most of "
	                "them are idle. A pool would use those.",
	                name);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "find the path in %s that does not close a connection, or does not give it "
	             "back to its pool: a response body that is not read and closed, a client that "
	             "is made anew for each request",
	             name);
	finding_next(finding, "a pool that has no limit, or one for each thread, looks so, too");
	if (!finding->group.stack)
		finding_next(finding, "see which code connects: tcptrail why established --stacks "
		                      "--for 1m");
}

static void judge_server(struct finding *finding, const char *name)
{
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_PEER;
	finding_verdict(
		finding,
		"Clients of %s open more and more connections, and leave most of them idle: "
		"they leak them, or are waiting for something. It ends none of them.",
		name);
	finding_next(finding, "see who they are: tcptrail snapshot -anp --lport %u --sort -age",
	             finding->group.key.port);
	finding_next(finding, "let %s close what is idle for long: an idle or keep-alive timeout",
	             name);
}

/* More of a server's are its clients' business. */
static void judge_busy(const struct why *why, struct finding *finding, const char *name)
{
	if (finding->group.key.passive || finding->group.count < MANY) {
		judge_none(why, finding);
		return;
	}
	rule_note_flow(why, finding);
	if (rule_has_grown(why, finding))
		return;
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding,
	                "They become more, and few are idle: %s has more to do, or fills a pool. "
	                "A leak would leave them idle.",
	                name);
	finding_next(finding, "watch longer: tcptrail why established --for 10m");
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char name[RULE_NAME_SIZE];

	if (group->count < PILE_LEAST || group->tally[TALLY_LOOKED] * 2 < group->count ||
	    rule_trend(why, group) != TREND_GROWING) {
		judge_none(why, finding);
		return;
	}
	rule_task_name(why, finding, name);
	if (!is_idle(group)) {
		judge_busy(why, finding, name);
		return;
	}
	rule_note_flow(why, finding);
	tell_idle(why, finding);
	if (rule_has_grown(why, finding))
		return;
	if (group->key.passive)
		judge_server(finding, name);
	else
		judge_client(why, finding, name);
}

const struct rule rule_established_growing = {
	.id = "established-growing",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "more and more connections, most of them idle: a leak, or a pool without limit",
	.source = "tcp_diag_get_info(), net/ipv4/tcp_diag.c: the time since a segment with data",
	.match = match,
	.judge = judge,
};
