/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of a command: shared by the files that make it up, nobody else includes it. */
#ifndef TCPTRAIL_SESSION_RUN_PRIVATE_H
#define TCPTRAIL_SESSION_RUN_PRIVATE_H

#include "command/diff.h"
#include "command/fail_if.h"
#include "feed/feed.h"
#include "session/output.h"
#include "command/record.h"
#include "session/run.h"
#include "command/trail.h"
#include "command/why.h"

struct run {
	const struct options *options;
	struct table *table;
	struct output *output;
	struct feed *feed;   /* NULL: from a file */
	struct trail *trail; /* of the command of that name */
	struct why_command *why;
	struct fail_if *fail_if;   /* NULL: not asked */
	bool failed;               /* it is met */
	bool one_netns;            /* as of struct view */
	struct diag refusal;       /* "": what was asked could be told */
	struct recorder *recorder; /* of record */
	struct diff_command *diff; /* of diff */
	uint64_t began;            /* the loop, ns of CLOCK_BOOTTIME */
	bool interrupted;          /* a signal has ended the loop */
	uint64_t shown;            /* seconds of the loop, by why's progress */
	int epoll, signals, drain, repeat;
};

/* run.c: what a command does live and on a recording. */
int run_open_trail(struct run *run);
int run_open_fail_if(struct run *run); /* the option, if given */
int run_open_why(struct run *run);     /* listens to the table from now on */
int run_reopen_why(struct run *run);   /* and forgets what it has heard */
/* Prints by what was opened. 0 or -errno. */
int run_print_fail_if(struct run *run);
int run_print_why(struct run *run);
int run_print_watch(struct run *run); /* what no command ends with */
/*
 * The exit code of a command that came to its end with 0 or -errno: was the socket
 * found, is a threshold met? diag says why it stopped, unless the output did.
 */
int run_conclude(struct run *run, int err, struct diag *diag);

/* run_loop.c: until a signal, or the command has what it wants. 0 or -errno. */
int run_loop(struct run *run);
/*
 * An fd of the signals that end the loop, or -1. Outside the loop they end the process at once, as
 * they do by default, wherever it waits: a recording has whole blocks then, and output whole lines.
 * A recorder's SIGHUP is blocked from here on; one that is ignored (nohup) ends nothing.
 */
int run_block_signals(bool recorder);
/* hold: from here on SIGINT and SIGTERM are read from that fd only; else they end the process. */
void run_hold_signals(bool hold);
/* On a terminal, in place: "watching: 4s of 10s"; end: nothing. */
void run_show_progress(struct run *run, bool end);

/* run_live.c, run_replay.c: the command on the kernel or on options->from. An exit code. */
int run_live(struct run *run, struct diag *diag);
int run_replay(struct run *run, struct diag *diag);
/* run_live.c: looks at the kernel again, judges, prints. 0 or -errno. */
int run_judge(struct run *run);

#endif
