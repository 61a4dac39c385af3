/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of each network namespace: the end of a walk over one namespace looks at no other. */
#include "table/netns_rows_private.h"

static uint32_t *list_link(void *element)
{
	return &((struct netns_rows *)element)->next;
}

static uint64_t list_hash(const struct hash_key *secret, const void *element)
{
	return hash_netns(secret, ((const struct netns_rows *)element)->netns);
}

static struct chains rows_by_netns(struct table *t)
{
	return (struct chains){&t->netns_index, &t->netns_rows, list_link,
	                       list_hash,       &t->secret,     NULL};
}

static struct netns_rows *list_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->netns_rows, index);
}

static uint32_t find(const struct table *t, uint32_t netns)
{
	uint32_t at = chain_first(&t->netns_index, hash_netns(&t->secret, netns));

	while (at != ROW_NONE && list_at(t, at)->netns != netns)
		at = list_at(t, at)->next;
	return at;
}

static uint32_t make(struct table *t, uint32_t netns)
{
	const struct chains chains = rows_by_netns(t);
	uint32_t index = pool_take(&t->netns_rows);

	if (index == POOL_NONE)
		return ROW_NONE;
	*list_at(t, index) =
		(struct netns_rows){.netns = netns, .first = ROW_NONE, .last = ROW_NONE};
	if (!chain_add(&chains, index))
		return index;
	pool_put(&t->netns_rows, index);
	return ROW_NONE;
}

static void append(struct table *t, struct netns_rows *list, struct row *row)
{
	struct row *last = row_at(t, list->last);

	row->back_in_netns = list->last;
	row->next_in_netns = ROW_NONE;
	if (last)
		last->next_in_netns = row->self;
	else
		list->first = row->self;
	list->last = row->self;
}

int netns_rows_add(struct table *t, struct row *row)
{
	uint32_t index = find(t, row->netns);
	struct netns_rows *list;

	if (index == ROW_NONE)
		index = make(t, row->netns);
	list = list_at(t, index);
	row->back_in_netns = row->self; /* in no list */
	if (!list)
		return -1;
	append(t, list, row);
	list->rows++;
	return 0;
}

void netns_rows_remove(struct table *t, struct row *row)
{
	const struct chains chains = rows_by_netns(t);
	struct row *before, *after;
	struct netns_rows *list;
	uint32_t index;

	if (row->back_in_netns == row->self)
		return;
	index = find(t, row->netns);
	list = list_at(t, index);
	before = row_at(t, row->back_in_netns);
	after = row_at(t, row->next_in_netns);
	*(before ? &before->next_in_netns : &list->first) = row->next_in_netns;
	*(after ? &after->back_in_netns : &list->last) = row->back_in_netns;
	row->back_in_netns = row->self;
	if (--list->rows)
		return;
	chain_remove(&chains, index);
	pool_put(&t->netns_rows, index);
}

struct row *netns_rows_first(const struct table *t, uint32_t netns)
{
	const struct netns_rows *list = list_at(t, find(t, netns));

	return list ? row_at(t, list->first) : NULL;
}

void netns_rows_order(struct table *t)
{
	for (uint32_t i = 0; i < t->netns_rows.used; i++) {
		struct netns_rows *list = list_at(t, i);

		if (list->rows)
			list->first = list->last = ROW_NONE;
	}
	for (uint32_t i = 0; i < t->rows.used; i++) {
		struct row *row = row_at(t, i);

		if (row->used && row->back_in_netns != row->self)
			append(t, list_at(t, find(t, row->netns)), row);
	}
}
