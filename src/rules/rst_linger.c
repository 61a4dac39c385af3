/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process aborts connections without unread data: SO_LINGER of 0 seconds, a negative TCP_LINGER2,
 * or connect() to AF_UNSPEC. This is deliberate in the program.
 */
#include "rules/rule.h"

static bool match_storm(const struct table *table, const struct storm *storm)
{
	if (rule_storm_reason(table, storm, "TCP_ABORT_ON_LINGER"))
		return true;
	if (storm->key.kind != CHANGE_RST_SENT || storm->key.act != STORM_ACT_CLOSED)
		return false;
	return !storm->key.detail || rule_storm_reason(table, storm, "TCP_STATE");
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct storm *storm = finding->storm;
	bool linger2 = rule_storm_reason(why->table, storm, "TCP_ABORT_ON_LINGER");
	char name[RULE_NAME_SIZE];

	rule_begin_storm(why, finding, name);
	if (linger2)
		finding_verdict(finding,
		                "%s has set TCP_LINGER2 below 0: its close() resets the "
		                "connection, it does not wait in FIN_WAIT2.",
		                name);
	else
		finding_verdict(finding,
		                "%s aborts connections, as close() with SO_LINGER of 0 seconds and "
		                "connect() to AF_UNSPEC do. Check whether that is deliberate: sent "
		                "data that the peer has not received yet are lost.",
		                name);
	if (rule_storm_is_small(finding) || rule_resets_are_usual(why, finding))
		return;
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_next(finding, "in %s, look for %s", name,
	             linger2 ? "setsockopt(IPPROTO_TCP, TCP_LINGER2)"
	                     : "setsockopt(SOL_SOCKET, SO_LINGER) with l_onoff 1 and l_linger 0, "
	                       "setSoLinger(true, 0), SetLinger(0), resetAndDestroy()");
	finding_next(finding, "if it is meant to avoid TIME_WAIT: that is not needed, see tcptrail "
	                      "why time_wait");
	if (storm->pid)
		finding_next(finding, "see each of them: tcptrail events --pid %u", storm->pid);
}

const struct rule rule_rst_linger = {
	.id = "rst-linger",
	.about = "RSTs from a process that aborts connections on purpose",
	.source = "socket(7), SO_LINGER; __tcp_close() and tcp_disconnect(), net/ipv4/tcp.c",
	.match_storm = match_storm,
	.judge = judge,
};
