/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers reset our connections. Only their hosts know why; the state of the connection at that
 * moment is a hint.
 */
#include "rules/rule.h"

static bool match_storm(const struct table *table, const struct storm *storm)
{
	(void)table;
	return storm->key.kind == CHANGE_RST_RECEIVED;
}

/* Sockets that we had closed before the RST came. */
static uint32_t closed_before(const struct storm *storm)
{
	return storm->states[STATE_FIN_WAIT1] + storm->states[STATE_FIN_WAIT2] +
	       storm->states[STATE_CLOSING] + storm->states[STATE_LAST_ACK];
}

bool rule_is_silent_close_wait(const struct storm *storm)
{
	return storm->states[STATE_CLOSE_WAIT] > storm->count / 2 &&
	       storm->silent > storm->count / 2;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct storm *storm = finding->storm;
	char name[RULE_NAME_SIZE];

	rule_begin_storm(why, finding, name);
	if (rule_is_silent_close_wait(storm))
		finding_verdict(finding,
		                "The peers had shut down their sending and waited for %s, which "
		                "sent nothing; then they reset the connections.",
		                name);
	else if (storm->states[STATE_CLOSE_WAIT] > storm->count / 2)
		finding_verdict(finding,
		                "The peers had closed. %s still wrote to them, or did not close, "
		                "and they reset the connections.",
		                name);
	else if (closed_before(storm) > storm->count / 2)
		finding_verdict(finding,
		                "The peers reset connections that %s has closed: they closed "
		                "without reading all that it had sent, or they gave up.",
		                name);
	else
		finding_verdict(
			finding,
			"The peers reset connections that %s has open: they abort, crash, or close "
			"with unread data, or a device on the path resets in their place.",
			name);
	if (rule_storm_is_small(finding) || rule_resets_are_usual(why, finding))
		return;
	finding->level = FINDING_WARNING;
	finding->mover = rule_is_silent_close_wait(storm) ? MOVER_APPLICATION : MOVER_PEER;
	if (!storm->key.elsewhere)
		finding_next(finding,
		             "see how long these lived, and what happened before: tcptrail events "
		             "--%s %u",
		             finding->group.key.passive ? "lport" : "rport",
		             finding->group.key.port);
	if (rule_is_silent_close_wait(storm)) {
		finding_next(finding,
		             "see why %s neither answers nor closes after its peers have shut "
		             "down: tcptrail why close_wait",
		             name);
		return;
	}
	if (rule_on_host(why, finding))
		finding_next(finding,
		             "the other end is on this host; see what sends the RSTs there: "
		             "tcptrail why --port %u",
		             finding->group.key.port);
	else
		finding_next(finding, "run tcptrail why on the peers' hosts: it names the process "
		                      "that resets; if none does, look for a proxy, load balancer "
		                      "or firewall with an idle timeout");
}

const struct rule rule_rst_received = {
	.id = "rst-received",
	.about = "peers reset our connections",
	.source = "RFC 9293, 3.5.3: reset processing; tcp_reset(), net/ipv4/tcp_input.c",
	.match_storm = match_storm,
	.judge = judge,
};
