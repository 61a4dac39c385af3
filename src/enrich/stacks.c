/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeps each dump until its stack is there. The reader takes them in order, so that when it ends
 * the first one is what it was at work on: that one is lost, and the others go to the next reader.
 */
#include "enrich/stacks.h"

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
#include "enrich/stacks_child.h"
#include "fact/kind.h"
#include "fact/text.h"

_Static_assert(sizeof(struct stacks_rules) +
                               FACT_STACK_MAX * sizeof(((struct stacks_rules *)0)->list[0]) <=
                       FACT_MAX_SIZE,
               "rules of a stack fit where facts do");

#define QUEUE_BYTES (16U << 20)       /* of dumps that wait for their stacks */
#define STALL_NS    (20 * NS_PER_SEC) /* for one dump; the largest binaries take seconds */
#define RESTART_NS  NS_PER_SEC        /* twice as long after each reader that read nothing */
#define DOUBLED_MAX 6
#define REAP_MS     50
#define UNREAPED    8 /* killed, and not gone yet: the disk that they wait for hangs */

struct waiting {
	struct waiting *next;
	struct stack_dump dump;
};

struct stacks {
	struct waiting *first, *last;
	struct waiting *unsent; /* the first that the reader has not got; NULL: it has all */
	size_t waiting_bytes;
	stacks_rule_fn *on_rule;
	void *on_rule_arg;
	int socket;
	pid_t opener;               /* 0: none at the moment */
	struct program_key reading; /* what the first dump is of; inode 0: not begun */
	struct suspects suspects;
	uint64_t owed;    /* dumps that wait */
	uint64_t lost;    /* stacks that will not come, not told yet */
	uint64_t since;   /* the first dump is the first, or a reader began, whichever is later */
	uint64_t restart; /* when another one may begin */
	unsigned int failures;
	pid_t killed[UNREAPED];
};

/* --- dumps that wait ---------------------------------------------------------------------- */

static size_t dump_size(const struct stack_dump *dump)
{
	return sizeof(*dump) + dump->size;
}

/* Its stack has come, or never will. */
static void drop_first(struct stacks *stacks)
{
	struct waiting *first = stacks->first;

	stacks->first = first->next;
	if (stacks->unsent == first)
		stacks->unsent = first->next;
	stacks->waiting_bytes -= dump_size(&first->dump);
	stacks->owed--;
	stacks->since = clock_boot();
	stacks->reading = (struct program_key){0};
	free(first);
}

static bool put_last(struct stacks *stacks, const struct stack_dump *dump)
{
	size_t size = dump_size(dump);
	struct waiting *waiting = NULL;

	if (stacks->waiting_bytes + size <= QUEUE_BYTES)
		waiting = malloc(offsetof(struct waiting, dump) + size);
	if (!waiting)
		return false;
	waiting->next = NULL;
	memcpy(&waiting->dump, dump, size);
	*(stacks->first ? &stacks->last->next : &stacks->first) = waiting;
	stacks->last = waiting;
	if (!stacks->unsent)
		stacks->unsent = waiting;
	stacks->waiting_bytes += size;
	if (!stacks->owed++)
		stacks->since = clock_boot();
	return true;
}

/* --- the processes ---------------------------------------------------------------------------- */

/* Never waits long: one that a hung disk keeps ends when the disk goes on. */
static bool reap(pid_t *child)
{
	if (*child && waitpid(*child, NULL, WNOHANG))
		*child = 0;
	return !*child;
}

static bool reap_killed(struct stacks *stacks, pid_t **room)
{
	*room = NULL;
	for (int i = 0; i < UNREAPED; i++)
		if (reap(&stacks->killed[i]))
			*room = &stacks->killed[i];
	return *room;
}

static void end_processes(struct stacks *stacks)
{
	const struct timespec ms = {.tv_nsec = NS_PER_MS};
	pid_t *room;

	if (!stacks->opener)
		return;
	close(stacks->socket);
	kill(stacks->opener, SIGKILL); /* the reader ends with it */
	for (int i = 0; i < REAP_MS && !reap(&stacks->opener); i++)
		nanosleep(&ms, NULL);
	if (stacks->opener && reap_killed(stacks, &room))
		*room = stacks->opener;
	stacks->opener = 0;
	stacks->socket = -1;
	stacks->unsent = stacks->first;
}

/* The reader has failed: what it was at work on is lost. */
static void fail(struct stacks *stacks)
{
	uint64_t now = clock_boot();
	unsigned int doubled = stacks->failures < DOUBLED_MAX ? stacks->failures : DOUBLED_MAX;

	if (stacks->reading.inode)
		suspects_blame(&stacks->suspects, &stacks->reading, now);
	if (stacks->first && stacks->unsent != stacks->first) {
		drop_first(stacks);
		stacks->lost++;
	}
	end_processes(stacks);
	/* One that fails at once, again and again, must not cost more than it tells. */
	stacks->restart = now + (RESTART_NS << doubled);
	stacks->failures++;
}

static void start_if_due(struct stacks *stacks)
{
	uint64_t now = clock_boot();
	pid_t *room;

	if (stacks->opener || now < stacks->restart || !reap_killed(stacks, &room))
		return;
	if (stacks_start(&stacks->suspects, &stacks->opener, &stacks->socket))
		stacks->restart = now + RESTART_NS;
	stacks->since = now;
}

static bool send_dump(const struct stacks *stacks, const struct stack_dump *dump)
{
	size_t size = dump_size(dump);

	return send(stacks->socket, dump, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static void send_waiting(struct stacks *stacks)
{
	if (stacks->unsent)
		start_if_due(stacks);
	while (stacks->opener && stacks->unsent && send_dump(stacks, &stacks->unsent->dump))
		stacks->unsent = stacks->unsent->next;
}

int stacks_open(struct stacks **result, stacks_rule_fn *on_rule, void *arg)
{
	struct stacks *stacks = calloc(1, sizeof(*stacks));
	int err;

	if (!stacks)
		return -ENOMEM;
	stacks->on_rule = on_rule;
	stacks->on_rule_arg = arg;
	err = stacks_start(&stacks->suspects, &stacks->opener, &stacks->socket);
	if (err) {
		free(stacks);
		return err;
	}
	*result = stacks;
	return 0;
}

void stacks_close(struct stacks *stacks)
{
	if (!stacks)
		return;
	end_processes(stacks);
	while (stacks->first)
		drop_first(stacks);
	free(stacks);
}

int stacks_fd(const struct stacks *stacks)
{
	return stacks->socket;
}

bool stacks_take(struct stacks *stacks, const struct stack_dump *dump)
{
	if (!put_last(stacks, dump))
		return false;
	send_waiting(stacks);
	return true;
}

/* --- what comes back: nothing of it is believed, the reader may have been taken over ----------- */

static void tell_lost(struct stacks *stacks, stacks_fn *fn, void *arg)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_STACK,
		.count = stacks->lost,
	};

	stacks->lost = 0;
	fn(&loss.h, arg);
}

static bool hand_over_rules(const struct stacks *stacks, const struct stacks_rules *rules)
{
	size_t count;

	if (rules->h.len < sizeof(*rules) || !stacks->first ||
	    rules->space != stacks->first->dump.space)
		return false;
	count = (rules->h.len - sizeof(*rules)) / sizeof(rules->list[0]);
	for (size_t i = 0; i < count; i++)
		stacks->on_rule(rules->space, rules->list[i].ip, &rules->list[i].rule,
		                stacks->on_rule_arg);
	return true;
}

/* Is it the answer to the first dump? */
static bool is_answer(const struct stacks *stacks, const struct fact_stack *stack)
{
	const struct stack_dump *dump = stacks->first ? &stacks->first->dump : NULL;

	return dump && stacks->unsent != stacks->first && fact_is_whole(&stack->h) &&
	       stack->id == dump->id && stack->space == dump->space && stack->pid == dump->pid;
}

static bool is_frame_name(const struct fact *fact)
{
	return fact_is_whole(fact) && ((const struct fact_name *)fact)->kind == NAME_FRAME;
}

static bool begin_reading(struct stacks *stacks, const struct stacks_reads *reads)
{
	if (reads->h.len == sizeof(*reads))
		stacks->reading = reads->program;
	return reads->h.len == sizeof(*reads);
}

/* Its program is set aside. */
static bool give_up_first(struct stacks *stacks)
{
	if (!stacks->first || stacks->unsent == stacks->first)
		return false;
	drop_first(stacks);
	stacks->lost++;
	return true;
}

/* false: it says what it was not asked. */
static bool hand_over(struct stacks *stacks, const struct fact *fact, size_t size, stacks_fn *fn,
                      void *arg)
{
	if (size < sizeof(*fact) || fact->len != size)
		return false;
	switch (fact->type) {
	case STACKS_RULES:
		return hand_over_rules(stacks, (const struct stacks_rules *)fact);
	case STACKS_READS:
		return begin_reading(stacks, (const struct stacks_reads *)fact);
	case STACKS_REFUSED:
		return give_up_first(stacks);
	case STACKS_RENEW:
		end_processes(stacks);
		return true;
	case FACT_STACK:
		if (!is_answer(stacks, (const struct fact_stack *)fact))
			return false;
		drop_first(stacks);
		stacks->failures = 0;
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

/* Takes what is there. false: the reader has ended, or is to. */
static bool receive(struct stacks *stacks, stacks_fn *fn, void *arg)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	ssize_t got;

	while (stacks->opener) {
		got = recv(stacks->socket, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (got < 0 && errno == EAGAIN)
			return !stacks->owed || clock_boot() - stacks->since <= STALL_NS;
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 ||
		    !hand_over(stacks, (const struct fact *)bytes, (size_t)got, fn, arg))
			return false;
	}
	return true;
}

void stacks_collect(struct stacks *stacks, stacks_fn *fn, void *arg)
{
	if (!receive(stacks, fn, arg))
		fail(stacks);
	send_waiting(stacks);
	if (stacks->lost)
		tell_lost(stacks, fn, arg);
}

/* Rounded up: else the last millisecond is spent spinning. */
static int ms_until(uint64_t end, uint64_t now)
{
	return (int)((end - now + NS_PER_MS - 1) / NS_PER_MS);
}

uint64_t stacks_wait(struct stacks *stacks, unsigned int timeout_ms, stacks_fn *fn, void *arg)
{
	uint64_t end = clock_boot() + timeout_ms * NS_PER_MS;

	stacks_collect(stacks, fn, arg);
	for (uint64_t now = clock_boot(); stacks->owed && now < end; now = clock_boot()) {
		struct pollfd fd = {
			.fd = stacks->socket,
			.events = (short)(POLLIN | (stacks->unsent ? POLLOUT : 0)),
		};
		uint64_t next = end;

		if (!stacks->opener && stacks->restart > now && stacks->restart < end)
			next = stacks->restart;
		poll(&fd, 1, ms_until(next, now));
		stacks_collect(stacks, fn, arg);
	}
	return stacks->owed;
}
