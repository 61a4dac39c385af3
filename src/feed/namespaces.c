/* SPDX-License-Identifier: BSD-2-Clause */
/* Which network namespaces there are, and the end of those that are gone. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "fact/name.h"
#include "feed/feed_private.h"

static void name_netns(struct feed *feed, const struct netns_entry *entry)
{
	const char *known =
		names_find(table_names(feed->table), name_key_number(NAME_NETNS, entry->inode));
	uint64_t key[2] = {entry->inode, 0};
	union fact_name_buffer name;

	if (known && !strcmp(known, entry->name))
		return;
	fact_name_make(&name, clock_boot(), NAME_NETNS, key, entry->name);
	feed_fact(&name.fact.h, feed);
}

static bool is_full(const struct row *row)
{
	return !(row->flags & (ROW_MINI | ROW_REQUEST)) && row->state != STATE_CLOSE;
}

/* Namespaces that have rows but cannot be found. */
struct lost_list {
	struct numbers inodes;
	struct lost_netns {
		bool alive; /* a full socket of it exists: it is hidden from us, or still ending */
		uint32_t rows; /* that were not retired */
	} * entries;           /* in the order of inodes */
};

static struct lost_netns *find_lost(const struct lost_list *lost, uint32_t inode)
{
	size_t place = numbers_find(&lost->inodes, inode);

	return place == NUMBERS_NONE ? NULL : &lost->entries[place];
}

/* NULL: no memory; the next walk tries again. */
static struct lost_netns *add_lost(struct lost_list *lost, uint32_t inode)
{
	size_t count = numbers_count(&lost->inodes);
	struct lost_netns *grown = array_add(lost->entries, count, sizeof(*grown));

	if (!grown)
		return NULL;
	lost->entries = grown;
	if (numbers_add(&lost->inodes, inode) == NUMBERS_NONE)
		return NULL;
	lost->entries[count] = (struct lost_netns){0};
	return &lost->entries[count];
}

/*
 * Does a full socket that no walk finds still exist? Looks at its memory; true where that is not
 * possible.
 */
static bool exists(const struct feed *feed, const struct row *row)
{
	struct fact_sample sample;

	if (!feed->live || !row->sk || !row->cookie)
		return true;
	row_sample(row, &sample);
	return live_peek(feed->live, row->sk, &sample, false) != 0;
}

/* Notes which namespaces have rows, and collects those that cannot be found. */
static void find_all_lost(struct feed *feed, struct lost_list *lost)
{
	uint32_t there =
		0; /* the last one that was found; rows of one namespace often follow each other */
	struct row_iter iter;
	const struct row *row;

	feed_forget_rows(feed);
	table_for_each (feed->table, iter, row) {
		struct lost_netns *entry;

		if (!row->netns)
			continue;
		if (row->netns == there || netns_find(&feed->netns, row->netns)) {
			there = row->netns;
			feed_note_row(feed, row);
			continue;
		}
		entry = find_lost(lost, row->netns);
		if (!entry)
			entry = add_lost(lost, row->netns);
		if (entry && is_full(row) && !entry->alive)
			entry->alive = exists(feed, row);
	}
}

static void retire_row(struct feed *feed, const struct row *row)
{
	struct fact_sample sample;

	row_sample(row, &sample);
	feed_report_gone(feed, row->sk, &sample);
}

/* Reports namespaces as gone once they have no rows left. The table then forgets them. */
static void report_departed(struct feed *feed, const struct lost_list *lost)
{
	struct numbers departed = feed->departed;

	feed->departed = (struct numbers){0};
	for (size_t i = 0; i < numbers_count(&departed); i++) {
		uint32_t inode = numbers_at(&departed, i);
		const struct lost_netns *left = find_lost(lost, inode);
		struct fact_netns fact = {
			.h = {.type = FACT_NETNS_GONE, .len = sizeof(fact), .time = clock_boot()},
			.netns = inode};

		if (left && left->rows)
			numbers_add(&feed->departed, inode);
		else if (!netns_find(&feed->netns,
		                     inode)) /* the kernel has not reused its number */
			feed_fact(&fact.h, feed);
	}
	numbers_free(&departed);
}

void feed_retire_netns(struct feed *feed)
{
	struct lost_list lost = {0};
	struct lost_netns *entry;
	struct row_iter iter;
	const struct row *row;

	find_all_lost(feed, &lost);
	if (numbers_count(&lost.inodes))
		table_for_each (feed->table, iter, row) {
			entry = find_lost(&lost, row->netns);
			if (!entry)
				continue;
			if (row->flags & (ROW_MINI | ROW_REQUEST) ? !entry->alive
			                                          : !exists(feed, row))
				retire_row(feed, row);
			else
				entry->rows++;
		}
	report_departed(feed, &lost);
	numbers_free(&lost.inodes);
	free(lost.entries);
}

int feed_refresh_netns(struct feed *feed, struct diag *diag)
{
	struct netns_list now;
	int err = netns_enumerate(&now, diag);

	if (err)
		return err;
	for (size_t i = 0; i < now.count; i++)
		name_netns(feed, &now.entries[i]);
	for (size_t i = 0; i < feed->netns.count; i++)
		if (!netns_find(&now, feed->netns.entries[i].inode))
			numbers_add(&feed->departed, feed->netns.entries[i].inode);
	netns_list_free(&feed->netns);
	feed->netns = now;
	return 0;
}
