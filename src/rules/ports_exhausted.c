/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * connect() found no local port. Many remote ends can share a local port, but each (address, port,
 * remote end) exists only once, also in TIME_WAIT.
 */
#include <inttypes.h>

#include "rules/rule.h"

struct usage {
	uint64_t used, time_wait;
	uint32_t low, high;
	uint64_t range; /* lowest and highest port; 0: not known */
};

static void note_usage(const struct usage *usage, struct finding *finding)
{
	if (usage->range)
		finding_evidence(finding,
		                 "%" PRIu64 " sockets to there, %" PRIu64
		                 " of them in TIME_WAIT: %" PRIu64 " %% of the %" PRIu64
		                 " local ports",
		                 usage->used, usage->time_wait, usage->used * 100 / usage->range,
		                 usage->range);
	else
		finding_evidence(finding,
		                 "%" PRIu64 " sockets to there, %" PRIu64 " of them in TIME_WAIT",
		                 usage->used, usage->time_wait);
}

static void advise(const struct why *why, const struct usage *usage, struct finding *finding)
{
	uint32_t netns = finding->group.key.netns;
	uint64_t reuse;

	finding_next(finding, "keep and reuse connections: a pool, HTTP keep-alive");
	if (usage->range)
		finding_next(finding,
		             "use more ports: sysctl -w net.ipv4.ip_local_port_range='1024 65535' "
		             "(now '%u %u')",
		             usage->low, usage->high);
	if (usage->time_wait && table_setting_number(why->table, netns, SETTING_TW_REUSE, &reuse) &&
	    reuse != 1)
		finding_next(finding,
		             "let connect() reuse ports in TIME_WAIT after a second: sysctl -w "
		             "net.ipv4.tcp_tw_reuse=1 (now %" PRIu64 ")",
		             reuse);
	finding_next(finding,
	             "use more source or destination addresses: each pair has its own ports");
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct group_key *key = &finding->group.key;
	struct usage usage = {0};
	char name[RULE_NAME_SIZE], address[64];
	bool known;

	if (table_local_ports(why->table, key->netns, &usage.low, &usage.high))
		usage.range = usage.high - usage.low + 1;
	known = survey_end(why->survey, key, &usage.used, &usage.time_wait);
	rule_note_failures(why, finding);
	if (known)
		note_usage(&usage, finding);
	rule_task_name(why, finding, name);
	rule_address(&finding->group, address);
	/* No connect fails like this by chance: a few failures are the first of many. */
	finding->level =
		finding->group.failed * 10 < finding->group.entered ? FINDING_WARNING : FINDING_BAD;
	finding->mover = MOVER_KERNEL;
	if (known && usage.range && usage.used * 2 < usage.range) {
		finding_verdict(finding,
		                "%s gets no local port to connect to %s port %u (EADDRNOTAVAIL), "
		                "although sockets to there use few ports: other sockets bind() "
		                "them, or net.ipv4.ip_local_reserved_ports excludes them.",
		                name, address, key->port);
		finding_next(finding, "see which sockets hold the ports: ss -tan | awk '{print "
		                      "$4}' | sort | uniq -c | sort -n | tail");
		finding_next(finding, "if a program binds only an address before connect(): "
		                      "setsockopt IP_BIND_ADDRESS_NO_PORT");
		return;
	}
	finding_verdict(finding,
	                "%s runs out of local ports to connect to %s port %u (EADDRNOTAVAIL).",
	                name, address, key->port);
	advise(why, &usage, finding);
}

const struct rule rule_ports_exhausted = {
	.id = "ports-exhausted",
	.failure = CONNECT_NO_PORT,
	.about = "connects find no free local port",
	.source = "__inet_hash_connect(), net/ipv4/inet_hashtables.c; tcp_twsk_unique(), "
		  "net/ipv4/tcp_ipv4.c",
	.judge = judge,
};
