/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that go before the first fact that wants them: namespaces, cgroups, processes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "field/endpoint.h"
#include "enrich/interface.h"
#include "fact/name.h"
#include "feed/feed_private.h"

#define NETNS_SEARCH_INTERVAL (NS_PER_SEC / 10)

/* --- namespaces ----------------------------------------------------------------------------- */

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

/* Namespaces of rows that cannot be found. */
struct lost_list {
	struct numbers inodes;
	struct lost_netns {
		bool alive;    /* it has sockets that keep it: hidden from us, or still ending */
		uint32_t rows; /* that it has left */
	} * entries;           /* in the order of inodes */
	size_t room;
};

static struct lost_netns *find_lost(const struct lost_list *lost, uint32_t inode)
{
	size_t place = numbers_find(&lost->inodes, inode);

	return place == NUMBERS_NONE ? NULL : &lost->entries[place];
}

/* NULL: no memory; the next walk will do. */
static struct lost_netns *add_lost(struct lost_list *lost, uint32_t inode)
{
	size_t count = numbers_count(&lost->inodes);
	struct lost_netns *grown;

	if (count == lost->room) {
		grown = reallocarray(lost->entries, count * 2 + 16, sizeof(*grown));
		if (!grown)
			return NULL;
		lost->entries = grown;
		lost->room = count * 2 + 16;
	}
	if (numbers_add(&lost->inodes, inode) == NUMBERS_NONE)
		return NULL;
	lost->entries[count] = (struct lost_netns){0};
	return &lost->entries[count];
}

/*
 * A full socket that no walk finds is there all the same if its memory says so. Where that
 * cannot be told, it is.
 */
static bool is_there(const struct feed *feed, const struct row *row)
{
	return !feed->live || !row->sk || !row->cookie ||
	       live_peek(feed->live, row->sk, row->cookie, row->netns, false) != 0;
}

/* In which namespaces there are rows, and which of these cannot be found. */
static void find_all_lost(struct feed *feed, struct lost_list *lost)
{
	uint32_t there = 0; /* the last that was found: rows of one often come together */
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
			entry->alive = is_there(feed, row);
	}
}

static void bury_row(struct feed *feed, const struct row *row)
{
	struct fact_seen gone = {
		.h = {.type = FACT_GONE, .len = sizeof(gone), .time = clock_boot(), .sk = row->sk}};

	row_sample(row, &gone.s);
	feed_fact(&gone.h, feed);
}

/* Once none of their sockets is left: what is known of them is forgotten then. */
static void tell_departed(struct feed *feed, const struct lost_list *lost)
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
		else if (!netns_find(&feed->netns, inode)) /* its number was not given out again */
			feed_fact(&fact.h, feed);
	}
	numbers_free(&departed);
}

void feed_bury_netns(struct feed *feed)
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
			                                          : !is_there(feed, row))
				bury_row(feed, row);
			else
				entry->rows++;
		}
	tell_departed(feed, &lost);
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

/* --- names that filters ask for ------------------------------------------------------------- */

static const struct fact_sample *sample_of(const struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
		return &((const struct fact_state *)fact)->s;
	case FACT_RETRANSMIT:
		return &((const struct fact_retransmit *)fact)->s;
	case FACT_SYNACK:
		return &((const struct fact_synack *)fact)->s;
	case FACT_RST_SENT:
	case FACT_RST_RECEIVED:
		return &((const struct fact_reset *)fact)->s;
	case FACT_SEEN:
		return &((const struct fact_seen *)fact)->s;
	default:
		return NULL;
	}
}

static void introduce_netns(struct feed *feed, uint32_t netns)
{
	uint64_t now = clock_boot();

	if (feed->walking) /* the list is in use; the namespace's next fact will do */
		return;
	feed->last_netns = netns;
	/* One that cannot be found must not be searched for at each of its facts. */
	if (netns_find(&feed->netns, netns) || now - feed->netns_searched < NETNS_SEARCH_INTERVAL)
		return;
	feed->netns_searched = now;
	feed_refresh_netns(feed, NULL);
}

static void introduce_cgroup(struct feed *feed, uint64_t cgroup)
{
	feed->last_cgroup = cgroup;
	if (names_want(table_names(feed->table), name_key_number(NAME_CGROUP, cgroup)))
		return;
	resolve_wishes(feed->resolve, table_names(feed->table));
	resolve_collect(feed->resolve, feed_fact, feed);
}

/* --- interfaces of link-local addresses ------------------------------------------------------ */

/* Of an index in a namespace that the thread is not in. 0 or -errno. */
static int interface_name_in(const struct feed *feed, uint32_t netns, uint32_t ifindex,
                             char name[INTERFACE_NAME_SIZE])
{
	const struct netns_entry *entry = netns_find(&feed->netns, netns);
	int err;

	if (feed->walking || !entry || netns_enter(entry))
		return -EAGAIN; /* the namespace's own walk will tell */
	err = interface_name(ifindex, name);
	netns_leave();
	return err;
}

/* Names change, and indices are given out again: at each walk they are looked up anew. */
static void introduce_interface(struct feed *feed, const struct fact_sample *s)
{
	uint32_t here = feed->walked ? feed->walked : netns_own();
	const struct name_key key = name_key_interface(s->netns, s->ifindex);
	const char *known = names_find(table_names(feed->table), key);
	union fact_name_buffer fact;
	char name[INTERFACE_NAME_SIZE];

	if (known && !feed->walking)
		return;
	if (s->netns == here ? interface_name(s->ifindex, name)
	                     : interface_name_in(feed, s->netns, s->ifindex, name))
		return;
	feed->named_netns = s->netns;
	feed->named_interface = s->ifindex;
	if (known && !strcmp(known, name))
		return;
	fact_name_make(&fact, clock_boot(), NAME_INTERFACE, key.key, name);
	feed_fact(&fact.fact.h, feed);
}

static bool is_on_link(const struct fact_sample *s)
{
	return s->ifindex && (address_is_link_local((uint8_t)s->family, s->laddr) ||
	                      address_is_link_local((uint8_t)s->family, s->raddr));
}

static const struct fact_task *task_of(const struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
		return &((const struct fact_state *)fact)->task;
	case FACT_ACCEPT:
	case FACT_CONNECT:
		return &((const struct fact_syscall *)fact)->task;
	default:
		return NULL;
	}
}

/*
 * The first fact from a namespace, cgroup or process: its name goes before it, so
 * that a filter by that name does not miss it.
 */
void feed_introduce(struct feed *feed, const struct fact *fact)
{
	const struct fact_sample *s = sample_of(fact);
	const struct fact_task *task = task_of(fact);

	if (task && task->pid && !table_find_task(feed->table, task->pid, task->start))
		feed_tell_task(feed, task->pid, task->start);
	if (!s)
		return;
	if (s->netns && s->netns != feed->last_netns && feed->live)
		introduce_netns(feed, s->netns);
	if (s->cgroup && s->cgroup != feed->last_cgroup)
		introduce_cgroup(feed, s->cgroup);
	if (is_on_link(s) && (s->ifindex != feed->named_interface || s->netns != feed->named_netns))
		introduce_interface(feed, s);
}
