/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows by inode of sockfs, for what /proc tells: it knows sockets by nothing else. */
#include <stdlib.h>

#include "core/table_private.h"

static int compare(const void *a, const void *b)
{
	const struct inode_row *left = a, *right = b;

	return (left->inode > right->inode) - (left->inode < right->inode);
}

static void collect(struct table *t)
{
	struct inodes *inodes = &t->inodes;

	inodes->items = calloc(t->rows.live + 1, sizeof(*inodes->items));
	for (uint32_t i = 0; inodes->items && i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);

		if (row->used && row->inode)
			inodes->items[inodes->count++] = (struct inode_row){row->inode, i};
	}
	if (inodes->items)
		qsort(inodes->items, inodes->count, sizeof(*inodes->items), compare);
}

struct row *table_find_inode(struct table *t, uint32_t inode)
{
	const struct inode_row key = {.inode = inode}, *found;
	struct row *row;

	if (!t->inodes.items)
		collect(t);
	if (!t->inodes.items || !inode)
		return NULL;
	found = bsearch(&key, t->inodes.items, t->inodes.count, sizeof(key), compare);
	row = found ? row_at(t, found->row) : NULL;
	return row && row->used && row->inode == inode ? row : NULL;
}

void inodes_forget(struct inodes *inodes)
{
	free(inodes->items);
	*inodes = (struct inodes){0};
}
