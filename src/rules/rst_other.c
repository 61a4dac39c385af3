/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSTs sent for any other reason, by the kernel's name of the reason. Before 6.12 the kernel
 * reports no reason.
 */
#include "rules/rule.h"

static const struct meaning {
	const char *reason;
	enum mover mover;
	const char *text;
	const char *next;
} meanings[] = {
	{"TCP_ABORT_ON_DATA", MOVER_APPLICATION,
         "Data arrived for sockets that were already closed: this host closes while the peer still "
         "sends.",
         "before close(): shutdown(fd, SHUT_WR), and read() until it returns 0"},
	{"TCP_STATE", MOVER_APPLICATION,
         "Connections were aborted: their listener was closed before it accepted them, or ss -K or "
         "a similar tool destroyed them.",
         "see what happened before: tcptrail events"},
	{"TCP_TIMEWAIT_SOCKET", MOVER_PEER,
         "Segments that do not fit arrived for connections in TIME_WAIT.",
         "check whether the peer sends after our close(), or reuses its ports: tcpdump -nn "
         "'tcp[tcpflags] & tcp-rst != 0'"},
	{"TCP_ABORT_ON_MEMORY", MOVER_KERNEL,
         "The kernel gives up orphans: there are too many of them, or TCP has too little memory.",
         "compare orphans and mem in /proc/net/sockstat with: sysctl net.ipv4.tcp_max_orphans "
         "net.ipv4.tcp_mem"},
	{"TCP_KEEPALIVE_TIMEOUT", MOVER_PEER,
         "Nothing answered keepalive probes: the peers are gone, or the path forgets idle "
         "connections.",
         "look for a firewall or load balancer with an idle timeout below the keepalive time"},
	{"TCP_DISCONNECT_WITH_DATA", MOVER_APPLICATION,
         "Connections were aborted with unsent data: these data are lost.",
         "look for connect() to AF_UNSPEC, and for listeners closed with a full accept queue"},
	{"INVALID_SYN", MOVER_PEER, "SYNs arrived during handshakes, or ACKs that do not fit them.",
         "see the segments: tcpdump -nn 'tcp[tcpflags] & (tcp-syn|tcp-rst) != 0'"},
};

static const struct meaning *find_meaning(const struct table *table, const struct storm *storm)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (rule_storm_reason(table, storm, meanings[i].reason))
			return &meanings[i];
	return NULL;
}

/*
 * tcp_check_req(), net/ipv4/tcp_minisocks.c: the accept queue was full when the last ACK of a
 * handshake came. Since 6.12 the reason is INVALID_SYN.
 */
bool rule_is_overflow(const struct why *why, const struct finding *finding)
{
	const struct storm *storm = finding->storm;
	uint64_t abort;

	return storm->key.kind == CHANGE_RST_SENT &&
	       (!storm->key.detail || rule_storm_reason(why->table, storm, "INVALID_SYN")) &&
	       storm->key.act == STORM_ACT_NONE && storm->key.place.passive &&
	       rule_grown(why, &finding->group, COUNTER_LISTEN_OVERFLOWS) &&
	       table_setting_number(why->table, storm->key.place.netns, SETTING_ABORT_ON_OVERFLOW,
	                            &abort) &&
	       abort;
}

bool rule_is_full_queue(const struct rule *rule)
{
	return rule == &rule_listen_queue_full || rule == &rule_listen_queue_filling ||
	       rule == &rule_listen_queue_overflowed;
}

/* The listener has its own finding. */
static bool is_told(const struct why *why, const struct group_key *place)
{
	for (size_t i = 0; i < groups_count(why->groups); i++) {
		const struct group_key *key = &groups_at(why->groups, i)->key;

		if (key->state == STATE_LISTEN && key->netns == place->netns &&
		    key->port == place->port && rule_is_full_queue(rules[key->class - 1]))
			return true;
	}
	return false;
}

static void judge_overflow(const struct why *why, struct finding *finding)
{
	finding_verdict(finding,
	                "The accept queue of port %u overflows, and the kernel resets clients that "
	                "have completed the handshake.",
	                finding->group.key.port);
	rule_note_overflows(why, finding);
	rule_note_abort(why, finding);
	if (is_told(why, &finding->group.key)) {
		finding->level = FINDING_OK;
		finding_verdict(finding, "The finding of the listener says more.");
		return;
	}
	finding->level = FINDING_BAD;
	finding->mover = MOVER_APPLICATION;
	finding_next(finding, "see which process listens, and its queue: ss -Hltnp 'sport = :%u'",
	             finding->group.key.port);
	finding_next(finding, "let it call accept() faster, or give it a longer queue: listen() "
	                      "backlog, net.core.somaxconn");
}

static bool match_storm(const struct table *table, const struct storm *storm)
{
	(void)table;
	return storm->key.kind == CHANGE_RST_SENT;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct storm *storm = finding->storm;
	const struct meaning *meaning = find_meaning(why->table, storm);
	char name[RULE_NAME_SIZE], buf[16];

	rule_note_storm(finding);
	if (rule_is_overflow(why, finding)) {
		judge_overflow(why, finding);
		return;
	}
	if (storm->key.act == STORM_ACT_KILLED)
		finding_evidence(
			finding,
			"sent by %s for sockets that nobody had closed: ss -K or a similar tool",
			rule_task_name(why, finding, name));
	if (meaning)
		finding_verdict(finding, "%s", meaning->text);
	else if (storm->key.detail)
		finding_verdict(finding, "The kernel sent RSTs (%s). Cannot tell who is the cause.",
		                storm_detail(storm, why->table, buf));
	else
		finding_verdict(finding, "Cannot tell why they were sent: this kernel reports no "
		                         "reason, and no process was seen to close these sockets.");
	if (rule_storm_is_small(finding) || rule_resets_are_usual(why, finding))
		return;
	finding->level = meaning ? FINDING_WARNING : FINDING_UNCLEAR;
	finding->mover = meaning ? meaning->mover : MOVER_NOBODY;
	finding_next(finding, "%s",
	             meaning ? meaning->next
	                     : "see the segments: tcpdump -nn 'tcp[tcpflags] & tcp-rst != 0'");
}

const struct rule rule_rst_other = {
	.id = "rst-other",
	.about = "RSTs sent for another reason",
	.source = "enum sk_rst_reason, include/net/rstreason.h",
	.match_storm = match_storm,
	.judge = judge,
};
