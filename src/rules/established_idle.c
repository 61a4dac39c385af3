/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing to send, nothing to read, no keepalive, for hours: if a peer has gone
 * without a word, nothing will ever tell. Most may well be alive, so that few
 * of them are no finding.
 */
#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

#define IDLE_LONG (3600 * NS_PER_SEC)
#define MANY      100

enum { TALLY_LOOKED };

/*
 * The last look tells for how long there was no word. Without one, of a socket whose entry into
 * the state was not seen, that is bounded by the time without a word when it was met.
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

/* Of some only this is known: they may have been used since we watch. */
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
	finding_evidence(finding, "no keepalive: no timer of theirs runs, nothing is queued");
	if (groups_window(why->groups) && group->tally[TALLY_LOOKED] < group->count)
		finding_evidence(finding,
		                 "the age is the time without a word when first looked at, and the "
		                 "%s since, in which they may have been used",
		                 time);
	rule_note_setting(why, finding, SETTING_KEEPALIVE_TIME,
	                  "seconds without a word before it is asked, but only of sockets with "
	                  "SO_KEEPALIVE");
	if (group->count < MANY || may_be_used(why, group)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "%s keeps these idle: a pool, or clients that wait. Nothing would "
		                "tell it of a peer that has gone, but they are few or not old.",
		                name);
		return;
	}
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "%s keeps %u connections that are idle for long and without keepalive. "
	                "Cannot tell which peers are still there: nothing asks them.",
	                name, group->count);
	finding_next(finding,
	             "let %s set SO_KEEPALIVE (TCP_KEEPIDLE: its own time), or a timeout for "
	             "idle connections",
	             name);
}

const struct rule rule_established_idle = {
	.id = "established-idle",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "idle for hours without keepalive: half-dead peers would go unnoticed",
	.source = "tcp_keepalive_timer(), net/ipv4/tcp_timer.c; RFC 9293, 3.8.4",
	.match = match,
	.judge = judge,
};
