/* SPDX-License-Identifier: BSD-2-Clause */
#include "record/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "fact/text.h"
#include "record/writer_private.h"

#define CHUNK_SIZE  (1 << 20) /* bytes of facts in one block */
#define FACTS_LEAST 500000    /* least facts between two checkpoints, */
#define FACTS_RATIO 4         /* and at least this many times the facts of a checkpoint */
/* The disk hangs if it takes no chunk for this long: */
#define STALL_MOST        (NS_PER_SEC / 2) /* during a checkpoint, which blocks the caller */
#define STALL_MOST_AT_END (5 * NS_PER_SEC)
#define STALL_PAUSE       (2 * NS_PER_SEC) /* until another checkpoint is tried */

/* --- opening ---------------------------------------------------------------------------------- */

int writer_start(struct writer *w, struct diag *diag)
{
	int err = thread_start(&w->thread, writer_thread, w);

	w->started = !err;
	if (err)
		diag_fail(diag, err, "cannot start the thread that writes: %s", strerror(-err));
	return err;
}

int writer_open(struct writer **result, const struct store_config *config, struct diag *diag)
{
	struct writer *w = calloc(1, sizeof(*w));
	pthread_condattr_t monotonic;
	int err;

	if (!w)
		return diag_fail(diag, -ENOMEM, "out of memory");
	err = store_open(&w->store, config, diag);
	if (err) {
		free(w);
		return err;
	}
	w->kind = BLOCK_FACTS;
	w->begins_file = w->begins_session = true;
	for (int i = 0; i < CHUNKS; i++)
		writer_put_empty(w, &w->chunks[i]);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->filled, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->emptied, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*result = w;
	return 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

static struct chunk *take_empty(struct writer *w)
{
	struct chunk *chunk = chunk_take(&w->empty);

	w->empty_count -= chunk != NULL;
	return chunk;
}

static void seal(struct writer *w)
{
	struct chunk *chunk = w->open;

	w->open = NULL;
	if (!chunk)
		return;
	pthread_mutex_lock(&w->lock);
	chunk_put(&w->full, chunk);
	pthread_cond_signal(&w->filled);
	pthread_mutex_unlock(&w->lock);
}

/* Under the lock. Waits until the thread finishes a chunk; false: it did not within so many ns. */
static bool wait_for_thread(struct writer *w, uint64_t ns)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + ns, done = w->done;
	struct timespec until = {(time_t)(end / NS_PER_SEC), (long)(end % NS_PER_SEC)};

	while (w->done == done && !w->ended)
		if (pthread_cond_timedwait(&w->emptied, &w->lock, &until) == ETIMEDOUT)
			return w->done != done || w->ended;
	return true;
}

/*
 * NULL: the disk is too slow. A checkpoint may be larger than the queue, so it waits for the disk.
 */
static struct chunk *await_empty(struct writer *w)
{
	struct chunk *chunk;

	pthread_mutex_lock(&w->lock);
	while (!(chunk = take_empty(w)) && w->kind != BLOCK_FACTS && !w->broken) {
		if (wait_for_thread(w, STALL_MOST))
			continue;
		w->broken = true;
		w->stalled = clock_boot();
	}
	pthread_mutex_unlock(&w->lock);
	return chunk;
}

/* A chunk to fill, or NULL. */
static struct chunk *open_chunk(struct writer *w)
{
	struct chunk *chunk = await_empty(w);

	if (!chunk)
		return NULL;
	if (!chunk->facts)
		chunk->facts = malloc(CHUNK_SIZE + FACT_MAX_SIZE);
	if (!chunk->facts) {
		pthread_mutex_lock(&w->lock);
		writer_put_empty(w, chunk);
		pthread_mutex_unlock(&w->lock);
		return NULL;
	}
	chunk->size = chunk->count = 0;
	chunk->began = clock_boot();
	chunk->kind = w->kind;
	chunk->begins_file = w->begins_file;
	chunk->begins_session = w->begins_session;
	w->begins_file = w->begins_session = false;
	return chunk;
}

/*
 * Counts a lost fact. A checkpoint that lacks a fact is dropped as a whole, and another one is due.
 */
static void lose(struct writer *w)
{
	if (w->kind != BLOCK_FACTS) {
		w->broken = true;
		return;
	}
	pthread_mutex_lock(&w->lock);
	if (!w->behind && !w->paused)
		w->news = ETIMEDOUT;
	w->behind |= !w->paused;
	w->dropped++;
	pthread_mutex_unlock(&w->lock);
}

void writer_fact(const struct fact *fact, void *arg)
{
	struct writer *w = arg;

	if (fact->type == FACT_CLOCK)
		w->wall_offset =
			clock_wall_offset(((const struct fact_clock *)fact)->wall, fact->time);
	if (w->open && w->open->size >= CHUNK_SIZE)
		seal(w); /* not earlier: the last chunk of a checkpoint is marked when it ends */
	/* A session must begin with its whole checkpoint. */
	if (!w->open && !(w->broken && w->begins_session))
		w->open = open_chunk(w);
	if (!w->open) {
		lose(w);
		return;
	}
	memcpy(w->open->facts + w->open->size, fact, fact->len);
	w->open->size += fact->len;
	w->open->count++;
	w->open->wall_offset = w->wall_offset;
	w->facts_since++;
}

bool writer_flush_due(const struct writer *w)
{
	return w->open && clock_boot() >= w->open->began + NS_PER_SEC;
}

void writer_flush(struct writer *w)
{
	bool behind;

	pthread_mutex_lock(&w->lock);
	behind = !w->empty.first;
	pthread_mutex_unlock(&w->lock);
	if (!behind) /* otherwise the block may fill up */
		seal(w);
}

void writer_rotate(struct writer *w)
{
	w->rotate = true;
}

/* Under the lock. Were facts lost between those written and those to come? */
static bool has_gap(const struct writer *w)
{
	return w->resumable || ((w->dropped || w->broken) && !w->paused);
}

bool writer_can_checkpoint(struct writer *w)
{
	bool behind;

	pthread_mutex_lock(&w->lock);
	behind = w->empty_count < CHUNKS / 2;
	pthread_mutex_unlock(&w->lock);
	return !behind && (!w->stalled || clock_boot() >= w->stalled + STALL_PAUSE);
}

bool writer_wants_checkpoint(struct writer *w)
{
	uint64_t due = FACTS_RATIO * w->facts_in;
	bool file;

	if (!writer_can_checkpoint(w))
		return false;
	pthread_mutex_lock(&w->lock);
	file = w->wants_file || has_gap(w);
	pthread_mutex_unlock(&w->lock);
	return file || w->rotate || w->facts_since >= (due > FACTS_LEAST ? due : FACTS_LEAST);
}

void writer_begin_checkpoint(struct writer *w)
{
	seal(w);
	pthread_mutex_lock(&w->lock);
	w->begins_session |= has_gap(w);
	w->begins_file |= w->begins_session || w->rotate || w->wants_file;
	w->coming |= w->begins_file;
	w->wants_file = w->resumable = false;
	if (w->begins_session) {
		w->unreported += w->dropped;
		w->dropped = 0;
	}
	pthread_mutex_unlock(&w->lock);
	w->rotate = w->broken = false;
	w->kind = BLOCK_CHECKPOINT;
	w->facts_since = 0;
}

void writer_end_checkpoint(struct writer *w)
{
	if (w->open && !w->broken)
		w->open->kind = BLOCK_CHECKPOINT_END;
	seal(w);
	w->kind = BLOCK_FACTS;
	w->facts_in = w->facts_since;
	w->facts_since = 0;
	pthread_mutex_lock(&w->lock);
	if (w->behind && !w->broken) {
		w->behind = false;
		w->news = -1;
	}
	pthread_mutex_unlock(&w->lock);
}

uint64_t writer_take_lost(struct writer *w)
{
	uint64_t lost;

	pthread_mutex_lock(&w->lock);
	lost = w->paused ? 0 : w->unreported;
	w->unreported -= lost;
	w->reported += lost;
	pthread_mutex_unlock(&w->lock);
	return lost;
}

bool writer_news(struct writer *w, struct diag *diag)
{
	int news;

	pthread_mutex_lock(&w->lock);
	news = w->news;
	w->news = 0;
	pthread_mutex_unlock(&w->lock);
	diag->text[0] = '\0';
	if (news > 0)
		diag_fail(diag, -news, "%s",
		          news == ETIMEDOUT ? "the disk does not respond" : strerror(news));
	return news;
}

bool writer_is_full(struct writer *w)
{
	bool full;

	pthread_mutex_lock(&w->lock);
	full = w->full_file;
	pthread_mutex_unlock(&w->lock);
	return full;
}

/* --- closing ---------------------------------------------------------------------------------- */

static void sum_up(struct writer *w, struct writer_totals *totals)
{
	pthread_mutex_lock(&w->lock);
	*totals = (struct writer_totals){.facts = w->facts,
	                                 .bytes = w->bytes,
	                                 .lost = w->dropped + w->unwritten + w->unreported +
	                                         w->reported + w->at_hand};
	for (const struct chunk *chunk = w->full.first; chunk; chunk = chunk->next)
		totals->lost += chunk_facts(chunk);
	pthread_mutex_unlock(&w->lock);
}

/* Waits until the thread has written all chunks; false: the disk hangs. */
static bool finish(struct writer *w)
{
	bool ended;

	seal(w);
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_signal(&w->filled);
	while (!w->ended && wait_for_thread(w, STALL_MOST_AT_END))
		;
	ended = w->ended;
	pthread_mutex_unlock(&w->lock);
	return ended;
}

static void free_writer(struct writer *w)
{
	buffer_free(&w->block);
	for (int i = 0; i < CHUNKS; i++)
		free(w->chunks[i].facts);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->filled);
	pthread_cond_destroy(&w->emptied);
	free(w);
}

/* The last writer whose thread hangs in a write: its memory stays allocated for the thread. */
static struct writer *volatile abandoned;

int writer_close(struct writer *w, struct writer_totals *totals)
{
	bool ended;
	int err;

	if (!w)
		return 0;
	ended = !w->started || finish(w);
	if (totals)
		sum_up(w, totals);
	if (!ended) {
		pthread_detach(w->thread);
		abandoned = w;
		return -ETIMEDOUT;
	}
	if (w->started)
		pthread_join(w->thread, NULL);
	else
		w->end = store_close(w->store);
	err = w->failed ? w->failed : w->end;
	free_writer(w);
	return err;
}
