/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of tracked connections is full. The kernel drops packets that begin a new connection,
 * and only its log says so. A client sees no answer.
 */
#include <inttypes.h>

#include "rules/rule.h"

#define SHARE_NEAR 90 /* % */

struct conntrack {
	uint64_t entries, most;
	uint64_t dropped, evicted; /* while watched */
};

static uint64_t grown(const struct why *why, uint32_t netns, enum counter counter)
{
	uint64_t now, by;

	return table_counter(why->table, netns, counter, &now, &by) ? by : 0;
}

static bool look(const struct why *why, uint32_t netns, struct conntrack *table)
{
	uint64_t by;

	table->dropped = grown(why, netns, COUNTER_CONNTRACK_DROP);
	table->evicted = grown(why, netns, COUNTER_CONNTRACK_EARLY_DROP);
	return table_counter(why->table, netns, COUNTER_CONNTRACK, &table->entries, &by) &&
	       table_setting_number(why->table, netns, SETTING_CONNTRACK_MAX, &table->most) &&
	       table->most;
}

/* `drop` also counts other shortages: if the table has room, it means nothing. */
static bool match_netns(const struct why *why, uint32_t netns)
{
	struct conntrack table;

	return look(why, netns, &table) &&
	       (table.entries * 100 >= table.most * SHARE_NEAR || table.evicted);
}

static void advise(struct finding *finding, const struct conntrack *table)
{
	finding_next(finding,
	             "use a larger table: sysctl -w net.netfilter.nf_conntrack_max=%" PRIu64
	             " (now %" PRIu64 ")",
	             table->most * 2, table->most);
	finding_next(finding,
	             "see what fills it: conntrack -L | awk '{print $1, $4}' | sort | uniq -c");
	finding_next(
		finding,
		"let entries expire sooner: net.netfilter.nf_conntrack_tcp_timeout_established "
		"(432000 s by default); or do not track: nft notrack");
	finding_next(finding, "see the kernel's log: dmesg | grep nf_conntrack");
}

static bool is_full(const struct conntrack *table)
{
	return table->entries >= table->most || table->dropped;
}

static uint64_t size_of(const struct group *group)
{
	return group->failed ? group->failed : group->count;
}

bool rule_drops_untracked(const struct why *why, const struct group *group)
{
	struct conntrack table;

	return match_netns(why, group->key.netns) && look(why, group->key.netns, &table) &&
	       is_full(&table) && table.dropped >= size_of(group);
}

bool rule_judge_untracked(const struct why *why, struct finding *finding)
{
	char name[RULE_NAME_SIZE], address[64];
	struct conntrack table;

	if (!rule_drops_untracked(why, &finding->group) ||
	    !look(why, finding->group.key.netns, &table))
		return false;
	finding->mover = MOVER_KERNEL;
	finding_evidence(finding,
	                 "the kernel dropped %" PRIu64
	                 " packets that begin a tracked connection in its namespace while watched",
	                 table.dropped);
	finding_verdict(finding,
	                "Nothing answers %s at %s port %u. The table of tracked connections "
	                "(nf_conntrack) of its namespace is full, so the kernel drops SYNs.",
	                rule_task_name(why, finding, name), rule_address(&finding->group, address),
	                finding->group.key.port);
	advise(finding, &table);
	return true;
}

static void judge(const struct why *why, struct finding *finding)
{
	struct conntrack table;

	if (!look(why, finding->group.key.netns, &table))
		return;
	finding->mover = MOVER_KERNEL;
	if (is_full(&table)) {
		finding->level = FINDING_BAD;
		finding_verdict(finding,
		                "The table of tracked connections (nf_conntrack) is full: the "
		                "kernel drops packets that begin a new connection. Connects get no "
		                "answer. The kernel does not say whose packets it dropped.");
	} else {
		finding->level = FINDING_WARNING;
		finding_verdict(finding,
		                "The table of tracked connections (nf_conntrack) is %s: when it is "
		                "full, the kernel drops packets that begin a new connection.",
		                table.evicted ? "so full that the kernel evicts entries early"
		                              : "nearly full");
	}
	finding_evidence(finding, "%" PRIu64 " entries; limit %" PRIu64 ": %" PRIu64 " %%",
	                 table.entries, table.most, table.entries * 100 / table.most);
	if (table.dropped)
		finding_evidence(finding, "%" PRIu64 " packets were dropped while watched",
		                 table.dropped);
	if (table.evicted)
		finding_evidence(finding, "%" PRIu64 " entries were evicted early while watched",
		                 table.evicted);
	advise(finding, &table);
}

const struct rule rule_conntrack_full = {
	.id = "conntrack-full",
	.about = "the table of tracked connections is full, or nearly full",
	.source = "__nf_conntrack_alloc() and nf_conntrack_in(), "
		  "net/netfilter/nf_conntrack_core.c",
	.match_netns = match_netns,
	.judge = judge,
};
