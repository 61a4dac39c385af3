/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments sent again, by kind and destination, SYN+ACKs by our port. A few are how TCP
 * works: it is a storm if they are many, and for kinds that cost little, if they are 1 %
 * of what is sent, too.
 */
#include <inttypes.h>

#include "field/endpoint.h"
#include "table/counters.h"
#include "rules/rule.h"

#include <sys/socket.h>

#define SHARE_LEAST 1.0 /* per cent */

static const struct kind {
	const char *text;
	const char *next;
	bool stalls; /* each makes somebody wait, whatever the share */
} kinds[] = {
	[RETRANSMIT_SYN] =
		{"No answer to SYNs: the host is down, a firewall drops them, its accept "
                 "queue or SYN backlog is full, or they get lost.",
                 "see who connects: tcptrail snapshot --state syn_sent", true},
	[RETRANSMIT_SYNACK] = {"Our SYN+ACKs are not answered: they or the ACKs get lost, the "
                               "addresses are forged, or our accept queue is full, so that the "
                               "last ACK is ignored.",
                               "see the listeners' queues: ss -ltn; and who is half-open: "
                               "tcptrail snapshot --state syn_recv",
                               true},
	[RETRANSMIT_RTO] = {"Nothing came back for a whole retransmission timeout, so connections "
                            "stood still: segments or ACKs get lost, or the peer is gone.",
                            "see timeouts and backoff of each: ss -tinmo", false},
	[RETRANSMIT_FAST] = {"Single segments get lost or come late, and are sent again without a "
                             "pause.",
                             "see loss and reordering of each: ss -tin", false},
	[RETRANSMIT_TLP] =
		{"The last segments of a burst were not acknowledged in two round trips, "
                 "so the kernel probed: they or their ACKs get lost, or the peer "
                 "delays its ACKs.",
                 "see round trip times of each: ss -tin", false},
	[RETRANSMIT_SLOW_START] = {"What was in flight at a retransmission timeout is sent again.",
                                   "see the RTO retransmits to the same destination", false},
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == RETRANSMIT_KIND_COUNT, "each has a meaning");

static bool match_storm(const struct table *table, const struct storm *storm)
{
	(void)table;
	return storm->key.kind == CHANGE_RETRANSMIT && storm->key.detail < RETRANSMIT_KIND_COUNT;
}

/* Per cent of segments that the whole namespace sent; false: not known. */
static bool share_of(const struct why *why, struct finding *finding, double *share)
{
	uint32_t netns = finding->group.key.netns;
	uint64_t now, sent, again;

	if (finding->storm->key.elsewhere ||
	    !table_counter(why->table, netns, COUNTER_OUT_SEGMENTS, &now, &sent) ||
	    !table_counter(why->table, netns, COUNTER_RETRANSMITTED, &now, &again))
		return false;
	if (!(sent + again)) /* TcpOutSegs leaves out what was sent again */
		return false;
	*share = 100.0 * (double)again / (double)(sent + again);
	finding_evidence(finding,
	                 "of %" PRIu64 " segments that the namespace sent, %" PRIu64
	                 " were sent again: %.2f %%",
	                 sent + again, again, *share);
	return true;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct kind *kind = &kinds[finding->storm->key.detail];
	const struct endpoint end = {.addr = finding->group.key.addr, .family = AF_INET6};
	char address[ENDPOINT_SIZE];
	double share;
	bool known;

	rule_note_storm(finding);
	known = share_of(why, finding, &share);
	finding_verdict(finding, "%s", kind->text);
	if (rule_storm_is_small(finding))
		return;
	if (!kind->stalls && known && share < SHARE_LEAST) {
		finding->level = FINDING_OK;
		finding_verdict(finding, "Not called a storm: less than %.0f %% of what is sent.",
		                SHARE_LEAST);
		return;
	}
	finding->level = FINDING_WARNING;
	rule_blame_path(why, finding);
	endpoint_address(&end, address);
	finding_next(finding, "%s", kind->next);
	if (finding->storm->key.elsewhere)
		return;
	if (!finding->group.key.passive && !rule_on_host(why, finding))
		finding_next(finding, "see the path to it: tracepath -n %s; ip route get %s",
		             address, address);
	finding_next(finding,
	             "and whether this host drops: ip -s link; nstat -az TcpExtTCPTimeouts "
	             "TcpExtTCPLostRetransmit TcpExtTCPSynRetrans");
}

const struct rule rule_retransmit_storm = {
	.id = "retransmit-storm",
	.about = "segments sent again and again to a destination",
	.source = "RFC 6298, RFC 8985; tcp_retransmit_skb(), net/ipv4/tcp_output.c",
	.match_storm = match_storm,
	.judge = judge,
};
