/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets are an array that is sorted by namespace and interface, values an array that is sorted by id:
 * there are few, they change every ten seconds, and their order does not depend on when they came.
 */
#include "table/mib_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sorted.h"
#include "fact/counts.h"
#include "fact/kind.h"
#include "fact/mib.h"
#include "table/emit_private.h"
#include "table/names.h"

#define SETS_MAX   65536U
#define VALUES_MAX (2U << 20) /* of all sets: 48 MiB */

static uint64_t key_of(uint32_t netns, uint32_t ifindex)
{
	return (uint64_t)netns << 32 | ifindex;
}

/* --- look-up -------------------------------------------------------------------------------- */

/* The place of the first set whose key is not below. */
static size_t place_of(const struct mibs *mibs, uint64_t key)
{
	return key ? sorted_first_above(mibs->sets, mibs->count, sizeof(*mibs->sets), key - 1) : 0;
}

static struct mib_set *find_set(const struct mibs *mibs, uint64_t key)
{
	size_t place = place_of(mibs, key);

	return place < mibs->count && mibs->sets[place].key == key ? &mibs->sets[place] : NULL;
}

const struct mib_set *table_mib(const struct table *t, uint32_t netns, uint32_t ifindex)
{
	return find_set(&t->mibs, key_of(netns, ifindex));
}

const struct mib_set *table_mib_at(const struct table *t, size_t place)
{
	return place < t->mibs.count ? &t->mibs.sets[place] : NULL;
}

size_t table_mib_place(const struct table *t, uint32_t netns)
{
	return place_of(&t->mibs, key_of(netns, 0));
}

/* The place of the first value whose id is not below. */
static size_t value_place(const struct mib_set *set, uint64_t id)
{
	return sorted_first_above(set->values, set->count, sizeof(*set->values), id - 1);
}

const struct mib_value *mib_value(const struct mib_set *set, uint64_t id)
{
	size_t place = id ? value_place(set, id) : set->count;

	return place < set->count && set->values[place].id == id ? &set->values[place] : NULL;
}

/* --- change --------------------------------------------------------------------------------- */

/* NULL: no memory, or too many. */
static struct mib_set *add_set(struct mibs *mibs, uint64_t key)
{
	size_t place = place_of(mibs, key);
	struct mib_set *sets;

	if (mibs->count >= SETS_MAX)
		return NULL;
	sets = array_reserve(mibs->sets, &mibs->room, mibs->count + 1, sizeof(*sets));
	if (!sets)
		return NULL;
	mibs->sets = sets;
	memmove(sets + place + 1, sets + place, (mibs->count - place) * sizeof(*sets));
	mibs->count++;
	sets[place] = (struct mib_set){.key = key};
	return &sets[place];
}

/* The value of an id; a new one is 0. NULL: no memory, or too many. */
static struct mib_value *get_value(struct mibs *mibs, struct mib_set *set, uint64_t id)
{
	size_t place = value_place(set, id), room = set->room;
	struct mib_value *values;

	if (place < set->count && set->values[place].id == id)
		return &set->values[place];
	if (mibs->values >= VALUES_MAX)
		return NULL;
	values = array_reserve(set->values, &room, set->count + 1, sizeof(*values));
	if (!values)
		return NULL;
	set->values = values;
	set->room = (uint32_t)room;
	memmove(values + place + 1, values + place, (set->count - place) * sizeof(*values));
	set->count++;
	mibs->values++;
	values[place] = (struct mib_value){.id = id};
	return &values[place];
}

static bool is_now(const struct table *t, uint64_t id)
{
	const char *name = names_find(t->names, name_key_number(NAME_COUNTER, id));

	return name && mib_is_now(name);
}

static void change_value(const struct table *t, struct mib_value *value, uint32_t flags,
                         int64_t difference)
{
	uint64_t before = value->now;

	if (flags & COUNTS_BASE) {
		value->base = (uint64_t)difference;
		return;
	}
	value->now += (uint64_t)difference;
	if (flags & COUNTS_SAVED)
		return;
	if (flags & COUNTS_FIRST)
		value->base -= (uint64_t)difference;
	else if (difference < 0 && !is_now(t, value->id))
		value->base += before + mib_growth(before, value->now) - value->now;
}

static void drop_sets(struct mibs *mibs, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		mibs->values -= mibs->sets[i].count;
		free(mibs->sets[i].values);
	}
	if (from == to)
		return;
	memmove(mibs->sets + from, mibs->sets + to, (mibs->count - to) * sizeof(*mibs->sets));
	mibs->count -= to - from;
}

void fold_counts(struct table *t, const struct fact_counts *fact)
{
	uint64_t key = key_of(fact->netns, fact->ifindex);
	struct mib_set *set = find_set(&t->mibs, key);
	int64_t difference;
	uint32_t at = 0;
	uint16_t id;

	if (fact->flags & COUNTS_GONE) {
		if (set)
			drop_sets(&t->mibs, (size_t)(set - t->mibs.sets),
			          (size_t)(set - t->mibs.sets) + 1);
		return;
	}
	if (!set)
		set = add_set(&t->mibs, key);
	while (set && counts_next(fact, &at, &id, &difference)) {
		struct mib_value *value = id ? get_value(&t->mibs, set, id) : NULL;

		if (value)
			change_value(t, value, fact->flags, difference);
		else if (id)
			loss_count(t, LOSS_TABLE, 1);
	}
	if (!set)
		loss_count(t, LOSS_TABLE, 1);
}

void mib_drop_netns(struct table *t, uint32_t netns)
{
	size_t from = place_of(&t->mibs, key_of(netns, 0)), to = from;

	while (to < t->mibs.count && mib_netns(&t->mibs.sets[to]) == netns)
		to++;
	drop_sets(&t->mibs, from, to);
}

void mib_free(struct table *t)
{
	drop_sets(&t->mibs, 0, t->mibs.count);
	free(t->mibs.sets);
}

/* --- checkpoint ----------------------------------------------------------------------------- */

static void begin_fact(union fact_counts_buffer *buffer, const struct table *t,
                       const struct mib_set *set, uint32_t flags)
{
	memset(buffer, 0, sizeof(*buffer));
	buffer->fact.h.type = FACT_COUNTS;
	buffer->fact.h.time = t->now;
	buffer->fact.netns = mib_netns(set);
	buffer->fact.ifindex = mib_ifindex(set);
	buffer->fact.flags = flags;
}

static void end_fact(struct fact_counts *fact, const struct fact_sink *sink)
{
	fact->h.len = fact_length(FACT_COUNTS, fact->count);
	fact_emit(sink, &fact->h);
}

/* One number of each value, those that are 0 left out; a set without values, too, if it is needed. */
static void save_numbers(const struct table *t, const struct mib_set *set, uint32_t flags,
                         const struct fact_sink *sink)
{
	union fact_counts_buffer buffer;

	begin_fact(&buffer, t, set, flags);
	for (uint32_t i = 0; i < set->count; i++) {
		const struct mib_value *value = &set->values[i];
		uint64_t number = flags & COUNTS_BASE ? value->base : value->now;

		if (!number && flags & COUNTS_BASE)
			continue;
		counts_add(&buffer.fact, (uint16_t)value->id, (int64_t)number);
		if (buffer.fact.count + COUNTS_ELEMENTS <= FACT_COUNTS_MAX)
			continue;
		end_fact(&buffer.fact, sink);
		begin_fact(&buffer, t, set, flags);
	}
	if (buffer.fact.count || !(flags & COUNTS_BASE))
		end_fact(&buffer.fact, sink);
}

void mib_save(const struct table *t, const struct fact_sink *sink)
{
	for (size_t i = 0; i < t->mibs.count; i++) {
		save_numbers(t, &t->mibs.sets[i], COUNTS_SAVED, sink);
		save_numbers(t, &t->mibs.sets[i], COUNTS_SAVED | COUNTS_BASE, sink);
	}
}
