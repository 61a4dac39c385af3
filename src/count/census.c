/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/census.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct entry {
	struct group_key key;
	char comm[FACT_COMM_LEN];
	uint32_t count;
};

/* One socket. */
struct sighting {
	uint64_t cookie; /* 0: not known */
	uint64_t born;   /* with `self` it identifies the row until the table restarts */
	uint32_t self;
	uint32_t entry;
};

struct census {
	int64_t wall;
	uint64_t now;          /* ns of CLOCK_BOOTTIME */
	struct entry *entries; /* by key */
	size_t entry_count;
	struct sighting *sightings;
	size_t sighting_count;
};

/* --- taking --------------------------------------------------------------------------------- */

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By state, process and place, as people read a list. */
static int compare_keys(const struct group_key *a, const struct group_key *b)
{
	return order(a->state, b->state)
	               ?: order(a->pid, b->pid)
	               ?: order(a->start, b->start)
	               ?: order(b->passive, a->passive)
	               ?: memcmp(a->addr, b->addr, sizeof(a->addr))
	               ?: order(a->port, b->port)
	               ?: order(a->netns, b->netns);
}

static int by_key(const void *a, const void *b)
{
	return compare_keys(&((const struct entry *)a)->key, &((const struct entry *)b)->key);
}

struct selection {
	const struct query *query;
	uint64_t now;
};

static uint8_t classify(const struct table *table, const struct row *row,
                        uint64_t tally[GROUP_TALLIES], void *arg)
{
	const struct selection *selection = arg;

	(void)tally;
	/* A subflow is counted with its MPTCP socket. */
	return !(row->flags & ROW_SUBFLOW) &&
	       query_match(selection->query, table, row, selection->now);
}

static void copy_group(const struct table *table, const struct group *group, struct entry *entry)
{
	const struct group_key *key = &group->key;
	const struct task *task = key->pid ? table_find_task(table, key->pid, key->start) : NULL;

	*entry = (struct entry){.key = *key, .count = group->count};
	entry->key.class = 0;
	if (task)
		memcpy(entry->comm, task->comm, sizeof(entry->comm));
}

static int take_groups(struct census *census, const struct table *table, struct groups *groups,
                       struct selection *selection)
{
	int err = groups_collect(groups, classify, selection, NULL);

	if (err)
		return err;
	census->entry_count = groups_count(groups);
	census->entries = calloc(census->entry_count + 1, sizeof(*census->entries));
	if (!census->entries)
		return -ENOMEM;
	for (size_t i = 0; i < census->entry_count; i++) {
		copy_group(table, groups_at(groups, i), &census->entries[i]);
		census->sighting_count += census->entries[i].count;
	}
	qsort(census->entries, census->entry_count, sizeof(*census->entries), by_key);
	return 0;
}

static int take_sightings(struct census *census, const struct table *table,
                          struct selection *selection)
{
	struct sighting *at = calloc(census->sighting_count + 1, sizeof(*at));
	struct row_iter iter;
	const struct row *row;

	census->sightings = at;
	if (!at)
		return -ENOMEM;
	table_for_each (table, iter, row) {
		const struct entry *entry;
		struct entry wanted = {0};

		if (!classify(table, row, NULL, selection))
			continue;
		group_key_of(table, row, &wanted.key);
		entry = bsearch(&wanted, census->entries, census->entry_count, sizeof(wanted),
		                by_key);
		*at++ = (struct sighting){
			.cookie = row->cookie,
			.born = row->born,
			.self = row->self,
			.entry = (uint32_t)(entry - census->entries),
		};
	}
	return 0;
}

struct census *census_take(const struct table *table, const struct query *query)
{
	struct selection selection = {query, table_now(table)};
	struct census *census = calloc(1, sizeof(*census));
	struct groups *groups = groups_new(table);
	int err = census && groups ? 0 : -ENOMEM;

	if (!err) {
		census->now = selection.now;
		census->wall = table_wall(table, selection.now);
		err = take_groups(census, table, groups, &selection);
	}
	if (!err)
		err = take_sightings(census, table, &selection);
	groups_free(groups);
	if (!err)
		return census;
	census_free(census);
	return NULL;
}

void census_free(struct census *census)
{
	if (!census)
		return;
	free(census->entries);
	free(census->sightings);
	free(census);
}

int64_t census_wall(const struct census *census)
{
	return census->wall;
}

void census_states(const struct census *census, uint32_t states[STATE_COUNT])
{
	memset(states, 0, STATE_COUNT * sizeof(*states));
	for (size_t i = 0; i < census->entry_count; i++)
		states[census->entries[i].key.state] += census->entries[i].count;
}

/* --- who stayed ----------------------------------------------------------------------------- */

static int by_cookie(const void *a, const void *b)
{
	return order(((const struct sighting *)a)->cookie, ((const struct sighting *)b)->cookie);
}

static int by_row(const void *a, const void *b)
{
	const struct sighting *left = a, *right = b;

	return order(left->self, right->self) ?: order(left->born, right->born);
}

/*
 * Was the host booted between the two? Cookies and sockets of an earlier boot mean other sockets.
 */
static bool booted_since(const struct census *before, const struct census *after)
{
	if (!before->wall || !after->wall)
		return false;
	return clock_wall_offset(after->wall, after->now) > before->wall;
}

/* The sightings of the earlier census, sorted for look-up. */
struct index {
	const struct census *census;
	struct sighting *by_cookie, *by_row;
};

static struct sighting *sorted_copy(const struct census *census,
                                    int (*compare)(const void *, const void *))
{
	size_t count = census->sighting_count;
	struct sighting *copy = calloc(count + 1, sizeof(*copy));

	if (!copy)
		return NULL;
	memcpy(copy, census->sightings, count * sizeof(*copy));
	qsort(copy, count, sizeof(*copy), compare);
	return copy;
}

static int index_make(struct index *index, const struct census *census)
{
	index->census = census;
	index->by_cookie = sorted_copy(census, by_cookie);
	index->by_row = sorted_copy(census, by_row);
	return index->by_cookie && index->by_row ? 0 : -ENOMEM;
}

static void index_free(struct index *index)
{
	free(index->by_cookie);
	free(index->by_row);
}

/* The earlier census may not have known the cookie yet: then the row identifies the socket. */
static const struct sighting *index_find(const struct index *index, const struct sighting *later)
{
	size_t count = index->census->sighting_count, size = sizeof(*later);
	const struct sighting *found = NULL;

	if (later->cookie)
		found = bsearch(later, index->by_cookie, count, size, by_cookie);
	if (found)
		return found;
	found = bsearch(later, index->by_row, count, size, by_row);
	return found && found->cookie && later->cookie ? NULL : found;
}

/* stayed has a number for each entry of `after`. */
static int count_stayed(const struct census *before, const struct census *after, uint32_t *stayed)
{
	struct index index = {0};
	int err = index_make(&index, before);

	for (size_t i = 0; !err && i < after->sighting_count; i++) {
		const struct sighting *later = &after->sightings[i];
		const struct sighting *earlier = index_find(&index, later);

		if (earlier && before->entries[earlier->entry].key.state ==
		                       after->entries[later->entry].key.state)
			stayed[later->entry]++;
	}
	index_free(&index);
	return err;
}

/* --- comparing ------------------------------------------------------------------------------ */

static uint64_t magnitude(const struct census_row *row)
{
	return row->after > row->before ? row->after - row->before : row->before - row->after;
}

static int by_change(const void *a, const void *b)
{
	const struct census_row *left = a, *right = b;

	return order(magnitude(right), magnitude(left)) ?: compare_keys(&left->key, &right->key);
}

/* Takes the next key of two sorted lists; both, if they have the same key. */
static struct census_row merge(const struct census *before, size_t *b, const struct census *after,
                               size_t *a, const uint32_t *stayed)
{
	const struct entry *old = *b < before->entry_count ? &before->entries[*b] : NULL;
	const struct entry *new = *a < after->entry_count ? &after->entries[*a] : NULL;
	int side = !old ? 1 : !new ? -1 : compare_keys(&old->key, &new->key);
	const struct entry *entry = side < 0 ? old : new;
	struct census_row row = {
		.key = entry->key,
		.time_before = before->wall,
		.time_after = after->wall,
	};

	memcpy(row.comm, entry->comm, sizeof(row.comm));
	if (side <= 0) {
		row.before = old->count;
		++*b;
	}
	if (side >= 0) {
		row.after = new->count;
		row.stayed = stayed[*a];
		++*a;
	}
	return row;
}

int census_compare(const struct census *before, const struct census *after, bool all,
                   struct census_row **rows, size_t *count)
{
	size_t most = before->entry_count + after->entry_count, used = 0, b = 0, a = 0;
	uint32_t *stayed = calloc(after->entry_count + 1, sizeof(*stayed));
	struct census_row *result = calloc(most + 1, sizeof(*result));
	int err = stayed && result ? 0 : -ENOMEM;

	if (!err && !booted_since(before, after))
		err = count_stayed(before, after, stayed);
	while (!err && (b < before->entry_count || a < after->entry_count)) {
		result[used] = merge(before, &b, after, &a, stayed);
		used += all || magnitude(&result[used]);
	}
	free(stayed);
	if (err) {
		free(result);
		return err;
	}
	qsort(result, used, sizeof(*result), by_change);
	*rows = result;
	*count = used;
	return 0;
}
