/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands on what --from names, at an instant or between two. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "session/notice.h"
#include "session/privilege.h"
#include "session/replay.h"
#include "session/run_private.h"
#include "session/scope.h"

/* A replay, and who listens to it. */
struct player {
	struct replay replay;
	struct run *run;
	int64_t since; /* ns since 1970: changes after it are printed */
};

/* Rules judge by what comes then. */
static int restarted(void *arg)
{
	struct player *player = arg;

	if (!player->run->why)
		return 0;
	notice("the recorder was begun anew meanwhile: judged is what came after");
	return run_reopen_why(player->run);
}

static void print_fact(const struct fact *fact, void *arg)
{
	const struct player *player = arg;

	output_fact(fact, player->run->output);
}
static void print_change(const struct change *change, void *arg)
{
	const struct player *player = arg;

	if (table_wall(player->run->table, change->time) > player->since)
		output_change(change, player->run->output);
}

/* What wants to hear of each change. */
static int listen(struct player *player)
{
	struct run *run = player->run;
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
		if (run->options->format == OUTPUT_FACTS)
			player->replay.applied = print_fact;
		else
			table_set_listener(run->table, print_change, player);
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
	return options->command == COMMAND_SNAPSHOT && !replay_wants_times(options);
}

static int check_told(const struct player *player, struct diag *diag)
{
	const struct options *options = player->run->options;

	return replay_walk_check(&player->replay.walk, options, replay_wants_times(options), diag);
}

static int play_diff(struct player *player, struct diag *diag)
{
	struct replay *replay = &player->replay;
	struct run *run = player->run;
	const struct when *instants = run->options->instants;
	int64_t walls[2] = {0, replay->last};
	int err;

	if (replay_instant(replay, "diff", &instants[0], &walls[0], diag) ||
	    (instants[1].kind && replay_instant(replay, "diff", &instants[1], &walls[1], diag)))
		return EXIT_USAGE;
	run->diff = diff_new(run->options, output_row_view(run->output));
	err = run->diff ? 0 : -ENOMEM;
	for (int i = 0; i < 2 && !err; i++) {
		if (replay_to(replay, walls[i], diag) || check_told(player, diag))
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
static int play_window(struct player *player, struct diag *diag)
{
	struct replay *replay = &player->replay;
	struct run *run = player->run;
	int64_t since, until;
	int err;

	if (replay_window(replay, &since, &until, diag))
		return EXIT_USAGE;
	if (replay_begin(replay, needs_end_only(run->options) ? INT64_MAX : since, since, diag))
		return EXIT_CANNOT;
	player->since = since;
	err = listen(player);
	if (!err && (replay_end(replay, until, diag) || check_told(player, diag)))
		return EXIT_CANNOT;
	if (!err && names_processes(run->options) &&
	    scope_check_pids(run->options, run->table, diag))
		return EXIT_CANNOT;
	return run_conclude(run, err ? err : print(run), diag);
}

static bool needs_range(const struct options *options)
{
	return replay_wants_times(options) || options->command == COMMAND_DIFF;
}

int run_replay(struct run *run, struct diag *diag)
{
	struct player player = {
		.replay = {.options = run->options,
	                   .table = run->table,
	                   .restarted = restarted,
	                   .arg = &player},
		.run = run,
	};
	int err = 0, code;

	if (privilege_lower(diag) || input_open(&player.replay.input, run->options->from, diag))
		return EXIT_CANNOT;
	if (needs_range(run->options) && !input_can_seek(player.replay.input)) {
		input_close(player.replay.input);
		return diag_fail(diag, -ESPIPE,
		                 "--from: %s is a pipe, and times need a file that can be read "
		                 "twice: save it to a file first",
		                 run->options->from),
		       EXIT_USAGE;
	}
	if (privilege_drop_all(diag) || input_begin(player.replay.input, diag)) {
		input_close(player.replay.input);
		return EXIT_CANNOT;
	}
	notice_unreadable(run->options->from, input_unreadable(player.replay.input));
	if (needs_range(run->options))
		err = input_range(player.replay.input, &player.replay.first, &player.replay.last,
		                  diag);
	if (err)
		code = EXIT_CANNOT;
	else if (run->options->command == COMMAND_DIFF)
		code = play_diff(&player, diag);
	else
		code = play_window(&player, diag);
	input_close(player.replay.input);
	return code;
}
