/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence and next steps that rules about connects share. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/format.h"
#include "field/endpoint.h"
#include "rules/rule.h"

#define FEW_FAILURES 3

bool rule_fails_seldom(struct finding *finding)
{
	const struct group *group = &finding->group;

	if (group->other_family * 5 >= group->failed * 4) {
		finding->level = FINDING_OK;
		finding_verdict(
			finding,
			"Not a finding: %" PRIu64
			" connects to this port succeeded by the other address family (IPv4 or "
			"IPv6). A client tries the addresses of a name one after another.",
			group->other_family);
		return true;
	}
	if (group->failed >= FEW_FAILURES && group->failed * 10 >= group->entered)
		return false;
	if (group->failed >= group->entered) {
		finding->level = FINDING_UNCLEAR;
		finding_verdict(finding, "Cannot tell whether this continues: too few were seen.");
		finding_next(finding, "watch longer: tcptrail why syn_sent --for 1m");
		return true;
	}
	finding->level = FINDING_OK;
	finding_verdict(finding,
	                "Not a finding: most other connects to this place did not fail this way.");
	return true;
}

void rule_note_failures(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	char time[FORMAT_SIZE];

	format_duration(time, groups_window_of(why->groups, group));
	/* failed may be more than entered: some connects began before the watch. */
	if (group->entered >= group->failed)
		finding_evidence(finding,
		                 "%" PRIu64 " of %" PRIu64 " connects failed this way in %s",
		                 group->failed, group->entered, time);
	else
		finding_evidence(finding, "%" PRIu64 " connects failed this way in %s",
		                 group->failed, time);
}

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

	finding_next(finding, "see the route: %sip route get %s", rule_enter(why, finding, enter),
	             rule_address(&finding->group, address));
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
