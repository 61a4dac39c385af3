/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands on what --from names, at an instant or between two. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "core/checkpoint.h"
#include "input.h"
#include "run_private.h"

#define SILENCE (60 * NS_PER_SEC) /* a recorder that runs is never silent for so long */

/* The input, one fact ahead. */
struct replay {
	struct run *run;
	struct input *input;
	int64_t first, last; /* ns since 1970, of the input */
	const struct fact *fact;
	int64_t wall;  /* of it; 0: not known */
	int64_t clock; /* wall - boot time, of the last fact that was applied; 0: not known */
	bool restart;  /* it is of another session than those before */
	bool ended;
};

/* --- times -------------------------------------------------------------------------------------- */

/* 0; -ERANGE or -ENODATA with diag: what the range is. */
static int resolve(const struct replay *replay, const char *option, const struct when *when,
                   int64_t *wall, struct diag *diag)
{
	bool utc = replay->run->options->utc;
	char text[FORMAT_SIZE], first[FORMAT_SIZE], last[FORMAT_SIZE];
	int err;

	if (!replay->first)
		return diag_fail(diag, -ENODATA, "%s: the facts in %s tell no time of day", option,
		                 replay->run->options->from);
	err = when_resolve(when, replay->first, replay->last, utc, wall);
	if (err)
		return diag_fail(diag, err, "%s: there is no such time", option);
	if (*wall >= replay->first && *wall <= replay->last)
		return 0;
	format_time(text, *wall, utc);
	format_time(first, replay->first, utc);
	format_time(last, replay->last, utc);
	return diag_fail(diag, -ERANGE, "%s: %s is not in %s, which is from %s to %s", option, text,
	                 replay->run->options->from, first, last);
}

static bool wants_times(const struct options *options)
{
	return options->at.kind || options->since.kind || options->until.kind;
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
		err = resolve(replay, "--at", &options->at, until, diag);
		/* To judge, rules have watched for as long as they would have then. */
		*since = *until - (options->command == COMMAND_WHY ? (int64_t)options->watch : 0);
		return err;
	}
	if (options->since.kind)
		err = resolve(replay, "--since", &options->since, since, diag);
	if (!err && options->until.kind)
		err = resolve(replay, "--until", &options->until, until, diag);
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
	run_notice("%s", "the recorder was begun anew meanwhile: judged is what came after");
	return run_reopen_why(run);
}

static int apply(struct replay *replay)
{
	int err = replay->restart ? restart(replay->run) : 0;

	replay->restart = false;
	replay->clock = replay->wall ? replay->wall - (int64_t)replay->fact->time : 0;
	return err ? err : table_apply(replay->run->table, replay->fact);
}

/* Between facts time goes on, too: ages are those of the instant that was asked for. */
static void pass_time(const struct replay *replay, int64_t wall)
{
	uint64_t now = table_now(replay->run->table);
	struct fact tick = {.type = FACT_TICK, .len = sizeof(tick)};
	char text[FORMAT_SIZE];

	tick.time = (uint64_t)(wall - replay->clock);
	if (!replay->clock || tick.time <= now)
		return;
	if (tick.time - now > SILENCE) {
		format_time(text, (int64_t)now + replay->clock, replay->run->options->utc);
		run_notice("nothing was recorded then; the table is that of %s", text);
	}
	table_apply(replay->run->table, &tick);
}

/* Everything up to an instant. 0, or -errno with diag. */
static int fold(struct replay *replay, int64_t until, struct diag *diag)
{
	int err = 0;

	while (!err && !replay->ended && (!replay->wall || replay->wall <= until)) {
		err = apply(replay);
		if (err)
			return diag_fail(diag, err, "%s: %s", replay->run->options->from,
			                 strerror(-err));
		err = advance(replay, diag);
	}
	if (!err && until != INT64_MIN && until != INT64_MAX)
		pass_time(replay, until);
	return err;
}

/* --- commands ----------------------------------------------------------------------------------- */

/* What wants to hear of each change. */
static int listen(struct run *run)
{
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
		table_set_listener(run->table, output_change, run->output);
		break;
	default:
		break;
	}
	return err;
}

static int print_watch(struct run *run)
{
	int err = output_end_events(run->output);

	if (!err)
		err = output_snapshot(run->output);
	return err ? err : output_totals(run->output);
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
		return print_watch(run);
	case COMMAND_SNAPSHOT:
		err = run_open_fail_if(run);
		if (err || run->fail_if)
			return err ? err : run_print_fail_if(run);
		return output_snapshot(run->output);
	default:
		return 0;
	}
}

/* An exit code. */
static int replay_window(struct replay *replay, struct diag *diag)
{
	struct run *run = replay->run;
	int64_t since, until;
	int err;

	if (resolve_window(replay, &since, &until, diag))
		return EXIT_USAGE;
	input_seek(replay->input, since);
	err = advance(replay, diag);
	if (!err && since != INT64_MIN)
		err = fold(replay, since, diag);
	if (err)
		return EXIT_CANNOT;
	err = listen(run);
	if (!err && fold(replay, until, diag))
		return EXIT_CANNOT;
	return run_conclude(run, err ? err : print(run), diag);
}

int run_replay(struct run *run, struct diag *diag)
{
	struct replay replay = {.run = run};
	int err = input_open(&replay.input, run->options->from, diag), code;

	if (err)
		return EXIT_CANNOT;
	if (wants_times(run->options) || run->options->command == COMMAND_DIFF)
		err = input_range(replay.input, &replay.first, &replay.last, diag);
	code = err ? EXIT_CANNOT : replay_window(&replay, diag);
	input_close(replay.input);
	return code;
}
