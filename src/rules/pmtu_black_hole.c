/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel retransmits full-sized segments that never arrive, while handshakes with the same
 * address succeed. A link on the path does not forward packets of that size, and a firewall drops
 * the ICMP messages that report it (RFC 2923, 2.1). A peer that is gone would not answer
 * handshakes.
 */
#include <inttypes.h>

#include "rules/rule.h"

#define STUCK_LEAST 2
#define SHARE       20 /* a single small segment of so many may be lost by chance */

static bool match_storm(const struct table *table, const struct storm *storm)
{
	(void)table;
	return storm->key.kind == CHANGE_RETRANSMIT && storm->key.detail == RETRANSMIT_RTO &&
	       !storm->key.elsewhere && storm->stuck >= STUCK_LEAST &&
	       storm->small * SHARE <= storm->full;
}

/* The cause may be different: no small segment was seen to arrive. */
static void judge_unknown(const struct why *why, struct finding *finding)
{
	finding->rule = rule_retransmit_storm.id;
	finding->source = rule_retransmit_storm.source;
	rule_retransmit_storm.judge(why, finding);
	if (finding->level < FINDING_WARNING)
		return;
	finding_evidence(finding,
	                 "all are full-sized segments, but no handshake with the address was seen "
	                 "since: the peer is gone, or a link has a smaller MTU (PMTU black hole)");
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct storm *storm = finding->storm;
	char address[64], enter[RULE_NAME_SIZE];

	if (survey_reached(why->survey, &finding->group.key) <= storm->first) {
		judge_unknown(why, finding);
		return;
	}
	rule_address(&finding->group, address);
	rule_note_storm(finding);
	finding->level = FINDING_BAD;
	rule_blame_path(why, finding);
	finding_verdict(finding,
	                "Full-sized segments to %s never arrive, but small ones do: a link on the "
	                "path has a smaller MTU, and a firewall drops the ICMP messages that "
	                "report it (PMTU black hole).",
	                address);
	finding_evidence(finding,
	                 "%" PRIu64 " retransmits are of full-sized segments, %" PRIu64
	                 " of smaller ones; %" PRIu64 " were at least the third in a row",
	                 storm->full, storm->small, storm->stuck);
	finding_evidence(finding, "handshakes with the address have succeeded since");
	rule_enter(why, finding, enter);
	finding_next(finding, "find the size that arrives: %sping -M do -s 1372 %s, and less",
	             enter, address);
	finding_next(finding,
	             "let ICMP type 3 code 4 (IPv6: type 2) through the firewalls on the way");
	finding_next(finding, "until then: sysctl -w net.ipv4.tcp_mtu_probing=1, or a smaller MSS: "
	                      "ip route change ... advmss; nft tcp option maxseg size set rt mtu");
}

const struct rule rule_pmtu_black_hole = {
	.id = "pmtu-black-hole",
	.about = "full-sized segments never arrive, small ones do",
	.source = "RFC 2923, 2.1; RFC 4821; tcp_write_timeout(), net/ipv4/tcp_timer.c",
	.match_storm = match_storm,
	.judge = judge,
};
