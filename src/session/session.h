/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run of a command. The session opens what the command's row asks for, and drives it by the
 * kernel or by a recording. It knows no command.
 */
#ifndef TCPTRAIL_SESSION_SESSION_H
#define TCPTRAIL_SESSION_SESSION_H

#include "cli/cli.h"
#include "feed/feed.h"
#include "session/output.h"

struct session {
	const struct command *command;
	const struct options *options;
	struct needs needs;
	void *state;           /* the command's own; NULL at first */
	struct table *table;   /* NULL: SOURCE_NONE */
	struct output *output; /* NULL: SOURCE_NONE, or the command has its own output */
	struct feed *feed;     /* NULL: not live */
	int64_t since;         /* ns since 1970: report only what came later */
	bool one_netns;        /* as of struct view */
	uint64_t began;        /* the loop, ns of CLOCK_BOOTTIME; 0: it has not begun */
	bool interrupted;      /* a signal ended the loop */
	enum exit_code answer; /* set by the command: EXIT_OK, EXIT_BAD or EXIT_CANNOT */
	struct diag refusal;   /* set by the command: why there is no answer; "": there is one */
	FILE *out;             /* SOURCE_NONE: stdout */
	struct session_loop *loop; /* NULL: not live */
};

/* Runs the command of the options and prints notices. Returns an exit code. */
int session_run(const struct options *options);

/* --- for commands; what has no meaning for a recording does nothing there --------------------- */

bool session_is_live(const struct session *session);
/* Where text goes. */
FILE *session_out(const struct session *session);

/* Walks the kernel now: holders come and go without an event. */
void session_walk(struct session *session);
/* Looks up what the threads of the row's holders are doing now. */
void session_examine(struct session *session, const struct row *row);
/* Waits, for a limited time, for the names that were asked for by printing to nowhere. */
void session_wait_names(struct session *session);

/*
 * Call it before the first line goes out. If a thread writes the lines, signals no longer end the
 * process from here on: the loop reads them, and the session ends when all lines are written.
 */
void session_begin_output(struct session *session);
/*
 * Call it before a notice that says that the loop begins: its reader may send a signal, and from here
 * on only the loop reads signals.
 */
void session_begin_loop(void);

/*
 * Calls fn in each turn of the loop in which fd is readable. fn returns 0, 1 to end the loop,
 * or -errno. 0 or -errno.
 */
typedef int session_ready_fn(struct session *session, int fd);
int session_watch(struct session *session, int fd, session_ready_fn *fn);
void session_unwatch(struct session *session, int fd);
/* Calls fn every so many ns from now on. 0 or -errno. */
int session_every(struct session *session, uint64_t interval, session_ready_fn *fn);

#endif
