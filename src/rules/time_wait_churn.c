/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TIME_WAIT is at the end that closed first, and is no fault: it keeps late segments
 * out of the next connection. It costs local ports, of which there are so many
 * towards one remote end, and each namespace may have so many of them.
 */
#include <inttypes.h>
#include <string.h>

#include "rules/rule.h"

#define PORTS_NEAR 70 /* % */
#define PORTS_GONE 95
#define TABLE_NEAR 90
#define COUNT_MIN  100 /* fewer cannot be much of any range */

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	(void)row;
	(void)tally;
	return true;
}

/* May connect() take such a port again? tcp_twsk_unique(), net/ipv4/tcp_ipv4.c. */
static bool is_reused(const struct why *why, const struct group *group)
{
	static const uint8_t ipv6_loopback[16] = {[15] = 1};
	static const uint8_t ipv4_loopback[13] = {[10] = 0xff, 0xff, 127};
	const uint8_t *addr = group->key.addr;
	uint64_t reuse;

	if (!table_setting_number(why->table, group->key.netns, SETTING_TW_REUSE, &reuse))
		return false;
	return reuse == 1 || (reuse == 2 && (!memcmp(addr, ipv6_loopback, sizeof(ipv6_loopback)) ||
	                                     !memcmp(addr, ipv4_loopback, sizeof(ipv4_loopback))));
}

/* false: no finding */
static bool judge_ports(const struct why *why, struct finding *finding, const char *name)
{
	const struct group *group = &finding->group;
	uint32_t taken, all;
	bool gone, reused;

	if (group->key.passive || group->count < COUNT_MIN ||
	    !rule_count_ports(why, group->example, &taken, &all))
		return false;
	finding_evidence(finding,
	                 "%u of %u local ports (%u %%) are taken towards this remote end, in all "
	                 "states",
	                 taken, all, taken * 100 / all);
	rule_note_setting(why, finding, SETTING_LOCAL_PORT_RANGE,
	                  "the ports that connect() takes by itself");
	if ((uint64_t)taken * 100 < (uint64_t)all * PORTS_NEAR)
		return false;
	gone = (uint64_t)taken * 100 >= (uint64_t)all * PORTS_GONE;
	reused = is_reused(why, group);
	rule_note_setting(why, finding, SETTING_TW_REUSE,
	                  reused ? "connect() takes a port in TIME_WAIT again after a second, if "
	                           "both ends use timestamps"
	                         : "connect() takes no port to there that is in TIME_WAIT");
	finding->level = gone && !reused ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	if (reused)
		finding_verdict(finding,
		                "%s connects and closes first so often that most local ports "
		                "towards this remote end are taken, but it may take them again.",
		                name);
	else
		finding_verdict(finding,
		                "%s connects and closes first so often that local ports towards "
		                "this remote end run out: then connect() fails with EADDRNOTAVAIL.",
		                name);
	finding_next(finding, "let %s keep its connections: a pool, HTTP keep-alive", name);
	if (!reused)
		finding_next(finding, "or let connect() take such ports again: sysctl -w "
		                      "net.ipv4.tcp_tw_reuse=1");
	finding_next(finding,
	             "or give it more ports: a wider net.ipv4.ip_local_port_range, or more "
	             "addresses at either end");
	return true;
}

/*
 * What is of the namespace is told with its largest group: the limit has been each
 * namespace's own since 4.10 (inet_twsk_alloc(), net/ipv4/inet_timewait_sock.c), and so
 * are both counters. The one of overflows counts failed allocations, too. false: no finding
 */
static bool judge_table(const struct why *why, struct finding *finding)
{
	uint32_t netns = finding->group.key.netns;
	uint64_t overflows, grown = 0, now, unused, most;
	bool near = false;

	if (!rule_is_largest(why, finding, false))
		return false;
	if (table_counter(why->table, netns, COUNTER_TIME_WAIT_OVERFLOW, &overflows, &grown) &&
	    grown)
		finding_evidence(
			finding,
			"TCPTimeWaitOverflow of this network namespace, whoever closed, has "
			"grown by %" PRIu64,
			grown);
	if (table_setting_number(why->table, netns, SETTING_MAX_TW_BUCKETS, &most) &&
	    table_counter(why->table, netns, COUNTER_TIME_WAITS, &now, &unused)) {
		near = now * 100 >= most * TABLE_NEAR;
		finding_evidence(finding,
		                 "%" PRIu64 " timewait sockets in this namespace now; its "
		                 "net.ipv4.tcp_max_tw_buckets is %" PRIu64,
		                 now, most);
	}
	if (!grown && !near)
		return false;
	if (grown || finding->level != FINDING_BAD) {
		finding->mover = MOVER_KERNEL;
		finding->level = grown ? FINDING_BAD : FINDING_WARNING;
	}
	if (grown)
		finding_verdict(finding,
		                "The kernel refuses further timewait sockets in this network "
		                "namespace: these connections are closed without TIME_WAIT.");
	else
		finding_verdict(finding,
		                "This network namespace has nearly as many timewait sockets as it "
		                "may: what comes beyond is closed without TIME_WAIT.");
	finding_next(finding,
	             "a larger net.ipv4.tcp_max_tw_buckets there, if memory allows (about 0.3 KB "
	             "for each), or fewer short connections");
	return true;
}

static void judge(const struct why *why, struct finding *finding)
{
	bool ports, table;
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_flow(why, finding);
	ports = judge_ports(why, finding, name);
	table = judge_table(why, finding);
	if (ports || table)
		return;
	finding->level = FINDING_OK;
	finding_verdict(finding,
	                "Healthy churn: %s closes first, and each of these ends by itself, 60 s "
	                "after the peer has closed.",
	                name);
}

const struct rule rule_time_wait_churn = {
	.id = "time-wait-churn",
	.states = STATE_BIT(STATE_TIME_WAIT),
	.about = "who closes first, and whether local ports or timewait sockets run out",
	.source = "tcp_time_wait(), net/ipv4/tcp_minisocks.c; __inet_check_established(), "
		  "net/ipv4/inet_hashtables.c; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
