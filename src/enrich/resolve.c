/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads and the owner share struct workers, which counts its users and outlives
 * resolve_close(). So a lookup that stalls needs no care: when it returns, its thread sees
 * `closed`, and the last user frees all.
 */
#include "enrich/resolve.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "enrich/cgroup.h"

/* A query, then its answer. */
struct job {
	struct job *next;
	struct name_key key;
	char name[FACT_NAME_MAX + 1];
};

struct queue {
	struct job *first, *last;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct queue queries, answers;
	unsigned int open;  /* queries that are queued or being looked up */
	unsigned int users; /* threads and the owner */
	bool closed;
	int fd;
};

struct resolve {
	struct workers *workers;
	struct cgroup_tree *cgroups; /* NULL: no hierarchy here */
};

static void queue_put(struct queue *queue, struct job *job)
{
	job->next = NULL;
	*(queue->first ? &queue->last->next : &queue->first) = job;
	queue->last = job;
}

static struct job *queue_take(struct queue *queue)
{
	struct job *job = queue->first;

	if (job)
		queue->first = job->next;
	return job;
}

static void queue_free(struct queue *queue)
{
	struct job *job;

	while ((job = queue_take(queue)))
		free(job);
}

/* Gives up one use. Call with the lock held; unlocks it. */
static void workers_leave(struct workers *workers)
{
	bool last = !--workers->users;

	pthread_mutex_unlock(&workers->lock);
	if (!last)
		return;
	queue_free(&workers->queries);
	queue_free(&workers->answers);
	pthread_cond_destroy(&workers->work);
	pthread_mutex_destroy(&workers->lock);
	free(workers);
}

static void answer(struct workers *workers, struct job *job)
{
	const uint64_t one = 1;
	bool first = !workers->answers.first;

	queue_put(&workers->answers, job);
	/* This fails only by overflow, and then the fd is readable anyway. */
	if (first && write(workers->fd, &one, sizeof(one)) < 0)
		return;
}

static void *work(void *arg)
{
	struct workers *workers = arg;
	struct job *job;

	pthread_mutex_lock(&workers->lock);
	while (!workers->closed) {
		job = queue_take(&workers->queries);
		if (!job) {
			pthread_cond_wait(&workers->work, &workers->lock);
			continue;
		}
		pthread_mutex_unlock(&workers->lock);
		nss_lookup(&job->key, job->name);
		pthread_mutex_lock(&workers->lock);
		if (workers->closed) {
			free(job);
			break;
		}
		workers->open--;
		answer(workers, job);
	}
	workers_leave(workers);
	return NULL;
}

/* Starts up to count threads. 0 if at least one runs. */
static int start_threads(struct workers *workers, unsigned int count)
{
	unsigned int started = 0;
	pthread_t thread;
	int err = 0;

	pthread_mutex_lock(&workers->lock);
	for (; started < count && !err; started += !err) {
		err = thread_start(&thread, work, workers);
		if (!err)
			pthread_detach(thread);
	}
	workers->users += started;
	pthread_mutex_unlock(&workers->lock);
	return started ? 0 : err;
}

static int workers_new(struct workers **made)
{
	struct workers *workers = calloc(1, sizeof(*workers));

	if (!workers)
		return -ENOMEM;
	workers->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (workers->fd < 0) {
		int err = -errno;

		free(workers);
		return err;
	}
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->work, NULL);
	workers->users = 1;
	*made = workers;
	return 0;
}

int resolve_open(struct resolve **resolve, unsigned int threads)
{
	struct resolve *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	err = workers_new(&r->workers);
	if (err) {
		free(r);
		return err;
	}
	err = start_threads(r->workers, threads ? threads : 1);
	if (err) {
		resolve_close(r);
		return err;
	}
	/* Without a hierarchy cgroups have no names, which is no failure. */
	if (cgroup_open(&r->cgroups))
		r->cgroups = NULL;
	*resolve = r;
	return 0;
}

void resolve_close(struct resolve *resolve)
{
	struct workers *workers;

	if (!resolve)
		return;
	workers = resolve->workers;
	pthread_mutex_lock(&workers->lock);
	workers->closed = true;
	close(workers->fd); /* no thread writes to it once `closed` is set */
	pthread_cond_broadcast(&workers->work);
	workers_leave(workers);
	cgroup_close(resolve->cgroups);
	free(resolve);
}

int resolve_fd(const struct resolve *resolve)
{
	return resolve->workers->fd;
}

static void find_cgroup(const struct resolve *resolve, struct job *job)
{
	if (!resolve->cgroups ||
	    cgroup_path(resolve->cgroups, job->key.key[0], job->name, sizeof(job->name)))
		job->name[0] = '\0';
}

void resolve_request(struct resolve *resolve, const struct name_key *key)
{
	struct workers *workers = resolve->workers;
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return; /* the number is shown without a name */
	job->key = *key;
	if (key->kind == NAME_CGROUP)
		find_cgroup(resolve, job);
	pthread_mutex_lock(&workers->lock);
	if (key->kind == NAME_CGROUP) {
		answer(workers, job);
	} else {
		queue_put(&workers->queries, job);
		workers->open++;
		pthread_cond_signal(&workers->work);
	}
	pthread_mutex_unlock(&workers->lock);
}

void resolve_refresh(struct resolve *resolve)
{
	cgroup_forget(resolve->cgroups);
}

unsigned int resolve_collect(struct resolve *resolve, resolve_fn *fn, void *arg)
{
	struct workers *workers = resolve->workers;
	union fact_name_buffer buffer;
	struct queue answers;
	unsigned int count = 0;
	struct job *job;
	uint64_t ignored;

	pthread_mutex_lock(&workers->lock);
	answers = workers->answers;
	workers->answers.first = NULL;
	if (read(workers->fd, &ignored, sizeof(ignored)) < 0)
		ignored = 0; /* there was no answer */
	pthread_mutex_unlock(&workers->lock);
	while ((job = queue_take(&answers))) {
		fact_name_make(&buffer, clock_boot(), job->key.kind, job->key.key, job->name);
		fn(&buffer.fact.h, arg);
		free(job);
		count++;
	}
	return count;
}

static unsigned int count_open(struct workers *workers)
{
	unsigned int open;

	pthread_mutex_lock(&workers->lock);
	open = workers->open;
	pthread_mutex_unlock(&workers->lock);
	return open;
}

unsigned int resolve_wait(struct resolve *resolve, unsigned int timeout_ms, resolve_fn *fn,
                          void *arg)
{
	uint64_t end = clock_boot() + timeout_ms * NS_PER_MS;
	struct pollfd fd = {.fd = resolve->workers->fd, .events = POLLIN};
	unsigned int open = count_open(resolve->workers);

	resolve_collect(resolve, fn, arg);
	for (uint64_t now = clock_boot(); open && now < end; now = clock_boot()) {
		poll(&fd, 1, clock_poll_ms(end, now));
		open = count_open(resolve->workers);
		resolve_collect(resolve, fn, arg);
	}
	return open;
}
