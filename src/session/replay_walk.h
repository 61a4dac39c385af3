/* SPDX-License-Identifier: BSD-2-Clause */
/* How completely a recording has reported the sockets by an instant. */
#ifndef TCPTRAIL_SESSION_REPLAY_WALK_H
#define TCPTRAIL_SESSION_REPLAY_WALK_H

#include "cli/cli.h"
#include "session/input.h"

struct replay_walk {
	bool reported;     /* anything about sockets, even that there are none */
	bool begun, ended; /* a walk over sockets; a checkpoint ends one */
};

/* Call it for each fact that is applied. */
void replay_walk_note(struct replay_walk *walk, const struct fact *fact);

/*
 * -ENODATA with diag: the facts report nothing about sockets, and "no sockets" would be an answer; or
 * the command gives a verdict and the first walk is not complete. For a list, a notice says so. timed:
 * the options name an instant. 0: fine.
 */
int replay_walk_check(const struct replay_walk *walk, const struct options *options,
                      const struct needs *needs, bool timed, struct diag *diag);

/*
 * What "start" means for a list of sockets: the end of the first walk over all namespaces and fds, ns
 * since 1970. Leaves *wall as it is if there is no such walk. Reads from the beginning of the input.
 * 0, or -errno with diag.
 */
int replay_walk_start(struct input *input, int64_t *wall, struct diag *diag);

#endif
