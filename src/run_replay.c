/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands on what --from names, at an instant or between two. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "core/checkpoint.h"
#include "input.h"
#include "notice.h"
#include "replay_walk.h"
#include "run_private.h"
#include "scope.h"

#define SILENCE (60 * NS_PER_SEC) /* a recorder that runs is never silent for so long */
/* What the kernel told is read later than what a walk, which takes its time, tells meanwhile. */
#define DISORDER ((int64_t)(5 * NS_PER_SEC))

/* The input, one fact ahead. */
struct replay {
	struct run *run;
	struct input *input;
	int64_t first, last; /* ns since 1970, of the input */
	int64_t since;       /* likewise: events after it are listened to */
	const struct fact *fact;
	int64_t wall;  /* of it; 0: not known */
	int64_t clock; /* wall - boot time, of the last fact that was applied; 0: not known */
	bool restart;  /* it is of another session than those before */
	struct replay_walk walk;
	bool tell_facts; /* print each that is applied */
	bool ended;
};

/* --- times -------------------------------------------------------------------------------------- */

/* 0; -errno with diag: the facts tell no time, or not such a one. */
static int resolve(const struct replay *replay, const char *option, const struct when *when,
                   int64_t *wall, struct diag *diag)
{
	int err;

	if (!replay->first)
		return diag_fail(diag, -ENODATA, "%s: the facts in %s tell no time of day", option,
		                 replay->run->options->from);
	err = when_resolve(when, replay->first, replay->last, replay->run->options->utc, wall);
	return err ? diag_fail(diag, err, "%s: there is no such time", option) : 0;
}

/* "--at: ... is not in night, which is from ... to ..." */
static int out_of_range(const struct replay *replay, const char *option, int64_t wall,
                        struct diag *diag)
{
	const struct options *options = replay->run->options;
	char text[FORMAT_SIZE], first[FORMAT_SIZE], last[FORMAT_SIZE];

	format_time(text, wall, options->utc);
	format_time(first, replay->first, options->utc);
	format_time(last, replay->last, options->utc);
	return diag_fail(diag, -ERANGE, "%s: %s is not in %s, which is from %s to %s", option, text,
	                 options->from, first, last);
}

static int resolve_instant(const struct replay *replay, const char *option, const struct when *when,
                           int64_t *wall, struct diag *diag)
{
	int err = resolve(replay, option, when, wall, diag);

	if (!err && when->kind == WHEN_START)
		err = replay_walk_start(replay->input, wall, diag);
	if (!err && (*wall < replay->first || *wall > replay->last))
		err = out_of_range(replay, option, *wall, diag);
	return err;
}

/* One end of a window, which may reach beyond the recording: then that is said. */
static int resolve_end(const struct replay *replay, const char *option, const struct when *when,
                       int64_t *wall, struct diag *diag)
{
	bool begins = when == &replay->run->options->since;
	struct diag note;
	int err = resolve(replay, option, when, wall, diag);

	if (err || (*wall >= replay->first && *wall <= replay->last))
		return err;
	if (begins ? *wall > replay->last : *wall < replay->first)
		return out_of_range(replay, option, *wall, diag);
	out_of_range(replay, option, *wall, &note);
	notice("%s", note.text);
	return 0;
}

/* why --for: without an instant, of the end. */
static bool watches_end(const struct options *options)
{
	return options->command == COMMAND_WHY && options->watch_typed && !options->at.kind;
}

static bool wants_times(const struct options *options)
{
	return watches_end(options) || options->at.kind || options->since.kind ||
	       options->until.kind;
}

/* ns of a recording that are listened to before an instant. */
static int64_t watched_before(const struct options *options)
{
	return options->command == COMMAND_WHY ? (int64_t)options->watch : 0;
}

/* What to listen to: all, unless options say less. */
static int resolve_window(const struct replay *replay, int64_t *since, int64_t *until,
                          struct diag *diag)
{
	const struct options *options = replay->run->options;
	int err = 0;

	*since = INT64_MIN;
	*until = INT64_MAX;
	if (options->at.kind) {
		err = resolve_instant(replay, "--at", &options->at, until, diag);
		/* To judge, rules have watched for as long as they would have then. */
		if (err || __builtin_sub_overflow(*until, watched_before(options), since))
			*since = INT64_MIN;
		return err;
	}
	if (watches_end(options))
		*since = replay->last - (int64_t)options->watch;
	if (options->since.kind)
		err = resolve_end(replay, "--since", &options->since, since, diag);
	if (!err && options->until.kind)
		err = resolve_end(replay, "--until", &options->until, until, diag);
	if (!err && *since > *until)
		err = diag_fail(diag, -ERANGE,
		                "--since is after --until; accepted is an earlier time");
	return err;
}

/* --- folding ------------------------------------------------------------------------------------ */

static int advance(struct replay *replay, struct diag *diag)
{
	int got;

	do {
		got = input_next(replay->input, &replay->fact, &replay->wall, diag);
		replay->restart |= got == READER_RESTART;
	} while (got == READER_RESTART);
	replay->ended = got == READER_END;
	return got < 0 ? got : 0;
}

/* All sockets of a session end with it; rules judge by what comes then. */
static int restart(struct run *run)
{
	table_restart(run->table);
	if (!run->why)
		return 0;
	notice("the recorder was begun anew meanwhile: judged is what came after");
	return run_reopen_why(run);
}

static int check_told(const struct replay *replay, struct diag *diag)
{
	const struct options *options = replay->run->options;

	return replay_walk_check(&replay->walk, options, wants_times(options), diag);
}

static int apply(struct replay *replay)
{
	int err = replay->restart ? restart(replay->run) : 0;

	replay->restart = false;
	replay_walk_note(&replay->walk, replay->fact);
	replay->clock = replay->wall ? clock_wall_offset(replay->wall, replay->fact->time) : 0;
	err = err ? err : table_apply(replay->run->table, replay->fact);
	if (!err && replay->tell_facts)
		output_fact(replay->fact, replay->run->output);
	return err;
}

/* Between facts time goes on, too: ages are those of the instant that was asked for. */
static void pass_time(const struct replay *replay, int64_t wall)
{
	struct table *table = replay->run->table;
	uint64_t now = table_now(table);
	struct fact_clock clock = {.h = {.type = FACT_CLOCK, .len = sizeof(clock)}, .wall = wall};
	int64_t offset = replay->clock;
	char text[FORMAT_SIZE];

	if (!offset && !replay->ended && replay->wall) /* nothing was applied yet */
		offset = clock_wall_offset(replay->wall, replay->fact->time);
	clock.h.time = (uint64_t)wall - (uint64_t)offset;
	if (!offset || (clock.h.time <= now && table_wall(table, now)))
		return;
	if (now && clock.h.time > now + SILENCE) {
		format_time(text, clock_wall(now, offset), replay->run->options->utc);
		notice("nothing was recorded then; the table is that of %s", text);
	}
	table_apply(table, &clock.h);
}

static int apply_next(struct replay *replay, struct diag *diag)
{
	int err = apply(replay);

	if (err)
		return diag_fail(diag, err, "%s: %s", replay->run->options->from, strerror(-err));
	return advance(replay, diag);
}

/* Up to the first fact that is later; some of those that follow it are not. */
static int fold_begin(struct replay *replay, int64_t since, struct diag *diag)
{
	int err = 0;

	while (!err && !replay->ended && replay->wall <= since)
		err = apply_next(replay, diag);
	return err;
}

/* Everything up to an instant, and nothing later. */
static int fold_end(struct replay *replay, int64_t until, struct diag *diag)
{
	int64_t stop = until < INT64_MAX - DISORDER ? until + DISORDER : INT64_MAX;
	int err = 0;

	while (!err && !replay->ended && replay->wall <= stop)
		err = replay->wall <= until ? apply_next(replay, diag) : advance(replay, diag);
	if (!err && until != INT64_MAX)
		pass_time(replay, until);
	return err;
}

/* --- commands ----------------------------------------------------------------------------------- */

static void print_change(const struct change *change, void *arg)
{
	const struct replay *replay = arg;

	if (table_wall(replay->run->table, change->time) > replay->since)
		output_change(change, replay->run->output);
}

/* What wants to hear of each change. */
static int listen(struct replay *replay)
{
	struct run *run = replay->run;
	int err = 0;

	switch (run->options->command) {
	case COMMAND_WHY:
		return run_open_why(run);
	case COMMAND_TRAIL:
		err = run_open_trail(run);
		table_set_listener(run->table, trail_change, run->trail);
		break;
	case COMMAND_WATCH:
	case COMMAND_EVENTS:
		err = output_begin_events(run->output);
		replay->tell_facts = run->options->format == OUTPUT_FACTS;
		if (replay->tell_facts)
			break;
		table_set_listener(run->table, print_change, replay);
		break;
	case COMMAND_SNAPSHOT:
	case COMMAND_DIFF:
	case COMMAND_RECORD:
	case COMMAND_INFO:
	case COMMAND_EXPLAIN:
	case COMMAND_PROBES:
	case COMMAND_HELP:
	case COMMAND_VERSION:
	case COMMAND_COUNT:
		break;
	}
	return err;
}

/* What the table has come to. */
static int print(struct run *run)
{
	int err;

	table_set_listener(run->table, NULL, NULL);
	switch (run->options->command) {
	case COMMAND_WHY:
		return run_print_why(run);
	case COMMAND_TRAIL:
		return trail_print(run->trail);
	case COMMAND_WATCH:
		return run_print_watch(run);
	case COMMAND_SNAPSHOT:
		err = run_open_fail_if(run);
		if (err || run->fail_if)
			return err ? err : run_print_fail_if(run);
		return output_snapshot(run->output);
	case COMMAND_EVENTS:
	case COMMAND_DIFF:
	case COMMAND_RECORD:
	case COMMAND_INFO:
	case COMMAND_EXPLAIN:
	case COMMAND_PROBES:
	case COMMAND_HELP:
	case COMMAND_VERSION:
	case COMMAND_COUNT:
		break;
	}
	return 0;
}

/* What stands at the end is the same from wherever it was folded. */
static bool needs_end_only(const struct options *options)
{
	return options->command == COMMAND_SNAPSHOT && !wants_times(options);
}

/* The table at an instant, from wherever it is made soonest. */
static int fold_to(struct replay *replay, int64_t wall, struct diag *diag)
{
	int err;

	table_restart(replay->run->table);
	replay->restart = false;
	replay->walk = (struct replay_walk){0};
	input_seek(replay->input, wall);
	err = advance(replay, diag);
	return err ? err : fold_end(replay, wall, diag);
}

static int replay_diff(struct replay *replay, struct diag *diag)
{
	struct run *run = replay->run;
	const struct when *instants = run->options->instants;
	int64_t walls[2] = {0, replay->last};
	int err;

	if (resolve_instant(replay, "diff", &instants[0], &walls[0], diag) ||
	    (instants[1].kind && resolve_instant(replay, "diff", &instants[1], &walls[1], diag)))
		return EXIT_USAGE;
	run->diff = diff_new(run->options, output_row_view(run->output));
	err = run->diff ? 0 : -ENOMEM;
	for (int i = 0; i < 2 && !err; i++) {
		if (fold_to(replay, walls[i], diag) || check_told(replay, diag))
			return EXIT_CANNOT;
		err = diff_take(run->diff);
	}
	return run_conclude(run, err ? err : diff_print(run->diff), diag);
}

/* What comes later may be of processes that have ended by the end. */
static bool names_processes(const struct options *options)
{
	return options->command == COMMAND_SNAPSHOT || options->command == COMMAND_WHY;
}

/* An exit code. */
static int replay_window(struct replay *replay, struct diag *diag)
{
	struct run *run = replay->run;
	int64_t since, until;
	int err;

	if (resolve_window(replay, &since, &until, diag))
		return EXIT_USAGE;
	input_seek(replay->input, needs_end_only(run->options) ? INT64_MAX : since);
	err = advance(replay, diag);
	if (!err && since != INT64_MIN)
		err = fold_begin(replay, since, diag);
	if (err)
		return EXIT_CANNOT;
	replay->since = since;
	err = listen(replay);
	if (!err && (fold_end(replay, until, diag) || check_told(replay, diag)))
		return EXIT_CANNOT;
	if (!err && names_processes(run->options) &&
	    scope_check_pids(run->options, run->table, diag))
		return EXIT_CANNOT;
	return run_conclude(run, err ? err : print(run), diag);
}

static bool needs_range(const struct options *options)
{
	return wants_times(options) || options->command == COMMAND_DIFF;
}

int run_replay(struct run *run, struct diag *diag)
{
	struct replay replay = {.run = run};
	int err = input_open(&replay.input, run->options->from, diag), code;

	if (err)
		return EXIT_CANNOT;
	notice_unreadable(run->options->from, input_unreadable(replay.input));
	if (needs_range(run->options) && !input_can_seek(replay.input)) {
		input_close(replay.input);
		return diag_fail(diag, -ESPIPE,
		                 "--from: %s is a pipe, and times need a file that can be read "
		                 "twice: save it to a file first",
		                 run->options->from),
		       EXIT_USAGE;
	}
	if (needs_range(run->options))
		err = input_range(replay.input, &replay.first, &replay.last, diag);
	if (err)
		code = EXIT_CANNOT;
	else if (run->options->command == COMMAND_DIFF)
		code = replay_diff(&replay, diag);
	else
		code = replay_window(&replay, diag);
	input_close(replay.input);
	return code;
}
