/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments that no socket wants: connects to a port where nobody listens, or stragglers. */
#include <inttypes.h>

#include "rules/rule.h"

static bool match_storm(const struct table *table, const struct storm *storm)
{
	return rule_storm_reason(table, storm, "NO_SOCKET");
}

/* Or cannot that be told? */
static bool may_be_listened_at(const struct why *why, const struct group_key *place)
{
	bool known, listens = survey_listens(why->survey, place->netns, place->port, &known);

	return listens || !known;
}

static void judge_closed(struct finding *finding)
{
	const struct group_key *place = &finding->group.key;

	finding_verdict(finding,
	                "Nobody listens on port %u: somebody connects to a closed port, and is "
	                "refused.",
	                place->port);
	if (rule_storm_is_small(finding))
		return;
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_PEER;
	finding_next(finding, "should a server be there? See who listens: ss -Hltnp 'sport = :%u'",
	             place->port);
	finding_next(finding, "who connects from this host: tcptrail events --rport %u",
	             place->port);
	finding_next(finding,
	             "else tell those at the peers' addresses, or drop it in the firewall");
}

/* Few SYNs came, if any: nobody connects. */
static void judge_lost(struct finding *finding)
{
	const struct group_key *place = &finding->group.key;

	finding_evidence(finding,
	                 "of the segments that were answered so, %" PRIu64 " were SYNs and %" PRIu64
	                 " were not",
	                 finding->storm->syns, finding->storm->others);
	finding_verdict(finding,
	                "Segments of connections come that this host does not know: it, or a NAT "
	                "or load balancer on it, has forgotten them, or sent the peers elsewhere "
	                "before.");
	if (rule_storm_is_small(finding))
		return;
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_NETWORK;
	finding_next(finding,
	             "does this host translate or balance port %u? See what it still knows: "
	             "conntrack -L -p tcp --dport %u",
	             place->port, place->port);
	finding_next(finding,
	             "compare idle times of the connections with "
	             "net.netfilter.nf_conntrack_tcp_timeout_established; was the host, or "
	             "the rule set, loaded anew?");
}

static void judge_straggling(struct finding *finding)
{
	finding_verdict(finding,
	                "Segments for connections that are gone here: the peer does not know, or "
	                "they were on their way while we reset it.");
	if (rule_storm_is_small(finding))
		return;
	finding->level = FINDING_UNCLEAR;
	finding_verdict(finding, "Cannot tell which: segments are not looked into.");
	finding_next(finding, "do we reset these connections? tcptrail events --%s %u",
	             finding->group.key.passive ? "lport" : "rport", finding->group.key.port);
	finding_next(finding,
	             "see the segments: tcpdump -nn 'tcp[tcpflags] & tcp-rst != 0 and "
	             "port %u'",
	             finding->group.key.port);
}

static void judge(const struct why *why, struct finding *finding)
{
	rule_note_storm(finding);
	if (finding->storm->key.elsewhere) {
		finding_verdict(finding, "Of many ports and addresses: perhaps somebody scans "
		                         "this host.");
		if (rule_storm_is_small(finding))
			return;
		finding->level = FINDING_UNCLEAR;
		finding_next(finding, "see whose segments: tcptrail events");
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
	.about = "RSTs sent for segments that no socket wants",
	.source = "RFC 9293, 3.5.2: reset generation; tcp_v4_rcv(), net/ipv4/tcp_ipv4.c",
	.match_storm = match_storm,
	.judge = judge,
};
