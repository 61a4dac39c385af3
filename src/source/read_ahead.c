/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/read_ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/thread.h"
#include "walked.h"

#define CHUNKS       4
#define CHUNK_BYTES  WALKED_BYTES
#define PAGES_A_READ 8 /* the most that one read() returns (bpf_seq_read(), 5.8..7.2) */
#define NOT_YET      1

struct read_ahead {
	int fd;
	const void *mapped; /* NULL: read() returns the records */
	pthread_t thread;
	size_t read_bytes; /* a read() with this much room returns whole records */
	char *chunks[CHUNKS];
	size_t sizes[CHUNKS];
	bool holds; /* the consumer has a chunk */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* The lock guards all members below. */
	size_t filled, taken; /* chunks since the start */
	int end;              /* NOT_YET while there is more to read; then 0 or -errno */
	bool stop;
};

/* Number of bytes read, at most size; 0: no more; -errno. */
static ssize_t read_some(const struct read_ahead *ahead, void *buf, size_t size)
{
	ssize_t got;

	do
		got = read(ahead->fd, buf, size);
	while (got < 0 && (errno == EAGAIN || errno == EINTR));
	/* EAGAIN: the iterator skipped many objects and has written nothing yet */
	return got < 0 ? -errno : got;
}

/* NOT_YET: there may be more; 0: all is read; -errno. */
static int copy_mapped(const struct read_ahead *ahead, char *chunk, size_t *size)
{
	uint64_t bytes;
	ssize_t got = read_some(ahead, &bytes, sizeof(bytes));

	*size = 0;
	if (got <= 0)
		return (int)got;
	if (got != sizeof(bytes) || bytes > CHUNK_BYTES)
		return -EIO;
	memcpy(chunk, ahead->mapped, bytes);
	*size = bytes;
	return NOT_YET;
}

/* As copy_mapped(). */
static int fill(const struct read_ahead *ahead, char *chunk, size_t *size)
{
	ssize_t got;

	if (ahead->mapped)
		return copy_mapped(ahead, chunk, size);
	*size = 0;
	while (*size <= CHUNK_BYTES - ahead->read_bytes) {
		got = read_some(ahead, chunk + *size, ahead->read_bytes);
		if (got <= 0)
			return (int)got;
		*size += (size_t)got;
	}
	return NOT_YET;
}

static void *read_all(void *arg)
{
	struct read_ahead *ahead = arg;
	int end = NOT_YET;
	size_t at;

	pthread_mutex_lock(&ahead->lock);
	while (end == NOT_YET && !ahead->stop) {
		if (ahead->filled - ahead->taken == CHUNKS) {
			pthread_cond_wait(&ahead->changed, &ahead->lock);
			continue;
		}
		at = ahead->filled % CHUNKS;
		pthread_mutex_unlock(&ahead->lock);
		end = fill(ahead, ahead->chunks[at], &ahead->sizes[at]);
		pthread_mutex_lock(&ahead->lock);
		ahead->filled++;
		ahead->end = end;
		pthread_cond_signal(&ahead->changed);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

static int start(struct read_ahead *ahead)
{
	for (int i = 0; i < CHUNKS; i++) {
		ahead->chunks[i] = malloc(CHUNK_BYTES);
		if (!ahead->chunks[i])
			return -ENOMEM;
	}
	return thread_start(&ahead->thread, read_all, ahead);
}

static void discard(struct read_ahead *ahead)
{
	for (int i = 0; i < CHUNKS; i++)
		free(ahead->chunks[i]);
	pthread_mutex_destroy(&ahead->lock);
	pthread_cond_destroy(&ahead->changed);
	free(ahead);
}

int read_ahead_open(struct read_ahead **result, int fd, const void *mapped)
{
	struct read_ahead *ahead = calloc(1, sizeof(*ahead));
	int err;

	if (!ahead)
		return -ENOMEM;
	ahead->fd = fd;
	ahead->mapped = mapped;
	ahead->read_bytes = PAGES_A_READ * (size_t)sysconf(_SC_PAGESIZE);
	ahead->end = NOT_YET;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	err = start(ahead);
	if (err)
		discard(ahead);
	else
		*result = ahead;
	return err;
}

ssize_t read_ahead_next(struct read_ahead *ahead, const void **chunk)
{
	size_t at;
	ssize_t got;

	pthread_mutex_lock(&ahead->lock);
	if (ahead->holds) {
		ahead->taken++;
		pthread_cond_signal(&ahead->changed);
	}
	while (ahead->filled == ahead->taken && ahead->end == NOT_YET)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	at = ahead->taken % CHUNKS;
	ahead->holds = ahead->filled > ahead->taken && ahead->sizes[at];
	*chunk = ahead->chunks[at];
	got = ahead->holds ? (ssize_t)ahead->sizes[at] : ahead->end;
	pthread_mutex_unlock(&ahead->lock);
	return got;
}

void read_ahead_close(struct read_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	discard(ahead);
}
