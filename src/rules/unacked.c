/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/unacked.h"

#include <inttypes.h>

#include "base/format.h"

#define RETRANS_MANY  3  /* at least 1.4 s without an answer, see rule_retries_time() */
#define ORPHANS_SHARE 90 /* % of the limit */

bool unacked_match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	/* The FIN takes one sequence number (tcp_send_fin(), net/ipv4/tcp_output.c). */
	if (row->flags & ROW_QUEUES && row->wqueue)
		tally[UNACKED_BYTES] = row->wqueue - 1;
	if (row->flags & ROW_TIMER) {
		tally[UNACKED_CLOSED] = row->timer == TIMER_PROBE;
		tally[UNACKED_LOST] =
			row->timer == TIMER_RETRANSMIT && row->retrans >= RETRANS_MANY;
	}
	tally[UNACKED_ORPHANS] = !!(row->flags & ROW_ORPHAN);
	return true;
}

/* Sockets that make no progress. */
static uint64_t stuck(const struct group *group)
{
	return group->tally[UNACKED_CLOSED] + group->tally[UNACKED_LOST];
}

bool unacked_by_window(const struct group *group)
{
	return group->tally[UNACKED_CLOSED] > group->tally[UNACKED_LOST];
}

/* false: not known */
static bool orphans_share(const struct why *why, const struct finding *finding, uint64_t *now,
                          uint64_t *most)
{
	uint32_t netns = finding->group.key.netns;
	uint64_t grown;

	return finding->group.tally[UNACKED_ORPHANS] &&
	       table_counter(why->table, netns, COUNTER_ORPHANS, now, &grown) &&
	       table_setting_number(why->table, netns, SETTING_MAX_ORPHANS, most) && *most;
}

static bool many_orphans(const struct why *why, const struct finding *finding)
{
	uint64_t now, most;

	return orphans_share(why, finding, &now, &most) && now * 100 >= most * ORPHANS_SHARE;
}

/* tcp_orphan_retries(), net/ipv4/tcp_timer.c: 0 stands for 8. */
static void note_orphans_end(const struct why *why, struct finding *finding)
{
	uint64_t retries, now, most;
	char name[64], time[FORMAT_SIZE];

	if (orphans_share(why, finding, &now, &most))
		finding_evidence(finding,
		                 "%" PRIu64 " orphans on this host; %s is %" PRIu64
		                 ": the kernel resets further orphans",
		                 now, setting_name(SETTING_MAX_ORPHANS, name), most);
	if (!table_setting_number(why->table, finding->group.key.netns, SETTING_ORPHAN_RETRIES,
	                          &retries))
		return;
	format_duration(time, rule_retries_time(retries ? retries : 8));
	finding_evidence(finding, "%s is %" PRIu64 "%s: an orphan without an answer ends after %s",
	                 setting_name(SETTING_ORPHAN_RETRIES, name), retries,
	                 retries ? "" : ", which means 8", time);
}

static void note_end_of_held(const struct why *why, struct finding *finding)
{
	uint64_t retries;
	char name[64], time[FORMAT_SIZE];

	if (!table_setting_number(why->table, finding->group.key.netns, SETTING_RETRIES2, &retries))
		return;
	format_duration(time, rule_retries_time(retries));
	finding_evidence(finding,
	                 "%s is %" PRIu64
	                 ": a socket that a process has open and that gets no answer ends after %s",
	                 setting_name(SETTING_RETRIES2, name), retries, time);
}

static void note(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;

	rule_note_flow(why, finding);
	finding_evidence(finding,
	                 "of %u, %" PRIu64
	                 " have sent at least three times without an answer, %" PRIu64
	                 " wait for the peer's window to open",
	                 group->count, group->tally[UNACKED_LOST], group->tally[UNACKED_CLOSED]);
	if (group->tally[UNACKED_BYTES])
		finding_evidence(finding, "%" PRIu64 " bytes before the FIN are not acknowledged",
		                 group->tally[UNACKED_BYTES]);
	rule_note_peer(why, finding);
	if (!stuck(group))
		return;
	if (group->tally[UNACKED_CLOSED] && group->tally[UNACKED_ORPHANS])
		finding_evidence(finding, "an orphan whose window probes are answered ends when "
		                          "the probes are 2 minutes apart");
	if (group->tally[UNACKED_ORPHANS]) {
		finding_evidence(finding, "orphans (no process has them open): %" PRIu64,
		                 group->tally[UNACKED_ORPHANS]);
		note_orphans_end(why, finding);
	}
	if (group->tally[UNACKED_ORPHANS] < group->count)
		note_end_of_held(why, finding);
}

static void blame(const struct why *why, struct finding *finding)
{
	bool growing = rule_trend(why, &finding->group) == TREND_GROWING;
	bool by_window = unacked_by_window(&finding->group);

	finding->level = rule_share_level(why, finding, stuck(&finding->group), by_window);
	if (finding->level == FINDING_OK)
		return;
	if (by_window)
		finding->mover = MOVER_PEER;
	else
		rule_blame_path(why, finding);
	if (!growing && !many_orphans(why, finding))
		finding->level = FINDING_WARNING;
}

enum unacked_outcome unacked_judge(const struct why *why, struct finding *finding,
                                   char name[RULE_NAME_SIZE])
{
	rule_task_name(why, finding, name);
	note(why, finding);
	if (!stuck(&finding->group)) {
		finding->level = FINDING_OK;
		return UNACKED_ON_THE_WAY;
	}
	blame(why, finding);
	return finding->level == FINDING_OK ? UNACKED_FEW : UNACKED_STUCK;
}
