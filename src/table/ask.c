/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the table would like to know. Asking never changes a row: a replay,
 * where nobody asks, folds to the same table.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "table/table_private.h"

#define ASK_AGAIN  (2 * NS_PER_SEC) /* no answer came */
#define FIRST_LOOK (50 * NS_PER_MS) /* for a FIN; each pause is twice the one before */
#define LOOKS      8                /* the last one at 12.75 s; walks find what comes later */

static void heap_push(struct heap *heap, const struct due *due)
{
	struct due *items = heap->items;
	size_t at;

	if (heap->count == heap->room) {
		heap->room = heap->room ? heap->room * 2 : 256;
		items = realloc(heap->items, heap->room * sizeof(*items));
		if (!items) {
			heap->room = heap->count;
			return; /* the next walk will tell, too */
		}
		heap->items = items;
	}
	for (at = heap->count++; at && items[(at - 1) / 2].due > due->due; at = (at - 1) / 2)
		items[at] = items[(at - 1) / 2];
	items[at] = *due;
}

static struct due heap_pop(struct heap *heap)
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

void ask_mini(struct table *t, const struct row *row, uint64_t due)
{
	if (t->asks & QUESTION_BIT(ASK_MINI))
		heap_push(&t->heap,
		          &(struct due){.due = due, .mark = row->deadline, .row = row->self});
}

void ask_fin(struct table *t, const struct row *row, uint64_t time)
{
	const struct due due = {time + FIRST_LOOK, row->since, row->self, 1};

	if (t->asks & QUESTION_BIT(ASK_FIN))
		heap_push(&t->fins, &due);
}

void ask_port(struct table *t, const struct row *row)
{
	struct ports *ports = &t->ports;
	struct port_wish *items;

	if (!(t->asks & QUESTION_BIT(ASK_PORT)))
		return;
	if (ports->count == ports->room) {
		items = realloc(ports->items, (ports->room * 2 + 64) * sizeof(*items));
		if (!items)
			return; /* the next event of the socket brings its port, too */
		ports->items = items;
		ports->room = ports->room * 2 + 64;
	}
	ports->items[ports->count++] = (struct port_wish){row->self, row->sk};
}

void ask_end(struct table *t, const struct row *row, uint64_t time)
{
	if (t->asks & QUESTION_BIT(ASK_END))
		heap_push(&t->ends, &(struct due){time + FIRST_LOOK, row->since, row->self, 1});
}

void ask_task(struct table *t, uint32_t pid, uint64_t start)
{
	struct task_wishes *wishes = &t->task_wishes;
	struct task_wish *items;

	if (!(t->asks & QUESTION_BIT(ASK_TASK)))
		return;
	if (wishes->count == wishes->room) {
		items = realloc(wishes->items, (wishes->room * 2 + 64) * sizeof(*items));
		if (!items)
			return; /* it stays without a command line */
		wishes->items = items;
		wishes->room = wishes->room * 2 + 64;
	}
	wishes->items[wishes->count++] = (struct task_wish){pid, start};
}

/* Each is met again, or was of a process that is gone: those beyond STACKS_MAX are not missed. */
void ask_stack(struct table *t, uint64_t id)
{
	struct stack_wishes *wishes = &t->stack_wishes;
	uint64_t *items;

	if (!(t->asks & QUESTION_BIT(ASK_STACK)) || wishes->count >= STACKS_MAX)
		return;
	if (wishes->count == wishes->room) {
		items = reallocarray(wishes->items, wishes->room * 2 + 64, sizeof(*items));
		if (!items)
			return; /* its sockets have no stack */
		wishes->items = items;
		wishes->room = wishes->room * 2 + 64;
	}
	wishes->items[wishes->count++] = id;
}

void ask_free(struct table *t)
{
	free(t->stack_wishes.items);
	free(t->task_wishes.items);
	free(t->heap.items);
	free(t->fins.items);
	free(t->ends.items);
	free(t->ports.items);
}

void row_sample(const struct row *row, struct fact_sample *s)
{
	*s = (struct fact_sample){
		.family = row->family,
		.netns = row->netns,
		.lport = row->lport,
		.rport = row->rport,
		.ifindex = row->ifindex,
		.cookie = row->cookie,
		.state = row->state,
		.flags = SAMPLE_TUPLE,
	};
	if (row->flags & ROW_MINI)
		s->flags |= SAMPLE_MINI;
	if (row->flags & ROW_REQUEST)
		s->flags |= SAMPLE_REQUEST;
	s->mptcp = !!(row->flags & ROW_MPTCP);
	memcpy(s->laddr, row->laddr, sizeof(s->laddr));
	memcpy(s->raddr, row->raddr, sizeof(s->raddr));
}

static void question_fill(struct question *question, enum question_kind kind, const struct row *row)
{
	question->kind = kind;
	question->sk = row->sk;
	question->cookie = row->cookie;
	row_sample(row, &question->s);
}

static bool next_port(struct table *t, struct question *question)
{
	while (t->ports.count) {
		struct port_wish wish = t->ports.items[--t->ports.count];
		const struct row *row = table_row(t, wish.row); /* it may have ended */

		if (!row || row->sk != wish.sk || !(row->flags & ROW_PORT_PENDING))
			continue;
		question_fill(question, ASK_PORT, row);
		return true;
	}
	return false;
}

/* The newest first: it may be the first to end. */
static bool next_task(struct table *t, struct question *question)
{
	while (t->task_wishes.count) {
		struct task_wish wish = t->task_wishes.items[--t->task_wishes.count];

		/* It may have ended and be forgotten: what a zombie tells would bring it back. */
		if (!table_find_task(t, wish.pid, wish.start))
			continue;
		*question =
			(struct question){.kind = ASK_TASK, .pid = wish.pid, .start = wish.start};
		return true;
	}
	return false;
}

static bool next_stack(struct table *t, struct question *question)
{
	struct stack_wishes *wishes = &t->stack_wishes;

	if (!wishes->count)
		return false;
	*question = (struct question){.kind = ASK_STACK, .stack = wishes->items[--wishes->count]};
	return true;
}

static bool next_mini(struct table *t, struct question *question)
{
	while (t->heap.count && t->heap.items[0].due <= t->now) {
		struct due due = heap_pop(&t->heap);
		const struct row *row = table_row(t, due.row); /* it may have ended */

		if (!row || !(row->flags & ROW_MINI) || row->deadline != due.mark)
			continue;
		question_fill(question, ASK_MINI, row);
		due.due = t->now + ASK_AGAIN;
		heap_push(&t->heap, &due);
		return true;
	}
	return false;
}

/*
 * One that is late by its whole pause is left out: when more is due than is asked, looks at young
 * orphans go first. If the other end is on this host, its own event tells (fold_state.c).
 */
static bool is_worth_a_look(const struct table *t, const struct row *row, const struct due *due,
                            uint64_t pause)
{
	return t->now - due->due < pause && !table_find_peer(t, row);
}

static bool next_fin(struct table *t, struct question *question)
{
	while (t->fins.count && t->fins.items[0].due <= t->now) {
		struct due due = heap_pop(&t->fins);
		const struct row *row = table_row(t, due.row); /* it may have ended */
		uint64_t pause = FIRST_LOOK << (due.look - 1);
		bool worth;

		if (!row || !(row->flags & ROW_MINI) || row->state != STATE_FIN_WAIT2 ||
		    row->since != due.mark)
			continue;
		worth = is_worth_a_look(t, row, &due, pause);
		due.due = t->now + 2 * pause;
		if (due.look++ < LOOKS)
			heap_push(&t->fins, &due);
		if (!worth)
			continue;
		question_fill(question, ASK_FIN, row);
		return true;
	}
	return false;
}

static bool next_end(struct table *t, struct question *question)
{
	while (t->ends.count && t->ends.items[0].due <= t->now) {
		struct due due = heap_pop(&t->ends);
		const struct row *row = table_row(t, due.row); /* it may have ended */

		if (!row || !(row->flags & ROW_MPTCP) || row->state != STATE_CLOSE ||
		    row->since != due.mark)
			continue;
		question_fill(question, ASK_END, row); /* once: who has it open, walks tell */
		return true;
	}
	return false;
}

bool table_next_question(struct table *t, uint32_t kinds, struct question *question)
{
	return (kinds & QUESTION_BIT(ASK_PORT) && next_port(t, question)) ||
	       (kinds & QUESTION_BIT(ASK_STACK) && next_stack(t, question)) ||
	       (kinds & QUESTION_BIT(ASK_TASK) && next_task(t, question)) ||
	       (kinds & QUESTION_BIT(ASK_MINI) && next_mini(t, question)) ||
	       (kinds & QUESTION_BIT(ASK_END) && next_end(t, question)) ||
	       (kinds & QUESTION_BIT(ASK_FIN) && next_fin(t, question));
}
