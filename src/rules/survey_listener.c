/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers about listeners: who listens at an address or port, and how many in a namespace. */
#include <string.h>

#include "field/endpoint.h"
#include "rules/survey_private.h"

/* Key with netns 0: all namespaces; key without a port: all listeners of the namespace. */
struct listening {
	struct group_key key;
	uint64_t count;
	const struct row *row; /* one of them */
};

/* With the address. The wildcard addresses of both families are the same key. */
static struct group_key key_of_listener(const struct row *row)
{
	static const uint8_t any[12 + 4] = {[10] = 0xff, [11] = 0xff};
	struct group_key key = {.netns = row->netns, .port = row->lport, .passive = 1};

	address_map(row->family, row->laddr, key.addr);
	if (!memcmp(key.addr, any, sizeof(any)))
		memset(key.addr, 0, sizeof(key.addr));
	return key;
}

static bool add_at_port(struct survey *survey, const struct group_key *key, const struct row *row)
{
	struct listening *listening = map_get(&survey->listeners.map, key);

	if (listening)
		listening->row = row;
	return listening;
}

static bool add_listener(struct survey *survey, const struct row *row)
{
	const struct group_key key = {.netns = row->netns, .port = row->lport};
	const struct group_key anywhere = {.port = row->lport};
	const struct group_key all = {.netns = row->netns}, at = key_of_listener(row);
	struct listening *listening;

	if (!row_is_listener(row) || row->flags & ROW_MPTCP)
		return true;
	listening = map_get(&survey->listeners.map, &all);
	if (listening)
		listening->count++;
	if (!listening || !add_at_port(survey, &key, row) || !add_at_port(survey, &anywhere, row))
		return false;
	listening = map_get(&survey->listeners.map, &at);
	if (listening)
		listening->row = row;
	return listening;
}

bool survey_listens(struct survey *survey, uint32_t netns, uint16_t port, bool *known)
{
	const struct group_key key = {.netns = netns, .port = port};

	*known = survey_rows(survey, &survey->listeners, sizeof(key), sizeof(struct listening),
	                     add_listener);
	return *known && map_find(&survey->listeners.map, &key);
}

const struct row *survey_listener_at(struct survey *survey, const struct group_key *key)
{
	struct group_key wanted = {.netns = key->netns, .port = key->port, .passive = 1};
	const struct listening *listening;

	memcpy(wanted.addr, key->addr, sizeof(wanted.addr));
	if (!survey_listeners(survey, key->netns))
		return NULL;
	listening = map_find(&survey->listeners.map, &wanted);
	if (listening)
		return listening->row;
	memset(wanted.addr, 0, sizeof(wanted.addr));
	listening = map_find(&survey->listeners.map, &wanted);
	return listening ? listening->row : NULL;
}

uint64_t survey_listeners(struct survey *survey, uint32_t netns)
{
	const struct group_key all = {.netns = netns};
	const struct listening *listening;

	if (!survey_rows(survey, &survey->listeners, sizeof(all), sizeof(*listening), add_listener))
		return 0;
	listening = map_find(&survey->listeners.map, &all);
	return listening ? listening->count : 0;
}

const struct row *survey_listener(struct survey *survey, uint32_t netns, uint16_t port)
{
	const struct group_key here = {.netns = netns, .port = port}, anywhere = {.port = port};
	const struct listening *listening;

	if (!survey_rows(survey, &survey->listeners, sizeof(here), sizeof(*listening),
	                 add_listener))
		return NULL;
	listening = map_find(&survey->listeners.map, &here);
	if (!listening)
		listening = map_find(&survey->listeners.map, &anywhere);
	return listening ? listening->row : NULL;
}
