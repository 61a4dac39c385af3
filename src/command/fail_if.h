/* SPDX-License-Identifier: BSD-2-Clause */
/* The option --fail-if: is a threshold met? */
#ifndef TCPTRAIL_COMMAND_FAIL_IF_H
#define TCPTRAIL_COMMAND_FAIL_IF_H

#include "session/session.h"

struct fail_if;

/* sees_growth: the command sees sockets come and go. 0, or -EINVAL with diag. */
int fail_if_check(const struct options *options, bool sees_growth, struct diag *diag);
/* What thresholds need; nothing if there are none. */
void fail_if_needs(const struct options *options, struct needs *needs);

/* NULL: no memory. */
struct fail_if *fail_if_new(struct session *session);
void fail_if_free(struct fail_if *fail_if); /* NULL-safe */

/* Counts for thresholds of growth. */
void fail_if_change(const struct change *change, struct fail_if *fail_if);

/*
 * Looks at the table and prints; the session's answer is EXIT_BAD if a threshold is met. 0 or
 * -errno. -ENODATA, and the session's refusal says why: none is met, but one might be if more were
 * known. Then nothing is printed.
 */
int fail_if_print(struct fail_if *fail_if);

#endif
