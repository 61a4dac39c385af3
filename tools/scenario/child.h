/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Child processes that hold sockets. Parent and child take turns by single bytes:
 * child_tell() / child_hear() downwards, child_report() / child_await() upwards. A child that
 * returns from its function reports, then holds until the parent closes its pipe; it dies with its
 * parent.
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
void child_await(const struct child *c); /* exits 1 if the child died; it has said why */
bool child_await_ms(const struct child *c, int timeout_ms); /* false: not yet */

void child_hear(void);   /* in the child */
void child_report(void); /* in the child */

void child_end_all(void);

#endif
