/* SPDX-License-Identifier: BSD-2-Clause */
/* The replay driver: runs a command on what --from names, at instants or between two. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "session/notice.h"
#include "session/privilege.h"
#include "session/replay.h"
#include "session/scope.h"
#include "session/session_private.h"

static int restarted(void *arg)
{
	struct session *session = arg;

	return session->command->restarted ? session->command->restarted(session) : 0;
}

static int check_seen(const struct session *session, const struct replay *replay, struct diag *diag)
{
	return replay_walk_check(&replay->walk, session->options, &session->needs,
	                         replay_wants_times(replay), diag);
}

static int begin(struct session *session)
{
	int err = session->command->begin ? session->command->begin(session) : 0;

	return err < 0 ? err : 0; /* 1: live, it would wait for nothing */
}

static int end(struct session *session)
{
	return session->command->end ? session->command->end(session) : 0;
}

/* --- instants --------------------------------------------------------------------------------- */

/* ns since 1970 of each instant that was typed. A count, or -errno with diag. */
static int resolve(const struct session *session, const struct replay *replay, int64_t *walls,
                   struct diag *diag)
{
	const struct needs *needs = &session->needs;
	int count = 0;

	for (; count < (int)needs->when_count; count++) {
		int err;

		if (needs->when[count].kind == WHEN_NONE) {
			walls[count] = replay->last;
			continue;
		}
		err = replay_instant(replay, command_name(session->command), &needs->when[count],
		                     &walls[count], diag);
		if (err)
			return err;
	}
	return count;
}

static int play_instants(struct session *session, struct replay *replay, struct diag *diag)
{
	int64_t walls[NEEDS_WHENS];
	int count = resolve(session, replay, walls, diag), err;

	if (count < 0)
		return EXIT_USAGE;
	err = begin(session);
	for (int i = 0; i < count && !err; i++) {
		if (replay_to(replay, walls[i], diag) || check_seen(session, replay, diag))
			return EXIT_CANNOT;
		err = end(session);
	}
	return session_conclude(session, err, diag);
}

/* --- a window --------------------------------------------------------------------------------- */

/* The table at the end is the same from wherever it was folded. */
static int64_t fold_from(const struct session *session, const struct replay *replay, int64_t since)
{
	return session->needs.instant && !replay_wants_times(replay) ? INT64_MAX : since;
}

static int play_window(struct session *session, struct replay *replay, struct diag *diag)
{
	int64_t since, until;
	int err;

	if (replay_window(replay, &since, &until, diag))
		return EXIT_USAGE;
	if (replay_begin(replay, fold_from(session, replay, since), since, diag))
		return EXIT_CANNOT;
	session->since = since;
	err = begin(session);
	if (err)
		return session_conclude(session, err, diag);
	session_listen(session, true);
	replay->applied = session->needs.facts ? session_fact : NULL;
	if (replay_end(replay, until, diag) || check_seen(session, replay, diag))
		return EXIT_CANNOT;
	/* Changes in a stream may be about processes that have exited by its end. */
	if (session->needs.sockets &&
	    scope_check_pids(session->options, session->needs.verdict, session->table, diag))
		return EXIT_CANNOT;
	session_listen(session, false);
	return session_conclude(session, end(session), diag);
}

/* --- opened ----------------------------------------------------------------------------------- */

static bool needs_range(const struct session *session, const struct replay *replay)
{
	return replay_wants_times(replay) || session->needs.when;
}

/* All capabilities are given up before what others wrote is read. EXIT_OK, or a code with diag. */
static int open_input(struct session *session, struct replay *replay, struct diag *diag)
{
	const char *from = session->options->from;

	if (privilege_lower(diag) || input_open(&replay->input, from, diag))
		return EXIT_CANNOT;
	if (needs_range(session, replay) && !input_can_seek(replay->input))
		return diag_fail(diag, -ESPIPE,
		                 "--from: %s is a pipe, and times need a file that can be read "
		                 "twice: save it to a file first",
		                 from),
		       EXIT_USAGE;
	if (privilege_drop_all(diag) || input_begin(replay->input, diag))
		return EXIT_CANNOT;
	notice_unreadable(from, input_unreadable(replay->input));
	if (needs_range(session, replay) &&
	    input_range(replay->input, &replay->first, &replay->last, diag))
		return EXIT_CANNOT;
	return EXIT_OK;
}

int drive_replay(struct session *session, struct diag *diag)
{
	struct replay replay = {.options = session->options,
	                        .needs = &session->needs,
	                        .table = session->table,
	                        .restarted = restarted,
	                        .arg = session};
	int code = session_open_command(session, diag);

	if (code == EXIT_OK)
		code = open_input(session, &replay, diag);
	if (code == EXIT_OK)
		code = session->needs.when ? play_instants(session, &replay, diag)
		                           : play_window(session, &replay, diag);
	input_close(replay.input);
	return code;
}
