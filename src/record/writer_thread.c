/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that codes, compresses and writes chunks. It pauses while the disk fails. */
#include <string.h>

#include "base/clock.h"
#include "record/writer_private.h"

#define SYNC_INTERVAL (NS_PER_SEC / 2)
#define RETRY_FIRST   NS_PER_SEC
#define RETRY_MOST    (32 * NS_PER_SEC)

/* --- queues ----------------------------------------------------------------------------------- */

void chunk_put(struct chunk_queue *queue, struct chunk *chunk)
{
	chunk->next = NULL;
	*(queue->last ? &queue->last->next : &queue->first) = chunk;
	queue->last = chunk;
}

struct chunk *chunk_take(struct chunk_queue *queue)
{
	struct chunk *chunk = queue->first;

	if (!chunk)
		return NULL;
	queue->first = chunk->next;
	if (!queue->first)
		queue->last = NULL;
	return chunk;
}

void writer_put_empty(struct writer *w, struct chunk *chunk)
{
	chunk_put(&w->empty, chunk);
	w->empty_count++;
}

/* --- the writer's thread ---------------------------------------------------------------------- */

static void pause_writing(struct writer *w, int err)
{
	if (!w->failed) {
		w->retry_after = RETRY_FIRST;
		pthread_mutex_lock(&w->lock);
		w->news = w->paused = -err;
		w->wants_file = false;
		pthread_mutex_unlock(&w->lock);
	} else if (w->retry_after < RETRY_MOST) {
		w->retry_after *= 2;
	}
	w->failed = err;
	w->trying = false;
	w->retried = clock_boot();
}

/* The new session has its checkpoint. The session reports what was lost before it. */
static void resume_writing(struct writer *w)
{
	w->failed = 0;
	w->trying = false;
	pthread_mutex_lock(&w->lock);
	w->news = -1;
	w->paused = 0;
	w->unreported += w->unwritten;
	w->unwritten = 0;
	pthread_mutex_unlock(&w->lock);
}

/* While it is paused: is it time to try a new file? */
static bool can_retry(const struct writer *w)
{
	return w->failed && !w->trying && clock_boot() >= w->retried + w->retry_after &&
	       store_has_room(w->store);
}

/*
 * Syncs at most twice a second: flushed chunks come once a second, full chunks may come much
 * faster. The middle of a checkpoint is not synced, because the caller may be waiting for the next
 * chunk.
 */
static int sync_chunk(struct writer *w, enum block_kind kind)
{
	if (kind == BLOCK_CHECKPOINT || clock_boot() < w->synced + SYNC_INTERVAL)
		return 0;
	w->synced = clock_boot();
	return store_sync(w->store);
}

static int write_chunk(struct writer *w, const struct chunk *chunk)
{
	int err = 0;

	if (chunk->begins_file) {
		w->trying = w->failed;
		err = store_begin_file(w->store, chunk->begins_session || w->failed);
	} else if (w->failed && !w->trying) {
		return w->failed; /* only a new file can succeed */
	}
	w->block.size = 0;
	if (!err)
		err = block_make(chunk->facts, chunk->size, chunk->kind, chunk->wall_offset,
		                 &w->block);
	if (!err)
		err = store_write(w->store, w->block.data, w->block.size);
	return err ? err : sync_chunk(w, chunk->kind);
}

static void count(struct writer *w, const struct chunk *chunk, int err)
{
	bool retry = can_retry(w);

	pthread_mutex_lock(&w->lock);
	if (!err)
		w->facts += chunk->count;
	else if (!store_is_full(w->store))
		w->unwritten += chunk_facts(chunk);
	w->bytes = store_written(w->store);
	w->full_file = store_is_full(w->store);
	if (chunk->begins_file)
		w->coming = false;
	if (!w->coming) {
		w->wants_file |= !w->failed && store_wants_file(w->store);
		w->resumable |= retry;
	}
	pthread_mutex_unlock(&w->lock);
}

static void store_chunk(struct writer *w, const struct chunk *chunk)
{
	int err = write_chunk(w, chunk);

	if (!err && w->trying && chunk->kind == BLOCK_CHECKPOINT_END)
		resume_writing(w);
	/* A file that reached its limit is no error, and its end is no loss. */
	if (err && !store_is_full(w->store) && (!w->failed || w->trying || chunk->begins_file))
		pause_writing(w, err);
	count(w, chunk, err);
}

void *writer_thread(void *arg)
{
	struct writer *w = arg;
	struct chunk *chunk;
	int err;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!(chunk = chunk_take(&w->full)) && !w->ending)
			pthread_cond_wait(&w->filled, &w->lock);
		if (!chunk)
			break;
		w->at_hand = chunk_facts(chunk);
		pthread_mutex_unlock(&w->lock);
		store_chunk(w, chunk);
		pthread_mutex_lock(&w->lock);
		w->at_hand = 0;
		w->done++;
		writer_put_empty(w, chunk);
		pthread_cond_signal(&w->emptied);
	}
	pthread_mutex_unlock(&w->lock);
	err = store_close(w->store); /* in this thread, because the disk may hang */
	pthread_mutex_lock(&w->lock);
	w->end = err;
	w->ended = true;
	pthread_cond_signal(&w->emptied);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}
