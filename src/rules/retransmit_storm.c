/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments sent again, by kind and destination; SYN+ACKs by our port. TCP always retransmits a few.
 * It is a storm if there are many; for kinds that cost little, only if they are also 1 % of all
 * sent segments.
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
	bool stalls; /* each of these delays a connection, whatever their share */
} kinds[] = {
	[RETRANSMIT_SYN] = {"Nothing answers the SYNs: the host is down, a firewall drops them, "
                            "its accept queue or SYN backlog is full, or they are lost.",
                            "see which processes connect: tcptrail snapshot --state syn_sent",
                            true},
	[RETRANSMIT_SYNACK] =
		{"Nothing answers our SYN+ACKs: they or the ACKs are lost, the addresses are "
                 "forged, or our accept queue is full, so the kernel ignores the last ACK.",
                 "see the listeners' queues: ss -ltn; and the half-open connections: tcptrail "
                 "snapshot --state syn_recv",
                 true},
	[RETRANSMIT_RTO] = {"No answer came within a retransmission timeout, so connections stood "
                            "still: segments or ACKs are lost, or the peer is gone.",
                            "see timeouts and backoff of each: ss -tinmo", false},
	[RETRANSMIT_FAST] =
		{"Single segments are lost or late; the kernel sends them again at once.",
                 "see loss and reordering of each: ss -tin", false},
	[RETRANSMIT_TLP] = {"The last segments of a burst were not acknowledged within two round "
                            "trips, so the kernel sent a probe: they or their ACKs are lost, or "
                            "the peer delays its ACKs.",
                            "see round-trip times of each: ss -tin", false},
	[RETRANSMIT_SLOW_START] =
		{"The kernel sends again all data that were in flight at a retransmission timeout.",
                 "see the RTO retransmits to the same destination", false},
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == RETRANSMIT_KIND_COUNT, "each kind has an entry");

static bool match_storm(const struct table *table, const struct storm *storm)
{
	(void)table;
	return storm->key.kind == CHANGE_RETRANSMIT && storm->key.detail < RETRANSMIT_KIND_COUNT;
}

/* Retransmits in per cent of all segments that the namespace sent; false: not known. */
static bool share_of(const struct why *why, struct finding *finding, double *share)
{
	uint32_t netns = finding->group.key.netns;
	uint64_t now, sent, again;

	if (finding->storm->key.elsewhere ||
	    !table_counter(why->table, netns, COUNTER_OUT_SEGMENTS, &now, &sent) ||
	    !table_counter(why->table, netns, COUNTER_RETRANSMITTED, &now, &again))
		return false;
	if (!(sent + again)) /* TcpOutSegs does not count retransmitted segments */
		return false;
	*share = 100.0 * (double)again / (double)(sent + again);
	finding_evidence(finding,
	                 "of %" PRIu64 " segments that the namespace sent, %" PRIu64
	                 " were retransmits: %.2f %%",
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
		finding_verdict(finding, "Not a storm: less than %.0f %% of the sent segments.",
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
	finding_next(finding, "check whether this host drops segments: ip -s link; nstat -az "
	                      "TcpExtTCPTimeouts TcpExtTCPLostRetransmit TcpExtTCPSynRetrans");
}

const struct rule rule_retransmit_storm = {
	.id = "retransmit-storm",
	.about = "many segments are retransmitted to one destination",
	.source = "RFC 6298, RFC 8985; tcp_retransmit_skb(), net/ipv4/tcp_output.c",
	.match_storm = match_storm,
	.judge = judge,
};
