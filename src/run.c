/* SPDX-License-Identifier: BSD-2-Clause */
/* The one loop: signals, the drain timer, the ring and names, by epoll. */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/format.h"
#include "fact/text.h"
#include "fail_if.h"
#include "feed.h"
#include "output.h"
#include "privilege.h"
#include "trail.h"
#include "view/totals.h"
#include "why.h"

#define ROWS_MAX       2000000U
#define DRAIN_INTERVAL (20 * NS_PER_MS)
#define NAMES_WAIT_MS  2000 /* a snapshot with names waits for them that long, in all */
#define STACKS_WAIT_MS 2000 /* as long at the end for stacks not read yet */

struct run {
	const struct options *options;
	struct table *table;
	struct output *output;
	struct feed *feed;   /* NULL: from a file */
	struct trail *trail; /* of the command of that name */
	struct why_command *why;
	struct fail_if *fail_if; /* NULL: not asked */
	bool failed;             /* it is met */
	uint64_t began;          /* the loop, ns of CLOCK_BOOTTIME */
	uint64_t shown;          /* seconds of it, by why's progress */
	int epoll, signals, drain, repeat;
};

static void notice(const char *format, const char *text)
{
	fputs("tcptrail: ", stderr);
	fprintf(stderr, format, text);
	fputc('\n', stderr);
}

/* --- the loop ------------------------------------------------------------------------------- */

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

/* Signals are blocked before any thread starts, so that only the signalfd gets them. */
static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
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

/* As fresh as the first one: holders come and go without an event. */
static int repeat_snapshot(struct run *run)
{
	int err = feed_walk(run->feed);

	return err ? err : output_snapshot(run->output);
}

/* On a terminal, in place: "watching: 4s of 10s", then nothing. */
static void show_progress(struct run *run, bool end)
{
	uint64_t seconds = (clock_boot() - run->began) / NS_PER_SEC;
	uint64_t all = run->options->watch / NS_PER_SEC;

	if (!isatty(STDERR_FILENO) || (!end && seconds == run->shown))
		return;
	run->shown = seconds;
	if (end)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\rwatching: %" PRIu64 "s of %" PRIu64 "s", seconds, all);
}

static bool watched_enough(struct run *run)
{
	if (!run->why)
		return false;
	show_progress(run, false);
	return clock_boot() >= run->began + run->options->watch;
}

static bool trail_is_over(const struct run *run)
{
	return run->trail && !trail_living(run->trail);
}

/* One turn: 1 to end, 0 to go on, -errno. */
static int turn(struct run *run)
{
	struct epoll_event events[8];
	int count = epoll_wait(run->epoll, events, 8, -1), err;
	bool end = false, repeat = false;

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < count; i++) {
		int fd = events[i].data.fd;

		if (fd == run->signals)
			end = true;
		else if (fd == run->drain || fd == run->repeat)
			read_timer(fd);
		repeat |= fd == run->repeat;
	}
	err = feed_drain(run->feed);
	if (!err)
		err = feed_walk_if_due(run->feed);
	if (!err && repeat)
		err = repeat_snapshot(run);
	if (!err)
		err = output_flush(run->output);
	if (!err && run->trail)
		err = trail_error(run->trail);
	return err ? err : end || limit_reached(run) || trail_is_over(run) || watched_enough(run);
}

static int loop(struct run *run)
{
	int err = open_loop(run);

	run->began = clock_boot();

	while (!err)
		err = turn(run);
	return err > 0 ? 0 : err;
}

/* --- commands on the live kernel ------------------------------------------------------------ */

static int print_snapshot(struct run *run)
{
	output_want_names(run->output);
	feed_wait_names(run->feed, NAMES_WAIT_MS);
	return output_snapshot(run->output);
}

/* The option --fail-if, if given. */
static int open_fail_if(struct run *run)
{
	if (!run->options->fail_if_count)
		return 0;
	run->fail_if = fail_if_new(run->options, output_row_view(run->output));
	return run->fail_if ? 0 : -ENOMEM;
}

static int print_fail_if(struct run *run)
{
	return run->fail_if ? fail_if_print(run->fail_if, &run->failed) : 0;
}

static int run_snapshot(struct run *run)
{
	int err = open_fail_if(run);

	if (err || run->fail_if)
		return err ? err : print_fail_if(run);
	err = print_snapshot(run);
	return err || !run->options->continuous ? err : loop(run);
}

static int run_stream(struct run *run)
{
	int err = output_begin_events(run->output);

	if (err)
		return err;
	if (run->options->format != OUTPUT_FACTS)
		table_set_listener(run->table, output_change, run->output);
	notice("%s", "tracing; Ctrl-C ends");
	err = loop(run);
	feed_wait_stacks(run->feed, STACKS_WAIT_MS);
	table_set_listener(run->table, NULL, NULL);
	return err;
}

static int run_watch(struct run *run)
{
	int err = print_snapshot(run);

	if (!err)
		err = run_stream(run);
	if (!err)
		err = feed_walk(run->feed);
	if (!err)
		err = output_end_events(run->output);
	if (!err)
		err = output_snapshot(run->output);
	return err ? err : output_totals(run->output);
}

/* What whoever has the sockets is doing now is worth a look only here. */
static void examine(struct run *run)
{
	struct row_iter iter;
	const struct row *row;

	table_for_each (run->table, iter, row)
		if (pick_match(&run->options->pick, run->table, row))
			feed_examine(run->feed, row);
}

/* Names that will be printed are wished for by a print to nowhere. */
static void want_trail_names(struct run *run)
{
	struct view rows = *output_row_view(run->output);
	struct trail *trail;

	rows.out = fopen("/dev/null", "we");
	trail = rows.out ? trail_new(run->options, &rows, &rows) : NULL;
	if (trail)
		trail_print(trail);
	trail_free(trail);
	if (rows.out)
		fclose(rows.out);
	feed_wait_names(run->feed, NAMES_WAIT_MS);
}

/* The exit code of an answer: was the socket found, is a threshold met? */
static int tell_answer(const struct run *run)
{
	if (run->failed)
		return EXIT_BAD;
	if (!run->trail || trail_found(run->trail))
		return EXIT_FINE;
	notice("%s",
	       run->options->from ? "no such socket in this file" : "no such socket here and now");
	return EXIT_BAD;
}

static int run_trail(struct run *run)
{
	int err;

	run->trail = trail_new(run->options, output_row_view(run->output),
	                       output_change_view(run->output));
	if (!run->trail)
		return -ENOMEM;
	examine(run);
	want_trail_names(run);
	err = trail_print(run->trail);
	if (err || !trail_living(run->trail) || !run->options->follow)
		return err;
	table_set_listener(run->table, trail_change, run->trail);
	err = output_flush(run->output);
	if (!err)
		err = loop(run);
	table_set_listener(run->table, NULL, NULL);
	return err;
}

static void examine_row(const struct row *row, void *arg)
{
	struct run *run = arg;

	feed_examine(run->feed, row);
}

/* The listener of why. */
static void watch_change(const struct change *change, void *arg)
{
	struct run *run = arg;

	why_change(change, run->why);
	if (run->fail_if)
		fail_if_change(change, run->fail_if);
}

static int open_why(struct run *run)
{
	run->why = why_new(run->options, output_row_view(run->output));
	if (!run->why)
		return -ENOMEM;
	table_set_listener(run->table, watch_change, run);
	return open_fail_if(run);
}

static int print_why(struct run *run)
{
	int err = why_print(run->why);

	return err ? err : print_fail_if(run);
}

static int judge(struct run *run)
{
	int err = feed_walk(run->feed);

	if (!err)
		err = why_examples(run->why, examine_row, run);
	return err ? err : print_why(run);
}

static int run_why(struct run *run)
{
	char time[FORMAT_SIZE];
	int err = open_why(run);

	if (!err && run->options->watch) {
		format_duration(time, run->options->watch);
		notice("watching for %s; Ctrl-C judges at once", time);
		err = loop(run);
		show_progress(run, true);
	}
	table_set_listener(run->table, NULL, NULL);
	return err ? err : judge(run);
}

static int run_command(struct run *run)
{
	switch (run->options->command) {
	case COMMAND_SNAPSHOT:
		return run_snapshot(run);
	case COMMAND_EVENTS:
		return run_stream(run);
	case COMMAND_WATCH:
		return run_watch(run);
	case COMMAND_TRAIL:
		return run_trail(run);
	case COMMAND_WHY:
		return run_why(run);
	case COMMAND_EXPLAIN:
	case COMMAND_PROBES:
	case COMMAND_HELP:
	case COMMAND_VERSION:
	case COMMAND_COUNT:
		break;
	}
	return -EINVAL;
}

/* Before the feed's threads start, for each thread has capabilities of its own. */
static void drop_privilege(void)
{
	struct diag why;

	if (privilege_drop(&why))
		notice("%s", why.text);
}

/* What is missing from all that follows: of BPF, or of what we may look at. */
static void tell_shortfall(const struct run *run, struct diag *shortfall)
{
	if (feed_live(run->feed))
		privilege_shortfall(shortfall);
	if (shortfall->text[0])
		notice("%s", shortfall->text);
}

/* -v: what this kernel does not let us see. */
static void tell_probes(const struct run *run)
{
	const struct live *live = feed_live(run->feed);
	const struct live_probe *probe;

	for (size_t i = 0; live && (probe = live_probe(live, i)); i++)
		if (probe->wanted && !probe->active)
			fprintf(stderr, "tcptrail: without %s (%s): %s\n", probe->name,
			        probe->purpose, probe->why);
}

/* Only rules look at it, of now or of a recording. */
static bool wants_host(const struct options *options)
{
	return options->command == COMMAND_WHY || options->format == OUTPUT_FACTS;
}

/* What is looked at once needs no events. */
static bool wants_trace(const struct options *options)
{
	if (options->command == COMMAND_TRAIL)
		return options->follow;
	return options->command != COMMAND_SNAPSHOT || options->continuous;
}

/* Without BPF all ages are lower bounds near 0: that no threshold is met says nothing then. */
static bool wants_ages(const struct options *options)
{
	bool ages = options->query.older;

	for (size_t i = 0; i < options->fail_if_count; i++)
		ages |= options->fail_ifs[i].age > 0;
	return options->fail_if_count && ages;
}

static int run_live(struct run *run, struct diag *diag)
{
	const struct options *options = run->options;
	struct feed_config config = {.trace = wants_trace(options),
	                             .stacks = options->stacks,
	                             .host = wants_host(options)};
	struct diag shortfall;
	int err;

	if (options->format == OUTPUT_FACTS) {
		config.on_fact = output_fact;
		config.on_fact_arg = run->output;
	}
	err = feed_open(&run->feed, run->table, &config, &shortfall, diag);
	if (err)
		return EXIT_CANNOT;
	drop_privilege();
	if (feed_begin(run->feed, diag))
		return EXIT_CANNOT;
	if (!feed_live(run->feed) && wants_ages(options))
		return diag_fail(diag, -EPERM,
		                 "--fail-if: ages are not known without BPF: run as root, or with "
		                 "CAP_SYS_ADMIN, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"),
		       EXIT_CANNOT;
	tell_shortfall(run, &shortfall);
	if (options->verbose)
		tell_probes(run);
	err = run_command(run);
	if (output_flush(run->output)) /* finish() tells of that */
		return EXIT_FINE;
	if (err)
		diag_fail(diag, err, "stopped: %s", strerror(-err));
	return err ? EXIT_LOST : tell_answer(run);
}

/* --- commands on a file of facts ------------------------------------------------------------ */

static int read_facts(struct run *run, FILE *in, struct diag *diag)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	struct fact *fact = (struct fact *)bytes;
	unsigned long number = 0;
	struct diag why;
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	while (!err && getline(&line, &room, in) >= 0) {
		number++;
		err = fact_text_parse(line, fact, &why);
		if (err < 0)
			diag_fail(diag, err, "%s line %lu: %s", run->options->from, number,
			          why.text);
		else if (err > 0)
			err = table_apply(run->table, fact);
	}
	free(line);
	return err;
}

static int replay_trail(struct run *run, FILE *in, struct diag *diag)
{
	run->trail = trail_new(run->options, output_row_view(run->output),
	                       output_change_view(run->output));
	if (!run->trail)
		return diag_fail(diag, -ENOMEM, "out of memory"), EXIT_CANNOT;
	table_set_listener(run->table, trail_change, run->trail);
	if (read_facts(run, in, diag))
		return EXIT_CANNOT;
	table_set_listener(run->table, NULL, NULL);
	trail_print(run->trail);
	return tell_answer(run);
}

static int replay_why(struct run *run, FILE *in, struct diag *diag)
{
	if (open_why(run))
		return diag_fail(diag, -ENOMEM, "out of memory"), EXIT_CANNOT;
	if (read_facts(run, in, diag))
		return EXIT_CANNOT;
	table_set_listener(run->table, NULL, NULL);
	print_why(run);
	return tell_answer(run);
}

/* In place of a snapshot. */
static int replay_fail_if(struct run *run, FILE *in, struct diag *diag)
{
	int err = read_facts(run, in, diag);

	if (!err)
		err = open_fail_if(run);
	if (!err)
		err = print_fail_if(run);
	if (err && !diag->text[0])
		diag_fail(diag, err, "stopped: %s", strerror(-err));
	return err ? EXIT_CANNOT : tell_answer(run);
}

static int replay(struct run *run, FILE *in, struct diag *diag)
{
	if (run->options->command == COMMAND_WHY)
		return replay_why(run, in, diag);
	if (run->options->command == COMMAND_TRAIL)
		return replay_trail(run, in, diag);
	if (run->options->fail_if_count)
		return replay_fail_if(run, in, diag);
	if (run->options->command != COMMAND_SNAPSHOT) {
		output_begin_events(run->output);
		table_set_listener(run->table, output_change, run->output);
	}
	if (read_facts(run, in, diag))
		return EXIT_CANNOT;
	table_set_listener(run->table, NULL, NULL);
	if (run->options->command == COMMAND_WATCH)
		output_end_events(run->output);
	if (run->options->command != COMMAND_EVENTS)
		output_snapshot(run->output);
	if (run->options->command == COMMAND_WATCH)
		output_totals(run->output);
	return EXIT_FINE;
}

static int run_file(struct run *run, struct diag *diag)
{
	FILE *in = fopen(run->options->from, "re");
	int code;

	if (!in) {
		diag_fail(diag, -errno, "cannot read %s: %s", run->options->from, strerror(errno));
		return EXIT_CANNOT;
	}
	code = replay(run, in, diag);
	fclose(in);
	return code;
}

/* --- begin and end -------------------------------------------------------------------------- */

/* Says on stderr what facts were lost, if any were. */
static bool tell_losses(const struct run *run)
{
	struct totals totals;
	char lost[256] = "";
	FILE *text = fmemopen(lost, sizeof(lost), "w");
	bool any;

	table_totals(run->table, &totals);
	any = text && totals_lost(text, &totals);
	if (text)
		fclose(text);
	if (any)
		notice("facts were lost on the way (%s); walks have corrected the table since",
		       lost);
	return any;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static int finish(struct run *run, int code)
{
	int err = run->output ? output_close(run->output) : 0;

	if (err && err != -EPIPE) {
		notice("output was lost: %s", strerror(-err));
		code = EXIT_LOST;
	}
	if (code == EXIT_FINE && run->table && tell_losses(run))
		code = EXIT_LOST;
	feed_close(run->feed);
	trail_free(run->trail);
	why_free(run->why);
	fail_if_free(run->fail_if);
	table_free(run->table);
	close_fd(run->epoll);
	close_fd(run->drain);
	close_fd(run->repeat);
	close_fd(run->signals);
	return code;
}

int run(const struct options *options)
{
	struct run run = {.options = options, .epoll = -1, .drain = -1, .repeat = -1};
	struct diag diag = {""};
	int code = EXIT_CANNOT;

	run.signals = block_signals();
	run.table = table_new(ROWS_MAX);
	if (!run.table)
		diag_fail(&diag, -ENOMEM, "out of memory");
	else if (!output_open(&run.output, options, run.table, &diag))
		code = options->from ? run_file(&run, &diag) : run_live(&run, &diag);
	if (diag.text[0])
		notice("%s", diag.text);
	return finish(&run, code);
}
