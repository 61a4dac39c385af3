/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds what --from reads into a table: all of it, or what the times in the options name. */
#ifndef TCPTRAIL_SESSION_REPLAY_H
#define TCPTRAIL_SESSION_REPLAY_H

#include "cli/cli.h"
#include "table/table.h"
#include "session/input.h"
#include "session/replay_walk.h"

/* The input, one fact ahead. */
struct replay {
	const struct options *options;
	const struct needs *needs;
	struct table *table;
	struct input *input;
	int64_t first,
		last; /* ns since 1970, of the input: input_range(), if times are asked for */

	int (*restarted)(void *arg); /* the table was restarted: 0 or -errno; may be NULL */
	void (*applied)(const struct fact *fact, void *arg); /* may be NULL */
	void *arg;

	const struct fact *fact; /* the rest is the replay's own */
	int64_t wall;            /* of it, ns since 1970; 0: not known */
	int64_t clock; /* wall - boot time, of the last fact that was applied; 0: not known */
	struct replay_walk walk;
	bool restart; /* it begins another session */
	bool ended;
};

/* Are times of the input asked for? Then its range must be known. */
bool replay_wants_times(const struct replay *replay);

/* ns since 1970 of a moment of the input; "start" as of replay_walk_start(). 0, or -errno with diag that begins with the option. */
int replay_instant(const struct replay *replay, const char *option, const struct when *when,
                   int64_t *wall, struct diag *diag);
/*
 * The time that --at, --since and --until select; without them all, INT64_MIN to INT64_MAX. Prints a
 * notice if it reaches beyond the input. 0, or -errno with diag.
 */
int replay_window(const struct replay *replay, int64_t *since, int64_t *until, struct diag *diag);

/*
 * Seeks to a place from which the table at `from` can be made, and folds up to the first fact that is
 * later than since. Facts are not sorted: some behind it are earlier. 0, or -errno with diag.
 */
int replay_begin(struct replay *replay, int64_t from, int64_t since, struct diag *diag);
/* Folds everything up to an instant, and nothing later. 0, or -errno with diag. */
int replay_end(struct replay *replay, int64_t until, struct diag *diag);
/* Makes the table of an instant, from the nearest place. 0, or -errno with diag. */
int replay_to(struct replay *replay, int64_t wall, struct diag *diag);

#endif
