/* SPDX-License-Identifier: BSD-2-Clause */
/* The one loop: epoll waits for signals, the drain timer, the feed, and what the command added. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "session/session_private.h"
#include "session/signals.h"

#define DRAIN_INTERVAL (20 * NS_PER_MS)
#define EVENTS         8 /* more are ready in the next turn */

/* An fd of the command. */
struct watched {
	int fd;
	session_ready_fn *fn;
	bool timer; /* ours to read and to close */
	bool ready;
};

struct session_loop {
	int epoll, signals, drain;
	struct watched *watched;
	size_t count;
};

static int add_fd(const struct session_loop *loop, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (fd < 0)
		return 0;
	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int timer_new(uint64_t interval)
{
	struct itimerspec spec = {
		.it_value = {(time_t)(interval / NS_PER_SEC), (long)(interval % NS_PER_SEC)},
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	spec.it_interval = spec.it_value;
	if (fd >= 0)
		timerfd_settime(fd, 0, &spec, NULL);
	return fd;
}

static void read_timer(int fd)
{
	uint64_t ticks;

	if (read(fd, &ticks, sizeof(ticks)) < 0)
		return; /* it has not fired after all */
}

/* --- opened and closed ------------------------------------------------------------------------ */

int loop_open(struct session *session)
{
	struct session_loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	session->loop = loop;
	loop->drain = -1;
	loop->signals = signals_open(session->command->hangup);
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	return loop->signals < 0 || loop->epoll < 0 ? -errno : 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void loop_close(struct session *session)
{
	struct session_loop *loop = session->loop;

	if (!loop)
		return;
	for (size_t i = 0; i < loop->count; i++)
		if (loop->watched[i].timer)
			close(loop->watched[i].fd);
	free(loop->watched);
	close_fd(loop->epoll);
	close_fd(loop->drain);
	close_fd(loop->signals);
	free(loop);
	session->loop = NULL;
}

int loop_signals(const struct session *session)
{
	return session->loop->signals;
}

static int begin(struct session *session)
{
	struct session_loop *loop = session->loop;
	int err;

	loop->drain = timer_new(DRAIN_INTERVAL);
	if (loop->drain < 0)
		return -errno;
	err = add_fd(loop, loop->signals);
	err = err ? err : add_fd(loop, loop->drain);
	err = err ? err : add_fd(loop, feed_ring_fd(session->feed));
	err = err ? err : add_fd(loop, feed_stacks_fd(session->feed));
	return err ? err : add_fd(loop, feed_names_fd(session->feed));
}

/* --- fds of the command ----------------------------------------------------------------------- */

static int watch(struct session *session, const struct watched *added)
{
	struct session_loop *loop = session->loop;
	struct watched *grown =
		reallocarray(loop->watched, loop->count + 1, sizeof(*loop->watched));
	int err;

	if (!grown)
		return -ENOMEM;
	loop->watched = grown;
	err = add_fd(loop, added->fd);
	if (!err)
		grown[loop->count++] = *added;
	return err;
}

int session_watch(struct session *session, int fd, session_ready_fn *fn)
{
	if (!session->loop)
		return 0;
	return watch(session, &(struct watched){.fd = fd, .fn = fn});
}

int session_every(struct session *session, uint64_t interval, session_ready_fn *fn)
{
	struct watched timer = {.fn = fn, .timer = true};
	int err;

	if (!session->loop)
		return 0;
	timer.fd = timer_new(interval);
	err = timer.fd < 0 ? -errno : watch(session, &timer);
	if (err)
		close_fd(timer.fd);
	return err;
}

void session_unwatch(struct session *session, int fd)
{
	struct session_loop *loop = session->loop;

	for (size_t i = 0; loop && i < loop->count; i++) {
		if (loop->watched[i].fd != fd)
			continue;
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
		if (loop->watched[i].timer)
			close(fd);
		loop->watched[i] = loop->watched[--loop->count];
		return;
	}
}

static void note_ready(struct session_loop *loop, int fd)
{
	for (size_t i = 0; i < loop->count; i++) {
		if (loop->watched[i].fd != fd)
			continue;
		loop->watched[i].ready = true;
		if (loop->watched[i].timer)
			read_timer(fd);
	}
}

static int call_ready(struct session *session)
{
	struct session_loop *loop = session->loop;
	int err = 0;

	for (size_t i = 0; i < loop->count && !err; i++) {
		if (!loop->watched[i].ready)
			continue;
		loop->watched[i].ready = false;
		err = loop->watched[i].fn(session, loop->watched[i].fd);
	}
	return err;
}

/* --- turns ------------------------------------------------------------------------------------ */

/* Facts that the reader of our output was too slow for; at the end, once it has what there is. */
static void report_dropped(struct session *session, bool end)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_OUTPUT,
		.count = session->output ? output_take_dropped(session->output, end) : 0,
	};

	if (loss.count)
		feed_fact(&loss.h, session->feed);
}

static void read_signal(struct session *session)
{
	struct signalfd_siginfo signal;

	if (read(session->loop->signals, &signal, sizeof(signal)) != sizeof(signal))
		return;
	if (session->command->hangup && signal.ssi_signo == SIGHUP)
		session->command->hangup(session);
	else
		session->interrupted = true;
}

static int wait_ready(struct session *session)
{
	struct session_loop *loop = session->loop;
	struct epoll_event events[EVENTS];
	int count = epoll_wait(loop->epoll, events, EVENTS, -1);

	for (int i = 0; i < count; i++) {
		int fd = events[i].data.fd;

		if (fd == loop->signals)
			read_signal(session);
		else if (fd == loop->drain)
			read_timer(fd);
		else
			note_ready(loop, fd);
	}
	return count < 0 && errno != EINTR ? -errno : 0;
}

/* 1 to end, 0 to go on, -errno. */
static int turn(struct session *session)
{
	const struct command *command = session->command;
	int err = wait_ready(session);

	if (!err)
		err = feed_drain(session->feed);
	report_dropped(session, false);
	if (!err)
		feed_walk_if_due(session->feed);
	feed_count_if_due(session->feed);
	if (!err)
		err = call_ready(session);
	if (!err && session->output)
		err = output_flush(session->output);
	if (!err && command->turn)
		err = command->turn(session);
	return err ? err : session->interrupted;
}

/* A thread that writes waits for its reader, and reads signals itself: see output_detach(). */
static void release_signals(const struct session *session)
{
	if (!session->output || !output_is_detached(session->output))
		signals_hold(false);
}

int loop_run(struct session *session)
{
	int err = begin(session);

	signals_hold(true);
	session->began = clock_boot();
	while (!err)
		err = turn(session);
	release_signals(session);
	if (session->interrupted && session->output)
		output_hurry(session->output);
	if (err < 0)
		return err;
	feed_report_losses(session->feed);
	report_dropped(session, true);
	return 0;
}
