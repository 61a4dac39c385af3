/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Half-open connections of a listener. Each lasts one round trip, unless the ACK of our SYN+ACK
 * does not come: it was lost, the source of the SYN was forged, or the accept queue was full when
 * the ACK came. With TCP_DEFER_ACCEPT the kernel ignores an ACK without data and waits for data:
 * tcp_check_req(), net/ipv4/tcp_minisocks.c.
 */
#include <inttypes.h>

#include "rules/rule.h"

#define FEW 10 /* every server has some clients that go away during the handshake */

enum { RESENT, RESENDING, DEFERRED };

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	uint32_t seen = row->retransmits[RETRANSMIT_SYNACK];
	uint32_t resent = seen > row->retrans ? seen : row->retrans;

	(void)table;
	tally[RESENT] += resent;
	tally[RESENDING] += resent > 0;
	/* Its timer expires and nothing is sent: syn_ack_recalc(), inet_connection_sock.c. */
	tally[DEFERRED] += row->flags & ROW_REQUEST && row->probes > resent;
	return true;
}

/* The counters are of the whole namespace: they do not say which listener's queue was full. */
static void note_overflow(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t cookies = rule_grown(why, group, COUNTER_COOKIES_SENT);
	uint64_t dropped = rule_grown(why, group, COUNTER_REQ_Q_FULL_DROP);

	if (cookies)
		finding_evidence(
			finding,
			"%" PRIu64
			" SYN cookies were sent in its namespace while watched: a queue was full",
			cookies);
	if (dropped)
		finding_evidence(finding,
		                 "%" PRIu64 " SYNs were dropped in its namespace while watched: a "
		                 "queue was full and cookies are off",
		                 dropped);
}

/* inet_csk_reqsk_queue_is_full(): half-open connections have the same limit as the accept queue. */
static bool note_backlog(const struct why *why, const struct row *listener, struct finding *finding)
{
	uint64_t cookies;

	if (table_setting_number(why->table, finding->group.key.netns, SETTING_SYNCOOKIES,
	                         &cookies) &&
	    !cookies) {
		finding_evidence(finding, "net.ipv4.tcp_syncookies is 0");
		rule_note_setting(why, finding, SETTING_MAX_SYN_BACKLOG, NULL);
	}
	if (!listener || !(listener->flags & ROW_QUEUES) || !listener->wqueue)
		return false;
	finding_evidence(finding, "the listener's backlog is %u", listener->wqueue);
	return finding->group.count >= listener->wqueue;
}

/* Clients of this host that have received the SYN+ACK. */
static uint32_t count_connected(const struct why *why, const struct group *group)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		const struct row *peer = table_find_peer(why->table, row);

		count += peer && peer->state != STATE_SYN_SENT;
	}
	return count;
}

static void blame_accept(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "The accept queue of port %u is full: the kernel ignores clients' ACKs "
	                "until %s calls accept().",
	                finding->group.key.port, name);
	rule_note_doing(why, finding);
	finding_next(finding, "find out what delays the thread of %s that calls accept()", name);
}

/* If the clients are on this host, their states show which segment is lost. */
static bool blame_filter(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint32_t waiting = rule_count_peers(why, group, false);
	uint32_t connected = count_connected(why, group);

	if ((waiting + connected) * 2 <= group->count)
		return false;
	rule_blame_path(why, finding);
	if (waiting >= connected)
		finding_verdict(
			finding,
			"The clients are on this host and wait in SYN_SENT: they do not receive "
			"the SYN+ACKs, because a firewall of this host drops them.");
	else
		finding_verdict(finding,
		                "The clients are on this host and have connected: their ACKs do "
		                "not arrive, because a firewall of this host drops them.");
	return true;
}

static void blame_network(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t addresses;

	if (!survey_addresses(why->survey, &group->key, &addresses))
		addresses = 0;
	if (addresses > group->count) /* another process listens there too */
		addresses = group->count;

	if (blame_filter(why, finding))
		return;
	rule_blame_path(why, finding);
	if (finding->mover == MOVER_KERNEL) {
		finding_verdict(finding,
		                "The ACKs of these do not arrive. The clients are on this host: "
		                "they are gone, or a firewall of this host drops segments.");
		return;
	}
	if (addresses)
		finding_evidence(finding, "they come from %" PRIu64 " address%s", addresses,
		                 addresses == 1 ? "" : "es");
	if (addresses * 2 > group->count)
		finding_verdict(finding,
		                "The clients' ACKs do not arrive. They come from many addresses: "
		                "it may be a SYN flood with forged ones, or loss on the path.");
	else
		finding_verdict(finding,
		                "The ACKs of a few clients do not arrive: our SYN+ACKs or their "
		                "ACKs are lost on the path, or these clients scan ports.");
	finding_next(finding,
	             "check whether SYN+ACKs leave and ACKs arrive: tcpdump -ni any 'tcp port %u'",
	             group->key.port);
	finding_next(finding, "see which clients these are: ss -Htn state syn-recv 'sport = :%u'",
	             group->key.port);
}

static void note_deferred(const struct why *why, struct finding *finding, bool filled)
{
	const struct group *group = &finding->group;
	uint64_t dropped = rule_grown(why, group, COUNTER_DEFER_ACCEPT_DROP);

	finding_evidence(finding,
	                 "of %u, the timers of %" PRIu64 " expire without sending a segment",
	                 group->count, group->tally[DEFERRED]);
	if (dropped)
		finding_evidence(finding,
		                 "%" PRIu64 " ACKs without data were ignored in its namespace "
		                 "while watched (TCPDeferAcceptDrop)",
		                 dropped);
	finding_verdict(finding,
	                "The clients have connected and send no data: the listener of port %u has "
	                "TCP_DEFER_ACCEPT, so accept() returns them only when data come.",
	                group->key.port);
	finding->level = FINDING_OK;
	if (!filled)
		return;
	finding->level = FINDING_WARNING;
	finding->mover = MOVER_PEER;
	finding_verdict(finding, "They fill the backlog, so the kernel drops other SYNs or answers "
	                         "them with cookies.");
	finding_next(finding, "use a longer queue (listen() backlog, net.core.somaxconn), or a "
	                      "shorter time in setsockopt(TCP_DEFER_ACCEPT)");
	finding_next(finding, "see which clients these are: ss -Htn state syn-recv 'sport = :%u'",
	             group->key.port);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	const struct row *listener = table_find_listener(why->table, group->example);
	uint64_t resending = group->tally[RESENDING];
	bool filled;

	finding_evidence(finding, "SYN+ACKs sent again: %" PRIu64 ", for %" PRIu64 " of the %u",
	                 group->tally[RESENT], resending, group->count);
	if (resending && listener && listener->flags & ROW_QUEUES &&
	    listener->rqueue > listener->wqueue) {
		blame_accept(why, finding);
		return;
	}
	filled = note_backlog(why, listener, finding);
	if (group->tally[DEFERRED] * 2 >= group->count) {
		note_deferred(why, finding, filled);
		return;
	}
	if (group->count < FEW || (!filled && resending * 10 < group->count)) {
		finding->level = FINDING_OK;
		if (!resending)
			finding_verdict(finding, "The ACKs of these are in flight.");
		else if (!blame_filter(why, finding))
			finding_verdict(finding, "A few clients went away during the handshake.");
		return;
	}
	finding->level = filled ? FINDING_BAD : FINDING_WARNING;
	note_overflow(why, finding);
	blame_network(why, finding);
}

const struct rule rule_syn_recv_pile = {
	.id = "syn-recv-pile",
	.states = STATE_BIT(STATE_SYN_RECV) | STATE_BIT(STATE_NEW_SYN_RECV),
	.about = "half-open connections whose last ACK does not arrive",
	.source = "reqsk_timer_handler(), inet_csk_reqsk_queue_is_full(), "
		  "net/ipv4/inet_connection_sock.c; RFC 4987",
	.match = match,
	.judge = judge,
};
