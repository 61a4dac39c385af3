/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end that closes first has TIME_WAIT. That is normal: it keeps late segments out of the next
 * connection. It costs local ports, which are limited for each remote end, and timewait sockets,
 * which are limited for each namespace.
 */
#include <inttypes.h>
#include <string.h>

#include "rules/rule.h"

#define PORTS_NEAR 70 /* % */
#define PORTS_GONE 95
#define TABLE_NEAR 90
#define COUNT_MIN  100 /* fewer cannot be a large part of any range */

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	(void)table;
	(void)row;
	(void)tally;
	return true;
}

/* True if connect() may reuse such a port: tcp_twsk_unique(), net/ipv4/tcp_ipv4.c. */
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
	finding_evidence(
		finding,
		"%u of %u local ports (%u %%) are in use towards this remote end, in all states",
		taken, all, taken * 100 / all);
	rule_note_setting(why, finding, SETTING_LOCAL_PORT_RANGE,
	                  "the ports that connect() chooses from");
	if ((uint64_t)taken * 100 < (uint64_t)all * PORTS_NEAR)
		return false;
	gone = (uint64_t)taken * 100 >= (uint64_t)all * PORTS_GONE;
	reused = is_reused(why, group);
	rule_note_setting(why, finding, SETTING_TW_REUSE,
	                  reused ? "connect() reuses a port in TIME_WAIT after a second, if both "
	                           "ends use timestamps"
	                         : "connect() does not reuse a port in TIME_WAIT to there");
	finding->level = gone && !reused ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	if (reused)
		finding_verdict(finding,
		                "%s connects and closes first so often that most local ports "
		                "towards this remote end are in use, but connect() may reuse them.",
		                name);
	else
		finding_verdict(finding,
		                "%s connects and closes first so often that local ports towards "
		                "this remote end run out: then connect() fails with EADDRNOTAVAIL.",
		                name);
	finding_next(finding, "let %s keep its connections: a pool, HTTP keep-alive", name);
	if (!reused)
		finding_next(
			finding,
			"or let connect() reuse such ports: sysctl -w net.ipv4.tcp_tw_reuse=1");
	finding_next(finding, "or use more ports: a wider net.ipv4.ip_local_port_range, or more "
	                      "addresses at either end");
	return true;
}

/*
 * The largest group of a namespace reports for the whole namespace. The limit and both counters
 * belong to each namespace since 4.10 (inet_twsk_alloc(), net/ipv4/inet_timewait_sock.c). The
 * overflow counter also counts failed allocations. false: no finding
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
			"TCPTimeWaitOverflow of this network namespace has grown by %" PRIu64
			", for all processes together",
			grown);
	if (table_setting_number(why->table, netns, SETTING_MAX_TW_BUCKETS, &most) &&
	    table_counter(why->table, netns, COUNTER_TIME_WAITS, &now, &unused)) {
		near = now * 100 >= most * TABLE_NEAR;
		finding_evidence(
			finding,
			"this namespace has %" PRIu64
			" timewait sockets now; its net.ipv4.tcp_max_tw_buckets is %" PRIu64,
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
		                "namespace: it closes these connections without TIME_WAIT.");
	else
		finding_verdict(finding,
		                "This network namespace is near its limit of timewait sockets: at "
		                "the limit, connections are closed without TIME_WAIT.");
	finding_next(finding, "raise net.ipv4.tcp_max_tw_buckets there, if memory allows (about "
	                      "0.3 KB for each), or use fewer short connections");
	return true;
}

static void judge(const struct why *why, struct finding *finding)
{
	bool ports, table;
	char name[RULE_NAME_SIZE];

	rule_begin_pile(why, finding, name);
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
	.about = "shows who closes first, and whether local ports or timewait sockets run out",
	.source = "tcp_time_wait(), net/ipv4/tcp_minisocks.c; __inet_check_established(), "
		  "net/ipv4/inet_hashtables.c; RFC 9293, 3.6",
	.match = match,
	.judge = judge,
};
