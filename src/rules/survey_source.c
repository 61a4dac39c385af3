/* SPDX-License-Identifier: BSD-2-Clause */
/* Local addresses, and how many ports of ip_local_port_range are in use at each. */
#include <string.h>

#include "field/endpoint.h"
#include "table/counters.h"
#include "rules/survey_private.h"

/*
 * Counts by local address (both ports 0), by local address and port, and by local address and
 * remote end.
 */
struct bound_key {
	uint8_t laddr[16], raddr[16];
	uint32_t netns;
	uint16_t lport, rport;
};

struct bound {
	struct bound_key key;
	struct survey_source source;
};

/* Of a namespace: the source with the most ports in use, among those with mostly bound sockets. */
struct best {
	uint64_t netns;
	uint64_t number; /* index in survey->bound, plus 1 */
};

static bool takes_port(const struct table *table, const struct row *row)
{
	uint32_t low, high;

	if (row_is_listener(row) || (row->state == STATE_CLOSE && row->rport))
		return false;
	return table_local_ports(table, row->netns, &low, &high) && row->lport >= low &&
	       row->lport <= high;
}

static struct bound *get(struct survey *survey, const struct bound_key *key)
{
	return map_get(&survey->bound.map, key);
}

/* Updates the entries of port and remote end first: each map_get() may move the other entries. */
static bool add_bound(struct survey *survey, const struct row *row)
{
	struct bound_key key = {.netns = row->netns}, port, end;
	struct bound *bound;
	uint64_t to_one;
	bool first;

	if (!takes_port(survey->table, row))
		return true;
	address_map(row->family, row->laddr, key.laddr);
	port = end = key;
	port.lport = row->lport;
	end.rport = row->rport;
	address_map(row->family, row->raddr, end.raddr);
	bound = get(survey, &port);
	if (!bound)
		return false;
	first = !bound->source.sockets++;
	bound = get(survey, &end);
	if (!bound)
		return false;
	to_one = row->rport ? ++bound->source.sockets : 0;
	bound = get(survey, &key);
	if (!bound)
		return false;
	bound->source.ports += first;
	bound->source.sockets++;
	bound->source.time_wait += row->state == STATE_TIME_WAIT;
	bound->source.bound += (row->flags & ROW_BOUND) != 0;
	bound->source.chosen += row->flags & ROW_CONNECTED && !(row->flags & ROW_BOUND);
	if (to_one > bound->source.to_one)
		bound->source.to_one = to_one;
	return true;
}

/*
 * connect() shares a port between several remote ends, bind() does not. So if there are about as
 * many ports as sockets, most sockets were bound. With one remote end there is no difference.
 */
static bool is_bound(const struct survey_source *source)
{
	if (source->bound + source->chosen >= source->sockets / 2)
		return source->bound > source->chosen;
	return source->sockets * 20 <= (uint64_t)source->ports * 21 &&
	       source->to_one * 2 <= source->sockets;
}

/* Finds, for each namespace, the source with the most ports in use. */
static bool find_sources(struct survey *survey)
{
	static const uint8_t none[16];

	map_init(&survey->sources.map, sizeof(uint64_t), sizeof(struct best));
	for (size_t i = 0; i < survey->bound.map.count; i++) {
		const struct bound *bound = map_at(&survey->bound.map, i);
		const uint64_t netns = bound->key.netns;
		struct best *best;

		if (!bound->source.ports || bound->key.lport || bound->key.rport ||
		    !memcmp(bound->key.laddr, none, sizeof(none)) || !is_bound(&bound->source))
			continue;
		best = map_get(&survey->sources.map, &netns);
		if (!best)
			return false;
		if (!best->number ||
		    ((const struct bound *)map_at(&survey->bound.map, best->number - 1))
		                    ->source.ports < bound->source.ports)
			best->number = i + 1;
	}
	return true;
}

bool survey_source(struct survey *survey, uint32_t netns, struct survey_source *source)
{
	const uint64_t key = netns;
	const struct bound *bound;
	const struct best *best;
	uint32_t low, high;

	if (!table_local_ports(survey->table, netns, &low, &high) ||
	    !survey_rows(survey, &survey->bound, sizeof(struct bound_key), sizeof(*bound),
	                 add_bound))
		return false;
	if (survey->sources.state == SURVEY_NOT_YET)
		survey->sources.state = find_sources(survey) ? SURVEY_MADE : SURVEY_FAILED;
	best = survey->sources.state == SURVEY_MADE ? map_find(&survey->sources.map, &key) : NULL;
	if (!best)
		return false;
	bound = map_at(&survey->bound.map, best->number - 1);
	*source = bound->source;
	source->netns = netns;
	source->all = high - low + 1;
	memcpy(source->addr, bound->key.laddr, sizeof(source->addr));
	return true;
}

bool survey_source_has(const struct table *table, const struct survey_source *source,
                       const struct row *row)
{
	uint8_t addr[16];

	address_map(row->family, row->laddr, addr);
	return row->netns == source->netns && !memcmp(addr, source->addr, sizeof(addr)) &&
	       takes_port(table, row);
}
