/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections with nothing to send, nothing to read and no keepalive, for hours. If such a peer is
 * gone, this host never notices. Most of the peers may still be there, so a few such connections
 * are not a finding.
 */
#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

#define IDLE_LONG (3600 * NS_PER_SEC)
#define MANY      100

enum { TALLY_LOOKED };

/*
 * The last sample has the idle time. Without a sample, and if nobody saw the socket enter the
 * state, the idle time at first sight is a lower bound.
 */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	const uint32_t measured = ROW_TIMER | ROW_QUEUES | ROW_SOCKET;
	uint64_t silent_since = row->flags & ROW_SINCE_EXACT ? 0 : row->since;

	tally[TALLY_LOOKED] = row->heard > 0;
	if (row->heard)
		silent_since = row->heard * NS_PER_SEC;
	return (row->flags & measured) == measured && row->timer == TIMER_OFF && !row->rqueue &&
	       !row->wqueue && silent_since && table_now(table) > silent_since + IDLE_LONG;
}

/* For some sockets only this lower bound is known: they may have been used while watched. */
static bool may_be_used(const struct why *why, const struct group *group)
{
	return group->tally[TALLY_LOOKED] < group->count &&
	       group->youngest < IDLE_LONG + groups_window(why->groups);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char name[RULE_NAME_SIZE], time[FORMAT_SIZE];

	rule_task_name(why, finding, name);
	format_duration(time, groups_window(why->groups));
	finding_evidence(finding, "no keepalive: none of them has a timer or queued data");
	if (groups_window(why->groups) && group->tally[TALLY_LOOKED] < group->count)
		finding_evidence(finding,
		                 "the age is the idle time at first sight plus %s of watching; "
		                 "they may have been used while watched",
		                 time);
	rule_note_setting(
		why, finding, SETTING_KEEPALIVE_TIME,
		"idle seconds before a keepalive probe, only for sockets with SO_KEEPALIVE");
	if (group->count < MANY || may_be_used(why, group)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s keeps these idle: a pool, or clients that wait. Without "
		                "keepalive it does not notice if a peer is gone. But they are few, "
		                "or not idle for long.",
		                name);
		return;
	}
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s keeps %u connections that are idle for long and have no keepalive. "
	                "Cannot tell which peers are still there: no probe checks them.",
	                name, group->count);
	finding_next(
		finding,
		"let %s set SO_KEEPALIVE (and TCP_KEEPIDLE), or a timeout for idle connections",
		name);
}

const struct rule rule_established_idle = {
	.id = "established-idle",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "idle for hours without keepalive: the process does not notice if a peer is gone",
	.source = "tcp_keepalive_timer(), net/ipv4/tcp_timer.c; RFC 9293, 3.8.4",
	.match = match,
	.judge = judge,
};
