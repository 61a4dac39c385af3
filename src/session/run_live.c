/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands on the live kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/format.h"
#include "session/notice.h"
#include "session/privilege.h"
#include "record/store.h"
#include "session/run_private.h"
#include "session/scope.h"

#define BTF_NAME_SIZE         32
#define NAMES_WAIT_MS         2000 /* a snapshot with names waits for them that long, in all */
#define RING_BYTES_LONG_LINES (64U << 20)
#define STACKS_WAIT_MS        2000 /* as long at the end for stacks not read yet, */
#define STACKS_HURRY_MS       100  /* and so long once a signal has come */
/* Every walk tells of all sockets anew, which takes room; transitions come by themselves. */
#define RECORD_WALK_INTERVAL (30 * NS_PER_SEC)

/* Before the first line goes to a thread that writes: it ends with all that it was given. */
static void hold_signals(const struct run *run)
{
	if (output_is_detached(run->output))
		run_hold_signals(true);
}

static int print_snapshot(struct run *run)
{
	output_want_names(run->output);
	feed_wait_names(run->feed, NAMES_WAIT_MS);
	hold_signals(run);
	return output_snapshot(run->output);
}

static int run_snapshot(struct run *run)
{
	int err = run_open_fail_if(run);

	if (err || run->fail_if)
		return err ? err : run_print_fail_if(run);
	err = print_snapshot(run);
	return err || !run->options->continuous ? err : run_loop(run);
}

static void wait_stacks(const struct run *run)
{
	feed_wait_stacks(run->feed, run->interrupted ? STACKS_HURRY_MS : STACKS_WAIT_MS);
}

static int run_stream(struct run *run)
{
	int err;

	hold_signals(run);
	err = output_begin_events(run->output);
	if (err)
		return err;
	if (run->options->format != OUTPUT_FACTS)
		table_set_listener(run->table, output_change, run->output);
	run_hold_signals(true); /* whoever reads this line may send one to the loop */
	notice("tracing; Ctrl-C ends");
	err = run_loop(run);
	wait_stacks(run);
	table_set_listener(run->table, NULL, NULL);
	return err;
}

static int run_watch(struct run *run)
{
	int err = print_snapshot(run);

	if (!err)
		err = run_stream(run);
	if (err)
		return err;
	feed_walk(run->feed);
	return run_print_watch(run);
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

static int run_trail(struct run *run)
{
	int err = run_open_trail(run);

	if (err)
		return err;
	examine(run);
	want_trail_names(run);
	hold_signals(run);
	err = trail_print(run->trail);
	if (err || !trail_living(run->trail) || !run->options->follow)
		return err;
	table_set_listener(run->table, trail_change, run->trail);
	err = output_flush(run->output);
	if (!err)
		err = run_loop(run);
	table_set_listener(run->table, NULL, NULL);
	return err;
}

static void examine_row(const struct row *row, void *arg)
{
	struct run *run = arg;

	feed_examine(run->feed, row);
}

/* What needs no watching is said before it begins, in short; the rest of it comes with the rest. */
static int judge_at_once(struct run *run)
{
	return run->options->format == OUTPUT_TEXT ? why_headlines(run->why, stderr) : 0;
}

int run_judge(struct run *run)
{
	int err;

	feed_walk(run->feed);
	err = why_examples(run->why, examine_row, run);
	return err ? err : run_print_why(run);
}

static int run_why(struct run *run)
{
	char time[FORMAT_SIZE];
	int err = run_open_why(run);

	if (!err && run->options->watch) {
		format_duration(time, run->options->watch);
		err = judge_at_once(run);
		run_hold_signals(true); /* as above */
		notice(run->options->continuous ? "watching; Ctrl-C judges at once and ends"
		                                : "watching for %s; Ctrl-C judges at once",
		       time);
		err = err ? err : run_loop(run);
		run_show_progress(run, true);
	}
	table_set_listener(run->table, NULL, NULL);
	return err ? err : run_judge(run);
}

static int run_record(struct run *run)
{
	int err;

	run_hold_signals(true); /* as above */
	notice("recording to %s; Ctrl-C ends", run->options->target);
	err = run_loop(run);
	wait_stacks(run);
	if (!err)
		feed_walk(run->feed); /* a last look: who judges by its end can tell more */
	return err;
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
	case COMMAND_RECORD:
		return run_record(run);
	case COMMAND_DIFF:
	case COMMAND_INFO:
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
static void tell_shortfall(const struct run *run, const struct diag *shortfall)
{
	struct diag unseen = {""};

	if (feed_live(run->feed))
		privilege_shortfall(&unseen);
	if (shortfall->text[0])
		notice("%s", shortfall->text);
	if (unseen.text[0])
		notice("%s", unseen.text);
}

/* What the kernel has refused; -v: all that it does not let us see. */
static void tell_probes(const struct run *run)
{
	const struct live *live = feed_live(run->feed);
	const struct live_probe *probe;

	for (size_t i = 0; live && (probe = live_probe(live, i)); i++) {
		if (probe->refused)
			notice("the kernel refused %s (%s): %s", probe->name, probe->purpose,
			       probe->why);
		else if (run->options->verbose && probe->needed && !probe->active)
			notice("without %s (%s): %s", probe->name, probe->purpose, probe->why);
	}
}

/* Only rules look at it, of now or of a recording. */
static bool wants_host(const struct options *options)
{
	return options->command == COMMAND_WHY || options->command == COMMAND_RECORD ||
	       options->format == OUTPUT_FACTS;
}

/* What is looked at once needs no events. */
static bool wants_trace(const struct options *options)
{
	if (options->command == COMMAND_TRAIL)
		return options->follow;
	return options->command != COMMAND_SNAPSHOT || options->continuous;
}

/*
 * Who has a socket takes as long to find as the sockets do. A list that names nobody can do
 * without; but sockets in CLOSE are found by their fds alone.
 */
static bool wants_holders(const struct options *options)
{
	const struct query *query = &options->query;

	if (options->command != COMMAND_SNAPSHOT || options->format != OUTPUT_TEXT)
		return true;
	return options->programs || options->extend || options->verbose || options->columns ||
	       options->sort || options->fail_if_count || options->continuous || query->pid_count ||
	       query->comms.count || query->containers.count ||
	       query->states & STATE_BIT(STATE_CLOSE);
}

/* Without BPF all ages are lower bounds near 0: that no threshold is met says nothing then. */
static bool wants_ages(const struct options *options)
{
	bool ages = options->query.older;

	for (size_t i = 0; i < options->fail_if_count; i++)
		ages |= options->fail_ifs[i].age > 0;
	return options->fail_if_count && ages;
}

/* Does it print while it traces? Then a reader that stalls must not keep facts in the ring. */
static bool is_stream(const struct options *options)
{
	return options->command == COMMAND_EVENTS || options->command == COMMAND_WATCH ||
	       options->continuous || options->follow;
}

/*
 * JSON, CSV and facts take up to twice the time of text: a storm leads by so much more. But a
 * larger ring takes longer to make, and walks bring no storm. 0: default.
 */
static uint32_t ring_bytes(const struct options *options)
{
	if (options->ring_bytes || options->format == OUTPUT_TEXT || !wants_trace(options))
		return options->ring_bytes;
	return RING_BYTES_LONG_LINES;
}

/* With the user's own rights. An fd, or -errno with diag. */
static int open_btf(const char *path, struct diag *diag)
{
	int err = privilege_lower(diag), fd;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return diag_fail(diag, -errno, "--btf: no BTF can be read from %s: %s", path,
		                 strerror(errno));
	err = privilege_raise(diag);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* As feed_open(). libbpf opens --btf FILE again, with our rights: by a name of what is open. */
static int open_feed(struct run *run, struct feed_config *config, struct diag *shortfall,
                     struct diag *diag)
{
	const char *btf = run->options->btf;
	char name[BTF_NAME_SIZE];
	int fd = -1, err = 0;

	if (btf) {
		fd = open_btf(btf, diag);
		err = fd < 0 ? fd : 0;
	}
	if (fd >= 0 && getuid()) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		config->btf = name;
	}
	if (!err)
		err = feed_open(&run->feed, run->table, config, shortfall, diag);
	if (fd >= 0)
		close(fd);
	return err;
}

/* The recording is the user's to write. */
static int open_recorder(struct run *run, struct diag *diag)
{
	int err = privilege_lower(diag);

	if (!err)
		err = recorder_open(&run->recorder, run->options, run->table, diag);
	return err ? err : privilege_raise(diag);
}

/* Its thread, which makes all further files, has no capability in effect, ever. */
static int begin_recorder(struct run *run, struct diag *diag)
{
	int err = privilege_lower(diag);

	if (!err)
		err = recorder_begin(run->recorder, run->feed, diag);
	return err ? err : privilege_raise(diag);
}

int run_live(struct run *run, struct diag *diag)
{
	const struct options *options = run->options;
	struct feed_config config = {.trace = wants_trace(options),
	                             .stacks = options->stacks,
	                             .host = wants_host(options),
	                             .ring_bytes = ring_bytes(options),
	                             .btf = options->btf,
	                             .no_holders = !wants_holders(options)};
	struct diag shortfall;
	int err;

	if (options->format == OUTPUT_FACTS) {
		config.on_fact = output_fact;
		config.on_fact_arg = run->output;
	}
	if (options->max_age && !store_is_directory(options->target))
		return diag_fail(diag, -EINVAL,
		                 "--max-age has no effect here: %s is one file, which is never "
		                 "deleted; accepted with DIR",
		                 options->target),
		       EXIT_USAGE;
	if (options->command == COMMAND_RECORD) {
		if (open_recorder(run, diag))
			return EXIT_CANNOT;
		config.on_fact = recorder_fact;
		config.on_fact_arg = run->recorder;
		config.walk_interval = RECORD_WALK_INTERVAL;
	}
	err = open_feed(run, &config, &shortfall, diag);
	if (err)
		return EXIT_CANNOT;
	drop_privilege();
	if (is_stream(options) && output_detach(run->output, run->signals, diag))
		return EXIT_CANNOT;
	if (run->recorder && begin_recorder(run, diag))
		return EXIT_CANNOT;
	if (feed_begin(run->feed, diag))
		return EXIT_CANNOT;
	if (!feed_live(run->feed) && wants_ages(options))
		return diag_fail(diag, -EPERM,
		                 "--fail-if: ages are not known without BPF: run as root, or with "
		                 "CAP_SYS_ADMIN, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"),
		       EXIT_CANNOT;
	if (scope_check_filters(options, run->feed, run->table, diag) ||
	    scope_check_pids(options, run->table, diag))
		return EXIT_CANNOT;
	run->one_netns = scope_is_one_netns(run->feed);
	tell_shortfall(run, &shortfall);
	tell_probes(run);
	return run_conclude(run, run_command(run), diag);
}
