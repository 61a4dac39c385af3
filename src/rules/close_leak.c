/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection has ended by an RST, by a timeout or by a connect() that failed, and the process
 * still has its fd. Only close() frees the socket. lsof prints "can't identify protocol" or
 * "protocol: TCP" for such an fd. netstat and ss do not show it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

static const char *const ends[] = {"are connects that failed", "were reset by their peers",
                                   "timed out: their peers did not answer",
                                   "were destroyed from outside (ss -K)"};

enum { TALLY_CONNECT, TALLY_RESET, TALLY_TIMEOUT, TALLY_KILLED, TALLY_COUNT };

static int tally_of(const struct row *row)
{
	if (row->prior == STATE_SYN_SENT)
		return TALLY_CONNECT;
	if (row->closer == CLOSER_TIMEOUT)
		return TALLY_TIMEOUT;
	if (row->closer == CLOSER_KILLED)
		return TALLY_KILLED;
	return row->closer == CLOSER_PEER_RESET || row->rsts_received ? TALLY_RESET : TALLY_COUNT;
}

/*
 * After a failed connect() the socket keeps the address, but not the port: tcp_disconnect(),
 * net/ipv4/tcp.c.
 */
static bool was_connected(const struct row *row)
{
	static const uint8_t none[sizeof(row->raddr)];

	return row->rport || memcmp(row->raddr, none, sizeof(none)) != 0;
}

/* A process that resets its own connection is about to close it. */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	struct owner owner;
	int which = tally_of(row);

	if (!(row->flags & ROW_SOCKET) || !was_connected(row) || row->closer == CLOSER_LOCAL_RESET)
		return false;
	table_owner(table, row, &owner);
	if (which < TALLY_COUNT)
		tally[which]++;
	return owner.holding == HOLDING_OPEN;
}

static void note_ends(struct finding *finding)
{
	uint64_t unknown = finding->group.count;

	for (int i = 0; i < TALLY_COUNT; i++) {
		uint64_t count = finding->group.tally[i];

		unknown -= count < unknown ? count : unknown;
		if (count)
			finding_evidence(finding, "%" PRIu64 " of them %s", count, ends[i]);
	}
	if (unknown)
		finding_evidence(finding, "the end of %" PRIu64 " connections was not seen",
		                 unknown);
}

#define AT_ONCE  NS_PER_SEC
#define AGE_SURE (30 * NS_PER_SEC)

/*
 * All of them ended at one moment, because a server ended or a NAT forgot its connections. This is
 * one event: the program notices it when it uses the fds next. It is a leak only if more come again
 * and again, or if they stay for long.
 */
static bool is_one_event(struct finding *finding, const char *name)
{
	const struct group *group = &finding->group;
	char ago[FORMAT_SIZE];

	if (group->at_least || group->oldest - group->youngest >= AT_ONCE ||
	    group->oldest >= AGE_SURE)
		return false;
	format_duration(ago, group->oldest);
	finding->level = FINDING_UNCLEAR;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding,
	                "All of these ended at one moment, %s ago. %s still has them open. Cannot "
	                "tell whether it closes them when it uses them next.",
	                ago, name);
	finding_next(finding, "watch longer: tcptrail why close --for 1m");
	return true;
}

static void judge_growing(const struct why *why, struct finding *finding, const char *name)
{
	if (rule_too_soon(why, finding) || rule_has_grown(why, finding) ||
	    rule_too_few(why, finding) || is_one_event(finding, name))
		return;
	finding->level = FINDING_BAD;
	finding_verdict(finding,
	                "%s leaks file descriptors: these connections have ended, and it does not "
	                "close() them.",
	                name);
	rule_note_old(why, finding);
	rule_note_maker(why, finding);
	rule_note_doing(why, finding);
	finding_next(finding, "find the path in %s that returns without close() after %s", name,
	             finding->group.tally[TALLY_CONNECT] * 2 > finding->group.count
	                     ? "connect() returned an error"
	                     : "read(), write() or poll() returned an error");
	if (!finding->group.stack)
		finding_next(finding, "see which code accepts or connects: tcptrail why close "
		                      "--stacks --for 1m");
}

static void judge(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
	finding->mover = MOVER_APPLICATION;
	note_ends(finding);
	switch (rule_trend(why, &finding->group)) {
	case TREND_GROWING:
		judge_growing(why, finding, name);
		break;
	case TREND_UNKNOWN:
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding,
		                "%s has these open, but their connections have ended. Cannot tell "
		                "whether they grow in number: they were not watched.",
		                name);
		rule_note_old(why, finding);
		finding_next(finding, "watch for a while: tcptrail why close --for 1m");
		break;
	case TREND_IDLE:
		rule_judge_steady(why, finding, "has these open, but their connections have ended");
		break;
	case TREND_TURNOVER:
	case TREND_SHRINKING:
		rule_judge_closing_late(finding, name);
		break;
	}
}

const struct rule rule_close_leak = {
	.id = "close-leak",
	.states = STATE_BIT(STATE_CLOSE),
	.about = "the connection has ended, the fd is never closed",
	.source = "tcp_done(), net/ipv4/tcp.c: the process keeps the socket; RFC 9293, 3.10.7.4",
	.match = match,
	.judge = judge,
};
