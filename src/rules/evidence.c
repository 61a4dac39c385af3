/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence that rules share: flow, unread data, settings, peers, ports, timeouts. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/format.h"
#include "field/endpoint.h"
#include "rules/rule.h"

void rule_note_flow(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t window = groups_window_of(why->groups, group);
	char time[FORMAT_SIZE];

	if (window < NS_PER_SEC)
		return;
	format_duration(time, window);
	finding_evidence(
		finding, "%" PRIu64 " entered, %" PRIu64 " left in %s (%.1f and %.1f per second)",
		group->entered, group->left, time, groups_rate(why->groups, group, group->entered),
		groups_rate(why->groups, group, group->left));
}

#define UNREAD_LONG_MS 5000

bool rule_is_unread(const struct row *row)
{
	return row->unread_ms >= UNREAD_LONG_MS;
}

void rule_note_unread(struct finding *finding, uint64_t unread)
{
	const struct group *group = &finding->group;

	char least[FORMAT_SIZE], oldest[FORMAT_SIZE];

	if (!unread)
		return;
	format_duration(least, UNREAD_LONG_MS * NS_PER_MS);
	format_duration(oldest, group->example->unread_ms * NS_PER_MS);
	if (rule_is_unread(group->example))
		finding_evidence(finding,
		                 "no read from %" PRIu64
		                 " of %u for at least %s, from the oldest for at least %s",
		                 unread, group->count, least, oldest);
	else
		finding_evidence(finding, "no read from %" PRIu64 " of %u for at least %s", unread,
		                 group->count, least);
}

void rule_note_setting(const struct why *why, struct finding *finding, enum setting setting,
                       const char *means)
{
	const char *text = table_setting(why->table, finding->group.key.netns, setting);
	char name[64], plain[64];

	if (!text)
		return;
	snprintf(plain, sizeof(plain), "%s", text);
	for (char *at = plain; *at; at++)
		if (*at == '\t')
			*at = ' ';
	finding_evidence(finding, "%s is %s%s%s", setting_name(setting, name), plain,
	                 means ? ": " : "", means ? means : "");
}

void rule_note_peer(const struct why *why, struct finding *finding)
{
	const struct row *peer = table_find_peer(why->table, finding->group.example);
	struct owner owner;
	char unread[RULE_NAME_SIZE] = "";
	bool fin; /* rcv_nxt counts an unread FIN as one byte */

	if (!peer)
		return;
	table_owner(why->table, peer, &owner);
	fin = peer->state == STATE_CLOSE_WAIT || peer->state == STATE_LAST_ACK ||
	      peer->state == STATE_CLOSING;
	if (peer->flags & ROW_QUEUES && peer->rqueue > fin)
		snprintf(unread, sizeof(unread), ", %u bytes unread", peer->rqueue - fin);
	if (owner.task)
		finding_evidence(finding, "the peer of the oldest is on this host: %u/%.*s, %s%s",
		                 owner.task->pid, FACT_COMM_LEN, owner.task->comm,
		                 state_name(peer->state), unread);
	else
		finding_evidence(finding,
		                 "the peer of the oldest is on this host: an unknown process, %s%s",
		                 state_name(peer->state), unread);
}

bool rule_is_largest(const struct why *why, const struct finding *finding, bool of_process)
{
	const struct group_key *key = &finding->group.key;
	size_t index;

	return survey_largest(why->survey, key, of_process, &index) &&
	       !memcmp(&groups_at(why->groups, index)->key, key, sizeof(*key));
}

bool rule_count_ports(const struct why *why, const struct row *row, uint32_t *taken, uint32_t *all)
{
	uint32_t low, high;

	if (!table_local_ports(why->table, row->netns, &low, &high))
		return false;
	*all = high - low + 1;
	return survey_ports(why->survey, row, taken);
}

uint64_t rule_retries_time(uint64_t retries)
{
	const uint64_t first = 200 * NS_PER_MS, last = 120 * NS_PER_SEC;
	uint64_t doubled = 9; /* ilog2(last / first) */

	if (retries <= doubled)
		return ((2ULL << retries) - 1) * first;
	return ((2ULL << doubled) - 1) * first + (retries - doubled) * last;
}
