/* SPDX-License-Identifier: BSD-2-Clause */
/* A program connects to many ports of an address, one after the other, as port scanners do. */
#include <inttypes.h>
#include <string.h>

#include "rules/rule.h"
#include "rules/survey_private.h"

#define TRIED_MOST   2  /* connects to one port: a program that needs the port retries more often */
#define SCANNED_MANY 20 /* refused ports of one address: no program needs so many */

struct scanned {
	struct group_key key;
	uint64_t ports;
};

/* The key of all connects from the process to the address. */
static struct group_key scan_of(const struct group_key *key)
{
	struct group_key scan = {.pid = key->pid, .start = key->start, .netns = key->netns};

	memcpy(scan.addr, key->addr, sizeof(scan.addr));
	return scan;
}

static bool add_scanned(struct survey *survey, size_t index, const struct group_key *key)
{
	const struct group *group = groups_at(survey->groups, index);
	struct group_key scan = scan_of(key);
	struct scanned *scanned;

	if (group->failure != CONNECT_REFUSED || group->failed > TRIED_MOST)
		return true;
	scanned = map_get(&survey->scanned.map, &scan);
	if (scanned)
		scanned->ports++;
	return scanned;
}

uint64_t survey_scanned(struct survey *survey, const struct group_key *key)
{
	struct group_key scan = scan_of(key);
	const struct scanned *found = NULL;

	if (survey_groups(survey, &survey->scanned, sizeof(*found), add_scanned))
		found = map_find(&survey->scanned.map, &scan);
	return found ? found->ports : 0;
}

bool rule_is_scan(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t ports = survey_scanned(why->survey, &group->key);
	uint64_t places = group->places ? group->places : 1;
	char name[RULE_NAME_SIZE], address[64];

	if (ports < SCANNED_MANY || group->failed > places * TRIED_MOST)
		return false;
	finding->level = FINDING_OK;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding,
	                "Not a finding: %s tries many ports of %s, one after the other, as a port "
	                "scan does; %" PRIu64 " of them refused it once or twice.",
	                rule_task_name(why, finding, name), rule_address(group, address), ports);
	return true;
}
