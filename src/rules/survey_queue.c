/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that wait for accept() at a listener, counted from their sockets. */
#include <stddef.h>

#include "rules/survey_private.h"

/* Of a listener. Without a listener: connections of the port whose listener is not known. */
struct queue {
	uint64_t listener; /* id of its row */
	uint32_t netns, port;
	struct survey_queue queue;
};
#define QUEUE_KEY offsetof(struct queue, queue)

static bool waits_in_queue(const struct table *table, const struct row *row)
{
	struct owner owner;

	if ((row->state != STATE_ESTABLISHED && row->state != STATE_CLOSE_WAIT) ||
	    row->flags & (ROW_SOCKET | ROW_ORPHAN | ROW_SUBFLOW))
		return false;
	table_owner(table, row, &owner);
	return owner.queued;
}

/* It has waited since the end of the handshake, or, if that is not known, since its state began. */
static bool add_queued(struct survey *survey, const struct row *row)
{
	struct queue key = {.netns = row->netns, .port = row->lport}, *queue;
	uint64_t since = row->flags & ROW_BORN_EXACT ? row->born : row->since;
	uint64_t now = table_now(survey->table);
	const struct row *listener;

	if (!waits_in_queue(survey->table, row))
		return true;
	listener = table_find_listener(survey->table, row);
	if (listener)
		key.listener = listener->id;
	queue = map_get(&survey->queues.map, &key);
	if (!queue)
		return false;
	since = now > since ? now - since : 0;
	queue->queue.count++;
	queue->queue.old += since >= QUEUE_LONG;
	if (since > queue->queue.oldest)
		queue->queue.oldest = since;
	return true;
}

/*
 * Adds `more` connections of `among`, whose listener is not known. As few as possible of them are
 * old: all young ones count first.
 */
static void add_unknown(struct survey_queue *queue, uint64_t more, const struct survey_queue *among)
{
	uint64_t young = among->count - among->old, old;

	if (more > among->count)
		more = among->count;
	old = more > young ? more - young : 0;
	queue->count += more;
	queue->old += old;
	if (old && queue->oldest < QUEUE_LONG)
		queue->oldest = QUEUE_LONG;
}

bool survey_queue(struct survey *survey, const struct row *listener, struct survey_queue *queue)
{
	struct queue wanted = {listener->id, listener->netns, listener->lport, {0}};
	const struct queue *found;

	if (!survey_rows(survey, &survey->queues, QUEUE_KEY, sizeof(*found), add_queued))
		return false;
	found = map_find(&survey->queues.map, &wanted);
	*queue = found ? found->queue : (struct survey_queue){0};
	wanted.listener = 0;
	found = map_find(&survey->queues.map, &wanted);
	if (found && listener->rqueue > queue->count)
		add_unknown(queue, listener->rqueue - queue->count, &found->queue);
	return true;
}
