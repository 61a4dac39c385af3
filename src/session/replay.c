/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/replay.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "table/load.h"
#include "session/notice.h"

#define SILENCE (60 * NS_PER_SEC) /* a running recorder writes more often than that */
/* A walk takes time: its facts come before events of the kernel that are older than they. */
#define DISORDER ((int64_t)(5 * NS_PER_SEC))

/* --- times -------------------------------------------------------------------------------------- */

/* 0; -errno with diag: the facts have no time of day, or not this one. */
static int resolve(const struct replay *replay, const char *option, const struct when *when,
                   int64_t *wall, struct diag *diag)
{
	int err;

	if (!replay->first)
		return diag_fail(diag, -ENODATA, "%s: the facts in %s have no time of day", option,
		                 replay->options->from);
	err = when_resolve(when, replay->first, replay->last, replay->options->utc, wall);
	return err ? diag_fail(diag, err, "%s: no such time", option) : 0;
}

/* "--at: ... is not in night, which is from ... to ..." */
static int out_of_range(const struct replay *replay, const char *option, int64_t wall,
                        struct diag *diag)
{
	const struct options *options = replay->options;
	char text[FORMAT_SIZE], first[FORMAT_SIZE], last[FORMAT_SIZE];

	format_time(text, wall, options->utc);
	format_time(first, replay->first, options->utc);
	format_time(last, replay->last, options->utc);
	return diag_fail(diag, -ERANGE, "%s: %s is not in %s, which is from %s to %s", option, text,
	                 options->from, first, last);
}

int replay_instant(const struct replay *replay, const char *option, const struct when *when,
                   int64_t *wall, struct diag *diag)
{
	int err = resolve(replay, option, when, wall, diag);

	if (!err && when->kind == WHEN_START)
		err = replay_walk_start(replay->input, wall, diag);
	if (!err && (*wall < replay->first || *wall > replay->last))
		err = out_of_range(replay, option, *wall, diag);
	return err;
}

/* One end of a window. If it reaches beyond the recording, a notice says so. */
static int resolve_end(const struct replay *replay, const char *option, const struct when *when,
                       int64_t *wall, struct diag *diag)
{
	bool begins = when == &replay->options->since;
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

/* Without an instant, the end of the input counts. */
static bool watches_end(const struct replay *replay)
{
	return replay->needs->watch_end && !replay->options->at.kind;
}

bool replay_wants_times(const struct replay *replay)
{
	const struct options *options = replay->options;

	return watches_end(replay) || options->at.kind || options->since.kind ||
	       options->until.kind;
}

int replay_window(const struct replay *replay, int64_t *since, int64_t *until, struct diag *diag)
{
	const struct options *options = replay->options;
	int err = 0;

	*since = INT64_MIN;
	*until = INT64_MAX;
	if (options->at.kind) {
		err = replay_instant(replay, "--at", &options->at, until, diag);
		/* The command sees as many changes as it would have seen live. */
		if (err ||
		    __builtin_sub_overflow(*until, (int64_t)replay->needs->watch_before, since))
			*since = INT64_MIN;
		return err;
	}
	if (watches_end(replay))
		*since = replay->last - (int64_t)replay->needs->watch_before;
	if (options->since.kind)
		err = resolve_end(replay, "--since", &options->since, since, diag);
	if (!err && options->until.kind)
		err = resolve_end(replay, "--until", &options->until, until, diag);
	if (!err && *since > *until)
		err = diag_fail(diag, -ERANGE,
		                "--since is after --until: expected an earlier time");
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

/* All sockets of a session end with the session. */
static int restart(const struct replay *replay)
{
	table_restart(replay->table);
	return replay->restarted ? replay->restarted(replay->arg) : 0;
}

static int apply(struct replay *replay)
{
	int err = replay->restart ? restart(replay) : 0;

	replay->restart = false;
	replay_walk_note(&replay->walk, replay->fact);
	replay->clock = replay->wall ? clock_wall_offset(replay->wall, replay->fact->time) : 0;
	err = err ? err : table_apply(replay->table, replay->fact);
	if (!err && replay->applied)
		replay->applied(replay->fact, replay->arg);
	return err;
}

/* Time passes between facts, too: ages are those of the instant that was asked for. */
static void pass_time(const struct replay *replay, int64_t wall)
{
	struct table *table = replay->table;
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
		format_time(text, clock_wall(now, offset), replay->options->utc);
		notice("nothing was recorded at that time; the table is from %s", text);
	}
	table_apply(table, &clock.h);
}

static int apply_next(struct replay *replay, struct diag *diag)
{
	int err = apply(replay);

	if (err)
		return diag_fail(diag, err, "%s: %s", replay->options->from, strerror(-err));
	return advance(replay, diag);
}

int replay_begin(struct replay *replay, int64_t from, int64_t since, struct diag *diag)
{
	int err;

	input_seek(replay->input, from);
	err = advance(replay, diag);
	while (!err && since != INT64_MIN && !replay->ended && replay->wall <= since)
		err = apply_next(replay, diag);
	return err;
}

int replay_end(struct replay *replay, int64_t until, struct diag *diag)
{
	int64_t stop = until < INT64_MAX - DISORDER ? until + DISORDER : INT64_MAX;
	int err = 0;

	while (!err && !replay->ended && replay->wall <= stop)
		err = replay->wall <= until ? apply_next(replay, diag) : advance(replay, diag);
	if (!err && until != INT64_MAX)
		pass_time(replay, until);
	return err;
}

int replay_to(struct replay *replay, int64_t wall, struct diag *diag)
{
	int err;

	table_restart(replay->table);
	replay->restart = false;
	replay->walk = (struct replay_walk){0};
	err = replay_begin(replay, wall, INT64_MIN, diag);
	return err ? err : replay_end(replay, wall, diag);
}
