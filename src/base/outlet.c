/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread writes, because no other way to write without waiting works for every kind of fd:
 * O_NONBLOCK belongs to the open file, which other processes share, and has no effect on a disk;
 * poll() does not report how much a terminal takes.
 */
#include "base/outlet.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/thread.h"

#define WRITE_MOST (1U << 16) /* bytes in one write; room is freed in steps of this size */

struct outlet {
	FILE *file;
	int fd, stop, room_made; /* an eventfd */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	/* All below is protected by lock. */
	char *ring;
	size_t size, head, used; /* of the ring; the thread writes the used part */
	size_t object;           /* bytes of the open object, after the used part */
	bool in_object, overflown;
	int patience;
	int hurry;    /* ms, set by outlet_hurry(); -1: none */
	bool settles; /* a line without end is written too */
	bool stalled; /* a wait for room timed out */
	bool sleeps;  /* the thread waits for work */
	bool closing;
	uint64_t dropped;
	int err; /* the first error; nothing is written after it */
};

/* --- the thread ----------------------------------------------------------------------------- */

static void signal_room(const struct outlet *outlet)
{
	const uint64_t one = 1;

	/* It fails only if the counter overflows, and then a reader is awake anyway. */
	if (write(outlet->room_made, &one, sizeof(one)) < 0)
		return;
}

/* Another process may have made fd non-blocking: then this function waits. */
static ssize_t write_some(int fd, const char *from, size_t size)
{
	struct pollfd out = {.fd = fd, .events = POLLOUT};
	ssize_t written;

	for (;;) {
		written = write(fd, from, size);
		if (written >= 0 || (errno != EAGAIN && errno != EINTR))
			return written;
		if (errno == EAGAIN)
			poll(&out, 1, -1);
	}
}

static size_t copy_out(const struct outlet *outlet, char piece[WRITE_MOST])
{
	size_t size = outlet->used < WRITE_MOST ? outlet->used : WRITE_MOST;
	size_t first = outlet->size - outlet->head;

	if (first > size)
		first = size;
	memcpy(piece, outlet->ring + outlet->head, first);
	memcpy(piece + first, outlet->ring, size - first);
	return size;
}

/*
 * Called with the lock, and releases it during the write: the used part does not move. It writes
 * whole lines; false: only the beginning of a line is there.
 */
static bool write_out(struct outlet *outlet)
{
	char piece[WRITE_MOST];
	size_t copied = copy_out(outlet, piece), size;
	bool all = outlet->settles || copied == sizeof(piece) || outlet->used == outlet->size;
	ssize_t written = 0;

	pthread_mutex_unlock(&outlet->lock);
	size = lines_piece(outlet->fd, piece, copied);
	if (!size && all)
		size = copied;
	if (size)
		written = write_some(outlet->fd, piece, size);
	pthread_mutex_lock(&outlet->lock);
	if (!size)
		return false;
	if (written < 0) {
		outlet->err = outlet->err ? outlet->err : -errno;
		written = (ssize_t)outlet->used;
	}
	outlet->used -= (size_t)written;
	outlet->head = (outlet->head + (size_t)written) % outlet->size;
	signal_room(outlet);
	return true;
}

static void *run_thread(void *arg)
{
	struct outlet *outlet = arg;

	pthread_mutex_lock(&outlet->lock);
	while (!outlet->closing || outlet->used) {
		size_t used = outlet->used;

		if (used && (write_out(outlet) || outlet->used != used || outlet->settles))
			continue;
		outlet->sleeps = true;
		pthread_cond_wait(&outlet->work, &outlet->lock);
		outlet->sleeps = false;
	}
	pthread_mutex_unlock(&outlet->lock);
	return NULL;
}

/* --- output of the program -------------------------------------------------------------------- */

/* Called with the lock. */
static void wake(struct outlet *outlet)
{
	if (outlet->sleeps && outlet->used)
		pthread_cond_signal(&outlet->work);
}

/*
 * Called with the lock, and releases it while waiting. timeout: ms; -1: only the limit of
 * outlet_hurry(), and then a stop is an error. true: the thread freed some room.
 */
static bool wait_for_room(struct outlet *outlet, int timeout)
{
	struct pollfd fds[2] = {{.fd = outlet->room_made, .events = POLLIN},
	                        {.fd = outlet->stop, .events = POLLIN}};
	uint64_t count;

	wake(outlet);
	pthread_mutex_unlock(&outlet->lock);
	poll(fds, 2, timeout < 0 ? outlet->hurry : timeout);
	if (fds[0].revents && read(outlet->room_made, &count, sizeof(count)) < 0)
		count = 0; /* it was not readable after all: the caller waits again */
	pthread_mutex_lock(&outlet->lock);
	if ((fds[1].revents || !fds[0].revents) && timeout < 0 && !outlet->err)
		outlet->err = -EINTR;
	return fds[0].revents;
}

static size_t room(const struct outlet *outlet)
{
	return outlet->size - outlet->used - outlet->object;
}

/* Appends as much as there is room for. Returns the number of bytes. */
static size_t append(struct outlet *outlet, const char *data, size_t size)
{
	size_t end = (outlet->head + outlet->used + outlet->object) % outlet->size;
	size_t first = outlet->size - end;

	if (size > room(outlet))
		size = room(outlet);
	if (first > size)
		first = size;
	memcpy(outlet->ring + end, data, first);
	memcpy(outlet->ring, data + first, size - first);
	outlet->object += size;
	return size;
}

static void add_to_object(struct outlet *outlet, const char *data, size_t size)
{
	if (room(outlet) >= outlet->size / 2)
		outlet->stalled = false;
	outlet->overflown |= outlet->object + size > outlet->size; /* larger than the whole ring */
	while (size > room(outlet) && !outlet->overflown && !outlet->stalled && !outlet->err)
		outlet->stalled = !outlet->patience || !wait_for_room(outlet, outlet->patience);
	outlet->overflown |= size > room(outlet);
	if (!outlet->overflown)
		append(outlet, data, size);
}

static void add_or_wait(struct outlet *outlet, const char *data, size_t size)
{
	while (size && !outlet->err) {
		size_t done = append(outlet, data, size);

		outlet->used += outlet->object;
		outlet->object = 0;
		data += done;
		size -= done;
		if (size)
			wait_for_room(outlet, -1);
	}
	wake(outlet);
}

/* The write of the stream: a cookie_write_function_t, so 0 is an error. */
static ssize_t take(void *cookie, const char *data, size_t size)
{
	struct outlet *outlet = cookie;
	int err;

	pthread_mutex_lock(&outlet->lock);
	/* Start at the beginning again, so that a ring that is never full uses little memory. */
	if (!outlet->used && !outlet->object)
		outlet->head = 0;
	if (outlet->in_object && !outlet->err)
		add_to_object(outlet, data, size);
	else
		add_or_wait(outlet, data, size);
	err = outlet->err;
	pthread_mutex_unlock(&outlet->lock);
	errno = -err;
	return err ? 0 : (ssize_t)size;
}

void outlet_begin_object(struct outlet *outlet, int patience)
{
	fflush(outlet->file); /* outlet->err keeps an error */
	pthread_mutex_lock(&outlet->lock);
	outlet->in_object = true;
	outlet->patience = patience;
	pthread_mutex_unlock(&outlet->lock);
}

void outlet_end_object(struct outlet *outlet)
{
	fflush(outlet->file);
	pthread_mutex_lock(&outlet->lock);
	if (outlet->overflown)
		outlet->dropped++;
	else
		outlet->used += outlet->object;
	outlet->object = 0;
	outlet->in_object = outlet->overflown = false;
	if (outlet->used >= WRITE_MOST)
		wake(outlet);
	pthread_mutex_unlock(&outlet->lock);
}

void outlet_hurry(struct outlet *outlet, int patience)
{
	outlet->hurry = patience;
}

uint64_t outlet_take_dropped(struct outlet *outlet)
{
	uint64_t dropped;

	pthread_mutex_lock(&outlet->lock);
	dropped = outlet->dropped;
	outlet->dropped = 0;
	pthread_mutex_unlock(&outlet->lock);
	return dropped;
}

int outlet_flush(struct outlet *outlet)
{
	int err;

	fflush(outlet->file);
	pthread_mutex_lock(&outlet->lock);
	wake(outlet);
	err = outlet->err;
	pthread_mutex_unlock(&outlet->lock);
	return err;
}

size_t outlet_waiting(struct outlet *outlet)
{
	size_t waiting;

	pthread_mutex_lock(&outlet->lock);
	waiting = outlet->used;
	pthread_mutex_unlock(&outlet->lock);
	return waiting;
}

FILE *outlet_file(const struct outlet *outlet)
{
	return outlet->file;
}

/* --- opening and closing -------------------------------------------------------------------- */

static void free_outlet(struct outlet *outlet)
{
	if (outlet->file)
		fclose(outlet->file);
	if (outlet->room_made >= 0)
		close(outlet->room_made);
	pthread_cond_destroy(&outlet->work);
	pthread_mutex_destroy(&outlet->lock);
	free(outlet->ring);
	free(outlet);
}

int outlet_open(struct outlet **result, int fd, size_t size, int stop)
{
	const cookie_io_functions_t functions = {.write = take};
	struct outlet *outlet = calloc(1, sizeof(*outlet));
	int err = -ENOMEM;

	if (!outlet)
		return -ENOMEM;
	outlet->fd = fd;
	outlet->stop = stop;
	outlet->hurry = -1;
	outlet->size = size;
	pthread_mutex_init(&outlet->lock, NULL);
	pthread_cond_init(&outlet->work, NULL);
	outlet->ring = malloc(size);
	outlet->file = fopencookie(outlet, "w", functions);
	outlet->room_made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (outlet->room_made < 0)
		err = -errno;
	else if (outlet->ring && outlet->file)
		err = thread_start(&outlet->thread, run_thread, outlet);
	if (err) {
		free_outlet(outlet);
		return err;
	}
	*result = outlet;
	return 0;
}

int outlet_settle(struct outlet *outlet)
{
	int err;

	fflush(outlet->file);
	pthread_mutex_lock(&outlet->lock);
	outlet->settles = true;
	while (outlet->used && !outlet->err)
		wait_for_room(outlet, -1);
	outlet->settles = false;
	err = outlet->err;
	pthread_mutex_unlock(&outlet->lock);
	return err;
}

/* The last outlet whose thread hangs in a write: its memory stays allocated for the thread. */
static struct outlet *volatile abandoned;

int outlet_close(struct outlet *outlet)
{
	bool stuck;
	int err;

	if (!outlet)
		return 0;
	err = outlet_settle(outlet);
	pthread_mutex_lock(&outlet->lock);
	outlet->closing = true;
	pthread_cond_signal(&outlet->work);
	stuck = outlet->used;
	pthread_mutex_unlock(&outlet->lock);
	if (stuck) {
		pthread_detach(outlet->thread);
		abandoned = outlet;
		return err;
	}
	pthread_join(outlet->thread, NULL);
	free_outlet(outlet);
	return err;
}
