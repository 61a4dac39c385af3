/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/counters_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "table/mib_private.h"

const char *table_setting(const struct table *t, uint32_t netns, enum setting setting)
{
	const struct name_key key = {NAME_SETTING, {setting, netns}};
	const char *text = names_find(t->names, key);

	return text && text[0] ? text : NULL;
}

bool table_setting_number(const struct table *t, uint32_t netns, enum setting setting,
                          uint64_t *number)
{
	const char *text = table_setting(t, netns, setting);
	char *end;
	uint64_t value;

	if (!text)
		return false;
	value = strtoull(text, &end, 10);
	if (end == text)
		return false;
	*number = value;
	return true;
}

bool table_local_ports(const struct table *t, uint32_t netns, uint32_t *low, uint32_t *high)
{
	const char *range = table_setting(t, netns, SETTING_LOCAL_PORT_RANGE);

	return range && sscanf(range, "%5" SCNu32 " %5" SCNu32, low, high) == 2 && *low <= *high &&
	       *high <= UINT16_MAX;
}

static uint32_t *counters_link(void *element)
{
	return &((struct netns_counters *)element)->next;
}

static uint64_t counters_hash(const struct hash_key *secret, const void *element)
{
	return hash_netns(secret, ((const struct netns_counters *)element)->netns);
}

static struct chains counters_by_netns(struct table *t)
{
	return (struct chains){&t->counter_index, &t->counters, counters_link,
	                       counters_hash,     &t->secret,   NULL};
}

static struct netns_counters *counters_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->counters, index);
}

static uint32_t find_index(const struct table *t, uint32_t netns)
{
	uint32_t at = chain_first(&t->counter_index, hash_netns(&t->secret, netns));

	while (at != ROW_NONE && counters_at(t, at)->netns != netns)
		at = counters_at(t, at)->next;
	return at;
}

static struct netns_counters *find_counters(const struct table *t, uint32_t netns)
{
	return counters_at(t, find_index(t, netns));
}

const struct netns_counters *counters_first(const struct table *t)
{
	return counters_at(t, t->first_counters);
}

const struct netns_counters *counters_next(const struct table *t,
                                           const struct netns_counters *counters)
{
	return counters_at(t, counters->after);
}

bool table_counter(const struct table *t, uint32_t netns, enum counter counter, uint64_t *now,
                   uint64_t *grown)
{
	const struct netns_counters *counters = find_counters(t, netns);

	if (!counters || counter <= COUNTER_NONE || counter >= COUNTER_COUNT ||
	    !counters->known[counter])
		return false;
	*now = counters->now[counter];
	*grown = *now > counters->first[counter] ? *now - counters->first[counter] : 0;
	return true;
}

static struct netns_counters *make_counters(struct table *t, uint32_t netns)
{
	const struct chains chains = counters_by_netns(t);
	uint32_t index = pool_take(&t->counters);
	struct netns_counters *counters = counters_at(t, index), *last;

	if (!counters)
		return NULL;
	counters->netns = netns;
	if (chain_add(&chains, index)) {
		pool_put(&t->counters, index);
		return NULL;
	}
	last = counters_at(t, t->last_counters);
	counters->before = t->last_counters;
	counters->after = ROW_NONE;
	*(last ? &last->after : &t->first_counters) = index;
	t->last_counters = index;
	return counters;
}

void fold_counter(struct table *t, const struct fact_counter *fact)
{
	struct netns_counters *counters;

	if (fact->counter == COUNTER_NONE || fact->counter >= COUNTER_COUNT)
		return;
	counters = find_counters(t, fact->netns);
	if (!counters)
		counters = make_counters(t, fact->netns);
	if (!counters)
		return;
	counters->now[fact->counter] = fact->value;
	if (!counters->known[fact->counter])
		counters->first[fact->counter] = fact->value;
	counters->known[fact->counter] = true;
}

static void drop_counters(struct table *t, uint32_t index)
{
	const struct chains chains = counters_by_netns(t);
	struct netns_counters *counters = counters_at(t, index);
	struct netns_counters *before, *after;

	if (!counters)
		return;
	before = counters_at(t, counters->before);
	after = counters_at(t, counters->after);
	*(before ? &before->after : &t->first_counters) = counters->after;
	*(after ? &after->before : &t->last_counters) = counters->before;
	chain_remove(&chains, index);
	pool_put(&t->counters, index);
}

void fold_netns_gone(struct table *t, const struct fact_netns *fact)
{
	names_drop(t->names, name_key_number(NAME_NETNS, fact->netns));
	for (enum setting setting = SETTING_NONE + 1; setting < SETTING_COUNT; setting++)
		names_drop(t->names, (struct name_key){NAME_SETTING, {setting, fact->netns}});
	drop_counters(t, find_index(t, fact->netns));
	mib_drop_netns(t, fact->netns);
}

void counters_free(struct table *t)
{
	pool_free(&t->counters);
	free(t->counter_index.buckets);
}
