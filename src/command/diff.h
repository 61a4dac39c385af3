/* SPDX-License-Identifier: BSD-2-Clause */
/* The command diff: counts the sockets at two instants of a recording, prints what has changed. */
#ifndef TCPTRAIL_COMMAND_DIFF_H
#define TCPTRAIL_COMMAND_DIFF_H

#include "cli/cli.h"
#include "view/view.h"

struct diff_command;

/* view: to print by; what it is made from outlives the command. NULL: no memory. */
struct diff_command *diff_new(const struct options *options, const struct view *view);
void diff_free(struct diff_command *diff);

/* The table is as it was at the first instant; the next time: at the second. 0 or -ENOMEM. */
int diff_take(struct diff_command *diff);

/* When both were taken. 0 or -errno. */
int diff_print(struct diff_command *diff);

#endif
