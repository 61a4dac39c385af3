/* SPDX-License-Identifier: BSD-2-Clause */
/* What rules of connects that fail and of listeners have in common. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/format.h"
#include "field/endpoint.h"
#include "rules/rule.h"

/* --- failed connects ------------------------------------------------------------------------ */

#define FEW_FAILURES 3

bool rule_fails_seldom(struct finding *finding)
{
	const struct group *group = &finding->group;

	if (group->other_family * 5 >= group->failed * 4) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Not a finding: %" PRIu64 " connects to the port came through by "
		                "the other address family. A name has addresses of both, and they "
		                "are tried one after the other.",
		                group->other_family);
		return true;
	}
	if (group->failed >= FEW_FAILURES && group->failed * 10 >= group->entered)
		return false;
	if (group->failed >= group->entered) {
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding, "Cannot tell whether that goes on: too few were seen.");
		finding_next(finding, "watch longer: tcptrail why syn_sent --for 1m");
		return true;
	}
	finding->level = FINDING_OK;
	finding_verdict(finding, "Not a finding: most others to there did not fail so.");
	return true;
}

void rule_note_failures(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char time[FORMAT_SIZE];

	format_duration(time, groups_window_of(why->groups, group));
	/* More may have failed than were begun: some were begun before. */
	if (group->entered >= group->failed)
		finding_evidence(finding, "of %" PRIu64 " connects in %s %" PRIu64 " failed so",
		                 group->entered, time, group->failed);
	else
		finding_evidence(finding, "%" PRIu64 " connects failed so in %s", group->failed,
		                 time);
}

/* --- where and with what settings ------------------------------------------------------------ */

const char *rule_address(const struct group *group, char buf[64])
{
	struct endpoint endpoint = {.addr = group->key.addr, .family = AF_INET6};

	_Static_assert(ENDPOINT_SIZE == 64, "room for an address");
	endpoint_address(&endpoint, buf);
	return buf;
}

static bool is_host(const struct why *why, uint32_t netns)
{
	const struct name_key key = {NAME_NETNS, {netns, 0}};
	const char *name = names_find(table_names((struct table *)why->table), key);

	return name && !strcmp(name, "host");
}

const char *rule_enter(const struct why *why, const struct finding *finding,
                       char buf[RULE_NAME_SIZE])
{
	const struct group_key *key = &finding->group.key;

	buf[0] = '\0';
	if (key->pid && !is_host(why, key->netns))
		snprintf(buf, RULE_NAME_SIZE, "nsenter -t %u -n ", key->pid);
	return buf;
}

void rule_next_route(const struct why *why, struct finding *finding)
{
	char address[64], enter[RULE_NAME_SIZE];

	finding_next(finding, "see by which way it goes: %sip route get %s",
	             rule_enter(why, finding, enter), rule_address(&finding->group, address));
}

void rule_next_traceroute(const struct why *why, struct finding *finding)
{
	char address[64], enter[RULE_NAME_SIZE];

	finding_next(finding, "see how far SYNs get: %stcptraceroute %s %u",
	             rule_enter(why, finding, enter), rule_address(&finding->group, address),
	             finding->group.key.port);
}

uint64_t rule_grown(const struct why *why, const struct group *group, enum counter counter)
{
	uint64_t now, grown;

	return table_counter(why->table, group->key.netns, counter, &now, &grown) ? grown : 0;
}

/* --- listeners ------------------------------------------------------------------------------ */

/* A queue is full when more than the backlog wait: sk_acceptq_is_full(), include/net/sock.h. */
void rule_note_queue(struct finding *finding)
{
	const struct group *group = &finding->group;
	const struct row *fullest = group->example;

	if (group->count == 1)
		finding_evidence(finding, "%u connections wait for accept(), of %u that may",
		                 fullest->rqueue, fullest->wqueue + 1);
	else
		finding_evidence(finding,
		                 "%" PRIu64 " connections wait for accept(), of %" PRIu64
		                 " that may, at %u listeners",
		                 group->tally[0], group->tally[1] + group->count, group->count);
}

#define WAITING_MANY 5

/* All zero: nothing waits, as far as is known. */
static struct survey_queue queue_of(const struct why *why, const struct group *group)
{
	struct survey_queue sum = {0}, queue;

	for (size_t i = 0; i < group->count; i++) {
		if (!survey_queue(why->survey, groups_member(why->groups, group, i), &queue))
			continue;
		sum.count += queue.count;
		sum.old += queue.old;
		if (queue.oldest > sum.oldest)
			sum.oldest = queue.oldest;
	}
	return sum;
}

bool rule_waits_long(const struct why *why, struct finding *finding)
{
	struct survey_queue queue = queue_of(why, &finding->group);
	char oldest[FORMAT_SIZE], age[FORMAT_SIZE];

	if (!queue.count)
		return false;
	format_duration(oldest, queue.oldest);
	format_duration(age, QUEUE_LONG);
	finding_evidence(finding,
	                 "the first of them has waited for at least %s; %" PRIu64 " for %s or more",
	                 oldest, queue.old, age);
	return queue.old >= WAITING_MANY || queue.oldest >= 30 * NS_PER_SEC;
}

void rule_note_overflows(const struct why *why, struct finding *finding)
{
	uint64_t overflows = rule_grown(why, &finding->group, COUNTER_LISTEN_OVERFLOWS);
	uint64_t drops = rule_grown(why, &finding->group, COUNTER_LISTEN_DROPS);

	if (overflows)
		finding_evidence(finding,
		                 "%" PRIu64 " times meanwhile an accept queue of its namespace was "
		                 "too full for a connection (ListenOverflows)",
		                 overflows);
	if (drops)
		finding_evidence(finding,
		                 "%" PRIu64 " SYNs or ACKs to listeners of its namespace were "
		                 "dropped meanwhile, for that or another reason (ListenDrops)",
		                 drops);
}

/* listen() takes the smaller of both: __sys_listen(), net/socket.c. */
void rule_next_backlog(const struct why *why, struct finding *finding)
{
	uint32_t limit = finding->group.example->wqueue;
	uint64_t most;

	if (!table_setting_number(why->table, finding->group.key.netns, SETTING_SOMAXCONN, &most))
		finding_next(finding,
		             "a longer queue, if bursts are all: listen() with more than "
		             "%u and net.core.somaxconn not below that",
		             limit);
	else if (limit < most)
		finding_next(finding,
		             "a longer queue, if bursts are all: the program asks listen() for %u, "
		             "net.core.somaxconn lets it have %" PRIu64,
		             limit, most);
	else
		finding_next(finding,
		             "a longer queue, if bursts are all: sysctl -w net.core.somaxconn=%u "
		             "(now %" PRIu64 "), then restart the program; does it ask for more?",
		             limit * 2, most);
}

void rule_note_abort(const struct why *why, struct finding *finding)
{
	uint64_t abort;

	if (!table_setting_number(why->table, finding->group.key.netns, SETTING_ABORT_ON_OVERFLOW,
	                          &abort))
		return;
	finding_evidence(finding, "net.ipv4.tcp_abort_on_overflow is %" PRIu64 ": clients %s",
	                 abort, abort ? "get an RST" : "are not told, and send again");
}
