/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two threads of a writer share: writer.c is the caller's, writer_thread.c its own. */
#ifndef TCPTRAIL_RECORD_WRITER_PRIVATE_H
#define TCPTRAIL_RECORD_WRITER_PRIVATE_H

#include <pthread.h>

#include "record/block.h"
#include "record/writer.h"

#define CHUNKS 48 /* MiB of facts that wait for the disk: more than a full ring buffer holds */

/* The facts of one future block. */
struct chunk {
	struct chunk *next;
	char *facts;
	size_t size;
	uint64_t count;
	uint64_t began; /* ns of CLOCK_BOOTTIME, when the first fact was copied */
	enum block_kind kind;
	int64_t wall_offset;
	bool begins_file;    /* a new file begins with it */
	bool begins_session; /* and a new session */
};

struct chunk_queue {
	struct chunk *first, *last;
};

struct writer {
	/* used by the caller's thread alone */
	struct chunk *open; /* being filled; NULL: none */
	enum block_kind kind;
	int64_t wall_offset;
	bool begins_file, begins_session; /* of the next chunk */
	bool rotate;                      /* the caller wants a new file */
	uint64_t facts_since, facts_in;   /* since the last checkpoint; in it */
	bool broken;                      /* the open checkpoint lacks facts: the disk hangs */
	uint64_t stalled;                 /* when the disk hung last, ns CLOCK_BOOTTIME; 0: never */

	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	/* protected by the lock */
	struct chunk_queue full, empty;
	size_t empty_count;
	uint64_t done;    /* chunks that the thread has finished */
	uint64_t at_hand; /* facts of the chunk that the thread is writing */
	bool ending, ended;
	int end; /* -errno of the last store_close() */
	bool wants_file, full_file, resumable;
	bool coming;      /* a chunk that begins a file is in the queue */
	int news, paused; /* errno, or 0; news: -1: writing has resumed */
	bool behind;      /* ETIMEDOUT was news, and writing has not resumed since */
	/* Lost facts. Each is counted in exactly one of these. */
	uint64_t dropped;    /* no empty chunk: the caller must begin a session */
	uint64_t unwritten;  /* not written: the thread begins a session when it can write again */
	uint64_t unreported; /* before the present session */
	uint64_t reported;
	uint64_t facts, bytes;

	/* used by the writer's thread alone */
	struct store *store;
	struct buffer block;
	uint64_t synced, retried, retry_after;
	int failed;  /* -errno of the last try while it is paused; 0: not paused */
	bool trying; /* while it is paused: it is writing a checkpoint of a new session */

	struct chunk chunks[CHUNKS];
};

void chunk_put(struct chunk_queue *queue, struct chunk *chunk);
/* NULL: the queue is empty. */
struct chunk *chunk_take(struct chunk_queue *queue);
/* Under the lock. */
void writer_put_empty(struct writer *w, struct chunk *chunk);

/* The facts that are lost with a chunk; the facts of a checkpoint exist elsewhere too. */
static inline uint64_t chunk_facts(const struct chunk *chunk)
{
	return chunk->kind == BLOCK_FACTS ? chunk->count : 0;
}

/* The writer's thread: writes full chunks until w->ending is set and none is left. */
void *writer_thread(void *writer);

#endif
