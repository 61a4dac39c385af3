/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer does not receive our data. Either its window is closed because its program does not
 * read, or nothing answers and the kernel retransmits again and again.
 */
#include <inttypes.h>

#include "base/format.h"
#include "rules/rule.h"

/*
 * Intervals double, starting at the RTO (at least 200 ms). So the interval until the next probe, or
 * the number of retransmits, is about the time that a socket has waited.
 */
#define PROBE_LONG_MS 3000
#define RETRANS_LONG  4

enum { TALLY_BYTES, TALLY_CLOSED, TALLY_LONG };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	bool closed = row->timer == TIMER_PROBE;
	bool lost = row->timer == TIMER_RETRANSMIT && row->retrans > 1;

	(void)table;
	if (!(row->flags & ROW_QUEUES) || !row->wqueue || !(row->flags & ROW_TIMER) ||
	    !(closed || lost))
		return false;
	tally[TALLY_BYTES] = row->wqueue;
	tally[TALLY_CLOSED] = closed;
	tally[TALLY_LONG] = closed ? row->timer_ms >= PROBE_LONG_MS : row->retrans >= RETRANS_LONG;
	return true;
}

static void judge_window(const struct why *why, struct finding *finding, const char *name)
{
	finding->mover = MOVER_PEER;
	finding_verdict(finding,
	                "The peers do not read what %s sends: their window is closed. As long as "
	                "they answer probes, no timeout ends this.",
	                name);
	rule_note_doing(why, finding);
	finding_next(finding, "look at the peer's program: does it hang, or is it too slow?");
	finding_next(finding,
	             "limit the wait for such peers: setsockopt TCP_USER_TIMEOUT, or a write "
	             "timeout in %s",
	             name);
}

static void judge_loss(const struct why *why, struct finding *finding, const char *name)
{
	uint64_t retries;
	char setting[64], time[FORMAT_SIZE];

	rule_blame_path(why, finding);
	finding_verdict(finding,
	                "Nothing answers what %s sends: the peers are gone, or segments are lost.",
	                name);
	if (table_setting_number(why->table, finding->group.key.netns, SETTING_RETRIES2,
	                         &retries)) {
		format_duration(time, rule_retries_time(retries));
		finding_evidence(finding,
		                 "%s is %" PRIu64
		                 ": the kernel gives up after %s without an answer",
		                 setting_name(SETTING_RETRIES2, setting), retries, time);
	}
	finding_next(finding, "see what the kernel retransmits, and to which peers: tcptrail "
	                      "events --state established");
	finding_next(finding,
	             "check whether a firewall or NAT on the path forgets idle connections");
	finding_next(finding, "to notice this sooner: setsockopt TCP_USER_TIMEOUT in %s", name);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t closed = group->tally[TALLY_CLOSED];
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	finding_evidence(finding, "%" PRIu64 " bytes were sent or queued and are not acknowledged",
	                 group->tally[TALLY_BYTES]);
	finding_evidence(finding,
	                 "of %u, %" PRIu64 " wait for a window, %" PRIu64 " retransmit; %" PRIu64
	                 " of them for seconds",
	                 group->count, closed, group->count - closed, group->tally[TALLY_LONG]);
	rule_note_peer(why, finding);
	if (!group->tally[TALLY_LONG]) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Data that %s sends on these wait for a moment: a peer reads "
		                "slowly, or a segment was lost.",
		                name);
		return;
	}
	finding->level = rule_share_level(why, finding, group->tally[TALLY_LONG],
	                                  closed * 2 >= group->count);
	if (finding->level == FINDING_OK)
		return;
	if (closed * 2 >= group->count)
		judge_window(why, finding, name);
	else
		judge_loss(why, finding, name);
}

const struct rule rule_established_send_blocked = {
	.id = "established-send-blocked",
	.states = STATE_BIT(STATE_ESTABLISHED),
	.about = "sent data do not arrive: closed window, or loss",
	.source = "tcp_probe_timer() and tcp_write_timeout(), net/ipv4/tcp_timer.c; RFC 9293, "
		  "3.8.6.1",
	.match = match,
	.judge = judge,
};
