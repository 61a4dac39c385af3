/* SPDX-License-Identifier: BSD-2-Clause */
/* The option --fail-if: are thresholds met? */
#ifndef TCPTRAIL_COMMAND_FAIL_IF_H
#define TCPTRAIL_COMMAND_FAIL_IF_H

#include "cli/cli.h"
#include "view/view.h"

struct fail_if;

/* view: to print by; outlives it. one_netns: as of struct view. NULL: no memory. */
struct fail_if *fail_if_new(const struct options *options, const struct view *view, bool one_netns);
void fail_if_free(struct fail_if *fail_if);

/* A table_change_fn, for thresholds of growth. */
void fail_if_change(const struct change *change, void *fail_if);

/*
 * Looks at the table and prints. *met: is any? 0 or -errno; -ENODATA with diag: none is, but one
 * might be, if more were known, and nothing is printed.
 */
int fail_if_print(struct fail_if *fail_if, bool *met, struct diag *diag);

#endif
