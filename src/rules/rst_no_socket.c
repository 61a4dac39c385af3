/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments that match no socket: connects to a port without a listener, or late segments of old
 * connections.
 */
#include <inttypes.h>

#include "rules/rule.h"

static bool match_storm(const struct table *table, const struct storm *storm)
{
	return rule_storm_reason(table, storm, "NO_SOCKET");
}

/* True if it is small, or if it is unclear. */
static bool may_be_listened_at(const struct why *why, const struct group_key *place)
{
	bool known, listens = survey_listens(why->survey, place->netns, place->port, &known);

	return listens || !known;
}

static void judge_closed(struct finding *finding)
{
	const struct group_key *place = &finding->group.key;

	finding_verdict(
		finding,
		"Nobody listens on port %u: clients connect to a closed port and are refused.",
		place->port);
	if (rule_storm_is_small(finding))
		return;
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_PEER;
	finding_next(finding, "check whether a server must listen there: ss -Hltnp 'sport = :%u'",
	             place->port);
	finding_next(finding,
	             "see which processes of this host connect: tcptrail events --rport %u",
	             place->port);
	finding_next(finding, "otherwise correct the clients at these addresses, or drop the "
	                      "segments in the firewall");
}

/* Few SYNs came, or none: no client connects. */
static void judge_lost(struct finding *finding)
{
	const struct group_key *place = &finding->group.key;

	finding_evidence(finding,
	                 "of the segments answered with these RSTs, %" PRIu64
	                 " were SYNs and %" PRIu64 " were not",
	                 finding->storm->syns, finding->storm->others);
	finding_verdict(finding, "Segments arrive for connections that this host does not know: "
	                         "the host, or a NAT or load balancer on it, has forgotten them, "
	                         "or the peers were routed to another host before.");
	if (rule_storm_is_small(finding))
		return;
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_NETWORK;
	finding_next(finding,
	             "check whether this host translates or balances port %u: conntrack -L -p tcp "
	             "--dport %u",
	             place->port, place->port);
	finding_next(finding, "compare the idle times of the connections with "
	                      "net.netfilter.nf_conntrack_tcp_timeout_established; check whether "
	                      "the host or its rule set was restarted");
}

static void judge_straggling(struct finding *finding)
{
	finding_verdict(
		finding,
		"Segments arrive for connections that no longer exist here: the peer does not know "
		"that, or they were in flight while this host reset the connection.");
	if (rule_storm_is_small(finding))
		return;
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding, "Cannot tell which of the two: the segments are not inspected.");
	finding_next(finding,
	             "check whether this host resets the connections: tcptrail events --%s %u",
	             finding->group.key.passive ? "lport" : "rport", finding->group.key.port);
	finding_next(finding,
	             "see the segments: tcpdump -nn 'tcp[tcpflags] & tcp-rst != 0 and port %u'",
	             finding->group.key.port);
}

static void judge(const struct why *why, struct finding *finding)
{
	rule_note_storm(finding);
	if (finding->storm->key.elsewhere) {
		finding_verdict(
			finding,
			"These are for many ports and addresses: it may be a scan of this host.");
		if (rule_storm_is_small(finding))
			return;
		finding->level = FINDING_UNCLEAR;
		finding_next(finding, "see who sends the segments: tcptrail events");
	} else if (!finding->group.key.passive || may_be_listened_at(why, &finding->group.key)) {
		judge_straggling(finding);
	} else if (finding->storm->syns * 2 < finding->storm->others) {
		judge_lost(finding);
	} else {
		judge_closed(finding);
	}
}

const struct rule rule_rst_no_socket = {
	.id = "rst-no-socket",
	.about = "RSTs for segments that match no socket",
	.source = "RFC 9293, 3.5.2: reset generation; tcp_v4_rcv(), net/ipv4/tcp_ipv4.c",
	.match_storm = match_storm,
	.judge = judge,
};
