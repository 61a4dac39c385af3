/* SPDX-License-Identifier: BSD-2-Clause */
/* How much a recording has told by an instant of the sockets that there were. */
#ifndef TCPTRAIL_SESSION_REPLAY_WALK_H
#define TCPTRAIL_SESSION_REPLAY_WALK_H

#include "cli/cli.h"
#include "session/input.h"

struct replay_walk {
	bool told;         /* something of sockets, if only that there are none */
	bool begun, ended; /* a walk over sockets; a checkpoint is the end of one */
};

/* Each fact that is applied. */
void replay_walk_note(struct replay_walk *walk, const struct fact *fact);

/*
 * Of nothing that was read there is no answer, for "no sockets" would be one: -ENODATA with diag.
 * So is a verdict within the first walk; a list within it is said to be short. timed: the
 * options name an instant. 0: fine.
 */
int replay_walk_check(const struct replay_walk *walk, const struct options *options, bool timed,
                      struct diag *diag);

/*
 * What "start" means where sockets are listed: when the first walk over all namespaces and fds is
 * complete, ns since 1970. *wall stays as it is if there is none. Reads from the beginning of the
 * input. 0, or -errno with diag.
 */
int replay_walk_start(struct input *input, int64_t *wall, struct diag *diag);

#endif
