/* SPDX-License-Identifier: BSD-2-Clause */
/* The one loop: signals, the drain timer, the ring and names, by epoll. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "session/run_private.h"

#define DRAIN_INTERVAL (20 * NS_PER_MS)

static int watch_fd(struct run *run, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (fd < 0)
		return 0;
	return epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
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

static void end_signals(sigset_t *set)
{
	struct sigaction hangup;

	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN)
		sigaddset(set, SIGHUP);
}

void run_hold_signals(bool hold)
{
	sigset_t set;

	end_signals(&set);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* What is printed by a thread waits for its reader, and reads signals itself: see output_detach(). */
static void release_signals(const struct run *run)
{
	if (!output_is_detached(run->output))
		run_hold_signals(false);
}

int run_block_signals(bool recorder)
{
	sigset_t set, hangup;

	end_signals(&set);
	run_hold_signals(false);
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	if (recorder) {
		sigaddset(&set, SIGHUP); /* by it another file begins, even under nohup */
		sigprocmask(SIG_BLOCK, &hangup, NULL);
	}
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_loop(struct run *run)
{
	int err;

	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	run->drain = timer_new(DRAIN_INTERVAL);
	if (run->options->continuous)
		run->repeat = timer_new(run->options->interval);
	if (run->epoll < 0 || run->drain < 0 || run->signals < 0)
		return -errno;
	err = watch_fd(run, run->signals);
	err = err ? err : watch_fd(run, run->drain);
	err = err ? err : watch_fd(run, run->repeat);
	err = err ? err : watch_fd(run, feed_ring_fd(run->feed));
	err = err ? err : watch_fd(run, feed_stacks_fd(run->feed));
	return err ? err : watch_fd(run, feed_names_fd(run->feed));
}

static void read_timer(int fd)
{
	uint64_t ticks;

	if (read(fd, &ticks, sizeof(ticks)) < 0)
		return; /* it had not fired after all */
}

static bool limit_reached(const struct run *run)
{
	return run->options->command == COMMAND_EVENTS && output_full(run->output);
}

/* -c: as fresh as the first one, for holders come and go without an event. */
static int repeat(struct run *run)
{
	if (output_skip_snapshot(run->output))
		return 0;
	if (run->why) {
		run_show_progress(run, true);
		return run_judge(run);
	}
	feed_walk(run->feed);
	return output_snapshot(run->output);
}

/* What the reader of our output did not keep up with; at the end, once it has what there is. */
static void tell_dropped(struct run *run, bool end)
{
	struct fact_loss loss = {
		.h = {.type = FACT_LOSS, .len = sizeof(loss), .time = clock_boot()},
		.where = LOSS_OUTPUT,
		.count = output_take_dropped(run->output, end),
	};

	if (loss.count)
		feed_fact(&loss.h, run->feed);
}

void run_show_progress(struct run *run, bool end)
{
	uint64_t seconds = (clock_boot() - run->began) / NS_PER_SEC;
	uint64_t all = run->options->watch / NS_PER_SEC;

	if (!isatty(STDERR_FILENO) || (!end && seconds == run->shown))
		return;
	run->shown = seconds;
	if (end)
		fputs("\r\033[K", stderr);
	else if (run->options->continuous)
		fprintf(stderr, "\rwatching: %" PRIu64 "s", seconds);
	else
		fprintf(stderr, "\rwatching: %" PRIu64 "s of %" PRIu64 "s", seconds, all);
}

static bool watched_enough(struct run *run)
{
	if (run->recorder && run->options->watch)
		return clock_boot() >= run->began + run->options->watch;
	if (!run->why)
		return false;
	run_show_progress(run, false);
	return !run->options->continuous && clock_boot() >= run->began + run->options->watch;
}

static bool trail_is_over(const struct run *run)
{
	return run->trail && !trail_living(run->trail);
}

/* Is it one to end by? SIGHUP makes a recorder begin another file. */
static bool read_signal(struct run *run)
{
	struct signalfd_siginfo signal;

	if (read(run->signals, &signal, sizeof(signal)) != sizeof(signal))
		return false;
	if (!run->recorder || signal.ssi_signo != SIGHUP)
		return true;
	recorder_rotate(run->recorder);
	return false;
}

/* One turn: 1 to end, 0 to go on, -errno. */
static int turn(struct run *run)
{
	struct epoll_event events[8];
	int count = epoll_wait(run->epoll, events, 8, -1), err;
	bool again = false;

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < count; i++) {
		int fd = events[i].data.fd;

		if (fd == run->signals)
			run->interrupted |= read_signal(run);
		else if (fd == run->drain || fd == run->repeat)
			read_timer(fd);
		again |= fd == run->repeat;
	}
	err = feed_drain(run->feed);
	tell_dropped(run, false);
	if (!err)
		feed_walk_if_due(run->feed);
	if (!err && again)
		err = repeat(run);
	if (!err)
		err = output_flush(run->output);
	if (!err && run->trail)
		err = trail_error(run->trail);
	if (!err && run->recorder)
		err = recorder_turn(run->recorder, run->feed);
	return err ? err
	           : run->interrupted || limit_reached(run) || trail_is_over(run) ||
	                       watched_enough(run);
}

int run_loop(struct run *run)
{
	int err = open_loop(run);

	run_hold_signals(true);
	run->began = clock_boot();
	while (!err)
		err = turn(run);
	release_signals(run);
	if (run->interrupted)
		output_hurry(run->output);
	if (err < 0)
		return err;
	feed_report_losses(run->feed);
	tell_dropped(run, true);
	return 0;
}
