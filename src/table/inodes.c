/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows by inode of sockfs, which is all that /proc knows of a socket. */
#include "table/inodes_private.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct inode_row *left = a, *right = b;

	if (left->inode != right->inode)
		return left->inode > right->inode ? 1 : -1;
	return (left->row > right->row) - (left->row < right->row);
}

static void collect(const struct table *t, struct inodes *inodes)
{
	inodes->items = calloc(t->rows.live + 1, sizeof(*inodes->items));
	for (uint32_t i = 0; inodes->items && i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);

		if (row->used && row->inode)
			inodes->items[inodes->count++] = (struct inode_row){row->inode, i};
	}
	if (inodes->items)
		qsort(inodes->items, inodes->count, sizeof(*inodes->items), compare);
}

/* The first row that had the inode when the rows were sorted, and still has it. */
static struct row *find(const struct table *t, struct inodes *inodes, uint32_t inode)
{
	size_t low = 0, high;

	if (!inodes->items)
		collect(t, inodes);
	if (!inodes->items || !inode)
		return NULL;
	for (high = inodes->count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (inodes->items[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < inodes->count && inodes->items[low].inode == inode; low++) {
		struct row *row = row_at(t, inodes->items[low].row);

		if (row->used && row->inode == inode)
			return row;
	}
	return NULL;
}

struct row *inodes_find(struct table *t, uint32_t inode)
{
	return find(t, &t->inodes, inode);
}

const struct row *inodes_find_for_source(struct table *t, uint32_t inode)
{
	return find(t, &t->source_inodes, inode);
}

void inodes_forget(struct table *t)
{
	free(t->inodes.items);
	free(t->source_inodes.items);
	t->inodes = t->source_inodes = (struct inodes){0};
}
