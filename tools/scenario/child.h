/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Child processes that hold sockets. Parent and child take turns with single bytes: child_tell()
 * and child_hear() go down, child_report() and child_await() go up. A child that returns from its
 * function reports, then waits until the parent closes its pipe; it dies with its parent.
 */
#ifndef SCENARIO_CHILD_H
#define SCENARIO_CHILD_H

#include "scenario.h"

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	int control; /* parent writes */
	int status;  /* parent reads */
};

typedef void child_fn(const struct options *o, void *arg);

enum inheritance {
	CHILD_DROPS_SOCKETS,
	CHILD_KEEPS_SOCKETS,
};

struct child child_start(child_fn *fn, const struct options *o, void *arg, enum inheritance keep);
void child_tell(const struct child *c);
void child_await(const struct child *c); /* exits 1 if the child died; the child has printed why */
bool child_await_ms(const struct child *c, int timeout_ms); /* false: not yet */
void child_await_end(const struct child *c); /* waits until it has ended, in any way */

void child_hear(void);   /* in the child */
void child_report(void); /* in the child */

/*
 * In the child: starts another process and returns its pid. It has all our fds until the parent
 * closes its pipe, is called NAME, and stays when the child ends.
 */
pid_t child_heir(const char *name);
/*
 * In the child: report, then exec cat(1), which holds all fds without close-on-exec until the pipe
 * is closed.
 */
void child_exec_cat(void) __attribute__((noreturn));
/* In the child: end at once; the kernel closes its sockets. */
void child_leave(bool killed) __attribute__((noreturn));

void child_end_all(void);

#endif
