/* SPDX-License-Identifier: BSD-2-Clause */
/* RSTs sent for any other reason, by the kernel's name of it; before 6.12 it tells none. */
#include "rules/rule.h"

static const struct meaning {
	const char *reason;
	enum mover mover;
	const char *text;
	const char *next;
} meanings[] = {
	{"TCP_ABORT_ON_DATA", MOVER_APPLICATION,
         "Data came for sockets that were closed already: we close while the peer still sends.",
         "shutdown(fd, SHUT_WR) and read() until it gives 0, before close()"},
	{"TCP_STATE", MOVER_APPLICATION,
         "Connections were aborted: their listener was closed before they were accepted, or ss -K "
         "or the like killed them.",
         "see what came before: tcptrail events"},
	{"TCP_TIMEWAIT_SOCKET", MOVER_PEER,
         "Segments that do not fit came for connections in TIME_WAIT.",
         "does the peer go on after our close(), or reuse its ports? tcpdump -nn "
         "'tcp[tcpflags] & tcp-rst != 0'"},
	{"TCP_ABORT_ON_MEMORY", MOVER_KERNEL,
         "The kernel gives up orphans: there are too many of them, or too little memory for TCP.",
         "compare orphans and mem in /proc/net/sockstat with: sysctl net.ipv4.tcp_max_orphans "
         "net.ipv4.tcp_mem"},
	{"TCP_KEEPALIVE_TIMEOUT", MOVER_PEER,
         "Keepalive probes were not answered: the peers are gone, or the path forgets idle "
         "connections.",
         "look for a firewall or load balancer whose idle timeout is below the keepalive time"},
	{"TCP_DISCONNECT_WITH_DATA", MOVER_APPLICATION,
         "Connections were aborted with data that was not sent yet: it is lost.",
         "look for connect() to AF_UNSPEC, and for listeners closed with a full accept queue"},
	{"INVALID_SYN", MOVER_PEER, "SYNs came within connections that are established.",
         "see the segments: tcpdump -nn 'tcp[tcpflags] & (tcp-syn|tcp-rst) != 0'"},
};

static const struct meaning *find_meaning(const struct table *table, const struct storm *storm)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (rule_storm_reason(table, storm, meanings[i].reason))
			return &meanings[i];
	return NULL;
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
	char name[48], buf[16];

	rule_tell_storm(finding);
	if (storm->key.act == STORM_ACT_KILLED)
		finding_evidence(finding,
		                 "sent by %s for sockets that nobody had closed: ss -K or "
		                 "the like",
		                 rule_task_name(why, finding, name));
	if (meaning)
		finding_verdict(finding, "%s", meaning->text);
	else if (storm->key.detail)
		finding_verdict(finding,
		                "The kernel sent RSTs for %s. Whose fault that is cannot be told "
		                "from it.",
		                storm_detail(storm, why->table, buf));
	else
		finding_verdict(finding, "Cannot tell why they were sent: this kernel tells no "
		                         "reason, and no process was seen to close these.");
	if (rule_storm_is_small(finding))
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
