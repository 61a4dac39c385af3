/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process has more and more connections, and most are idle. A pool uses an idle connection before
 * it opens another, and it has a limit. A process that opens more although most are idle has lost
 * them. Connections that were accepted are different: clients open them, and the server can only
 * close idle ones.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

#define IDLE_LEAST (5 * NS_PER_SEC) /* a client that sends now and then is idle for less */
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

static void note_idle(const struct why *why, struct finding *finding)
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

/* Without growth, or without known idle times, the verdict is OK. */
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
	                "%s leaks connections: it opens more and more connections to there, "
	                "although most are idle. A pool would reuse the idle ones.",
	                name);
	rule_note_doing(why, finding);
	finding_next(
		finding,
		"find the path in %s that does not close a connection or return it to its pool: a "
		"response body that is not read and closed, or a new client for each request",
		name);
	finding_next(finding, "a pool without limit, or one pool for each thread, looks the same");
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
		"Clients of %s open more and more connections and leave most of them idle: they "
		"leak them, or they wait for something. The server does not close any of them.",
		name);
	finding_next(finding,
	             "see which clients these are: tcptrail snapshot -anp --lport %u --sort -age",
	             finding->group.key.port);
	finding_next(
		finding,
		"let %s close connections that are idle for long: an idle or keep-alive timeout",
		name);
}

/* The growth of a server's connections depends on its clients. */
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
	                "They grow in number, but few are idle: %s has more work, or it fills a "
	                "pool. Leaked connections would be idle.",
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
	note_idle(why, finding);
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
