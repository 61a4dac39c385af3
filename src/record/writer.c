/* SPDX-License-Identifier: BSD-2-Clause */
#include "record/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fact/text.h"
#include "record/block.h"

#define CHUNKS        48        /* MiB of facts that wait for the disk: more than a full ring has */
#define CHUNK_SIZE    (1 << 20) /* bytes, of which a block is made */
#define FACTS_LEAST   500000    /* between checkpoints, */
#define FACTS_RATIO   4         /* and so many times what a checkpoint has */
#define SYNC_INTERVAL (NS_PER_SEC / 2)
#define RETRY_FIRST   NS_PER_SEC
#define RETRY_MOST    (32 * NS_PER_SEC)
/* A disk that takes no chunk for so long hangs. */
#define STALL_MOST        (NS_PER_SEC / 2) /* for a checkpoint, while which nothing else is done */
#define STALL_MOST_AT_END (5 * NS_PER_SEC)
#define STALL_PAUSE       (2 * NS_PER_SEC) /* until another checkpoint is tried */

/* Facts of one block to be. */
struct chunk {
	struct chunk *next;
	char *facts;
	size_t size;
	uint64_t count;
	uint64_t began; /* ns of CLOCK_BOOTTIME, when the first was copied */
	enum block_kind kind;
	int64_t wall_offset;
	bool begins_file;    /* another file begins with it */
	bool begins_session; /* and another session */
};

struct queue {
	struct chunk *first, *last;
};

struct writer {
	/* the caller's thread alone */
	struct chunk *open; /* being filled; NULL: none */
	enum block_kind kind;
	int64_t wall_offset;
	bool begins_file, begins_session; /* of the next chunk */
	bool asked;                       /* for another file, by the caller */
	uint64_t facts_since, facts_in;   /* since the last checkpoint, in it */
	bool broken;                      /* the checkpoint at hand lacks facts: the disk hangs */
	uint64_t stalled;                 /* when one did last, ns of CLOCK_BOOTTIME; 0: none */

	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	/* under the lock */
	struct queue full, empty;
	size_t empty_count;
	uint64_t done;    /* chunks that the thread is through with */
	uint64_t at_hand; /* facts of the chunk that it works on */
	bool ending, ended;
	int end; /* -errno of the last store_close() */
	bool wants_file, full_file, resumable;
	bool coming;      /* a chunk that begins a file is on its way */
	int news, paused; /* errno, or 0; news: -1: goes on */
	bool behind;      /* ETIMEDOUT was news, and it has not gone on since */
	/* Facts lost, each is counted in one of them. */
	uint64_t dropped;   /* for lack of chunks: the caller has to begin a session */
	uint64_t unwritten; /* by the thread, which begins a session when it can write again */
	uint64_t untold;    /* before the present session */
	uint64_t told;
	uint64_t facts, bytes;

	/* its thread alone */
	struct store *store;
	struct buffer block;
	uint64_t synced, retried, retry_after;
	int failed;  /* -errno of the last try while it is paused; 0: not paused */
	bool trying; /* while it is paused: a checkpoint is being written, in a new session */

	struct chunk chunks[CHUNKS];
};

/* --- queues ----------------------------------------------------------------------------------- */

static void put(struct queue *queue, struct chunk *chunk)
{
	chunk->next = NULL;
	*(queue->last ? &queue->last->next : &queue->first) = chunk;
	queue->last = chunk;
}

static struct chunk *take(struct queue *queue)
{
	struct chunk *chunk = queue->first;

	if (!chunk)
		return NULL;
	queue->first = chunk->next;
	if (!queue->first)
		queue->last = NULL;
	return chunk;
}

/* Under the lock, as the next. */
static void put_empty(struct writer *w, struct chunk *chunk)
{
	put(&w->empty, chunk);
	w->empty_count++;
}

static struct chunk *take_empty(struct writer *w)
{
	struct chunk *chunk = take(&w->empty);

	w->empty_count -= chunk != NULL;
	return chunk;
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

/* The new session has its checkpoint: what was lost is told in it. */
static void resume_writing(struct writer *w)
{
	w->failed = 0;
	w->trying = false;
	pthread_mutex_lock(&w->lock);
	w->news = -1;
	w->paused = 0;
	w->untold += w->unwritten;
	w->unwritten = 0;
	pthread_mutex_unlock(&w->lock);
}

/* While it is paused: is it time to want a new file? */
static bool can_retry(const struct writer *w)
{
	return w->failed && !w->trying && clock_boot() >= w->retried + w->retry_after &&
	       store_has_room(w->store);
}

/*
 * Flushed chunks come a second apart, and each is made to last; of full ones many may come. For a
 * checkpoint the caller may wait.
 */
static int make_last(struct writer *w, enum block_kind kind)
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
		return w->failed; /* only a new file mends that */
	}
	w->block.size = 0;
	if (!err)
		err = block_make(chunk->facts, chunk->size, chunk->kind, chunk->wall_offset,
		                 &w->block);
	if (!err)
		err = store_write(w->store, w->block.data, w->block.size);
	return err ? err : make_last(w, chunk->kind);
}

/* Facts of a chunk that are lost with it; a checkpoint's are elsewhere, too. */
static uint64_t facts_of(const struct chunk *chunk)
{
	return chunk->kind == BLOCK_FACTS ? chunk->count : 0;
}

static void count(struct writer *w, const struct chunk *chunk, int err)
{
	bool retry = can_retry(w);

	pthread_mutex_lock(&w->lock);
	if (!err)
		w->facts += chunk->count;
	else if (!store_is_full(w->store))
		w->unwritten += facts_of(chunk);
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
	/* A full file is as was asked for, and its end is no loss. */
	if (err && !store_is_full(w->store) && (!w->failed || w->trying || chunk->begins_file))
		pause_writing(w, err);
	count(w, chunk, err);
}

static void *write_all(void *arg)
{
	struct writer *w = arg;
	struct chunk *chunk;
	int err;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!(chunk = take(&w->full)) && !w->ending)
			pthread_cond_wait(&w->filled, &w->lock);
		if (!chunk)
			break;
		w->at_hand = facts_of(chunk);
		pthread_mutex_unlock(&w->lock);
		store_chunk(w, chunk);
		pthread_mutex_lock(&w->lock);
		w->at_hand = 0;
		w->done++;
		put_empty(w, chunk);
		pthread_cond_signal(&w->emptied);
	}
	pthread_mutex_unlock(&w->lock);
	err = store_close(w->store); /* here, for the disk may hang in it */
	pthread_mutex_lock(&w->lock);
	w->end = err;
	w->ended = true;
	pthread_cond_signal(&w->emptied);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- opening ---------------------------------------------------------------------------------- */

int writer_start(struct writer *w, struct diag *diag)
{
	sigset_t all, before;
	int err;

	sigfillset(&all); /* signals are the caller's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&w->thread, NULL, write_all, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->started = !err;
	return err ? diag_fail(diag, -err, "a thread that writes cannot be started: %s",
	                       strerror(err))
	           : 0;
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
		put_empty(w, &w->chunks[i]);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->filled, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->emptied, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*result = w;
	return 0;
}

/* --- the caller's thread ---------------------------------------------------------------------- */

static void seal(struct writer *w)
{
	struct chunk *chunk = w->open;

	w->open = NULL;
	if (!chunk)
		return;
	pthread_mutex_lock(&w->lock);
	put(&w->full, chunk);
	pthread_cond_signal(&w->filled);
	pthread_mutex_unlock(&w->lock);
}

/* Under the lock, until the thread does something: false if that takes longer than so many ns. */
static bool wait_for_thread(struct writer *w, uint64_t ns)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + ns, done = w->done;
	struct timespec until = {(time_t)(end / NS_PER_SEC), (long)(end % NS_PER_SEC)};

	while (w->done == done && !w->ended)
		if (pthread_cond_timedwait(&w->emptied, &w->lock, &until) == ETIMEDOUT)
			return w->done != done || w->ended;
	return true;
}

/* NULL: the disk is behind. A checkpoint, which may be larger than the queue, waits for it. */
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

/* A chunk to fill. NULL: there is none. */
static struct chunk *open_chunk(struct writer *w)
{
	struct chunk *chunk = await_empty(w);

	if (!chunk)
		return NULL;
	if (!chunk->facts)
		chunk->facts = malloc(CHUNK_SIZE + FACT_MAX_SIZE);
	if (!chunk->facts) {
		pthread_mutex_lock(&w->lock);
		put_empty(w, chunk);
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

/* A checkpoint's facts are lost with it, no others; another one is due then. */
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
		seal(w); /* not before: the last of a checkpoint has to be known as such */
	/* A session does not begin without its checkpoint. */
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
	if (!behind) /* else the block may as well fill */
		seal(w);
}

void writer_rotate(struct writer *w)
{
	w->asked = true;
}

/* What comes does not go on from what is written: facts in between were lost. Under the lock. */
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
	return file || w->asked || w->facts_since >= (due > FACTS_LEAST ? due : FACTS_LEAST);
}

void writer_begin_checkpoint(struct writer *w)
{
	seal(w);
	pthread_mutex_lock(&w->lock);
	w->begins_session |= has_gap(w);
	w->begins_file |= w->begins_session || w->asked || w->wants_file;
	w->coming |= w->begins_file;
	w->wants_file = w->resumable = false;
	if (w->begins_session) {
		w->untold += w->dropped;
		w->dropped = 0;
	}
	pthread_mutex_unlock(&w->lock);
	w->asked = w->broken = false;
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
	lost = w->paused ? 0 : w->untold;
	w->untold -= lost;
	w->told += lost;
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
		          news == ETIMEDOUT ? "the disk does not take it" : strerror(news));
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

static void sum_up(struct writer *w, struct writer_totals *totals)
{
	pthread_mutex_lock(&w->lock);
	*totals = (struct writer_totals){.facts = w->facts,
	                                 .bytes = w->bytes,
	                                 .lost = w->dropped + w->unwritten + w->untold + w->told +
	                                         w->at_hand};
	for (const struct chunk *chunk = w->full.first; chunk; chunk = chunk->next)
		totals->lost += facts_of(chunk);
	pthread_mutex_unlock(&w->lock);
}

/* Until the thread is through with all there is; false: the disk hangs. */
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

/* The newest whose thread is at a write that may never end: what that works on is left to it. */
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
