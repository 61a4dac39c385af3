/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that make up a session. */
#ifndef TCPTRAIL_SESSION_SESSION_PRIVATE_H
#define TCPTRAIL_SESSION_SESSION_PRIVATE_H

#include "session/session.h"

/* drive_live.c, drive_replay.c: the command on the kernel or on options->from. An exit code. */
int drive_live(struct session *session, struct diag *diag);
int drive_replay(struct session *session, struct diag *diag);

/* Calls the command's open() with the user's own rights. EXIT_OK, or an exit code with diag. */
int session_open_command(struct session *session, struct diag *diag);
/* Calls the command's change() for each change from now on, if it listens. */
void session_listen(struct session *session, bool listen);
/* A fact_fn: calls the command's fact(). */
void session_fact(const struct fact *fact, void *session);
/*
 * The exit code of a command that ended with 0 or -errno. diag: why it stopped, unless its output
 * failed; session_run() reports that.
 */
int session_conclude(struct session *session, int err, struct diag *diag);

/* loop.c: 0 or -errno. */
int loop_open(struct session *session);
/* The fd of signals that end the loop. */
int loop_signals(const struct session *session);
void loop_close(struct session *session);
/* Runs until a signal, or until the command is done. 0 or -errno. */
int loop_run(struct session *session);

#endif
