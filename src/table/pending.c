/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pending lookup never changes a row: a replay, where no lookup is made, folds to the same table.
 */
#include "table/pending_private.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/clock.h"

void pending_push(struct heap *heap, const struct due *due)
{
	struct due *items =
		array_reserve(heap->items, &heap->room, heap->count + 1, sizeof(*items));
	size_t at;

	if (!items)
		return; /* the next walk finds out too */
	heap->items = items;
	for (at = heap->count++; at && items[(at - 1) / 2].due > due->due; at = (at - 1) / 2)
		items[at] = items[(at - 1) / 2];
	items[at] = *due;
}

struct due pending_pop(struct heap *heap)
{
	struct due top = heap->items[0], last = heap->items[--heap->count];
	size_t at = 0, child;

	while ((child = at * 2 + 1) < heap->count) {
		if (child + 1 < heap->count && heap->items[child + 1].due < heap->items[child].due)
			child++;
		if (heap->items[child].due >= last.due)
			break;
		heap->items[at] = heap->items[child];
		at = child;
	}
	heap->items[at] = last;
	return top;
}

void pending_mini(struct table *t, const struct row *row, uint64_t due)
{
	if (t->pending.kinds & LOOKUP_BIT(LOOKUP_MINI))
		pending_push(&t->pending.minis,
		             &(struct due){.due = due, .mark = row->deadline, .row = row->self});
}

void pending_fin(struct table *t, const struct row *row, uint64_t time)
{
	const struct due due = {time + FIRST_LOOK, row->since, row->self, 1};

	if (t->pending.kinds & LOOKUP_BIT(LOOKUP_FIN))
		pending_push(&t->pending.fins, &due);
}

void pending_port(struct table *t, const struct row *row)
{
	struct ports *ports = &t->pending.ports;
	struct pending_port *items;

	if (!(t->pending.kinds & LOOKUP_BIT(LOOKUP_PORT)))
		return;
	items = array_reserve(ports->items, &ports->room, ports->count + 1, sizeof(*items));
	if (!items)
		return; /* the next event of the socket has the port too */
	ports->items = items;
	ports->items[ports->count++] = (struct pending_port){row->self, row->sk};
}

void pending_end(struct table *t, const struct row *row, uint64_t time)
{
	if (t->pending.kinds & LOOKUP_BIT(LOOKUP_END))
		pending_push(&t->pending.ends,
		             &(struct due){time + FIRST_LOOK, row->since, row->self, 1});
}

void pending_task(struct table *t, uint32_t pid, uint64_t start)
{
	struct pending_tasks *queue = &t->pending.tasks;
	struct pending_task *items;

	if (!(t->pending.kinds & LOOKUP_BIT(LOOKUP_TASK)))
		return;
	items = array_reserve(queue->items, &queue->room, queue->count + 1, sizeof(*items));
	if (!items)
		return; /* it stays without a command line */
	queue->items = items;
	queue->items[queue->count++] = (struct pending_task){pid, start};
}

/* More than STACKS_MAX are not needed: most stacks are seen again, or their process has ended. */
void pending_stack(struct table *t, uint64_t id)
{
	struct pending_stacks *queue = &t->pending.stacks;
	uint64_t *items;

	if (!(t->pending.kinds & LOOKUP_BIT(LOOKUP_STACK)) || queue->count >= STACKS_MAX)
		return;
	items = array_reserve(queue->items, &queue->room, queue->count + 1, sizeof(*items));
	if (!items)
		return; /* later sockets made by it show no stack */
	queue->items = items;
	queue->items[queue->count++] = id;
}

void pending_free(struct table *t)
{
	free(t->pending.stacks.items);
	free(t->pending.tasks.items);
	free(t->pending.minis.items);
	free(t->pending.fins.items);
	free(t->pending.ends.items);
	free(t->pending.ports.items);
}
