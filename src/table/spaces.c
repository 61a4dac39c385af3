/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of each network namespace: the end of a walk over one looks at no other. */
#include "table/table_private.h"

static uint32_t *space_link(void *element)
{
	return &((struct space *)element)->next;
}

static uint64_t space_hash(const struct hash_key *secret, const void *element)
{
	return hash_netns(secret, ((const struct space *)element)->netns);
}

static struct chains spaces_by_netns(struct table *t)
{
	return (struct chains){&t->space_index, &t->spaces, space_link,
	                       space_hash,      &t->secret, NULL};
}

static struct space *space_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->spaces, index);
}

static uint32_t find(const struct table *t, uint32_t netns)
{
	uint32_t at = chain_first(&t->space_index, hash_netns(&t->secret, netns));

	while (at != ROW_NONE && space_at(t, at)->netns != netns)
		at = space_at(t, at)->next;
	return at;
}

static uint32_t make(struct table *t, uint32_t netns)
{
	const struct chains chains = spaces_by_netns(t);
	uint32_t index = pool_take(&t->spaces);

	if (index == POOL_NONE)
		return ROW_NONE;
	*space_at(t, index) = (struct space){.netns = netns, .first = ROW_NONE, .last = ROW_NONE};
	if (!chain_add(&chains, index))
		return index;
	pool_put(&t->spaces, index);
	return ROW_NONE;
}

static void append(struct table *t, struct space *space, struct row *row)
{
	struct row *last = row_at(t, space->last);

	row->back_in_space = space->last;
	row->next_in_space = ROW_NONE;
	if (last)
		last->next_in_space = row->self;
	else
		space->first = row->self;
	space->last = row->self;
}

int space_add(struct table *t, struct row *row)
{
	uint32_t index = find(t, row->netns);
	struct space *space;

	if (index == ROW_NONE)
		index = make(t, row->netns);
	space = space_at(t, index);
	row->back_in_space = row->self; /* in none */
	if (!space)
		return -1;
	append(t, space, row);
	space->rows++;
	return 0;
}

void space_remove(struct table *t, struct row *row)
{
	const struct chains chains = spaces_by_netns(t);
	struct row *before, *after;
	struct space *space;
	uint32_t index;

	if (row->back_in_space == row->self)
		return;
	index = find(t, row->netns);
	space = space_at(t, index);
	before = row_at(t, row->back_in_space);
	after = row_at(t, row->next_in_space);
	*(before ? &before->next_in_space : &space->first) = row->next_in_space;
	*(after ? &after->back_in_space : &space->last) = row->back_in_space;
	row->back_in_space = row->self;
	if (--space->rows)
		return;
	chain_remove(&chains, index);
	pool_put(&t->spaces, index);
}

struct row *space_first(const struct table *t, uint32_t netns)
{
	const struct space *space = space_at(t, find(t, netns));

	return space ? row_at(t, space->first) : NULL;
}

void spaces_order(struct table *t)
{
	for (uint32_t i = 0; i < t->spaces.used; i++) {
		struct space *space = space_at(t, i);

		if (space->rows)
			space->first = space->last = ROW_NONE;
	}
	for (uint32_t i = 0; i < t->rows.used; i++) {
		struct row *row = row_at(t, i);

		if (row->used && row->back_in_space != row->self)
			append(t, space_at(t, find(t, row->netns)), row);
	}
}
