/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeps each dump until its stack has come. The reader takes dumps in order, so when it ends, the
 * first dump is the one that it was reading: that one is lost, and the next reader gets the others.
 */
#include "enrich/stack_queue.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "enrich/stack_reader.h"
#include "fact/kind.h"
#include "fact/text.h"

_Static_assert(sizeof(struct reader_rules) +
                               FACT_STACK_MAX * sizeof(((struct reader_rules *)0)->list[0]) <=
                       FACT_MAX_SIZE,
               "rules of a stack fit where facts do");

#define QUEUE_BYTES (16U << 20)       /* of dumps that wait for their stacks */
#define STALL_NS    (20 * NS_PER_SEC) /* for one dump; the largest binaries take seconds */
#define RESTART_NS  NS_PER_SEC        /* doubled after each reader that has read nothing */
#define DOUBLED_MAX 6
#define REAP_MS     50
#define UNREAPED    8 /* killed readers that wait for a hung disk before they end */

struct waiting {
	struct waiting *next;
	struct stack_dump dump;
};

struct stack_queue {
	struct waiting *first, *last;
	struct waiting *unsent; /* the first dump that was not sent to the reader; NULL: all were */
	size_t waiting_bytes;
	stack_queue_rule_fn *on_rule;
	void *on_rule_arg;
	int socket;
	pid_t opener;               /* 0: none at the moment */
	struct program_key reading; /* program of the first dump; inode 0: not known yet */
	struct crash_list crashes;
	uint64_t owed;    /* dumps that wait */
	uint64_t lost;    /* lost stacks that were not reported yet */
	uint64_t since;   /* when the first dump became the first, or the reader started */
	uint64_t restart; /* when another reader may start */
	unsigned int failures;
	pid_t killed[UNREAPED];
};

/* --- dumps that wait -------------------------------------------------------------------------- */

static size_t dump_size(const struct stack_dump *dump)
{
	return sizeof(*dump) + dump->size;
}

/* Removes the first dump: its stack has come, or is lost. */
static void drop_first(struct stack_queue *queue)
{
	struct waiting *first = queue->first;

	queue->first = first->next;
	if (queue->unsent == first)
		queue->unsent = first->next;
	queue->waiting_bytes -= dump_size(&first->dump);
	queue->owed--;
	queue->since = clock_boot();
	queue->reading = (struct program_key){0};
	free(first);
}

static bool put_last(struct stack_queue *queue, const struct stack_dump *dump)
{
	size_t size = dump_size(dump);
	struct waiting *waiting = NULL;

	if (queue->waiting_bytes + size <= QUEUE_BYTES)
		waiting = malloc(offsetof(struct waiting, dump) + size);
	if (!waiting)
		return false;
	waiting->next = NULL;
	memcpy(&waiting->dump, dump, size);
	*(queue->first ? &queue->last->next : &queue->first) = waiting;
	queue->last = waiting;
	if (!queue->unsent)
		queue->unsent = waiting;
	queue->waiting_bytes += size;
	if (!queue->owed++)
		queue->since = clock_boot();
	return true;
}

/* --- the processes ---------------------------------------------------------------------------- */

/* Does not wait: a child that waits for a hung disk ends later. */
static bool reap(pid_t *child)
{
	if (*child && waitpid(*child, NULL, WNOHANG))
		*child = 0;
	return !*child;
}

static bool reap_killed(struct stack_queue *queue, pid_t **room)
{
	*room = NULL;
	for (int i = 0; i < UNREAPED; i++)
		if (reap(&queue->killed[i]))
			*room = &queue->killed[i];
	return *room;
}

static void end_processes(struct stack_queue *queue)
{
	const struct timespec ms = {.tv_nsec = NS_PER_MS};
	pid_t *room;

	if (!queue->opener)
		return;
	close(queue->socket);
	kill(queue->opener, SIGKILL); /* the reader ends with it */
	for (int i = 0; i < REAP_MS && !reap(&queue->opener); i++)
		nanosleep(&ms, NULL);
	if (queue->opener && reap_killed(queue, &room))
		*room = queue->opener;
	queue->opener = 0;
	queue->socket = -1;
	queue->unsent = queue->first;
}

/* The reader has failed: the stack that it was reading is lost. */
static void fail(struct stack_queue *queue)
{
	uint64_t now = clock_boot();
	unsigned int doubled = queue->failures < DOUBLED_MAX ? queue->failures : DOUBLED_MAX;

	if (queue->reading.inode)
		crash_list_add(&queue->crashes, &queue->reading, now);
	if (queue->first && queue->unsent != queue->first) {
		drop_first(queue);
		queue->lost++;
	}
	end_processes(queue);
	/* A reader that fails at once again and again must not use much CPU time. */
	queue->restart = now + (RESTART_NS << doubled);
	queue->failures++;
}

static void start_if_due(struct stack_queue *queue)
{
	uint64_t now = clock_boot();
	pid_t *room;

	if (queue->opener || now < queue->restart || !reap_killed(queue, &room))
		return;
	if (stack_reader_start(&queue->crashes, &queue->opener, &queue->socket))
		queue->restart = now + RESTART_NS;
	queue->since = now;
}

static bool send_dump(const struct stack_queue *queue, const struct stack_dump *dump)
{
	size_t size = dump_size(dump);

	return send(queue->socket, dump, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static void send_waiting(struct stack_queue *queue)
{
	if (queue->unsent)
		start_if_due(queue);
	while (queue->opener && queue->unsent && send_dump(queue, &queue->unsent->dump))
		queue->unsent = queue->unsent->next;
}

int stack_queue_open(struct stack_queue **result, stack_queue_rule_fn *on_rule, void *arg)
{
	struct stack_queue *queue = calloc(1, sizeof(*queue));
	int err;

	if (!queue)
		return -ENOMEM;
	queue->on_rule = on_rule;
	queue->on_rule_arg = arg;
	err = stack_reader_start(&queue->crashes, &queue->opener, &queue->socket);
	if (err) {
		free(queue);
		return err;
	}
	*result = queue;
	return 0;
}

void stack_queue_close(struct stack_queue *queue)
{
	if (!queue)
		return;
	end_processes(queue);
	while (queue->first)
		drop_first(queue);
	free(queue);
}

int stack_queue_fd(const struct stack_queue *queue)
{
	return queue->socket;
}

bool stack_queue_take(struct stack_queue *queue, const struct stack_dump *dump)
{
	if (!put_last(queue, dump))
		return false;
	send_waiting(queue);
	return true;
}

/* --- what comes back: nothing of it is believed, the reader may have been taken over ---------- */

static void report_lost(struct stack_queue *queue, stack_queue_fn *fn, void *arg)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_STACK,
		.count = queue->lost,
	};

	queue->lost = 0;
	fn(&loss.h, arg);
}

static bool hand_over_rules(const struct stack_queue *queue, const struct reader_rules *rules)
{
	size_t count;

	if (rules->h.len < sizeof(*rules) || !queue->first ||
	    rules->space != queue->first->dump.space)
		return false;
	count = (rules->h.len - sizeof(*rules)) / sizeof(rules->list[0]);
	for (size_t i = 0; i < count; i++)
		queue->on_rule(rules->space, rules->list[i].ip, &rules->list[i].rule,
		               queue->on_rule_arg);
	return true;
}

/* Is it the stack of the first dump? */
static bool is_answer(const struct stack_queue *queue, const struct fact_stack *stack)
{
	const struct stack_dump *dump = queue->first ? &queue->first->dump : NULL;

	return dump && queue->unsent != queue->first && fact_is_whole(&stack->h) &&
	       stack->id == dump->id && stack->space == dump->space && stack->pid == dump->pid;
}

static bool is_frame_name(const struct fact *fact)
{
	return fact_is_whole(fact) && ((const struct fact_name *)fact)->kind == NAME_FRAME;
}

static bool begin_reading(struct stack_queue *queue, const struct reader_program *reads)
{
	if (reads->h.len == sizeof(*reads))
		queue->reading = reads->program;
	return reads->h.len == sizeof(*reads);
}

/* The program of the first dump is blocked. */
static bool give_up_first(struct stack_queue *queue)
{
	if (!queue->first || queue->unsent == queue->first)
		return false;
	drop_first(queue);
	queue->lost++;
	return true;
}

/* false: the reader sent what it must not send. */
static bool hand_over(struct stack_queue *queue, const struct fact *fact, size_t size,
                      stack_queue_fn *fn, void *arg)
{
	if (size < sizeof(*fact) || fact->len != size)
		return false;
	switch (fact->type) {
	case READER_RULES:
		return hand_over_rules(queue, (const struct reader_rules *)fact);
	case READER_PROGRAM:
		return begin_reading(queue, (const struct reader_program *)fact);
	case READER_REFUSED:
		return give_up_first(queue);
	case READER_RENEW:
		end_processes(queue);
		return true;
	case FACT_STACK:
		if (!is_answer(queue, (const struct fact_stack *)fact))
			return false;
		drop_first(queue);
		queue->failures = 0;
		fn(fact, arg);
		return true;
	case FACT_NAME:
		if (!is_frame_name(fact))
			return false;
		fn(fact, arg);
		return true;
	}
	return false;
}

/* Handles what is there. false: the reader has ended, or must end. */
static bool receive(struct stack_queue *queue, stack_queue_fn *fn, void *arg)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	ssize_t got;

	while (queue->opener) {
		got = recv(queue->socket, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (got < 0 && errno == EAGAIN)
			return !queue->owed || clock_boot() - queue->since <= STALL_NS;
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || !hand_over(queue, (const struct fact *)bytes, (size_t)got, fn, arg))
			return false;
	}
	return true;
}

void stack_queue_collect(struct stack_queue *queue, stack_queue_fn *fn, void *arg)
{
	if (!receive(queue, fn, arg))
		fail(queue);
	send_waiting(queue);
	if (queue->lost)
		report_lost(queue, fn, arg);
}

uint64_t stack_queue_wait(struct stack_queue *queue, unsigned int timeout_ms, stack_queue_fn *fn,
                          void *arg)
{
	uint64_t end = clock_boot() + timeout_ms * NS_PER_MS;

	stack_queue_collect(queue, fn, arg);
	for (uint64_t now = clock_boot(); queue->owed && now < end; now = clock_boot()) {
		struct pollfd fd = {
			.fd = queue->socket,
			.events = (short)(POLLIN | (queue->unsent ? POLLOUT : 0)),
		};
		uint64_t next = end;

		if (!queue->opener && queue->restart > now && queue->restart < end)
			next = queue->restart;
		poll(&fd, 1, clock_poll_ms(next, now));
		stack_queue_collect(queue, fn, arg);
	}
	return queue->owed;
}
